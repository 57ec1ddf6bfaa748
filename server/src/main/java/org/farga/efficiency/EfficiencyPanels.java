package org.farga.efficiency;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.ProjectPanel;
import org.farga.allocation.Projects;
import org.farga.compute.JobPanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Efficiency on other modules' pages: a job's, and for who leads a project what its jobs did not use. */
@Configuration(proxyBeanMethods = false)
class EfficiencyPanels {

    @Bean
    JobPanel efficiencyOfJob(Efficiencies efficiencies, TemplateEngine templates) {
        return new JobPanel() {
            @Override
            public int order() {
                return 10;
            }

            @Override
            public Optional<Content> panelFor(JobId job, Shell shell) {
                Efficiencies.View view = efficiencies.get(job);
                return view.isEmpty()
                        ? Optional.empty()
                        : Optional.of(out ->
                                templates.render("efficiency/of-job.jte", Map.of("shell", shell, "view", view), out));
            }
        };
    }

    @Bean
    ProjectPanel wasteOfProject(Wastes wastes, Projects projects, TemplateEngine templates) {
        return new ProjectPanel() {
            @Override
            public int order() {
                return 20;
            }

            @Override
            public Optional<Content> panelFor(Actor actor, ProjectId id, Shell shell) {
                Projects.Summary project = projects.summary(id);
                return Wastes.maySee(actor, project)
                        ? wastes.lately(id)
                                .map(sums -> out -> templates.render(
                                        "efficiency/of-project.jte",
                                        Map.of("shell", shell, "project", project, "sums", sums),
                                        out))
                        : Optional.empty();
            }
        };
    }
}
