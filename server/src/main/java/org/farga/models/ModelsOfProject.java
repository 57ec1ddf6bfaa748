package org.farga.models;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.ProjectPanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProjectId;
import org.springframework.stereotype.Component;

/** On a project's page: its newest models and runs. */
@Component
class ModelsOfProject implements ProjectPanel {
    private static final int MOST = 6;

    private final Models models;
    private final Runs runs;
    private final ProjectFiles files;
    private final TemplateEngine templates;

    ModelsOfProject(Models models, Runs runs, ProjectFiles files, TemplateEngine templates) {
        this.models = models;
        this.runs = runs;
        this.files = files;
        this.templates = templates;
    }

    @Override
    public int order() {
        return 40;
    }

    @Override
    public Optional<Content> panelFor(Actor actor, ProjectId project, Shell shell) {
        List<Models.Shown> newest =
                models.list(actor, project, null, null, MOST).items();
        List<Run> ran = runs.list(actor, project, null, null, MOST).items();
        return newest.isEmpty() && ran.isEmpty()
                ? Optional.empty()
                : Optional.of(out -> templates.render(
                        "models/of-project.jte",
                        Map.of(
                                "shell",
                                shell,
                                "project",
                                project,
                                "models",
                                newest,
                                "runs",
                                ran,
                                "use",
                                files.use(project)),
                        out));
    }
}
