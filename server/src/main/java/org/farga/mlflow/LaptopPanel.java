package org.farga.mlflow;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.ProjectPanel;
import org.farga.allocation.Projects;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProjectId;
import org.springframework.stereotype.Component;

/** On a project's page, for those who work in it: how to log to it with MLflow. */
@Component
class LaptopPanel implements ProjectPanel {
    private final Projects projects;
    private final TemplateEngine templates;

    LaptopPanel(Projects projects, TemplateEngine templates) {
        this.projects = projects;
        this.templates = templates;
    }

    @Override
    public int order() {
        return 45;
    }

    @Override
    public Optional<Content> panelFor(Actor actor, ProjectId project, Shell shell) {
        return projects.isMember(actor, project)
                ? Optional.of(out -> templates.render(
                        "mlflow/laptop.jte", Map.of("shell", shell, "project", projects.summary(project)), out))
                : Optional.empty();
    }
}
