package org.farga.mlflow;

import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.farga.models.LoggedModel;
import org.farga.models.RegisteredModel;
import org.farga.models.RegisteredModel.Stage;
import org.farga.models.RegisteredModel.Version;
import org.farga.models.Registry;
import org.farga.models.Search;
import org.farga.models.TrackedFiles;
import org.farga.platform.Answer;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Registered models and their versions (MLflow's ModelRegistryService). */
@Hidden
@RestController
@RequestMapping({"/api/2.0/mlflow", "/mlflow/{project}/api/2.0/mlflow"})
class RegistryEndpoints {
    private static final int MOST_FOUND = 10_000;
    private static final String MODELS = "models:/";
    private static final Map<String, Object> NOTHING = Map.of();

    private final Registry registry;

    RegistryEndpoints(Registry registry) {
        this.registry = registry;
    }

    private static String name(MlflowCall call) {
        return call.asked().given("name");
    }

    private static String description(MlflowCall call) {
        String description = call.asked().text("description", Limits.LONGEST_DESCRIPTION);
        return description == null ? "" : description;
    }

    private static Map<String, Object> shown(RegisteredModel model) {
        return Shapes.object("registered_model", Shapes.registeredModel(model));
    }

    private static Map<String, Object> shown(Version version) {
        return Shapes.object("model_version", Shapes.version(version));
    }

    @PostMapping("/registered-models/create")
    Map<String, Object> create(MlflowCall call) {
        return shown(Answer.of(registry.create(
                call.by(),
                Limits.modelName(name(call)),
                description(call),
                call.tags(Limits.Pair.REGISTRY_TAG, Limits.MOST_PARAMETERS_AND_TAGS))));
    }

    @GetMapping("/registered-models/get")
    Map<String, Object> get(MlflowCall call) {
        return shown(registry.get(call.by(), name(call)));
    }

    @PostMapping("/registered-models/rename")
    Map<String, Object> rename(MlflowCall call) {
        return shown(Answer.of(registry.rename(
                call.by(), name(call), Limits.modelName(call.asked().given("new_name")))));
    }

    @PatchMapping("/registered-models/update")
    Map<String, Object> update(MlflowCall call) {
        return shown(Answer.of(registry.describe(call.by(), name(call), description(call))));
    }

    @DeleteMapping("/registered-models/delete")
    Map<String, Object> delete(MlflowCall call) {
        Answer.of(registry.delete(call.by(), name(call)));
        return NOTHING;
    }

    @GetMapping("/registered-models/search")
    Map<String, Object> search(MlflowCall call) {
        Search search = call.search(Filter.Of.MODELS, "view_type", 100, MOST_FOUND);
        Search.Found<RegisteredModel> found = registry.search(call.by(), search);
        return Shapes.object(
                "registered_models",
                found.items().stream().map(Shapes::registeredModel).toList(),
                "next_page_token",
                PageToken.of(found.next()));
    }

    @RequestMapping(
            path = "/registered-models/get-latest-versions",
            method = {RequestMethod.GET, RequestMethod.POST})
    Map<String, Object> latest(MlflowCall call) {
        List<Stage> stages = call.asked().texts("stages", 10).stream()
                .map(RegistryEndpoints::stage)
                .toList();
        return Shapes.object(
                "model_versions",
                registry.get(call.by(), name(call)).latest().stream()
                        .filter(v -> stages.isEmpty() || stages.contains(v.stage()))
                        .map(Shapes::version)
                        .toList());
    }

    private static Stage stage(String text) {
        Stage stage = Stage.parse(text);
        if (stage == null) {
            throw MlflowException.invalid("Invalid Model Version stage: " + Asked.echo(text)
                    + ". Value must be one of None, Staging, Production, Archived.");
        }
        return stage;
    }

    @PostMapping("/registered-models/set-tag")
    Map<String, Object> tag(MlflowCall call) {
        Answer.of(registry.tag(call.by(), name(call), tagName(call), tagValue(call)));
        return NOTHING;
    }

    private static String tagName(MlflowCall call) {
        return Limits.Pair.REGISTRY_TAG.name(call.asked().text("key"));
    }

    private static String tagValue(MlflowCall call) {
        return Limits.Pair.REGISTRY_TAG.value(call.asked().text("value"));
    }

    @DeleteMapping("/registered-models/delete-tag")
    Map<String, Object> untag(MlflowCall call) {
        Answer.of(registry.untag(call.by(), name(call), tagName(call)));
        return NOTHING;
    }

    @PostMapping("/registered-models/alias")
    Map<String, Object> alias(MlflowCall call) {
        Answer.of(
                registry.alias(call.by(), name(call), Limits.alias(call.asked().given("alias")), call.version()));
        return NOTHING;
    }

    @DeleteMapping("/registered-models/alias")
    Map<String, Object> unalias(MlflowCall call) {
        Answer.of(registry.unalias(call.by(), name(call), call.asked().given("alias")));
        return NOTHING;
    }

    @GetMapping("/registered-models/alias")
    Map<String, Object> byAlias(MlflowCall call) {
        return shown(registry.version(call.by(), name(call), call.asked().given("alias")));
    }

    @PostMapping("/model-versions/create")
    Map<String, Object> createVersion(MlflowCall call) {
        return shown(Answer.of(registry.register(
                call.by(),
                name(call),
                given(call),
                description(call),
                call.tags(Limits.Pair.REGISTRY_TAG, Limits.MOST_PARAMETERS_AND_TAGS))));
    }

    /** Which files a version takes, from any of the forms in which clients name them. */
    private Registry.Source given(MlflowCall call) {
        String run = call.asked().text("run_id");
        String text = call.asked().given("source", 1_000);
        String model = call.asked().text("model_id");
        Version version = model == null || model.isEmpty() ? named(call, text) : null;
        return version != null
                ? new Registry.Source(text, null, null, "", new Registry.Named(version, folder(version)))
                : source(text, run == null || run.isEmpty() ? null : MlflowCall.run(run), model);
    }

    /** The version that is meant by {@code models:/name/3}, {@code models:/name/Production} or {@code models:/name@alias}. */
    private @Nullable Version named(MlflowCall call, String text) {
        if (!text.startsWith(MODELS) || LoggedModel.parse(text.substring(MODELS.length())) != null) {
            return null;
        }
        String name = text.substring(MODELS.length());
        int slash = name.lastIndexOf('/');
        int at = name.lastIndexOf('@');
        if (slash > 0) {
            String number = name.substring(slash + 1);
            if (number.matches("[0-9]{1,9}")) {
                return registry.version(call.by(), name.substring(0, slash), Integer.parseInt(number));
            }
            Stage stage = number.equalsIgnoreCase("latest") ? null : stage(number);
            return registry.get(call.by(), name.substring(0, slash)).latest().stream()
                    .filter(v -> stage == null || v.stage() == stage)
                    .max(java.util.Comparator.comparingInt(Version::number))
                    .orElseThrow(() -> MlflowException.missing("version of that model in that stage"));
        }
        return at > 0 ? registry.version(call.by(), name.substring(0, at), name.substring(at + 1)) : null;
    }

    /** Where among a version's files the model lies: as its source named it, or at the top. */
    private static String folder(Version version) {
        return source(Shapes.source(version), null, null).folder();
    }

    private static Registry.Source source(String text, @Nullable RunId runId, @Nullable String model) {
        if (model != null && !model.isEmpty()) {
            return new Registry.Source(text, null, TrackingEndpoints.loggedModel(model), "");
        }
        if (text.startsWith(MODELS)) {
            UUID logged = LoggedModel.parse(text.substring(MODELS.length()));
            return new Registry.Source(text, null, logged, "");
        }
        if (text.startsWith("runs:/")) {
            String[] parts = text.substring("runs:/".length()).split("/", 2);
            return of(text, runId, parts[0], parts.length > 1 ? parts[1] : "");
        }
        String path = text.startsWith("mlflow-artifacts:/") ? text.replaceFirst("mlflow-artifacts:/+", "") : "";
        String[] parts = path.split("/", 4);
        if (parts.length >= 3 && parts[1].equals("models") && parts.length == 4) {
            return new Registry.Source(text, null, LoggedModel.parse(parts[2]), "");
        }
        if (parts.length >= 3 && parts[2].equals("artifacts")) {
            return of(text, runId, parts[1], parts.length > 3 ? parts[3] : "");
        }
        return new Registry.Source(text, null, null, "");
    }

    private static Registry.Source of(String text, @Nullable RunId told, String run, String folder) {
        RunId of = MlflowCall.run(run);
        String inside = folder.replaceFirst("/+$", "");
        if ((told != null && !told.equals(of)) || (!inside.isEmpty() && !TrackedFiles.isPath(inside))) {
            throw MlflowException.invalid("Invalid model version source: '" + Asked.echo(text)
                    + "'. The files must be of the run that run_id names.");
        }
        return new Registry.Source(text, of, null, inside);
    }

    @GetMapping("/model-versions/get")
    Map<String, Object> getVersion(MlflowCall call) {
        return shown(registry.version(call.by(), name(call), call.version()));
    }

    @PatchMapping("/model-versions/update")
    Map<String, Object> updateVersion(MlflowCall call) {
        return shown(Answer.of(registry.describe(call.by(), name(call), call.version(), description(call))));
    }

    @PostMapping("/model-versions/transition-stage")
    Map<String, Object> transition(MlflowCall call) {
        Stage stage = stage(call.asked().given("stage"));
        boolean archive = call.asked().isTrue("archive_existing_versions");
        if (archive && stage != Stage.STAGING && stage != Stage.PRODUCTION) {
            throw MlflowException.invalid("Model version transition cannot archive existing model versions because '"
                    + stage.word().toLowerCase(Locale.ROOT) + "' is not an Active stage.");
        }
        return shown(Answer.of(registry.transition(call.by(), name(call), call.version(), stage, archive)));
    }

    @DeleteMapping("/model-versions/delete")
    Map<String, Object> deleteVersion(MlflowCall call) {
        Answer.of(registry.delete(call.by(), name(call), call.version()));
        return NOTHING;
    }

    @GetMapping("/model-versions/search")
    Map<String, Object> searchVersions(MlflowCall call) {
        Search search = call.search(Filter.Of.VERSIONS, "view_type", 10_000, 200_000);
        Search bounded = new Search(
                search.conditions(), search.orders(), search.shown(), Math.min(search.most(), 1_000), search.after());
        Search.Found<Version> found = registry.searchVersions(call.by(), bounded);
        return Shapes.object(
                "model_versions",
                found.items().stream().map(Shapes::version).toList(),
                "next_page_token",
                PageToken.of(found.next()));
    }

    /** Where its files lie as they were when it was registered, whatever became of the run's. */
    @GetMapping("/model-versions/get-download-uri")
    Map<String, Object> download(MlflowCall call) {
        Version version = registry.version(call.by(), name(call), call.version());
        String folder = folder(version);
        return Shapes.object(
                "artifact_uri",
                "mlflow-artifacts:/versions/" + version.model() + "/" + version.number() + "/artifacts"
                        + (folder.isEmpty() ? "" : "/" + folder));
    }

    @PostMapping("/model-versions/set-tag")
    Map<String, Object> tagVersion(MlflowCall call) {
        Answer.of(registry.tag(call.by(), name(call), call.version(), tagName(call), tagValue(call)));
        return NOTHING;
    }

    @DeleteMapping("/model-versions/delete-tag")
    Map<String, Object> untagVersion(MlflowCall call) {
        Answer.of(registry.untag(call.by(), name(call), call.version(), tagName(call)));
        return NOTHING;
    }
}
