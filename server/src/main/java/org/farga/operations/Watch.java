package org.farga.operations;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.operations.FindingTable.Found;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Rounds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Looks through all checks every 20 seconds, in the background, and closes a sample every minute. */
@Component
class Watch extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final Duration ROUND = Duration.ofSeconds(20);
    private static final int ROUNDS_A_MINUTE = 3;
    /** What a process found that ended this recently goes on with its "since" in the next. */
    private static final Duration REMEMBERED = Duration.ofMinutes(15);

    private static final Duration HISTORY = Duration.ofHours(24);

    private final List<HealthCheck> checks;
    private final Processes processes;
    private final ProcessTable processTable;
    private final FindingTable findings;
    private final SampleTable samples;
    private final Traffic traffic;
    private final WorkCheck work;
    private final Figures figures;
    private final Clock clock;
    private int round;
    private volatile List<Merged> known = List.of();

    Watch(
            List<HealthCheck> checks,
            Processes processes,
            ProcessTable processTable,
            FindingTable findings,
            SampleTable samples,
            Traffic traffic,
            WorkCheck work,
            Figures figures,
            Clock clock) {
        super("watch", Duration.ZERO, ROUND);
        this.checks = List.copyOf(checks);
        this.processes = processes;
        this.processTable = processTable;
        this.findings = findings;
        this.samples = samples;
        this.traffic = traffic;
        this.work = work;
        this.figures = figures;
        this.clock = clock;
    }

    /**
     * A finding, told once for all processes that have it.
     *
     * @param hosts which have it, where not all do
     */
    record Merged(HealthFinding finding, List<String> hosts) {}

    List<HealthCheck> checks() {
        return checks;
    }

    /** What was known at this process's last look: for where a statement would be too much. */
    List<Merged> known() {
        return known;
    }

    /** What all living processes found at their last looks, the worst and then the oldest first. */
    List<Merged> findings(List<FargaProcess> all) {
        Instant now = clock.instant();
        List<FargaProcess> looking =
                all.stream().filter(p -> p.lives(now) && p.lookedAt() != null).toList();
        Map<UUID, String> hosts = looking.stream().collect(Collectors.toMap(FargaProcess::id, FargaProcess::address));
        return merged(findings.list(hosts.keySet()), hosts);
    }

    static List<Merged> merged(List<Found> found, Map<UUID, String> hosts) {
        Map<String, List<Found>> same = new LinkedHashMap<>();
        found.forEach(
                f -> same.computeIfAbsent(f.finding().name() + " " + f.finding().subject(), k -> new ArrayList<>())
                        .add(f));
        Comparator<HealthFinding> order = Comparator.comparing(HealthFinding::severity)
                .thenComparing(f -> f.since() == null ? Instant.MAX : f.since())
                .thenComparing(HealthFinding::name)
                .thenComparing(HealthFinding::subject);
        return same.values().stream()
                .map(group -> {
                    HealthFinding worst =
                            group.stream().map(Found::finding).min(order).orElseThrow();
                    Instant since = group.stream()
                            .map(f -> f.finding().since())
                            .filter(java.util.Objects::nonNull)
                            .min(Comparator.naturalOrder())
                            .orElse(null);
                    Set<UUID> who = group.stream().map(Found::process).collect(Collectors.toSet());
                    List<String> named = who.size() == hosts.size()
                            ? List.of()
                            : who.stream()
                                    .map(id -> hosts.getOrDefault(id, "?"))
                                    .sorted()
                                    .toList();
                    return new Merged(worst.since(since), named);
                })
                .sorted(Comparator.comparing(Merged::finding, order))
                .toList();
    }

    /** Looks now; what is wrong is in the database afterwards. */
    synchronized void look() {
        FargaProcess self = processes.self();
        if (self == null) {
            return;
        }
        Instant now = clock.instant();
        Map<String, HealthFinding> found = new LinkedHashMap<>();
        for (HealthCheck check : checks) {
            try {
                check.look(now).forEach(f -> found.putIfAbsent(f.name() + " " + f.subject(), f));
            } catch (RuntimeException e) {
                LOG.warn("the check {} failed", check.name(), e);
                found.put(
                        "check-failed " + check.name(),
                        HealthFinding.of(
                                        Severity.WARNING,
                                        "check-failed",
                                        "operations.finding.check-failed",
                                        check.name(),
                                        e.getClass().getSimpleName())
                                .about(check.name()));
            }
        }
        findings.replace(self.id(), List.copyOf(found.values()), now, now.minus(REMEMBERED));
        processTable.looked(self.id(), clock.instant());
        known = findings(processes.list());
        for (Severity severity : Severity.values()) {
            figures.set(
                    "farga.findings",
                    found.values().stream()
                            .filter(f -> f.severity() == severity)
                            .count(),
                    "severity",
                    severity.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    /** Closes the minute's sample. */
    void sample() {
        FargaProcess self = processes.self();
        if (self == null) {
            return;
        }
        Traffic.Minute minute = traffic.turn();
        Instant now = clock.instant();
        samples.insert(self.id(), now, work.due(), minute.requests(), minute.p95Milliseconds(), minute.jobStarts());
        samples.forget(now.minus(HISTORY));
    }

    /** Finds nothing to do until this process serves. */
    @Override
    protected Duration round() {
        try {
            look();
            if (++round % ROUNDS_A_MINUTE == 0) {
                sample();
            }
        } catch (DataAccessException e) {
            LOG.warn("what is wrong cannot be taken down: {}", e.getMessage());
        }
        return ROUND;
    }

    /** Before the process says that it stopped. */
    @Override
    public int getPhase() {
        return 1;
    }
}
