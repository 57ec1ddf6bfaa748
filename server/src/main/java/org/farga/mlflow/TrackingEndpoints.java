package org.farga.mlflow;

import io.swagger.v3.oas.annotations.Hidden;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.models.Experiment;
import org.farga.models.Experiments;
import org.farga.models.LoggedModel;
import org.farga.models.LoggedModels;
import org.farga.models.RunState;
import org.farga.models.Search;
import org.farga.models.Tracked;
import org.farga.models.TrackedFiles;
import org.farga.models.TrackedRuns;
import org.farga.platform.Answer;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Experiments, runs and logged models (MLflow's MlflowService). */
@Hidden
@RestController
@RequestMapping({"/api/2.0/mlflow", "/mlflow/{project}/api/2.0/mlflow"})
class TrackingEndpoints {
    private static final int MOST_FOUND = 50_000;
    private static final int MOST_HISTORY = 25_000;
    private static final double LARGEST_STEP = 1L << 53;
    private static final Map<String, Object> NOTHING = Map.of();

    private final Experiments experiments;
    private final TrackedRuns runs;
    private final LoggedModels models;
    private final TrackedFiles files;

    TrackingEndpoints(Experiments experiments, TrackedRuns runs, LoggedModels models, TrackedFiles files) {
        this.experiments = experiments;
        this.runs = runs;
        this.models = models;
        this.files = files;
    }

    private static Map<String, Object> page(String name, List<?> items, List<String> next) {
        return Shapes.object(name, items, "next_page_token", PageToken.of(next));
    }

    // Experiments

    @PostMapping("/experiments/create")
    Map<String, Object> createExperiment(MlflowCall call) {
        String name = call.asked().given("name", Limits.LONGEST_EXPERIMENT_NAME);
        if (name.isBlank()) {
            throw MlflowException.invalid("Invalid experiment name: it is blank.");
        }
        String location = call.asked().text("artifact_location");
        if (location != null && !location.isEmpty() && !location.startsWith("mlflow-artifacts:")) {
            throw MlflowException.invalid("Files are kept here; leave artifact_location out.");
        }
        Experiment experiment = Answer.of(experiments.create(
                call.by(), name, call.tags(Limits.Pair.EXPERIMENT_TAG, Limits.MOST_PARAMETERS_AND_TAGS)));
        return Shapes.object("experiment_id", Integer.toString(experiment.number()));
    }

    @GetMapping("/experiments/get")
    Map<String, Object> getExperiment(MlflowCall call) {
        return Shapes.object("experiment", Shapes.experiment(experiments.get(call.by(), call.experiment())));
    }

    @GetMapping("/experiments/get-by-name")
    Map<String, Object> getExperimentByName(MlflowCall call) {
        String name = call.asked().given("experiment_name");
        return Shapes.object("experiment", Shapes.experiment(experiments.get(call.by(), name)));
    }

    @RequestMapping(
            path = "/experiments/search",
            method = {
                org.springframework.web.bind.annotation.RequestMethod.GET,
                org.springframework.web.bind.annotation.RequestMethod.POST
            })
    Map<String, Object> searchExperiments(MlflowCall call) {
        Search search = call.search(Filter.Of.EXPERIMENTS, "view_type", 1_000, MOST_FOUND);
        Search.Found<Experiment> found = experiments.search(call.by(), search);
        return page(
                "experiments", found.items().stream().map(Shapes::experiment).toList(), found.next());
    }

    @PostMapping("/experiments/update")
    Map<String, Object> updateExperiment(MlflowCall call) {
        String name = call.asked().text("new_name", Limits.LONGEST_EXPERIMENT_NAME);
        if (name != null && !name.isBlank()) {
            Answer.of(experiments.rename(call.by(), call.experiment(), name));
        }
        return NOTHING;
    }

    @PostMapping("/experiments/delete")
    Map<String, Object> deleteExperiment(MlflowCall call) {
        Answer.of(experiments.setDeleted(call.by(), call.experiment(), true));
        return NOTHING;
    }

    @PostMapping("/experiments/restore")
    Map<String, Object> restoreExperiment(MlflowCall call) {
        Answer.of(experiments.setDeleted(call.by(), call.experiment(), false));
        return NOTHING;
    }

    @PostMapping("/experiments/set-experiment-tag")
    Map<String, Object> setExperimentTag(MlflowCall call) {
        Answer.of(experiments.tag(
                call.by(),
                call.experiment(),
                Limits.Pair.EXPERIMENT_TAG.name(call.asked().text("key")),
                Limits.Pair.EXPERIMENT_TAG.value(call.asked().text("value"))));
        return NOTHING;
    }

    @PostMapping("/experiments/delete-experiment-tag")
    Map<String, Object> deleteExperimentTag(MlflowCall call) {
        Answer.of(experiments.untag(call.by(), call.experiment(), call.asked().given("key")));
        return NOTHING;
    }

    // Runs

    @PostMapping("/runs/create")
    Map<String, Object> createRun(MlflowCall call) {
        String id = call.asked().text("experiment_id");
        int experiment = id == null || id.isEmpty() ? Experiment.DEFAULT : MlflowCall.experiment(id);
        Map<String, String> tags = call.tags(Limits.Pair.RUN_TAG, Limits.MOST_ENTITIES);
        String name = call.asked().text("run_name", Limits.LONGEST_RUN_NAME);
        String tagged = tags.get("mlflow.runName");
        if (name == null || name.isEmpty()) {
            name = tagged;
        } else if (tagged != null && !tagged.isEmpty() && !tagged.equals(name)) {
            throw MlflowException.invalid(
                    "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with" + " different values.");
        }
        return Shapes.object(
                "run",
                Shapes.run(Answer.of(runs.create(
                        call.by(),
                        experiment,
                        name == null || name.isEmpty() ? null : runName(name),
                        call.asked().time("start_time"),
                        tags))));
    }

    private static String runName(String name) {
        return Asked.bounded("run_name", name, Limits.LONGEST_RUN_NAME);
    }

    @GetMapping("/runs/get")
    Map<String, Object> getRun(MlflowCall call) {
        return Shapes.object("run", Shapes.run(runs.get(call.by(), call.run())));
    }

    @PostMapping("/runs/update")
    Map<String, Object> updateRun(MlflowCall call) {
        String status = call.asked().text("status");
        RunState state = null;
        if (status != null && !status.isEmpty()) {
            if (!MlflowCall.STATES.contains(status)) {
                throw MlflowException.invalid("Invalid value for parameter 'status' supplied.");
            }
            state = RunState.valueOf(status);
        }
        String name = call.asked().text("run_name", Limits.LONGEST_RUN_NAME);
        Tracked run = Answer.of(runs.update(
                call.by(),
                call.run(),
                state,
                call.asked().time("end_time"),
                name == null || name.isEmpty() ? null : name));
        return Shapes.object("run_info", Shapes.info(run));
    }

    @PostMapping("/runs/delete")
    Map<String, Object> deleteRun(MlflowCall call) {
        Answer.of(runs.setDeleted(call.by(), call.run(), true));
        return NOTHING;
    }

    @PostMapping("/runs/restore")
    Map<String, Object> restoreRun(MlflowCall call) {
        Answer.of(runs.setDeleted(call.by(), call.run(), false));
        return NOTHING;
    }

    @PostMapping("/runs/search")
    Map<String, Object> searchRuns(MlflowCall call) {
        Search search = call.search(Filter.Of.RUNS, "run_view_type", 1_000, MOST_FOUND);
        // A page holds at most a thousand, whatever was asked for: the client goes on with the token.
        Search bounded = new Search(
                search.conditions(), search.orders(), search.shown(), Math.min(search.most(), 1_000), search.after());
        Search.Found<Tracked> found = runs.search(call.by(), call.experiments(), bounded);
        return page("runs", found.items().stream().map(Shapes::run).toList(), found.next());
    }

    /** A whole number that a browser's numbers hold exactly. */
    private static long step(Asked asked) {
        long step = asked.whole("step").orElse(0);
        if (Math.abs((double) step) > LARGEST_STEP) {
            throw MlflowException.invalid("Invalid value " + step
                    + " for parameter 'step' supplied: a step is at most 2^53 and at least -2^53.");
        }
        return step;
    }

    private static Tracked.Value metric(Asked asked, Instant now) {
        Instant at = asked.time("timestamp");
        String model = asked.text("model_id");
        String dataset = asked.text("dataset_name", 500);
        return new Tracked.Value(
                Limits.name("Metric name", asked.text("key")),
                asked.number("value"),
                step(asked),
                at == null ? now : at,
                model == null || model.isEmpty() ? null : loggedModel(model),
                dataset,
                dataset == null ? null : asked.text("dataset_digest", 36));
    }

    private static Map.Entry<String, String> parameter(Asked asked) {
        return Map.entry(
                Limits.Pair.PARAMETER.name(asked.text("key")), Limits.Pair.PARAMETER.value(asked.text("value")));
    }

    @PostMapping("/runs/log-metric")
    Map<String, Object> logMetric(MlflowCall call) {
        Tracked.Value value = metric(call.asked(), Instant.now());
        Answer.of(runs.log(call.by(), call.run(), new TrackedRuns.Batch(List.of(value), Map.of(), Map.of())));
        return NOTHING;
    }

    @PostMapping("/runs/log-parameter")
    Map<String, Object> logParameter(MlflowCall call) {
        Map.Entry<String, String> one = parameter(call.asked());
        Answer.of(runs.log(
                call.by(),
                call.run(),
                new TrackedRuns.Batch(List.of(), Map.of(one.getKey(), one.getValue()), Map.of())));
        return NOTHING;
    }

    @PostMapping("/runs/log-batch")
    Map<String, Object> logBatch(MlflowCall call) {
        Instant now = Instant.now();
        List<Tracked.Value> values = call.asked().messages("metrics", Limits.MOST_METRICS).stream()
                .map(one -> metric(one, now))
                .toList();
        List<Asked> given = call.asked().messages("params", Limits.MOST_PARAMETERS_AND_TAGS);
        Map<String, String> parameters =
                call.asked().pairs("params", Limits.MOST_PARAMETERS_AND_TAGS, Limits.Pair.PARAMETER);
        if (parameters.size() != given.size()) {
            throw MlflowException.invalid("Duplicate parameter keys have been submitted.");
        }
        Map<String, String> tags = call.tags(Limits.Pair.RUN_TAG, Limits.MOST_PARAMETERS_AND_TAGS);
        if (values.size() + given.size() + tags.size() > Limits.MOST_ENTITIES) {
            throw MlflowException.invalid("A batch logging request can contain at most " + Limits.MOST_ENTITIES
                    + " metrics, params and tags in all.");
        }
        Answer.of(runs.log(call.by(), call.run(), new TrackedRuns.Batch(values, parameters, tags)));
        return NOTHING;
    }

    @PostMapping("/runs/set-tag")
    Map<String, Object> setTag(MlflowCall call) {
        String name = Limits.Pair.RUN_TAG.name(call.asked().text("key"));
        String value = Limits.Pair.RUN_TAG.value(call.asked().text("value"));
        if (name.equals("mlflow.runName")) {
            runName(value);
        }
        Answer.of(runs.log(call.by(), call.run(), new TrackedRuns.Batch(List.of(), Map.of(), Map.of(name, value))));
        return NOTHING;
    }

    @PostMapping("/runs/delete-tag")
    Map<String, Object> deleteTag(MlflowCall call) {
        Answer.of(runs.untag(call.by(), call.run(), call.asked().given("key")));
        return NOTHING;
    }

    /** The old way of saying that a model was saved among a run's files: MLflow keeps it as a tag. */
    @PostMapping("/runs/log-model")
    Map<String, Object> logModel(MlflowCall call) {
        String json = Asked.bounded("model_json", call.asked().given("model_json"), 8_000 - 2);
        Answer.of(runs.log(
                call.by(),
                call.run(),
                new TrackedRuns.Batch(List.of(), Map.of(), Map.of("mlflow.log-model.history", "[" + json + "]"))));
        return NOTHING;
    }

    @PostMapping("/runs/log-inputs")
    Map<String, Object> logInputs(MlflowCall call) {
        List<Tracked.Input> inputs = new ArrayList<>();
        for (Asked one : call.asked().messages("datasets", Limits.MOST_ENTITIES)) {
            Asked dataset = one.message("dataset");
            inputs.add(new Tracked.Input(
                    dataset.given("name", 500),
                    dataset.given("digest", 36),
                    dataset.given("source_type", 36),
                    dataset.given("source", 65_535),
                    dataset.text("schema", 1_048_575),
                    dataset.text("profile", 1_048_575),
                    one.pairs("tags", Limits.MOST_PARAMETERS_AND_TAGS, Limits.Pair.INPUT_TAG)));
        }
        Answer.of(runs.link(call.by(), call.run(), inputs, links(call, false)));
        return NOTHING;
    }

    @PostMapping("/runs/outputs")
    Map<String, Object> logOutputs(MlflowCall call) {
        Answer.of(runs.link(call.by(), call.run(), List.of(), links(call, true)));
        return NOTHING;
    }

    private static List<Tracked.ModelLink> links(MlflowCall call, boolean produced) {
        return call.asked().messages("models", Limits.MOST_ENTITIES).stream()
                .map(one -> new Tracked.ModelLink(loggedModel(one.given("model_id")), produced, step(one)))
                .toList();
    }

    @GetMapping("/metrics/get-history")
    Map<String, Object> getMetricHistory(MlflowCall call) {
        int most = call.asked().whole("max_results", MOST_HISTORY, 1, MOST_HISTORY);
        Search.Found<Tracked.Value> found =
                runs.history(call.by(), call.run(), call.asked().given("metric_key"), most, call.after());
        return page("metrics", found.items().stream().map(Shapes::metric).toList(), found.next());
    }

    @GetMapping("/artifacts/list")
    Map<String, Object> listArtifacts(MlflowCall call) {
        RunId id = call.run();
        Tracked run = runs.get(call.by(), id);
        return listed(
                call,
                new TrackedFiles.Owner(id, null),
                Shapes.files(run),
                call.asked().text("path"));
    }

    private Map<String, Object> listed(MlflowCall call, TrackedFiles.Owner owner, String root, @Nullable String path) {
        String folder = path == null ? "" : path;
        if (!folder.isEmpty() && !TrackedFiles.isPath(folder)) {
            throw MlflowException.invalid("Invalid path");
        }
        return Shapes.object("root_uri", root, "files", Shapes.entries(files.list(call.by(), owner, folder), ""));
    }

    // Logged models

    static UUID loggedModel(String text) {
        UUID id = LoggedModel.parse(text);
        if (id == null) {
            throw MlflowException.missing("logged model with that id");
        }
        return id;
    }

    private static Map<String, Object> model(LoggedModel model) {
        return Shapes.object("model", Shapes.loggedModel(model));
    }

    @PostMapping("/logged-models")
    Map<String, Object> createLoggedModel(MlflowCall call) {
        String id = call.asked().text("experiment_id");
        String run = call.asked().text("source_run_id");
        String name = call.asked().text("name", 500);
        if (name != null && !name.isEmpty()) {
            Limits.modelName(name);
        }
        return model(Answer.of(models.create(
                call.by(),
                id == null || id.isEmpty() ? Experiment.DEFAULT : MlflowCall.experiment(id),
                run == null || run.isEmpty() ? null : MlflowCall.run(run),
                name == null || name.isEmpty() ? null : name,
                call.asked().text("model_type", 500),
                call.tags(Limits.Pair.RUN_TAG, Limits.MOST_ENTITIES),
                call.asked().pairs("params", Limits.MOST_ENTITIES, Limits.Pair.PARAMETER))));
    }

    @GetMapping("/logged-models/{model}")
    Map<String, Object> getLoggedModel(MlflowCall call, @PathVariable String model) {
        return model(models.get(call.by(), loggedModel(model)));
    }

    @PatchMapping("/logged-models/{model}")
    Map<String, Object> finishLoggedModel(MlflowCall call, @PathVariable String model) {
        String status = call.asked().given("status");
        if (!Set.of("LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", "LOGGED_MODEL_PENDING")
                .contains(status)) {
            throw MlflowException.invalid("Invalid value for parameter 'status' supplied.");
        }
        return model(Answer.of(models.finish(call.by(), loggedModel(model), LoggedModel.Status.valueOf(status))));
    }

    @DeleteMapping("/logged-models/{model}")
    Map<String, Object> deleteLoggedModel(MlflowCall call, @PathVariable String model) {
        Answer.of(models.delete(call.by(), loggedModel(model)));
        return NOTHING;
    }

    @PatchMapping("/logged-models/{model}/tags")
    Map<String, Object> tagLoggedModel(MlflowCall call, @PathVariable String model) {
        return model(Answer.of(
                models.tag(call.by(), loggedModel(model), call.tags(Limits.Pair.RUN_TAG, Limits.MOST_ENTITIES))));
    }

    @DeleteMapping("/logged-models/{model}/tags/{tag}")
    Map<String, Object> untagLoggedModel(MlflowCall call, @PathVariable String model, @PathVariable String tag) {
        Answer.of(models.untag(call.by(), loggedModel(model), Limits.Pair.RUN_TAG.name(tag)));
        return NOTHING;
    }

    @PostMapping("/logged-models/{model}/params")
    Map<String, Object> parametersOfLoggedModel(MlflowCall call, @PathVariable String model) {
        Answer.of(models.parameters(
                call.by(),
                loggedModel(model),
                call.asked().pairs("params", Limits.MOST_ENTITIES, Limits.Pair.PARAMETER)));
        return NOTHING;
    }

    @GetMapping("/logged-models/{model}/artifacts/directories")
    Map<String, Object> listLoggedModel(MlflowCall call, @PathVariable String model) {
        LoggedModel of = models.get(call.by(), loggedModel(model));
        return listed(
                call,
                new TrackedFiles.Owner(null, of.id()),
                Shapes.files(of),
                call.asked().text("artifact_directory_path"));
    }

    @PostMapping("/logged-models/search")
    Map<String, Object> searchLoggedModels(MlflowCall call) {
        List<String> orders = call.asked().messages("order_by", 10).stream()
                .map(o -> o.given("field_name") + (o.has("ascending") && !o.isTrue("ascending") ? " DESC" : " ASC"))
                .toList();
        Search search = new Search(
                Filter.parse(call.asked().text("filter"), Filter.Of.LOGGED_MODELS),
                Filter.orders(orders, Filter.Of.LOGGED_MODELS),
                Search.Shown.ACTIVE,
                call.asked().whole("max_results", 50, 1, 1_000),
                call.after());
        Search.Found<LoggedModel> found = models.search(call.by(), call.experiments(), search);
        return page("models", found.items().stream().map(Shapes::loggedModel).toList(), found.next());
    }
}
