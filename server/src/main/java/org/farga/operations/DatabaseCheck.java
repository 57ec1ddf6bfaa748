package org.farga.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.farga.platform.DatabaseState;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How PostgreSQL does. */
@Component
class DatabaseCheck implements HealthCheck {
    /** The last day of each major version's support: postgresql.org/support/versioning, read in 2026. */
    static final Map<Integer, LocalDate> SUPPORTED_UNTIL = Map.of(
            13, LocalDate.of(2025, 11, 13),
            14, LocalDate.of(2026, 11, 12),
            15, LocalDate.of(2027, 11, 11),
            16, LocalDate.of(2028, 11, 9),
            17, LocalDate.of(2029, 11, 8),
            18, LocalDate.of(2030, 11, 14));

    private static final Duration LONG_TRANSACTION = Duration.ofMinutes(5);
    private static final Duration VERY_LONG_TRANSACTION = Duration.ofHours(1);
    private static final Duration SKEW = Duration.ofSeconds(2);
    private static final long OLD_XID = 1_000_000_000;
    private static final long VERY_OLD_XID = 1_800_000_000;
    private static final double LAG_SECONDS = 60;
    private static final long DEAD_ROWS = 200_000;

    private static final Duration GROWTH_OVER = Duration.ofDays(7);

    private final DatabaseState state;
    private final DatabaseSizeTable sizes;
    private final Path data;
    private final Figures figures;
    private volatile @Nullable DatabaseGrowth growth;

    DatabaseCheck(DatabaseState state, DatabaseSizeTable sizes, Settings settings, Figures figures) {
        this.state = state;
        this.sizes = sizes;
        this.data = settings.data().toAbsolutePath().normalize();
        this.figures = figures;
    }

    /** As it was at this process's last look; null before the first. */
    @Nullable
    DatabaseGrowth growth() {
        return growth;
    }

    @Override
    public String name() {
        return "database";
    }

    @Override
    public String title() {
        return "operations.check.database";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        Instant before = Instant.now();
        DatabaseState.Server server = state.server();
        Instant after = Instant.now();
        List<HealthFinding> findings = judge(server, now);
        // Its clock was read somewhere between; half of that is the best guess.
        Duration skew =
                Duration.between(before.plus(Duration.between(before, after).dividedBy(2)), server.at());
        figures.set("farga.database.size.bytes", server.sizeBytes());
        DatabaseGrowth grown = grown(now, server.sizeBytes());
        grown.judge().ifPresent(findings::add);
        figures.set("farga.database.connections", server.connections());
        figures.set("farga.database.connections.max", server.connectionsMost());
        figures.set("farga.database.clock.skew.seconds", skew.toMillis() / 1000.0);
        figures.set("farga.database.transaction.oldest.seconds", seconds(server.longestSince(), now));
        figures.set("farga.database.xid.age", server.oldestXidAge());
        figures.set("farga.database.archiving.failed", server.archivingFailedAt() == null ? 0 : 1);
        figures.set(
                "farga.database.standby.lag.seconds",
                server.standbyLagSeconds() == null ? 0 : server.standbyLagSeconds());
        if (skew.abs().compareTo(SKEW) > 0) {
            findings.add(HealthFinding.of(
                            Severity.WARNING,
                            "clock-skew",
                            "operations.finding.clock-skew",
                            Math.round(skew.abs().toMillis() / 100.0) / 10.0)
                    .with(new Remedy.Command("timedatectl status")));
        }
        for (DatabaseState.Bloated table : state.bloated(DEAD_ROWS)) {
            findings.add(HealthFinding.of(
                            Severity.WARNING,
                            "table-bloated",
                            "operations.finding.table-bloated",
                            table.table(),
                            table.dead(),
                            table.live())
                    .about(table.table())
                    .since(table.vacuumedAt())
                    .with(new Remedy.Command(
                            "psql \"$FARGA_DATABASE\" -c 'VACUUM (ANALYZE, VERBOSE) " + table.table() + "'")));
        }
        return findings;
    }

