package org.farga.allocation;

import java.util.Collection;
import java.util.Map;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.springframework.stereotype.Service;

/** Opens projects and says who works in them. */
@Service
public class Projects {
    /** What an award gives: a project and its first allocation. */
    public record Award(
            String title,
            OrganisationId organisation,
            PersonId lead,
            ProposalId proposal,
            String proposalCode,
            String callTitle,
            String cluster,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Period period) {}

    public record Summary(ProjectId id, String slug, String name, OrganisationId organisation, PersonId lead) {}

    /** Opens the project with the lead as its first member and the allocation; in the transaction of the award. */
    public ProjectId open(Award award) {
        throw new UnsupportedOperationException();
    }

    /** Projects of which the actor is a member or whose organisation they own; all for the centre's staff. */
    public VisibleProjects visibleTo(Actor actor) {
        throw new UnsupportedOperationException();
    }

    /** Whether the actor is a member of the project, and so may run jobs in it. */
    public boolean isMember(Actor actor, ProjectId project) {
        throw new UnsupportedOperationException();
    }

    /** Whoever asks; throws {@link NotFoundException}. */
    public Summary summary(ProjectId project) {
        throw new UnsupportedOperationException();
    }

    public Map<ProjectId, Summary> summaries(Collection<ProjectId> projects) {
        throw new UnsupportedOperationException();
    }
}
