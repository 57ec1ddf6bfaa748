package org.farga.aid;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.Allocations;
import org.farga.allocation.ProjectPanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProjectId;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the register shows on the pages of other modules. */
@Configuration(proxyBeanMethods = false)
class AidPanels {
    private static final int ORDER = 15;

    /** On a project's page: who pays its newest allocation. */
    @Bean
    ProjectPanel fundingOfProject(
            Allocations allocations, FundingTable fundings, Sources sources, TemplateEngine templates) {
        return new ProjectPanel() {
            @Override
            public int order() {
                return ORDER;
            }

            @Override
            public Optional<Content> panelFor(Actor actor, ProjectId project, Shell shell) {
                return allocations.ofProject(project).stream().findFirst().map(newest -> {
                    Map<String, Object> model = Map.of(
                            "shell",
                            shell,
                            "allocation",
                            newest,
                            "funding",
                            fundings.of(newest.id()),
                            "sources",
                            sources.all());
                    return out -> templates.render("aid/of-project.jte", model, out);
                });
            }
        };
    }
}