    private DatabaseGrowth grown(Instant now, long bytes) {
        sizes.take(now, bytes);
        DatabaseSizeTable.Size before =
                sizes.oldest(now.minus(GROWTH_OVER)).orElse(new DatabaseSizeTable.Size(now, bytes));
        DatabaseGrowth known = new DatabaseGrowth(before.at(), before.bytes(), now, bytes, freeBytes());
        growth = known;
        figures.set("farga.database.growth.bytes.per.day", known.bytesPerDay().orElse(0));
        figures.set(
                "farga.database.disk.full.days",
                known.daysLeft().isPresent() ? known.daysLeft().getAsLong() : Double.POSITIVE_INFINITY);
        return known;
    }

    private @Nullable Long freeBytes() {
        try {
            return state.isPrivate()
                    ? Files.getFileStore(data.resolve("postgres")).getUsableSpace()
                    : null;
        } catch (IOException e) {
            return null; // the check of the disk tells
        }
    }

    /** What is wrong with a server in this state. */
    static List<HealthFinding> judge(DatabaseState.Server server, Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        double used = server.connections() / (double) Math.max(1, server.connectionsMost());
        if (used >= 0.8) {
            findings.add(HealthFinding.of(
                            used >= 0.95 ? Severity.CRITICAL : Severity.WARNING,
                            "database-connections",
                            "operations.finding.database-connections",
                            server.connections(),
                            server.connectionsMost())
                    .with(new Remedy.Command(
                            "psql \"$FARGA_DATABASE\" -c \"SELECT application_name, client_addr, state,"
                                    + " count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC\"")));
        }
        Instant longest = server.longestSince();
        if (longest != null && longest.isBefore(now.minus(LONG_TRANSACTION))) {
            Duration open = Duration.between(longest, now);
            findings.add(HealthFinding.of(
                            open.compareTo(VERY_LONG_TRANSACTION) >= 0 ? Severity.CRITICAL : Severity.WARNING,
                            "database-transaction",
                            "operations.finding.database-transaction",
                            open.toMinutes())
                    .since(longest)
                    .with(new Remedy.Command(
                            "psql \"$FARGA_DATABASE\" -c \"SELECT pid, usename, application_name, state,"
                                    + " xact_start, left(query, 80) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
                                    + " ORDER BY xact_start\"")));
        }
        if (server.oldestXidAge() >= OLD_XID) {
            findings.add(HealthFinding.of(
                            server.oldestXidAge() >= VERY_OLD_XID ? Severity.CRITICAL : Severity.WARNING,
                            "database-wraparound",
                            "operations.finding.database-wraparound",
                            server.oldestXidAge() / 1_000_000)
                    .with(new Remedy.Command("psql \"$FARGA_DATABASE\" -c 'VACUUM (FREEZE, VERBOSE)'")));
        }
        if (server.archivingFailedAt() != null) {
            findings.add(
                    HealthFinding.of(Severity.WARNING, "database-archiving", "operations.finding.database-archiving")
                            .since(server.archivingFailedAt())
                            .with(new Remedy.Command("psql \"$FARGA_DATABASE\" -xc 'SELECT * FROM pg_stat_archiver'")));
        }
        if (server.standbyLagSeconds() != null && server.standbyLagSeconds() > LAG_SECONDS) {
            findings.add(HealthFinding.of(
                            Severity.WARNING,
                            "database-standby",
                            "operations.finding.database-standby",
                            Math.round(server.standbyLagSeconds()))
                    .with(new Remedy.Command("psql \"$FARGA_DATABASE\" -xc 'SELECT * FROM pg_stat_replication'")));
        }
        LocalDate until = SUPPORTED_UNTIL.get(server.major());
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        boolean old = until == null ? server.major() < 13 : until.isBefore(today);
        if (old || (until != null && until.minusDays(90).isBefore(today))) {
            findings.add(HealthFinding.of(
                    old ? Severity.WARNING : Severity.NOTICE,
                    "database-version",
                    old ? "operations.finding.database-version" : "operations.finding.database-version-soon",
                    server.version(),
                    String.valueOf(until == null ? LocalDate.of(2024, 11, 14) : until)));
        }
        return findings;
    }

    private static double seconds(@Nullable Instant since, Instant now) {
        return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
    }
}
