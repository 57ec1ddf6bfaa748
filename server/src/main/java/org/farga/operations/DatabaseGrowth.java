package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.jspecify.annotations.Nullable;

/**
 * How fast the database grows, and how long its disk has room for that.
 *
 * @param since the moment of the older size, a week ago where that is known
 * @param bytesBefore the size then
 * @param at now
 * @param bytes the size now
 * @param freeBytes on the disk that the private database lies on; null where another machine has it
 */
record DatabaseGrowth(
        Instant since,
        long bytesBefore,
        Instant at,
        long bytes,
        @Nullable Long freeBytes) {
    /** What is measured over less says more about the hour than about the days to come. */
    private static final Duration LEAST = Duration.ofHours(20);

    private static final int SOON_DAYS = 14;
    private static final int VERY_SOON_DAYS = 3;
    private static final double DAY_SECONDS = 86_400;

    /** Bytes that come in a day on average; negative where it shrinks, empty until nearly a day was measured. */
    OptionalLong bytesPerDay() {
        Duration measured = Duration.between(since, at);
        return measured.compareTo(LEAST) < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.round((bytes - bytesBefore) / (measured.toSeconds() / DAY_SECONDS)));
    }

    /** Days until the database alone has filled its disk; empty where it does not grow or the disk is not known. */
    OptionalLong daysLeft() {
        OptionalLong growth = bytesPerDay();
        return freeBytes == null || growth.isEmpty() || growth.getAsLong() <= 0
                ? OptionalLong.empty()
                : OptionalLong.of(freeBytes / growth.getAsLong());
    }

    /** What is wrong with that: a disk that is full in two weeks is a warning, in three days it is critical. */
    Optional<HealthFinding> judge() {
        OptionalLong left = daysLeft();
        if (left.isEmpty() || left.getAsLong() >= SOON_DAYS) {
            return Optional.empty();
        }
        return Optional.of(HealthFinding.of(
                        left.getAsLong() < VERY_SOON_DAYS ? Severity.CRITICAL : Severity.WARNING,
                        "database-growing",
                        "operations.finding.database-growing",
                        Math.round(bytesPerDay().getAsLong() / (double) (1 << 20)),
                        left.getAsLong())
                .with(new Remedy.Command("psql \"$FARGA_DATABASE\" -c \"SELECT relname,"
                        + " pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
                        + " ORDER BY pg_total_relation_size(oid) DESC LIMIT 10\"")));
    }
}
