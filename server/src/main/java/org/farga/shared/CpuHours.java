package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * CPU-hours: one processor core allocated for one hour. Held as whole CPU-milliseconds, so that sums are exact; hours are only
 * how people read them.
 */
public record CpuHours(long milliseconds) implements Comparable<CpuHours> {
    public static final CpuHours ZERO = new CpuHours(0);
    private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);

    /** CPU-hours of {@code count} allocated processor cores over {@code time}. Throws {@link ArithmeticException} beyond 64 bits. */
    public static CpuHours of(int count, Duration time) {
        return new CpuHours(Math.multiplyExact((long) count, time.toMillis()));
    }

    /** From a number of hours; throws {@link ArithmeticException} where a part is finer than a millisecond. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static CpuHours ofHours(BigDecimal hours) {
        return new CpuHours(hours.multiply(MILLISECONDS_PER_HOUR).longValueExact());
    }

    /** From whole hours. */
    public static CpuHours ofHours(long hours) {
        return new CpuHours(Math.multiplyExact(hours, 3_600_000L));
    }

    /** In hours, rounded half up to four decimals (0.36 seconds of one processor core): for people, never for sums. */
    @JsonValue
    public BigDecimal hours() {
        return BigDecimal.valueOf(milliseconds).divide(MILLISECONDS_PER_HOUR, 4, RoundingMode.HALF_UP);
    }

    public CpuHours plus(CpuHours other) {
        return new CpuHours(Math.addExact(milliseconds, other.milliseconds));
    }

    public CpuHours minus(CpuHours other) {
        return new CpuHours(Math.subtractExact(milliseconds, other.milliseconds));
    }

    public boolean isMoreThan(CpuHours other) {
        return milliseconds > other.milliseconds;
    }

    public boolean isPositive() {
        return milliseconds > 0;
    }

    @Override
    public int compareTo(CpuHours other) {
        return Long.compare(milliseconds, other.milliseconds);
    }

    @Override
    public String toString() {
        return hours().stripTrailingZeros().toPlainString();
    }
}
