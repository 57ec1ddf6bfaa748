package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * GPU-hours: one accelerator allocated for one hour. Held as whole GPU-milliseconds, so that sums are exact; hours are only
 * how people read them.
 */
public record GpuHours(long milliseconds) implements Comparable<GpuHours> {
    public static final GpuHours ZERO = new GpuHours(0);
    private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);

    /** GPU-hours of {@code count} allocated accelerators over {@code time}. Throws {@link ArithmeticException} beyond 64 bits. */
    public static GpuHours of(int count, Duration time) {
        return new GpuHours(Math.multiplyExact((long) count, time.toMillis()));
    }

    /** From a number of hours; throws {@link ArithmeticException} where a part is finer than a millisecond. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static GpuHours ofHours(BigDecimal hours) {
        return new GpuHours(hours.multiply(MILLISECONDS_PER_HOUR).longValueExact());
    }

    /** From whole hours. */
    public static GpuHours ofHours(long hours) {
        return new GpuHours(Math.multiplyExact(hours, 3_600_000L));
    }

    /** In hours, rounded half up to four decimals (0.36 seconds of one accelerator): for people, never for sums. */
    @JsonValue
    public BigDecimal hours() {
        return BigDecimal.valueOf(milliseconds).divide(MILLISECONDS_PER_HOUR, 4, RoundingMode.HALF_UP);
    }

    public GpuHours plus(GpuHours other) {
        return new GpuHours(Math.addExact(milliseconds, other.milliseconds));
    }

    public GpuHours minus(GpuHours other) {
        return new GpuHours(Math.subtractExact(milliseconds, other.milliseconds));
    }

    public boolean isMoreThan(GpuHours other) {
        return milliseconds > other.milliseconds;
    }

    public boolean isPositive() {
        return milliseconds > 0;
    }

    @Override
    public int compareTo(GpuHours other) {
        return Long.compare(milliseconds, other.milliseconds);
    }

    @Override
    public String toString() {
        return hours().stripTrailingZeros().toPlainString();
    }
}
