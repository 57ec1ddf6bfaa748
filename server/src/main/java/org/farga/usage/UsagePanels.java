package org.farga.usage;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationState;
import org.farga.allocation.Allocations;
import org.farga.allocation.BudgetBar;
import org.farga.allocation.ProjectPanel;
import org.farga.allocation.Projects;
import org.farga.platform.HomePanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.ProjectId;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What usage shows on the pages of other modules. */
@Configuration(proxyBeanMethods = false)
class UsagePanels {
    private static final int MOST_ON_HOME = 6;

    /** An allocation that runs now, and how it stands. */
    record Current(Projects.Summary project, Statements.Standing standing) {}

    /** Beside each allocation: its balance, and the way to its statement. */
    @Bean
    BudgetBar balanceOfAllocation(Usage usage, TemplateEngine templates) {
        return (allocation, shell) -> {
            Balance balance = usage.balance(allocation);
            return out -> templates.render(
                    "usage/beside-allocation.jte",
                    Map.of("shell", shell, "allocation", allocation, "balance", balance),
                    out);
        };
    }

    /** On a project's page: use of its newest allocation against time, and what the project keeps. */
    @Bean
    ProjectPanel usageOfProject(
            Statements statements, UsageReports reports, Allocations allocations, TemplateEngine templates) {
        return new ProjectPanel() {
            @Override
            public int order() {
                return 10;
            }

            @Override
            public Optional<Content> panelFor(Actor actor, ProjectId project, Shell shell) {
                UsageReports.Kept kept = reports.kept(project);
                Map<String, Object> model = new HashMap<>(Map.of("shell", shell, "project", project, "kept", kept));
                allocations.ofProject(project).stream()
                        .findFirst()
                        .ifPresent(newest -> model.put("days", statements.byDay(newest)));
                return model.containsKey("days") || kept.isPositive()
                        ? Optional.of(out -> templates.render("usage/of-project.jte", model, out))
                        : Optional.empty();
            }
        };
    }

    /** On the home page: what is used of each running allocation, beside how much of its time is gone. */
    @Bean
    HomePanel usageOfMyProjects(
            Projects projects, Allocations allocations, Statements statements, TemplateEngine templates) {
        return new HomePanel() {
            @Override
            public int order() {
                return 30;
            }

            @Override
            public Optional<Content> panelFor(Actor actor, Shell shell) {
                List<Allocation> running =
                        allocations.ofProjects(projects.visibleTo(actor).projects()).values().stream()
                                .flatMap(List::stream)
                                .filter(a -> a.state(shell.now()) == AllocationState.ACTIVE)
                                .sorted(Comparator.comparing(
                                                (Allocation a) -> a.period().to())
                                        .thenComparing(Allocation::id, Comparator.comparing(id -> id.value())))
                                .limit(MOST_ON_HOME)
                                .toList();
                if (running.isEmpty()) {
                    return Optional.empty();
                }
                Map<ProjectId, Projects.Summary> names = projects.summaries(
                        running.stream().map(Allocation::project).toList());
                List<Current> shown = statements.standings(running).stream()
                        .flatMap(s -> java.util.stream.Stream.ofNullable(
                                        names.get(s.allocation().project()))
                                .map(project -> new Current(project, s)))
                        .toList();
                return Optional.of(out ->
                        templates.render("usage/on-home.jte", Map.of("shell", shell, "allocations", shown), out));
            }
        };
    }
}
