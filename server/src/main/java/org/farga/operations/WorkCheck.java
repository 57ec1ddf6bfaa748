package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.WorkQueue;
import org.springframework.stereotype.Component;

/** Whether the work queue keeps up. */
@Component
class WorkCheck implements HealthCheck {
    private static final Duration LATE = Duration.ofMinutes(1);
    private static final Duration VERY_LATE = Duration.ofMinutes(10);
    /** Three times what db-scheduler takes to declare a process dead (20 s): by then another should have taken over. */
    static final Duration SILENT = Duration.ofSeconds(60);

    private final WorkQueue queue;
    private final Figures figures;
    private final Set<String> known = new HashSet<>();
    private volatile long due;

    WorkCheck(WorkQueue queue, Figures figures) {
        this.queue = queue;
        this.figures = figures;
    }

    /** How much work was due and had not begun at the last look. */
    long due() {
        return due;
    }

    @Override
    public String name() {
        return "work";
    }

    @Override
    public String title() {
        return "operations.check.work";
    }

    @Override
    public synchronized List<HealthFinding> look(Instant now) {
        List<WorkQueue.Task> tasks = queue.tasks(now, SILENT);
        List<HealthFinding> findings = new ArrayList<>();
        Set<String> gone = new HashSet<>(known);
        double oldest = 0;
        for (WorkQueue.Task task : tasks) {
            gone.remove(task.name());
            known.add(task.name());
            figures.set("farga.work.due", task.due(), "task", task.name());
            figures.set("farga.work.failing", task.failing(), "task", task.name());
            figures.set("farga.work.silent", task.silent(), "task", task.name());
            Instant since = task.oldestDue();
            if (since != null) {
                Duration late = Duration.between(since, now);
                oldest = Math.max(oldest, late.toMillis() / 1000.0);
                if (late.compareTo(LATE) >= 0) {
                    findings.add(HealthFinding.of(
                                    late.compareTo(VERY_LATE) >= 0 ? Severity.CRITICAL : Severity.WARNING,
                                    "work-late",
                                    "operations.finding.work-late",
                                    task.name(),
                                    task.due(),
                                    late.toMinutes())
                            .about(task.name())
                            .since(since)
                            .with(new Remedy.Command("systemctl status farga")));
                }
            }
            if (task.failing() > 0) {
                findings.add(HealthFinding.of(
                                Severity.WARNING,
                                "work-failing",
                                "operations.finding.work-failing",
                                task.name(),
                                task.failing())
                        .about(task.name())
                        .with(new Remedy.Link("operations.see-failing", "/operations#failing")));
            }
            if (task.silent() > 0) {
                findings.add(HealthFinding.of(
                                Severity.WARNING,
                                "work-silent",
                                "operations.finding.work-silent",
                                task.name(),
                                task.silent(),
                                SILENT.toSeconds())
                        .about(task.name()));
            }
        }
        for (String name : gone) {
            figures.set("farga.work.due", 0, "task", name);
            figures.set("farga.work.failing", 0, "task", name);
            figures.set("farga.work.silent", 0, "task", name);
        }
        due = tasks.stream().mapToLong(WorkQueue.Task::due).sum();
        figures.set("farga.work.oldest.seconds", oldest);
        return findings;
    }
}
