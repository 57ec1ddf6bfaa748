package org.farga.models;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Keeps a project's experiments. */
@Service
public class Experiments {
    private final ExperimentTable table;
    private final AuditLog audit;
    private final Clock clock;

    Experiments(ExperimentTable table, AuditLog audit, Clock clock) {
        this.table = table;
        this.audit = audit;
        this.clock = clock;
    }

    /** Sees to it that the project has the experiment for runs that name none. */
    @Transactional
    public void ensureDefault(ProjectId project) {
        table.ensureDefault(project, clock.instant());
    }

    /** Makes one of a new name; two at once with one name are one, and a refusal. */
    @Transactional
    public Outcome<Experiment> create(Tracker by, String name, Map<String, String> tags) {
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Instant now = clock.instant();
        table.ensureDefault(by.project(), now);
        table.lock(by.project());
        Optional<Refusal> taken = taken(by.project(), name);
        if (taken.isPresent()) {
            return Outcome.refused(taken.get());
        }
        int number = table.nextNumber(by.project());
        if (number > Experiment.MOST) {
            return Outcome.refused(Refusal.invalid("tracking-too-many", Experiment.MOST, "experiments"));
        }
        Experiment experiment = new Experiment(by.project(), number, name, now, now, null, tags);
        table.insert(experiment, by.actor().person());
        return Outcome.done(experiment);
    }

    private Optional<Refusal> taken(ProjectId project, String name) {
        return table.find(project, name)
                .map(there -> Refusal.conflict(there.isDeleted() ? "experiment-deleted" : "experiment-exists", name));
    }

    /** Throws {@link NotFoundException} where the project has none of that number. */
    @Transactional
    public Experiment get(Tracker by, int number) {
        if (number == Experiment.DEFAULT) {
            table.ensureDefault(by.project(), clock.instant());
        }
        return table.find(by.project(), number).orElseThrow(() -> new NotFoundException("experiment"));
    }

    /** Throws {@link NotFoundException} where the project has none of that name. */
    @Transactional
    public Experiment get(Tracker by, String name) {
        table.ensureDefault(by.project(), clock.instant());
        return table.find(by.project(), name).orElseThrow(() -> new NotFoundException("experiment"));
    }

    @Transactional
    public Search.Found<Experiment> search(Tracker by, Search search) {
        table.ensureDefault(by.project(), clock.instant());
        return Search.Found.of(table.search(by.project(), search), search.most());
    }

    @Transactional
    public Outcome<Experiment> rename(Tracker by, int number, String name) {
        Experiment experiment = get(by, number);
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        table.lock(by.project());
        if (experiment.isDeleted()) {
            return Outcome.refused(Refusal.conflict("experiment-deleted", experiment.name()));
        }
        if (!experiment.name().equals(name)) {
            Optional<Refusal> taken = taken(by.project(), name);
            if (taken.isPresent()) {
                return Outcome.refused(taken.get());
            }
            table.rename(by.project(), number, name, clock.instant());
        }
        return Outcome.done(get(by, number));
    }

    /** Hides one with its runs, or shows it again. */
    @Transactional
    public Outcome<Boolean> setDeleted(Tracker by, int number, boolean deleted) {
        Experiment experiment = get(by, number);
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (number == Experiment.DEFAULT && deleted) {
            return Outcome.refused(Refusal.conflict("experiment-default-stays"));
        }
        if (experiment.isDeleted() == deleted) {
            throw new NotFoundException("experiment");
        }
        table.setDeleted(by.project(), number, deleted, clock.instant());
        audit.record(
                by.actor(),
                deleted ? "experiment.deleted" : "experiment.restored",
                "experiment",
                by.project() + "/" + number,
                Map.of("project", by.project(), "number", number));
        return Outcome.done(true);
    }

    @Transactional
    public Outcome<Boolean> tag(Tracker by, int number, String name, String value) {
        Experiment experiment = get(by, number);
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (experiment.isDeleted()) {
            return Outcome.refused(Refusal.conflict("experiment-deleted", experiment.name()));
        }
        table.lock(by.project());
        if (table.countTags(by.project(), number, name) >= Experiment.MOST_TAGS) {
            return Outcome.refused(Refusal.invalid("tracking-too-many", Experiment.MOST_TAGS, "tags"));
        }
        table.putTag(by.project(), number, name, value);
        return Outcome.done(true);
    }

    /** Throws {@link NotFoundException} where it has no such tag. */
    @Transactional
    public Outcome<Boolean> untag(Tracker by, int number, String name) {
        get(by, number);
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!table.removeTag(by.project(), number, name)) {
            throw new NotFoundException("tag");
        }
        return Outcome.done(true);
    }
}
