package org.farga.allocation;

import java.util.Set;
import java.util.UUID;
import org.farga.shared.ProjectId;

/** Which projects somebody may see, for use in a query: all of the centre's, or these. */
public record VisibleProjects(boolean all, Set<ProjectId> projects) {
    public boolean include(ProjectId project) {
        return all || projects.contains(project);
    }

    /** As a query's parameter: {@code WHERE (:all OR project_id = ANY(:projects))}. */
    public UUID[] ids() {
        return projects.stream().map(ProjectId::value).toArray(UUID[]::new);
    }
}
