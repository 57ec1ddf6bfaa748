package org.farga.shared;

import java.security.SecureRandom;
import java.util.UUID;

/** UUID version 7 of RFC 9562 §5.7: 48 bits of Unix milliseconds, then 74 random bits. */
public final class TimeOrderedUuid {
    private static final SecureRandom RANDOM = new SecureRandom();

    private TimeOrderedUuid() {}

    /** The next identifier; unique without coordination, ordered to the millisecond. */
    public static UUID next() {
        long high = (System.currentTimeMillis() << 16) | 0x7000L | (RANDOM.nextLong() & 0x0FFFL);
        long low = (RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
