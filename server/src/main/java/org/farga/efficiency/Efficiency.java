package org.farga.efficiency;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.farga.compute.JobWork;
import org.farga.compute.JobWork.Held;
import org.jspecify.annotations.Nullable;

/**
 * How well a job used what it was given; each share is null where it was not measured, or while the job has not started.
 *
 * <p>The figures are those that people know from {@code seff} (contribs/seff in Slurm's source): CPU time of all processes by
 * cores × elapsed time, and peak memory by allocated memory. GPUs are judged as Jobstats does (J. Plazonic, J. Halverson, T. Cox,
 * "Jobstats: A Slurm-Compatible Job Monitoring Platform for CPU and GPU Clusters", PEARC '23, doi:10.1145/3569951.3604396): the mean
 * over the job's time of what {@code nvidia-smi} calls utilisation, and the most memory.
 *
 * @param elapsed for how long it ran, or has run
 * @param cpu CPU milliseconds of core milliseconds
 * @param memory mebibytes at its peak, of those given
 * @param time seconds it ran, of those of its limit
 * @param gpus what was measured of each of its GPUs, in their order; empty where nothing was
 */
record Efficiency(
        JobWork work,
        Duration elapsed,
        @Nullable Share cpu,
        @Nullable Share memory,
        @Nullable Share time,
        List<GpuUse> gpus) {

    /** A GPU that is busy for less than so many hundredths of its time does nothing. */
    static final int IDLE_PERCENT = 1;

    Efficiency {
        gpus = List.copyOf(gpus);
    }

    static Efficiency of(JobWork work, List<GpuUse> gpus, Instant now) {
        Held held = work.held();
        Instant from = work.startedAt();
        if (held == null || from == null) {
            return new Efficiency(work, Duration.ZERO, null, null, null, List.of());
        }
        Instant to = work.endedAt() == null ? now : work.endedAt();
        Duration elapsed = to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
        return new Efficiency(
                work,
                elapsed,
                share(work.measured().cpuMilliseconds(), elapsed.toMillis() * held.cpus()),
                share(work.measured().peakMemoryMebibytes(), held.memoryMebibytes()),
                share(elapsed.toSeconds(), work.asked().timeLimit().toSeconds()),
                gpus);
    }

    private static @Nullable Share share(@Nullable Long used, long given) {
        return used == null || given < 1 ? null : new Share(used, given);
    }

    /** Cores that were busy in the mean, with one decimal; null where that was not measured. */
    @Nullable
    BigDecimal coresUsed() {
        Long milliseconds = work.measured().cpuMilliseconds();
        return milliseconds == null || elapsed.toMillis() < 1
                ? null
                : Share.ratio(milliseconds, elapsed.toMillis(), 1, 1);
    }

    /** GPUs it was given. */
    int gpusHeld() {
        return work.held() == null ? 0 : work.held().gpus();
    }

    /** How busy its GPUs were in the mean, in hundredths with one decimal; null where no mean was measured. */
    @Nullable
    BigDecimal gpuPercent() {
        List<BigDecimal> means =
                gpus.stream().map(GpuUse::percent).filter(Objects::nonNull).toList();
        return means.isEmpty()
                ? null
                : means.stream()
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .divide(BigDecimal.valueOf(means.size()), 1, RoundingMode.HALF_UP);
    }

    /** How busy its GPUs were at most by the engine's word, in hundredths of one GPU; null where it does not say. */
    @Nullable
    BigDecimal gpuPeakPercent() {
        Integer peak = work.measured().gpuPeakPercent();
        return peak == null || gpusHeld() == 0 ? null : Share.ratio(peak, gpusHeld(), 1, 1);
    }

    /** GPUs that surely did nothing; null where that was not measured. */
    @Nullable
    Integer gpusIdle() {
        if (gpuPercent() != null) {
            return Math.toIntExact(gpus.stream().filter(GpuUse::isIdle).count());
        }
        BigDecimal peak = gpuPeakPercent();
        return peak == null ? null : Integer.valueOf(peak.signum() == 0 ? gpusHeld() : 0);
    }
}
