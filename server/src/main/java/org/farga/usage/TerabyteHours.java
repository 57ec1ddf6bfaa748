package org.farga.usage;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * TB-hours: 10^12 bytes kept for one hour. Held as whole byte-seconds, beyond 64 bits (a petabyte for a year is 3.2·10^22), so that
 * sums are exact; hours are only how people read them.
 */
record TerabyteHours(BigInteger byteSeconds) {
    static final TerabyteHours ZERO = new TerabyteHours(BigInteger.ZERO);
    private static final BigDecimal BYTE_SECONDS = new BigDecimal("3.6E15");

    TerabyteHours plus(TerabyteHours other) {
        return new TerabyteHours(byteSeconds.add(other.byteSeconds));
    }

    boolean isPositive() {
        return byteSeconds.signum() > 0;
    }

    /** How many decimals of {@link #hours} are worth showing beside each other: all of little, two of much. */
    int decimals() {
        return hours().abs().compareTo(BigDecimal.TEN) < 0 ? 6 : 2;
    }

    /** In TB-hours, rounded half up to six decimals (a megabyte for an hour): for people, never for sums. */
    BigDecimal hours() {
        return new BigDecimal(byteSeconds).divide(BYTE_SECONDS, 6, RoundingMode.HALF_UP);
    }
}
