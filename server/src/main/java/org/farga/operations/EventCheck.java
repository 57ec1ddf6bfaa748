package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.platform.EventRegistry;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.springframework.stereotype.Component;

/** Whether modules take each other's news. */
@Component
class EventCheck implements HealthCheck {
    /** Younger ones are simply at work. */
    static final Duration AT_WORK = Duration.ofMinutes(1);

    private static final Duration LATE = Duration.ofMinutes(5);
    private static final Duration VERY_LATE = Duration.ofHours(1);

    private final EventRegistry registry;
    private final Figures figures;

    EventCheck(EventRegistry registry, Figures figures) {
        this.registry = registry;
        this.figures = figures;
    }

    @Override
    public String name() {
        return "events";
    }

    @Override
    public String title() {
        return "operations.check.events";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        EventRegistry.Backlog backlog = registry.backlog(now.minus(AT_WORK));
        Duration oldest = backlog.oldest() == null ? Duration.ZERO : Duration.between(backlog.oldest(), now);
        figures.set("farga.events.incomplete", backlog.events());
        figures.set("farga.events.oldest.seconds", oldest.toMillis() / 1000.0);
        if (oldest.compareTo(LATE) < 0) {
            return List.of();
        }
        return List.of(HealthFinding.of(
                        oldest.compareTo(VERY_LATE) >= 0 ? Severity.CRITICAL : Severity.WARNING,
                        "events-stuck",
                        "operations.finding.events-stuck",
                        backlog.events(),
                        oldest.toMinutes())
                .since(backlog.oldest())
                .with(
                        new Remedy.Link("operations.see-events", "/operations#events"),
                        new Remedy.Button("operations.resubmit-all", "/operations/events/resubmission")));
    }
}
