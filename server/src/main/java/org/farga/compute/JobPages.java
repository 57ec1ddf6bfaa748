package org.farga.compute;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationState;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.allocation.VisibleProjects;
import org.farga.dataspace.Datasets;
import org.farga.dataspace.Datasets.VersionSummary;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.usage.Balance;
import org.farga.usage.Usage;
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
@RequestMapping("/jobs")
class JobPages {
    private static final int MOST_CHOICES = 100;

    private final Jobs jobs;
    private final JobSubmissions submissions;
    private final Projects projects;
    private final Allocations allocations;
    private final Usage usage;
    private final Datasets datasets;
    private final People people;
    private final Explanations explanations;
    private final Occupancies occupancies;
    private final List<JobPanel> panels;
    private final Shells shells;
    private final Clock clock;

    JobPages(
            Jobs jobs,
            JobSubmissions submissions,
            Projects projects,
            Allocations allocations,
            Usage usage,
            Datasets datasets,
            People people,
            Explanations explanations,
            Occupancies occupancies,
            List<JobPanel> panels,
            Shells shells,
            Clock clock) {
        this.jobs = jobs;
        this.submissions = submissions;
        this.projects = projects;
        this.allocations = allocations;
        this.usage = usage;
        this.datasets = datasets;
        this.people = people;
        this.explanations = explanations;
        this.occupancies = occupancies;
        this.panels =
                panels.stream().sorted(Comparator.comparingInt(JobPanel::order)).toList();
        this.shells = shells;
        this.clock = clock;
    }

    /** An allocation that a job may be submitted on, and what is left of it. */
    record Choice(AllocationId id, String project, String cluster, GpuHours gpuLeft, CpuHours cpuLeft) {}

    /** What a job may ask for by name on a cluster that somebody may submit to. */
    record Offer(String cluster, List<String> partitions, List<String> gpuTypes) {
        /** Each partition, with the clusters that have it. */
        static Map<String, String> partitions(List<Offer> offers) {
            return where(offers, Offer::partitions);
        }

        static Map<String, String> gpuTypes(List<Offer> offers) {
            return where(offers, Offer::gpuTypes);
        }

        private static Map<String, String> where(List<Offer> offers, Function<Offer, List<String>> words) {
            Map<String, String> where = new LinkedHashMap<>();
            offers.forEach(offer ->
                    words.apply(offer).forEach(word -> where.merge(word, offer.cluster(), (a, b) -> a + ", " + b)));
            return where;
        }
    }

    @GetMapping
    ModelAndView list(
            Actor actor,
            @RequestParam(required = false) @Nullable String project,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String array,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        ProjectId ofProject = parsed("project", project, ProjectId::valueOf);
        JobState inState = parsed("state", state, JobState::valueOf);
        JobId ofArray = parsed("array", array, JobId::valueOf);
        Page<Job> page = jobs.list(actor, ofProject, inState, ofArray, cursor, null);
        // The projects of the rows and those to choose from, together: most are both.
        Set<ProjectId> ids = page.items().stream().map(Job::project).collect(Collectors.toSet());
        VisibleProjects visible = projects.visibleTo(actor);
        ids.addAll(visible.projects());
        Map<ProjectId, Projects.Summary> named = projects.summaries(ids);
        Map<String, Object> model = new HashMap<>();
        model.put("projects", named);
        model.put("names", names(page.items(), people));
        Shell shell = shells.of(request);
        model.put("shell", shell);
        model.put("told", explanations.of(page.items(), shell.language()));
        model.put("page", page);
        model.put(
                "choices",
                named.values().stream()
                        .sorted(Comparator.comparing(Projects.Summary::name))
                        .limit(MOST_CHOICES)
                        .toList());
        model.put("project", ofProject == null ? "" : ofProject.toString());
        model.put("state", inState == null ? "" : inState.name());
        model.put("array", ofArray == null ? "" : ofArray.toString());
        model.put(
                "address",
                "/jobs?project=" + (ofProject == null ? "" : ofProject) + "&state="
                        + (inState == null ? "" : inState.name())
                        + (ofArray == null ? "" : "&array=" + ofArray));
        return new ModelAndView("compute/jobs", model);
    }

    /** What the table of jobs names: its projects and people, each asked for once. */
    static Map<String, Object> rows(Collection<Job> listed, Projects projects, People people) {
        Map<String, Object> model = new HashMap<>();
        model.put(
                "projects", projects.summaries(listed.stream().map(Job::project).collect(Collectors.toSet())));
        model.put("names", names(listed, people));
        return model;
    }

    private static Map<PersonId, People.Summary> names(Collection<Job> listed, People people) {
        return people.summaries(listed.stream().map(Job::submittedBy).collect(Collectors.toSet()));
    }

