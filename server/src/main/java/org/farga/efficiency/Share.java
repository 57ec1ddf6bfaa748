package org.farga.efficiency;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** What was used of what was given, in the same unit; more than was given where others' was borrowed. */
record Share(long used, long given) {
    Share {
        if (used < 0 || given < 1) {
            throw new IllegalArgumentException("used " + used + " of " + given);
        }
    }

    /** In hundredths, with one decimal. */
    BigDecimal percent() {
        return ratio(used, given, 100, 1);
    }

    /** Between 0 and 1, for a bar's length. */
    double length() {
        return Math.min(1, used / (double) given);
    }

    /** Whether less was used than so many hundredths. */
    boolean isBelow(int percent) {
        return BigInteger.valueOf(used)
                        .multiply(BigInteger.valueOf(100))
                        .compareTo(BigInteger.valueOf(given).multiply(BigInteger.valueOf(percent)))
                < 0;
    }

    /** {@code times × part / whole}, rounded half up to so many decimals. */
    static BigDecimal ratio(long part, long whole, int times, int decimals) {
        return BigDecimal.valueOf(part)
                .multiply(BigDecimal.valueOf(times))
                .divide(BigDecimal.valueOf(whole), decimals, RoundingMode.HALF_UP);
    }
}
