package org.farga.compute;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.ProjectPanel;
import org.farga.platform.Attention;
import org.farga.platform.HomePanel;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.farga.usage.JobRun;
import org.farga.usage.Usage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Jobs on other modules' pages: a person's last ones at home, a project's on its page, and failures to look at. */
@Configuration(proxyBeanMethods = false)
class JobPanels {
    private static final int MOST = 6;
    private static final Duration RECENT = Duration.ofDays(7);

    @Bean
    HomePanel myJobs(Jobs jobs, TemplateEngine templates) {
        return new HomePanel() {
            @Override
            public int order() {
                return 10;
            }

            @Override
            public Optional<Content> panelFor(Actor actor, Shell shell) {
                return panel(templates, shell, shell.t("compute.my-jobs"), jobs.ofPerson(actor, MOST), "/jobs");
            }
        };
    }

    @Bean
    ProjectPanel jobsOfProject(Jobs jobs, TemplateEngine templates) {
        return new ProjectPanel() {
            @Override
            public int order() {
                return 30;
            }

            @Override
            public Optional<Content> panelFor(Actor actor, ProjectId project, Shell shell) {
                return panel(
                        templates,
                        shell,
                        shell.t("compute.jobs-of-project"),
                        jobs.ofProject(project, MOST),
                        "/jobs?project=" + project);
            }
        };
    }

    /** On a job's page, where it ran more than once or its engine keeps accounts: what each run is charged. */
    @Bean
    JobPanel runsOfJob(Usage usage, TemplateEngine templates) {
        return new JobPanel() {
            @Override
            public int order() {
                return 20;
            }

            @Override
            public Optional<Content> panelFor(JobId job, Shell shell) {
                List<JobRun> runs = usage.runs(job);
                return runs.size() < 2 && runs.stream().noneMatch(run -> run.nodes() != null)
                        ? Optional.empty()
                        : Optional.of(
                                out -> templates.render("compute/runs.jte", Map.of("shell", shell, "runs", runs), out));
            }
        };
    }

    private static Optional<Content> panel(
            TemplateEngine templates, Shell shell, String title, List<Job> shown, String all) {
        return shown.isEmpty()
                ? Optional.empty()
                : Optional.of(out -> templates.render(
                        "compute/panel.jte", Map.of("shell", shell, "title", title, "jobs", shown, "all", all), out));
    }

    @Bean
    Attention failedJobs(Jobs jobs, Clock clock) {
        return actor -> jobs.unseenFailures(actor, clock.instant().minus(RECENT), MOST).stream()
                .map(job -> new Attention.Item(
                        "compute.attention.failed",
                        List.of(job.name(), job.state().name()),
                        "/jobs/" + job.id(),
                        null))
                .toList();
    }
}
