package org.farga.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a TB-hour, 10^12 bytes for an hour, is charged in one of the centre's own units, from an instant on and until another is. It
 * ends in the midst of what is kept: unlike a run, that has no end of its own.
 *
 * @param kind null for all kinds without a rate of their own
 * @param unit its name, such as {@code EUR}; what runs are charged in the same unit is added to it
 * @param terabyteHour units for one TB-hour
 */
record StorageRate(
        UUID id,
        StoredBytes.@Nullable Kind kind,
        Instant since,
        String unit,
        BigDecimal terabyteHour,
        PersonId setBy,
        Instant setAt) {
    /** Units for what was kept, times milliseconds per hour, as those of {@link Rate} that they are added to: exact. */
    BigDecimal unitMilliseconds(TerabyteHours kept) {
        // A TB-hour is 3.6e15 byte-seconds, an hour 3.6e6 milliseconds.
        return terabyteHour.multiply(new BigDecimal(kept.byteSeconds())).scaleByPowerOfTen(-9);
    }

    /** What is wrong with it. */
    Optional<Refusal> refusal() {
        return new Fields()
                .text("unit", unit, 40)
                .rule("terabyteHour", Rate.sound(terabyteHour), "rate")
                .refusal();
    }

    boolean isOf(StoredBytes.Kind other) {
        return kind == null || kind == other;
    }
}
