package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.springframework.stereotype.Component;

/** Whether all Farga processes live and are of one version. */
@Component
class ProcessCheck implements HealthCheck {
    /** A process that was lost and not replaced is told for so long; then it is taken to be gone for good. */
    private static final Duration TOLD_FOR = Duration.ofHours(6);

    private static final Duration ROLLING = Duration.ofHours(1);
    private static final Duration LONG_DRAIN = Duration.ofMinutes(5);

    private final Processes processes;
    private final Figures figures;

    ProcessCheck(Processes processes, Figures figures) {
        this.processes = processes;
        this.figures = figures;
    }

    @Override
    public String name() {
        return "processes";
    }

    @Override
    public String title() {
        return "operations.check.processes";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        List<FargaProcess> all = processes.list();
        List<FargaProcess> living = all.stream().filter(p -> p.lives(now)).toList();
        List<HealthFinding> findings = new ArrayList<>();
        all.stream()
                .filter(p -> p.lost(now) && p.seenAt().isAfter(now.minus(TOLD_FOR)))
                // One that started after it at the same place has taken its place.
                .filter(p -> all.stream()
                        .noneMatch(o ->
                                o.address().equals(p.address()) && o.startedAt().isAfter(p.startedAt())))
                .forEach(p -> findings.add(HealthFinding.of(
                                Severity.WARNING,
                                "process-lost",
                                "operations.finding.process-lost",
                                p.address(),
                                String.valueOf(p.pid()))
                        .about(p.id().toString())
                        .since(p.seenAt())
                        .with(
                                new Remedy.Command("systemctl status farga"),
                                new Remedy.Command("journalctl --unit farga --since -1h"))));
        living.stream()
                .filter(p ->
                        p.state() == FargaProcess.State.DRAINING && p.seenAt().isAfter(now.minus(LONG_DRAIN)))
                .filter(p -> p.startedAt().isBefore(now.minus(LONG_DRAIN)))
                .forEach(p -> findings.add(HealthFinding.of(
                                Severity.NOTICE, "process-draining", "operations.finding.process-draining", p.address())
                        .about(p.id().toString())));
        List<String> versions =
                living.stream().map(FargaProcess::version).distinct().sorted().toList();
        if (versions.size() > 1) {
            Instant since = living.stream()
                    .map(FargaProcess::startedAt)
                    .max(Instant::compareTo)
                    .orElse(now);
            findings.add(HealthFinding.of(
                            since.isBefore(now.minus(ROLLING)) ? Severity.WARNING : Severity.NOTICE,
                            "versions-differ",
                            "operations.finding.versions-differ",
                            String.join(", ", versions))
                    .since(since));
        }
        figures.set("farga.processes", living.size(), "state", "living");
        figures.set("farga.processes", all.stream().filter(p -> p.lost(now)).count(), "state", "lost");
        return findings;
    }
}
