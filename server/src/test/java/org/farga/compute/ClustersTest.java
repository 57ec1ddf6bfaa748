package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.compute.FakeScheduler.Trouble;
import org.farga.platform.Figures;
import org.farga.platform.HealthFinding;
import org.farga.slurm.SlurmClusterSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class ClustersTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final SlurmClusterSettings SETTINGS = new SlurmClusterSettings(Map.of(), Duration.ofSeconds(30));

    @Autowired
    private ClusterTable table;

    @Autowired
    private JobTable jobs;

    @Autowired
    private Figures figures;

    private final String name = "fake-" + UUID.randomUUID().toString().substring(0, 8);
    private final FakeScheduler engine = new FakeScheduler();
    private Clusters clusters;

    @BeforeEach
    void open() {
        table.ensure(name, "SLURM");
        clusters = new Clusters(Map.of(name, new Clusters.Served(engine, Duration.ofHours(72), 1000, false)), table);
    }

    private List<HealthFinding> found(Instant now) {
        return new ClusterCheck(clusters, jobs, figures, SETTINGS)
                .look(now).stream()
                        .filter(finding -> finding.subject().equals(name))
                        .toList();
    }

    /** As whoever looks at the cluster does. */
    private void look(Instant now) {
        try {
            clusters.refresh(name);
        } catch (UncheckedIOException e) {
            clusters.isSilent(name, now, e);
        }
    }

    @Test
    void aClusterThatStopsAnsweringIsToldAfterAWhileWithWhatWasHeardAndUntilItAnswers() {
        look(NOW);
        assertThat(found(NOW)).isEmpty();
        engine.trouble = Trouble.AWAY;
        look(NOW.plusSeconds(1));
        look(NOW.plusSeconds(20));
        assertThat(found(NOW.plusSeconds(30))).as("it may only be restarted").isEmpty();
        assertThat(found(NOW.plusSeconds(31))).singleElement().satisfies(finding -> {
            assertThat(finding.name()).isEqualTo("cluster-silent");
            assertThat(finding.since()).isEqualTo(NOW.plusSeconds(1));
            assertThat(finding.arguments()).contains("no route to the engine");
        });
        engine.trouble = Trouble.NONE;
        look(NOW.plusSeconds(40));
        assertThat(found(NOW.plusSeconds(90))).isEmpty();
    }

    @Test
    void whatIsKnownOfAClusterStaysKnownWhileItIsAway() {
        engine.nodes = List.of(new Cluster.Node("n1", true, 64, 64, 256_000, 256_000, List.of()));
        look(NOW);
        engine.trouble = Trouble.AWAY;
        assertThatThrownBy(() -> clusters.refresh(name)).isInstanceOf(UncheckedIOException.class);
        assertThat(clusters.capacity(name).orElseThrow().cpus()).isEqualTo(64);
    }

    @Test
    void aJobMayAskForNodesThatAreDownJustNow() {
        engine.nodes = List.of(
                new Cluster.Node("n1", true, 8, 8, 16_000, 16_000, List.of()),
                new Cluster.Node("n2", false, 64, 0, 256_000, 0, List.of()));
        assertThat(clusters.capacity(name).orElseThrow().cpus()).isEqualTo(64);
    }
}
