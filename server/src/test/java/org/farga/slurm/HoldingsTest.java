package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.people.Organisations;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.usage.Overdraft.Beyond;
import org.farga.usage.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class HoldingsTest {
    private static final long HOUR = 3_600_000;

    @Autowired
    private Allocations allocations;

    @Autowired
    private Projects projects;

    @Autowired
    private Organisations organisations;

    @Autowired
    private Usage usage;

    @Autowired
    private LadderTable ladders;

    @Autowired
    private ReconcilerSettings settings;

    @Autowired
    private Clock clock;

    @Autowired
    private JdbcClient jdbc;

    private final String cluster = "holding-" + UUID.randomUUID().toString().substring(0, 8);
    private SlurmData data;
    private PersonId person;
    private ProjectId project;

    @BeforeEach
    void people() {
        data = new SlurmData(jdbc);
        person = data.person();
        project = data.project(person);
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'SLURM') ON CONFLICT DO NOTHING")
                .param("name", cluster)
                .update();
    }

    private Holdings holdings(String slurm) {
        SlurmClusterSettings.Reach reach = new SlurmClusterSettings.Reach(
                null,
                null,
                null,
                null,
                "slurm",
                null,
                null,
                false,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                null,
                List.of(),
                Duration.ofHours(72),
                1000);
        return new Holdings(
                allocations,
                projects,
                organisations,
                usage,
                ladders,
                settings,
                new SlurmClusterSettings(Map.of(slurm, reach), Duration.ofSeconds(30)),
                clock);
    }

    private Allocation allocation() {
        AllocationId id = data.allocation(project, cluster);
        return allocations.get(id);
    }

    private void steps(Allocation allocation, int stop, int carryOver) {
        ladders.put(allocation.id(), new Ladder(50, 50, stop, carryOver), person, clock.instant());
    }

    @Test
    void beyondTheAwardAnAllocationMayGoUpToWhereItsLadderStops() {
        Allocation usual = allocation();
        Allocation own = allocation();
        steps(own, 90, 0);
        assertThat(holdings(cluster).beyond(List.of(usual, own)))
                .containsEntry(usual.id(), new Beyond(20 * HOUR, 200 * HOUR))
                .containsEntry(own.id(), new Beyond(-10 * HOUR, -100 * HOUR));
    }

    @Test
    void whatTheAllocationBeforeLeftIsCarriedOverInThePartThatWasSaid() {
        Allocation before = allocation();
        data.used(before.id(), person, cluster, 60);
        jdbc.sql(
                        "UPDATE allocation SET starts_at = now() - interval '1 year', ends_at = now() - interval '2 months' WHERE id = :a")
                .param("a", before.id().value())
                .update();
        Allocation now = allocation();
        steps(now, 100, 50);
        // Of 100 GPU-hours 40 are left, of 1,000 CPU-hours 940: half of each.
        assertThat(holdings(cluster).beyond(List.of(now))).containsEntry(now.id(), new Beyond(20 * HOUR, 470 * HOUR));
    }

    @Test
    void whereSlurmDoesNotKeepTheBudgetTheAwardIsAll() {
        assertThat(holdings("another").beyond(List.of(allocation()))).isEmpty();
    }
}
