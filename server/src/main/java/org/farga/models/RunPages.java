package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.allocation.Projects;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
@RequestMapping("/runs")
class RunPages {
    private static final int MOST_METRICS_LISTED = 3;

    private final Runs runs;
    private final Models models;
    private final Projects projects;
    private final People people;
    private final Shells shells;

    RunPages(Runs runs, Models models, Projects projects, People people, Shells shells) {
        this.runs = runs;
        this.models = models;
        this.projects = projects;
        this.people = people;
        this.shells = shells;
    }

    /** A line of the list: the run with its first few metrics. */
    record Line(Run run, String projectName, String projectSlug, List<RunMetric> metrics) {}

    @GetMapping
    ModelAndView list(
            Actor actor,
            @RequestParam(required = false) @Nullable ProjectId project,
            @RequestParam(required = false) @Nullable JobId job,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Page<Run> page = runs.list(actor, project, job, cursor, null);
        if (job != null && page.items().size() == 1) {
            return new ModelAndView("redirect:/runs/" + page.items().getFirst().id());
        }
        Map<ProjectId, Projects.Summary> names = projects.summaries(
                page.items().stream().map(Run::project).distinct().toList());
        Map<RunId, List<RunMetric>> metrics =
                runs.metrics(page.items().stream().map(Run::id).toList());
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("page", page.map(run -> {
            Projects.Summary of = names.get(run.project());
            return new Line(
                    run,
                    of == null ? "" : of.name(),
                    of == null ? "" : of.slug(),
                    metrics.getOrDefault(run.id(), List.of()).stream()
                            .limit(MOST_METRICS_LISTED)
                            .toList());
        }));
        model.put("project", project == null ? null : projects.summary(project));
        return new ModelAndView("models/runs", model);
    }

    /** A metric's value with as many digits as tell runs apart. */
    static String value(Shell shell, double value) {
        if (!Double.isFinite(value)) {
            return shell.number(value);
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e9)) {
            return shell.scientific(value, 4);
        }
        return shell.number(value, size >= 1_000 ? 2 : 5);
    }

    @GetMapping("/{id}")
    ModelAndView show(Actor actor, @PathVariable RunId id, HttpServletRequest request) {
        return show(actor, id, null, "", request);
    }

    private ModelAndView show(
            Actor actor, RunId id, @Nullable Refusal refusal, String typed, HttpServletRequest request) {
        Run run = runs.get(actor, id);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("run", run);
        model.put("project", projects.summary(run.project()));
        model.put("person", people.summary(run.startedBy()).name());
        model.put("parameters", runs.parameters(id));
        model.put("metrics", runs.metrics(id));
        List<RunFile> files = runs.files(id);
        model.put("files", files);
        model.put("registered", models.ofRun(id));
        model.put(
                "registrable",
                run.state() == RunState.FINISHED
                        && run.tracked().deletedAt() == null
                        && !files.isEmpty()
                        && projects.isMember(actor, run.project()));
        model.put("refusal", refusal);
        model.put("typed", typed);
        return Answer.page("models/run", model, refusal);
    }

    @PostMapping("/{id}/model")
    ModelAndView register(
            Actor actor,
            @PathVariable RunId id,
            @RequestParam(required = false) @Nullable String name,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (models.register(actor, null, name, id)) {
            case Outcome.Done<ModelVersion>(ModelVersion version) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "models.registered-notice");
                yield new ModelAndView("redirect:/models/" + version.model());
            }
            case Outcome.Refused<ModelVersion>(Refusal refusal) ->
                show(actor, id, refusal, name == null ? "" : name, request);
        };
    }
}