    /** An empty form, the example's, or another job's. */
    @GetMapping("/new")
    ModelAndView form(
            Actor actor,
            @RequestParam(required = false) @Nullable String example,
            @RequestParam(required = false) @Nullable JobId from,
            @RequestParam(required = false) @Nullable String dataset,
            @RequestParam(required = false) @Nullable String cluster,
            HttpServletRequest request) {
        Map<String, String> typed = new LinkedHashMap<>();
        if (cluster != null) {
            typed.put("cluster", cluster);
        }
        if (from != null) {
            typed.putAll(typedOf(jobs.get(actor, from)));
        } else if (example != null) {
            typed.put("name", "digits");
            typed.put("script", exampleScript());
            typed.put("datasets", "digits");
            typed.put("model", "digits");
            typed.put("timeLimitMinutes", "10");
        }
        if (dataset != null) {
            typed.put("datasets", dataset);
        }
        return form(actor, typed, List.of(), null, request);
    }

    private ModelAndView form(
            Actor actor,
            Map<String, String> typed,
            List<Finding> findings,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        List<Choice> choices = choices(actor);
        model.put("choices", choices);
        model.put("offers", offers(choices));
        model.put("accepted", datasets.acceptedBy(actor.organisations().keySet()));
        model.put("findings", findings);
        model.put("refusal", refusal);
        return Answer.page("compute/job-new", model, refusal);
    }

    private List<Choice> choices(Actor actor) {
        Map<ProjectId, Projects.Summary> mine = projects.summaries(projects.ofMember(actor));
        List<Allocation> active = allocations.ofProjects(mine.keySet()).values().stream()
                .flatMap(List::stream)
                .filter(allocation -> allocation.state(clock.instant()) == AllocationState.ACTIVE)
                .limit(MOST_CHOICES)
                .toList();
        Map<AllocationId, Balance> balances = usage.balances(active);
        List<Choice> choices = new ArrayList<>();
        for (Allocation allocation : active) {
            Projects.Summary project = mine.get(allocation.project());
            Balance balance = balances.get(allocation.id());
            if (project != null && balance != null) {
                choices.add(new Choice(
                        allocation.id(), project.name(), allocation.cluster(), balance.gpuLeft(), balance.cpuLeft()));
            }
        }
        choices.sort(Comparator.comparing(Choice::project));
        return choices;
    }

    private List<Offer> offers(List<Choice> choices) {
        return choices.stream()
                .map(Choice::cluster)
                .distinct()
                .map(cluster -> occupancies
                        .of(cluster)
                        .map(Occupancies.Seen::occupancy)
                        .map(seen -> new Offer(
                                cluster,
                                seen.partitions().stream()
                                        .filter(Occupancy.Partition::open)
                                        .map(Occupancy.Partition::name)
                                        .toList(),
                                seen.nodes().stream()
                                        .flatMap(node -> node.gpus().stream())
                                        .map(Occupancy.Gpus::model)
                                        .filter(model -> !model.isBlank())
                                        .distinct()
                                        .sorted()
                                        .toList()))
                        .orElse(null))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** What the form would say of a job that is submitted again. */
    private Map<String, String> typedOf(Job job) {
        Map<String, String> typed = new LinkedHashMap<>();
        typed.put("allocation", job.allocation().toString());
        typed.put("name", job.name());
        typed.put("script", jobs.findScript(job).orElse(""));
        typed.put("cpus", Integer.toString(job.resources().cpus()));
        typed.put("memoryMebibytes", Long.toString(job.resources().memoryMebibytes()));
        typed.put("gpus", Integer.toString(job.resources().gpus()));
        typed.put(
                "timeLimitMinutes",
                Long.toString(Math.ceilDiv(job.resources().timeLimit().toSeconds(), 60)));
        typed.put("diskMebibytes", Long.toString(job.resources().diskMebibytes()));
        typed.put(
                "datasets",
                versions(job).stream()
                        .map(version -> version.slug() + "@" + version.number())
                        .collect(Collectors.joining(" ")));
        typed.put("model", job.model() == null ? "" : job.model());
        typed.put("gpuType", Objects.requireNonNullElse(job.resources().gpuType(), ""));
        typed.put("exclusive", job.resources().exclusive() ? "true" : "");
        typed.put("partition", Objects.requireNonNullElse(job.options().partition(), ""));
        typed.put("qos", Objects.requireNonNullElse(job.options().qos(), ""));
        typed.put(
                "environment",
                job.environment().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .collect(Collectors.joining("\n")));
        return typed;
    }

    private List<VersionSummary> versions(Job job) {
        List<DatasetVersionId> ids =
                job.inputs().stream().map(Jobs.Input::version).toList();
        Map<DatasetVersionId, VersionSummary> found = ids.isEmpty() ? Map.of() : datasets.summaries(ids);
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    @PostMapping
    ModelAndView submit(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        JobRequest asked = request(typed);
        return switch (submissions.submit(actor, asked)) {
            case Outcome.Done<Job>(Job job) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "compute.submitted");
                yield new ModelAndView("redirect:/jobs/" + job.id());
            }
            case Outcome.Refused<Job>(Refusal refusal) ->
                form(actor, typed, submissions.preflight(actor, asked), refusal, request);
        };
    }

