package org.farga.compute;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Gives tests of jobs what lies before a job: an award's project with its allocation. */
@Component
class ComputeWorld {
    private final Projects projects;
    private final Allocations allocations;
    private final TransactionTemplate transaction;
    private final Clock clock;

    ComputeWorld(Projects projects, Allocations allocations, PlatformTransactionManager transactions, Clock clock) {
        this.projects = projects;
        this.allocations = allocations;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** An allocation of so many CPU-hours for thirty days, of a new project that this person leads. */
    Allocation allocation(OrganisationId organisation, PersonId lead, String cluster, long cpuHours) {
        Instant now = clock.instant();
        ProjectId project = transaction.execute(status -> projects.open(new Projects.Award(
                "Reading digits",
                organisation,
                lead,
                ProposalId.create(),
                "PG-2026-0001",
                "Playground",
                cluster,
                GpuHours.ofHours(10),
                CpuHours.ofHours(cpuHours),
                new Period(now.minusSeconds(60), now.plus(Duration.ofDays(30))))));
        List<Allocation> opened = allocations.ofProject(project);
        return opened.getFirst();
    }
}
