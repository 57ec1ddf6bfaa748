package org.farga.allocation;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.platform.HomePanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProjectId;
import org.springframework.stereotype.Component;

/** The home page's list of the projects that a person works in. */
@Component
class MyProjects implements HomePanel {
    private static final int MOST = 8;

    private final Projects projects;
    private final Allocations allocations;
    private final TemplateEngine templates;

    MyProjects(Projects projects, Allocations allocations, TemplateEngine templates) {
        this.projects = projects;
        this.allocations = allocations;
        this.templates = templates;
    }

    @Override
    public int order() {
        return 20;
    }

    @Override
    public Optional<Content> panelFor(Actor actor, Shell shell) {
        List<Project> mine = projects.workedInBy(actor, MOST);
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        Map<ProjectId, List<Allocation>> held =
                allocations.ofProjects(mine.stream().map(Project::id).toList());
        return Optional.of(out -> templates.render(
                "allocation/my-projects.jte", Map.of("shell", shell, "projects", mine, "allocations", held), out));
    }
}
