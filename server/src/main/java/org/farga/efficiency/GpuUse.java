package org.farga.efficiency;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * What a job did with one of its GPUs, as far as it was looked at. The GPU is the job's alone while it runs, so all that it does and
 * all the energy it takes is the job's.
 *
 * @param memoryMebibytes what the GPU has; null where it does not tell
 * @param samples looks so far
 * @param percentSum hundredths of utilisation, over {@code busySamples} looks that told it
 * @param peakMemoryMebibytes null where memory was not told
 * @param counterMillijoules the GPU's own count at the last look; null where it has none
 * @param energyMillijoules what the count grew by, or power × time where there is no count
 * @param energyMilliseconds the time over which that is
 */
record GpuUse(
        JobId job,
        int index,
        String uuid,
        String model,
        @Nullable Long memoryMebibytes,
        Instant firstAt,
        Instant lastAt,
        long samples,
        long busySamples,
        long percentSum,
        @Nullable Long peakMemoryMebibytes,
        @Nullable Long counterMillijoules,
        @Nullable Long powerMilliwatts,
        long energyMillijoules,
        long energyMilliseconds,
        GpuSeries series) {

    /** Power stands for the time between two looks only where they are close. */
    private static final Duration CLOSE = Duration.ofSeconds(15);

    /** The first look. */
    static GpuUse first(JobId job, Instant startedAt, GpuReading reading, Instant at) {
        GpuUse none = new GpuUse(
                job,
                reading.index(),
                reading.uuid(),
                reading.model(),
                reading.memoryMebibytes().isPresent()
                        ? reading.memoryMebibytes().getAsLong()
                        : null,
                at,
                at,
                0,
                0,
                0,
                null,
                null,
                null,
                0,
                0,
                GpuSeries.NONE);
        return none.with(startedAt, reading, at);
    }

    /** With one more look at the same GPU. */
    GpuUse with(Instant startedAt, GpuReading reading, Instant at) {
        Integer percent = reading.percent().isPresent() ? reading.percent().getAsInt() : null;
        Long used = reading.memoryUsedMebibytes().isPresent()
                ? reading.memoryUsedMebibytes().getAsLong()
                : null;
        Long counter = reading.energyMillijoules().isPresent()
                ? reading.energyMillijoules().getAsLong()
                : null;
        Long power = reading.powerMilliwatts().isPresent()
                ? reading.powerMilliwatts().getAsLong()
                : null;
        long between = Math.max(0, Duration.between(lastAt, at).toMillis());
        long grown = -1;
        if (counter != null || counterMillijoules != null) {
            // It begins anew where the driver was loaded anew: what was used before that is not known.
            if (counter != null && counterMillijoules != null && counter >= counterMillijoules) {
                grown = counter - counterMillijoules;
            }
        } else if (power != null && powerMilliwatts != null && between <= CLOSE.toMillis()) {
            grown = (power + powerMilliwatts) / 2 * between / 1000;
        }
        return new GpuUse(
                job,
                index,
                uuid,
                model,
                memoryMebibytes,
                firstAt,
                at.isBefore(lastAt) ? lastAt : at,
                samples + 1,
                busySamples + (percent == null ? 0 : 1),
                percentSum + (percent == null ? 0 : percent),
                used == null
                        ? peakMemoryMebibytes
                        : Long.valueOf(peakMemoryMebibytes == null ? used : Math.max(used, peakMemoryMebibytes)),
                counter,
                power,
                energyMillijoules + Math.max(0, grown),
                energyMilliseconds + (grown < 0 ? 0 : between),
                series.with(Duration.between(startedAt, at).toSeconds(), percent, used));
    }

    /** How busy it was in the mean, in hundredths with one decimal; null where it does not tell. */
    @Nullable
    BigDecimal percent() {
        return busySamples == 0 ? null : Share.ratio(percentSum, busySamples, 1, 1);
    }

    /** Whether it surely did nothing. */
    boolean isIdle() {
        return busySamples > 0 && percentSum < busySamples * Efficiency.IDLE_PERCENT;
    }

    /** Peak memory of what it has; null where either is not told. */
    @Nullable
    Share memory() {
        return peakMemoryMebibytes == null || memoryMebibytes == null || memoryMebibytes < 1
                ? null
                : new Share(peakMemoryMebibytes, memoryMebibytes);
    }
}
