package org.farga.mlflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.models.Experiment;
import org.farga.models.LoggedModel;
import org.farga.models.RegisteredModel;
import org.farga.models.Tracked;
import org.farga.models.TrackedFiles;
import org.jspecify.annotations.Nullable;

/** Things in the JSON of MLflow's messages. Numbers that JSON does not know, such as NaN, stand as text. */
final class Shapes {
    private Shapes() {}

    /** An object of these names and values, without those that are null. */
    static Map<String, Object> object(@Nullable Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                object.put(String.valueOf(namesAndValues[i]), value);
            }
        }
        return object;
    }

    private static @Nullable Long milliseconds(@Nullable Instant at) {
        return at == null ? null : at.toEpochMilli();
    }

    static List<Map<String, Object>> pairs(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> object("key", e.getKey(), "value", e.getValue()))
                .toList();
    }

    private static String lifecycle(boolean deleted) {
        return deleted ? "deleted" : "active";
    }

    static Map<String, Object> experiment(Experiment e) {
        return object(
                "experiment_id", Integer.toString(e.number()),
                "name", e.name(),
                "artifact_location", "mlflow-artifacts:/" + e.number(),
                "lifecycle_stage", lifecycle(e.isDeleted()),
                "creation_time", milliseconds(e.createdAt()),
                "last_update_time", milliseconds(e.changedAt()),
                "tags", pairs(e.tags()));
    }

    static String files(Tracked run) {
        return "mlflow-artifacts:/" + run.experiment() + "/" + run.id() + "/artifacts";
    }

    static String files(LoggedModel model) {
        return "mlflow-artifacts:/" + model.experiment() + "/models/" + LoggedModel.text(model.id()) + "/artifacts";
    }

    static Map<String, Object> info(Tracked r) {
        return object(
                "run_id", r.id().toString(),
                "run_uuid", r.id().toString(),
                "run_name", r.name(),
                "experiment_id", Integer.toString(r.experiment()),
                "user_id", r.tags().getOrDefault("mlflow.user", ""),
                "status", r.state().name(),
                "start_time", milliseconds(r.startedAt()),
                "end_time", milliseconds(r.endedAt()),
                "artifact_uri", files(r),
                "lifecycle_stage", lifecycle(r.deleted()));
    }

    static Map<String, Object> run(Tracked r) {
        return object(
                "info", info(r),
                "data",
                        object(
                                "metrics",
                                        r.metrics().stream().map(Shapes::metric).toList(),
                                "params", pairs(r.parameters()),
                                "tags", pairs(r.tags())),
                "inputs",
                        object(
                                "dataset_inputs",
                                        r.inputs().stream().map(Shapes::input).toList(),
                                "model_inputs",
                                        r.models().stream()
                                                .filter(link -> !link.produced())
                                                .map(link -> object("model_id", LoggedModel.text(link.model())))
                                                .toList()),
                "outputs",
                        object(
                                "model_outputs",
                                r.models().stream()
                                        .filter(Tracked.ModelLink::produced)
                                        .map(link ->
                                                object("model_id", LoggedModel.text(link.model()), "step", link.step()))
                                        .toList()));
    }

    static Map<String, Object> metric(Tracked.Value v) {
        return object(
                "key", v.name(),
                "value", v.value(),
                "timestamp", milliseconds(v.at()),
                "step", v.step());
    }

    private static Map<String, Object> input(Tracked.Input i) {
        return object(
                "dataset",
                        object(
                                "name", i.name(),
                                "digest", i.digest(),
                                "source_type", i.sourceType(),
                                "source", i.source(),
                                "schema", i.schema(),
                                "profile", i.profile()),
                "tags", pairs(i.tags()));
    }

    static Map<String, Object> loggedModel(LoggedModel m) {
        List<Map<String, Object>> metrics = new ArrayList<>();
        for (LoggedModel.Measured one : m.metrics()) {
            Map<String, Object> metric = metric(one.value());
            UUID model = one.value().model();
            metric.put("model_id", LoggedModel.text(model == null ? m.id() : model));
            metric.put("run_id", one.run().toString());
            String dataset = one.value().datasetName();
            if (dataset != null && !dataset.isEmpty()) {
                metric.put("dataset_name", dataset);
                metric.put("dataset_digest", String.valueOf(one.value().datasetDigest()));
            }
            metrics.add(metric);
        }
        return object(
                "info",
                        object(
                                "model_id", LoggedModel.text(m.id()),
                                "experiment_id", Integer.toString(m.experiment()),
                                "name", m.name(),
                                "creation_timestamp_ms", milliseconds(m.createdAt()),
                                "last_updated_timestamp_ms", milliseconds(m.changedAt()),
                                "artifact_uri", files(m),
                                "status", m.status().name(),
                                "model_type", m.type() == null ? "" : m.type(),
                                "source_run_id", m.run() == null ? "" : m.run().toString(),
                                "tags", pairs(m.tags())),
                "data", object("params", pairs(m.parameters()), "metrics", metrics));
    }

    static Map<String, Object> registeredModel(RegisteredModel m) {
        return object(
                "name", m.name(),
                "creation_timestamp", milliseconds(m.createdAt()),
                "last_updated_timestamp", milliseconds(m.changedAt()),
                "description", m.description(),
                "latest_versions", m.latest().stream().map(Shapes::version).toList(),
                "tags", pairs(m.tags()),
                "aliases",
                        m.aliases().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(e -> object(
                                        "alias",
                                        e.getKey(),
                                        "version",
                                        e.getValue().toString()))
                                .toList());
    }

    static Map<String, Object> version(RegisteredModel.Version v) {
        return object(
                "name", v.name(),
                "version", Integer.toString(v.number()),
                "creation_timestamp", milliseconds(v.registeredAt()),
                "last_updated_timestamp", milliseconds(v.changedAt()),
                "current_stage", v.stage().word(),
                "description", v.description(),
                "source", source(v),
                "run_id", v.run() == null ? "" : v.run().toString(),
                "status", "READY",
                "tags", pairs(v.tags()),
                "aliases", v.aliases(),
                "model_id", v.loggedModel() == null ? null : LoggedModel.text(v.loggedModel()));
    }

    /** Where the files of a version are: of one that Farga's own page registered, all of its run's. */
    static String source(RegisteredModel.Version v) {
        String source = v.source();
        return source == null ? "runs:/" + v.run() + "/" : source;
    }

    /** Files of a folder; their paths from {@code root} on. */
    static List<Map<String, Object>> entries(List<TrackedFiles.Entry> entries, String root) {
        String prefix = root.isEmpty() ? "" : root + "/";
        return entries.stream()
                .map(e -> object(
                        "path",
                        e.path().startsWith(prefix) ? e.path().substring(prefix.length()) : e.path(),
                        "is_dir",
                        e.bytes() == null,
                        "file_size",
                        e.bytes()))
                .toList();
    }
}
