package org.farga.models;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Keeps models as programs save them. */
@Service
public class LoggedModels {
    private final LoggedModelTable table;
    private final TrackedRunTable runs;
    private final Experiments experiments;
    private final Clock clock;

    LoggedModels(LoggedModelTable table, TrackedRunTable runs, Experiments experiments, Clock clock) {
        this.table = table;
        this.runs = runs;
        this.experiments = experiments;
        this.clock = clock;
    }

    /** Announces one, whose files will follow; without a name it is given one. */
    @Transactional
    public Outcome<LoggedModel> create(
            Tracker by,
            int experiment,
            @Nullable RunId run,
            @Nullable String name,
            @Nullable String type,
            Map<String, String> tags,
            Map<String, String> parameters) {
        Experiment in = experiments.get(by, experiment);
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isEmpty() && in.isDeleted()) {
            refusal = Optional.of(Refusal.conflict("experiment-deleted", in.name()));
        }
        if (refusal.isEmpty() && run != null) {
            Run of = runs.find(by.project(), run).orElseThrow(() -> new NotFoundException("run"));
            refusal = TrackedRuns.refusal(by, of, false);
        }
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        UUID id = TimeOrderedUuid.next();
        Instant now = clock.instant();
        table.insert(new LoggedModel(
                id,
                by.project(),
                experiment,
                run,
                run == null ? by.job() : null,
                name == null ? "model-" + id.toString().substring(24) : name,
                type,
                LoggedModel.Status.LOGGED_MODEL_PENDING,
                by.actor().person(),
                now,
                now,
                tags,
                parameters,
                List.of()));
        return Outcome.done(get(by, id));
    }

    /** Throws {@link NotFoundException} where the project has none such. */
    public LoggedModel get(Tracker by, UUID id) {
        return table.find(by.project(), id).orElseThrow(() -> new NotFoundException("logged model"));
    }

    public Search.Found<LoggedModel> search(Tracker by, Collection<Integer> in, Search search) {
        return Search.Found.of(in.isEmpty() ? List.of() : table.search(by.project(), in, search), search.most());
    }

    /** Its model, locked, where it may be changed: a job changes those of its own runs, and what it made outside any. */
    private Outcome<LoggedModel> change(Tracker by, UUID id) {
        table.lock(id);
        LoggedModel model = get(by, id);
        return refusal(by, model).<Outcome<LoggedModel>>map(Outcome::refused).orElseGet(() -> Outcome.done(model));
    }

    /** Whether one that was made outside any run may be changed: by a job only what it made itself. */
    static Optional<Refusal> outsideRuns(Tracker by, LoggedModel model) {
        return Tracking.refusal(by)
                .or(() -> by.job() == null || by.job().equals(model.job())
                        ? Optional.empty()
                        : Optional.of(Refusal.forbidden(
                                "tracking-own-models-only",
                                LoggedModel.text(model.id()),
                                by.job().toString())));
    }

    private Optional<Refusal> refusal(Tracker by, LoggedModel model) {
        RunId run = model.run();
        if (run == null) {
            return outsideRuns(by, model);
        }
        return runs.find(by.project(), run).flatMap(of -> TrackedRuns.refusal(by, of, false));
    }

    @Transactional
    public Outcome<LoggedModel> finish(Tracker by, UUID id, LoggedModel.Status status) {
        return change(by, id).map(model -> {
            table.setStatus(id, status, clock.instant());
            return get(by, id);
        });
    }

    @Transactional
    public Outcome<Boolean> delete(Tracker by, UUID id) {
        return change(by, id).map(model -> {
            table.delete(id, clock.instant());
            return true;
        });
    }

    @Transactional
    public Outcome<LoggedModel> tag(Tracker by, UUID id, Map<String, String> tags) {
        return change(by, id).then(model -> {
            if (!tags.keySet().stream().allMatch(model.tags()::containsKey)
                    && model.tags().size() + tags.size() > Experiment.MOST_TAGS) {
                return Outcome.refused(Refusal.invalid("tracking-too-many", Experiment.MOST_TAGS, "tags"));
            }
            table.putTags(id, tags);
            return Outcome.done(get(by, id));
        });
    }

    /** Throws {@link NotFoundException} where it has no such tag. */
    @Transactional
    public Outcome<Boolean> untag(Tracker by, UUID id, String name) {
        return change(by, id).map(model -> {
            if (!table.removeTag(id, name)) {
                throw new NotFoundException("tag");
            }
            return true;
        });
    }

    @Transactional
    public Outcome<Boolean> parameters(Tracker by, UUID id, Map<String, String> parameters) {
        return change(by, id).then(model -> {
            for (Map.Entry<String, String> one : parameters.entrySet()) {
                String before = model.parameters().get(one.getKey());
                if (before != null && !before.equals(one.getValue())) {
                    return Outcome.refused(Refusal.invalid("parameter-changed", one.getKey(), before, one.getValue()));
                }
            }
            if (model.parameters().size() + parameters.size() > LoggedModel.MOST_PARAMETERS) {
                return Outcome.refused(Refusal.invalid("tracking-too-many", LoggedModel.MOST_PARAMETERS, "params"));
            }
            table.putParameters(id, parameters);
            return Outcome.done(true);
        });
    }
}
