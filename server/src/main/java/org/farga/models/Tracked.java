package org.farga.models;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/**
 * A run as the tracking protocol shows it.
 *
 * @param job in which it ran; none on a laptop
 * @param state what its program said of it; of a job's own run, from its end on, how the job ended
 * @param metrics each metric's last value
 */
public record Tracked(
        RunId id,
        @Nullable JobId job,
        ProjectId project,
        int experiment,
        String name,
        PersonId startedBy,
        RunState state,
        Instant startedAt,
        @Nullable Instant endedAt,
        boolean deleted,
        List<Value> metrics,
        Map<String, String> parameters,
        Map<String, String> tags,
        List<Input> inputs,
        List<ModelLink> models) {
    /** How many inputs a run may have. */
    static final int MOST_INPUTS = 1_000;

    public Tracked {
        metrics = List.copyOf(metrics);
        parameters = Map.copyOf(parameters);
        tags = Map.copyOf(tags);
        inputs = List.copyOf(inputs);
        models = List.copyOf(models);
    }

    /** A run without what stands beside it. */
    static Tracked of(Run run) {
        boolean goesOn = !run.state().isOver();
        RunState reported = run.tracked().reported();
        RunState own = goesOn ? (reported == null ? RunState.RUNNING : reported) : run.state();
        return new Tracked(
                run.id(),
                run.job(),
                run.project(),
                run.tracked().experiment(),
                run.name(),
                run.startedBy(),
                run.isOwn() ? own : run.state(),
                run.startedAt(),
                run.isOwn() && goesOn ? run.tracked().reportedEnd() : run.endedAt(),
                run.tracked().deletedAt() != null,
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    Tracked with(
            List<Value> metrics,
            Map<String, String> parameters,
            Map<String, String> tags,
            List<Input> inputs,
            List<ModelLink> models) {
        return new Tracked(
                id, job, project, experiment, name, startedBy, state, startedAt, endedAt, deleted, metrics, parameters,
                tags, inputs, models);
    }

    /**
     * A metric's value as it was measured.
     *
     * @param model the logged model that was measured, where one was named
     */
    public record Value(
            String name,
            double value,
            long step,
            Instant at,
            @Nullable UUID model,
            @Nullable String datasetName,
            @Nullable String datasetDigest) {
        public Value(String name, double value, long step, Instant at) {
            this(name, value, step, at, null, null, null);
        }
    }

    /** A dataset that a program says the run read. */
    public record Input(
            String name,
            String digest,
            String sourceType,
            String source,
            @Nullable String schema,
            @Nullable String profile,
            Map<String, String> tags) {
        public Input {
            tags = Map.copyOf(tags);
        }
    }

    /** A logged model that the run made, or read. */
    public record ModelLink(UUID model, boolean produced, long step) {}
}
