package org.farga.aid;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Amounts are whole cents; people read and write euros. */
final class Euro {
    /** One thousand million euros: what is larger is a slip of the keyboard. */
    static final long MOST_CENTS = 100_000_000_000L;

    private static final int LONGEST = 30;

    private Euro() {}

    static BigDecimal of(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    /** Whole cents of an amount in euros; null where it is finer than a cent or beyond {@link #MOST_CENTS} either way. */
    static @Nullable Long cents(@Nullable BigDecimal euros) {
        // Compared before anything is computed: 1e999999999 is a short text and an endless number.
        if (euros == null || euros.abs().compareTo(of(MOST_CENTS)) > 0) {
            return null;
        }
        if (euros.signum() == 0) {
            return 0L;
        }
        BigDecimal stripped = euros.stripTrailingZeros();
        return stripped.scale() > 2 ? null : stripped.movePointRight(2).longValueExact();
    }

    /** What somebody typed, with a comma or a point before the cents; null where that is no number. */
    static @Nullable BigDecimal typed(@Nullable String text) {
        if (text == null || text.isBlank() || text.length() > LONGEST) {
            return null;
        }
        try {
            return new BigDecimal(text.strip().replace(',', '.'));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
