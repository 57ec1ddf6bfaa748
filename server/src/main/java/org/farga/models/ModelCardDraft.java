package org.farga.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.farga.compute.JobLineage;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a model card: what Farga knows of a version, put down in English as the format's headings have it, and
 * {@value #TO_WRITE} where only its makers know.
 *
 * @param project the project's name
 * @param organisation the organisation's name
 * @param job null for a model that was trained outside any job
 * @param address of the model's page
 */
record ModelCardDraft(
        Model model,
        ModelVersion version,
        String project,
        String organisation,
        JobLineage.@Nullable Node job,
        List<Lineage.Dataset> datasets,
        Map<String, String> parameters,
        List<RunFile> files,
        String address) {
    static final String TO_WRITE = "[More Information Needed]";
    private static final int MOST_ROWS = 50;

    String text() {
        return ModelCard.join(frontMatter(), body());
    }

    Map<String, Object> frontMatter() {
        Map<String, Object> values = new LinkedHashMap<>();
        // The licence of a model is its makers' choice; nobody else may guess it.
        values.put("license", "unknown");
        if (!datasets.isEmpty()) {
            values.put(
                    "datasets",
                    datasets.stream().map(Lineage.Dataset::slug).distinct().toList());
        }
        values.put("tags", List.of("farga"));
        List<ModelVersion.LastValue> measured = version.metrics().stream()
                .filter(m -> Double.isFinite(m.value()))
                .limit(MOST_ROWS)
                .toList();
        if (!measured.isEmpty()) {
            values.put(
                    "metrics",
                    measured.stream().map(ModelVersion.LastValue::name).toList());
            values.put("model-index", List.of(modelIndex(measured)));
        }
        values.put("farga", provenance());
        return values;
    }

    private Map<String, Object> modelIndex(List<ModelVersion.LastValue> measured) {
        Map<String, Object> dataset = new LinkedHashMap<>();
        dataset.put("name", datasets.isEmpty() ? "unknown" : datasets.getFirst().title());
        dataset.put("type", datasets.isEmpty() ? "unknown" : datasets.getFirst().slug());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("task", Map.of("type", "other"));
        result.put("dataset", dataset);
        List<Object> metrics = new ArrayList<>();
        for (ModelVersion.LastValue metric : measured) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("type", metric.name());
            one.put("name", metric.name());
            one.put("value", metric.value());
            metrics.add(one);
        }
        result.put("metrics", metrics);
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("name", model.name());
        index.put("results", List.of(result));
        return index;
    }

    private Map<String, Object> provenance() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", model.id().toString());
        facts.put("version", version.number());
        if (version.run() != null) {
            facts.put("run", version.run().toString());
        }
        if (job != null) {
            facts.put("job", job.id().value());
            if (job.scriptSha256() != null) {
                facts.put("script_sha256", job.scriptSha256());
            }
            facts.put("cluster", job.cluster());
            JobLineage.Compute compute = job.compute();
            if (compute != null) {
                facts.put("gpu_hours", compute.gpuHours().hours().doubleValue());
                facts.put("cpu_hours", compute.cpuHours().hours().doubleValue());
            }
        }
        List<Object> data = new ArrayList<>();
        for (Lineage.Dataset dataset : datasets) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("dataset", dataset.slug());
            one.put("version", dataset.number());
            one.put("license", dataset.licence().toLowerCase(Locale.ROOT));
            one.put("agreement", dataset.agreement().toString());
            one.put("terms_sha256", dataset.termsSha256());
            data.add(one);
        }
        if (!data.isEmpty()) {
            facts.put("dataset_versions", data);
        }
        return facts;
    }

    private String body() {
        StringBuilder out = new StringBuilder();
        out.append("# ")
                .append(plain(model.name()))
                .append("\n\n")
                .append(TO_WRITE)
                .append("\n\n");
        out.append("## Model details\n\n");
        out.append("- **Version:** ").append(version.number()).append(", registered on ");
        out.append(version.registeredAt().toString(), 0, 10).append('\n');
        out.append("- **Developed by:** ").append(plain(organisation)).append('\n');
        out.append("- **Project:** ").append(plain(project)).append('\n');
        out.append("- **License:** ").append(TO_WRITE);
        TreeSet<String> licences = new TreeSet<>();
        datasets.forEach(d -> licences.add(d.licence()));
        if (!licences.isEmpty()) {
            out.append(" (it was trained on data under ")
                    .append(plain(String.join(", ", licences)))
                    .append(')');
        }
        out.append("\n- **Provenance:** <").append(address).append(">\n\n");
        out.append("## Uses\n\n").append(TO_WRITE).append("\n\n");
        out.append("## Bias, risks and limitations\n\n").append(TO_WRITE).append("\n\n");
        out.append("## Training details\n\n### Training data\n\n");
        if (datasets.isEmpty()) {
            out.append("No dataset of the centre was mounted. ")
                    .append(TO_WRITE)
                    .append("\n\n");
        } else {
            out.append("| Dataset | Version | License | Terms accepted |\n|---|---|---|---|\n");
            for (Lineage.Dataset d : datasets) {
                out.append("| ")
                        .append(plain(d.title()))
                        .append(" (`")
                        .append(d.slug())
                        .append("`) | ");
                out.append(d.number()).append(" | ").append(plain(d.licence())).append(" | version ");
                out.append(d.termsVersion())
                        .append(" on ")
                        .append(d.acceptedAt().toString(), 0, 10)
                        .append(" |\n");
            }
            out.append('\n');
        }
        out.append("### Training procedure\n\n");
        if (job != null) {
            out.append("Job ")
                    .append(job.id())
                    .append(" (")
                    .append(plain(job.name()))
                    .append(") ran a script");
            out.append(job.scriptSha256() == null ? "" : " with the SHA-256 `" + job.scriptSha256() + "`")
                    .append(".\n\n");
        }
        table(out, "Hyperparameter", parameters);
        out.append("## Evaluation\n\n");
        if (version.metrics().isEmpty()) {
            out.append(TO_WRITE).append("\n\n");
        } else {
            out.append("The last values that the run reported:\n\n| Metric | Value | Step |\n|---|---|---|\n");
            version.metrics().stream()
                    .limit(MOST_ROWS)
                    .forEach(m -> out.append("| ")
                            .append(plain(m.name()))
                            .append(" | ")
                            .append(m.value())
                            .append(" | ")
                            .append(m.step())
                            .append(" |\n"));
            out.append('\n');
        }
        compute(out);
        out.append("## Files\n\n");
        files.stream()
                .limit(MOST_ROWS)
                .forEach(f -> out.append("- ")
                        .append(plain(f.path()))
                        .append(" (SHA-256 `")
                        .append(f.sha256())
                        .append("`)\n"));
        return out.toString();
    }

    private void compute(StringBuilder out) {
        JobLineage.Compute compute = job == null ? null : job.compute();
        out.append("## Environmental impact\n\n");
        if (job == null || compute == null) {
            out.append(TO_WRITE).append("\n\n");
            return;
        }
        out.append("- **Hardware:** ").append(compute.gpus()).append(" GPUs, ").append(compute.cpus());
        out.append(" CPUs, ").append(compute.memoryMebibytes()).append(" MiB of memory\n");
        out.append("- **Cluster:** ").append(plain(job.cluster())).append('\n');
        out.append("- **Time:** ").append(compute.time().toSeconds()).append(" s\n");
        out.append("- **Used:** ").append(compute.gpuHours()).append(" GPU-hours, ");
        out.append(compute.cpuHours()).append(" CPU-hours\n");
        out.append("- **Carbon emitted:** not measured\n\n");
    }

    private static void table(StringBuilder out, String what, Map<String, String> rows) {
        if (rows.isEmpty()) {
            return;
        }
        out.append("| ").append(what).append(" | Value |\n|---|---|\n");
        rows.entrySet().stream()
                .limit(MOST_ROWS)
                .forEach(e -> out.append("| ")
                        .append(plain(e.getKey()))
                        .append(" | ")
                        .append(plain(e.getValue()))
                        .append(" |\n"));
        out.append('\n');
    }

    /** As text that Markdown shows as it is: names and values come from jobs, and must not become links or tables. */
    static String plain(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        String cut = line.codePointCount(0, line.length()) <= 200
                ? line
                : line.substring(0, line.offsetByCodePoints(0, 200)) + "…";
        return cut.replaceAll("([\\\\`*_{}\\[\\]<>#|!&~])", "\\\\$1");
    }
}
