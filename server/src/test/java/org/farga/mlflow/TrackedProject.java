package org.farga.mlflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
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

/** Gives tests of tracking a project of somebody. */
@Component
class TrackedProject {
    private final Projects projects;
    private final Allocations allocations;
    private final TransactionTemplate transaction;

    TrackedProject(Projects projects, Allocations allocations, PlatformTransactionManager transactions) {
        this.projects = projects;
        this.allocations = allocations;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** What its jobs are paid from. */
    String allocation(ProjectId project) {
        return allocations.ofProject(project).getFirst().id().toString();
    }

    /** A new project that this person leads. */
    Projects.Summary of(String organisation, PersonId lead) {
        Instant now = Instant.now();
        return projects.summary(Objects.requireNonNull(transaction.execute(status -> projects.open(new Projects.Award(
                "Crack detection",
                OrganisationId.valueOf(organisation),
                lead,
                ProposalId.create(),
                "PG-2026-0042",
                "Playground",
                "local",
                GpuHours.ofHours(5),
                CpuHours.ofHours(5),
                new Period(now.minusSeconds(60), now.plus(Duration.ofDays(30))))))));
    }
}