    /** The findings alone, for the form to show while somebody types. */
    @PostMapping("/preflight")
    ModelAndView preflight(Actor actor, @RequestParam Map<String, String> typed, HttpServletRequest request) {
        return new ModelAndView(
                "compute/preflight",
                Map.of("shell", shells.of(request), "findings", submissions.preflight(actor, request(typed))));
    }

    @GetMapping("/{id}")
    ModelAndView show(Actor actor, @PathVariable JobId id, HttpServletRequest request) {
        Job job = jobs.get(actor, id);
        submissions.seen(actor, job);
        Map<PersonId, People.Summary> names = people.summaries(List.of(job.submittedBy()));
        Map<String, Object> model = new HashMap<>();
        Shell shell = shells.of(request);
        model.put("shell", shell);
        model.put("job", job);
        model.put("told", explanations.of(job, shell.language()));
        model.put("project", projects.summary(job.project()));
        model.put(
                "submitter",
                names.values().stream().map(People.Summary::name).findFirst().orElse(""));
        model.put("datasets", versions(job));
        model.put("arrays", jobs.arrays(job.options().after()));
        model.put("script", jobs.findScript(job).orElse(""));
        model.put("mayCancel", projects.isMember(actor, job.project()) || actor.is(CentreRole.OPERATOR));
        model.put(
                "panels",
                panels.stream()
                        .flatMap(panel -> panel.panelFor(id, shell).stream())
                        .toList());
        return new ModelAndView("compute/job", model);
    }

    @PostMapping("/{id}/cancellation")
    ModelAndView cancel(
            Actor actor,
            @PathVariable JobId id,
            @RequestParam(required = false, defaultValue = "false") boolean array,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (array ? submissions.cancelArray(actor, id) : submissions.cancel(actor, id)) {
            case Outcome.Done<Job>(Job job) -> {
                redirect.addFlashAttribute(Shells.NOTICE, array ? "compute.array-cancelled" : "compute.cancelled");
                yield new ModelAndView("redirect:/jobs/" + id);
            }
            case Outcome.Refused<Job>(Refusal refusal) -> throw new Answer.RefusedException(refusal);
        };
    }

    /** What was typed, as a request: what is no number is one that preflight refuses. */
    private static JobRequest request(Map<String, String> typed) {
        Long minutes = number(typed, "timeLimitMinutes");
        // Browsers send a text area's lines with CRLF, whatever the person typed or loaded.
        String script = typed.getOrDefault("script", "").replace("\r\n", "\n");
        return new JobRequest(
                parsed("allocation", typed.get("allocation"), AllocationId::valueOf),
                typed.get("name"),
                script,
                integer(number(typed, "cpus")),
                number(typed, "memoryMebibytes"),
                integer(number(typed, "gpus")),
                minutes == null ? null : minutes > 10_000_000 ? Long.valueOf(-1) : Long.valueOf(minutes * 60),
                number(typed, "diskMebibytes"),
                Arrays.asList(typed.getOrDefault("datasets", "").strip().split("[\\s,]+")),
                environment(typed.getOrDefault("environment", "")),
                typed.get("model"),
                typed.get("gpuType"),
                !typed.getOrDefault("exclusive", "").isEmpty(),
                typed.get("partition"),
                typed.get("qos"),
                typed.get("array"),
                typed.get("dependency"));
    }

    /** Null for what a form leaves empty; what cannot be read is refused as {@code bad-parameter}. */
    private static <T> @Nullable T parsed(String name, @Nullable String text, Function<String, T> parse) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new Answer.RefusedException(Refusal.invalid("bad-parameter", name));
        }
    }

    private static @Nullable Integer integer(@Nullable Long number) {
        return number == null ? null : Integer.valueOf((int) Math.clamp(number, -1, Integer.MAX_VALUE));
    }

    private static @Nullable Long number(Map<String, String> typed, String field) {
        String text = typed.getOrDefault(field, "").strip();
        if (text.isEmpty()) {
            return null;
        }
        return text.matches("[0-9]{1,12}") ? Long.valueOf(text) : Long.valueOf(-1);
    }

    private static Map<String, @Nullable String> environment(String text) {
        Map<String, @Nullable String> variables = new LinkedHashMap<>();
        text.lines().filter(line -> !line.isBlank()).forEach(line -> {
            int equals = line.indexOf('=');
            variables.put(
                    equals < 0 ? line.strip() : line.substring(0, equals).strip(),
                    equals < 0 ? "" : line.substring(equals + 1));
        });
        return variables;
    }

    private static String exampleScript() {
        try (InputStream script = JobPages.class.getResourceAsStream("/compute/example/train")) {
            if (script == null) {
                throw new IllegalStateException("the example is missing from the program");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
