package org.farga.efficiency;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import org.farga.compute.JobWork;
import org.farga.compute.JobWork.Held;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/**
 * What of their resources jobs held and did not use. It belongs to the month in which a job ended, as a whole.
 *
 * @param partition empty where none was asked for
 * @param month its first day, in the centre's calendar
 */
record Waste(LocalDate month, String cluster, String partition, ProjectId project, PersonId person, Sums sums) {

    /**
     * What adds up over jobs. Only what was measured can be told to be unused.
     *
     * @param gpuUnusedMilliseconds GPU time × (1 − utilisation)
     * @param gpuIdleMilliseconds the time of GPUs that did nothing at all
     * @param timeAskedSeconds limits of jobs that completed: others say nothing about how much they needed
     * @param timeUnusedSeconds what of their limits those jobs did not run
     */
    record Sums(
            long jobs,
            long cpuHeldMilliseconds,
            long cpuMeasuredMilliseconds,
            long cpuUnusedMilliseconds,
            long memoryHeldMebibyteSeconds,
            long memoryMeasuredMebibyteSeconds,
            long memoryUnusedMebibyteSeconds,
            long gpuHeldMilliseconds,
            long gpuMeasuredMilliseconds,
            long gpuUnusedMilliseconds,
            long gpuIdleMilliseconds,
            long timeAskedSeconds,
            long timeUnusedSeconds) {

        static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        Sums plus(Sums o) {
            return new Sums(
                    jobs + o.jobs,
                    cpuHeldMilliseconds + o.cpuHeldMilliseconds,
                    cpuMeasuredMilliseconds + o.cpuMeasuredMilliseconds,
                    cpuUnusedMilliseconds + o.cpuUnusedMilliseconds,
                    memoryHeldMebibyteSeconds + o.memoryHeldMebibyteSeconds,
                    memoryMeasuredMebibyteSeconds + o.memoryMeasuredMebibyteSeconds,
                    memoryUnusedMebibyteSeconds + o.memoryUnusedMebibyteSeconds,
                    gpuHeldMilliseconds + o.gpuHeldMilliseconds,
                    gpuMeasuredMilliseconds + o.gpuMeasuredMilliseconds,
                    gpuUnusedMilliseconds + o.gpuUnusedMilliseconds,
                    gpuIdleMilliseconds + o.gpuIdleMilliseconds,
                    timeAskedSeconds + o.timeAskedSeconds,
                    timeUnusedSeconds + o.timeUnusedSeconds);
        }

        /** Of the CPU time that was measured; null where none was. */
        @Nullable
        Share cpuUnused() {
            return share(cpuUnusedMilliseconds, cpuMeasuredMilliseconds);
        }

        @Nullable
        Share memoryUnused() {
            return share(memoryUnusedMebibyteSeconds, memoryMeasuredMebibyteSeconds);
        }

        @Nullable
        Share gpuUnused() {
            return share(gpuUnusedMilliseconds, gpuMeasuredMilliseconds);
        }

        @Nullable
        Share timeUnused() {
            return share(timeUnusedSeconds, timeAskedSeconds);
        }

        /** How much of the GPU time could be judged; null where there was none. */
        @Nullable
        Share gpuMeasured() {
            return share(gpuMeasuredMilliseconds, gpuHeldMilliseconds);
        }

        /** GiB × hours of memory that was asked for and never used, with one decimal. */
        BigDecimal memoryUnusedGibibyteHours() {
            return BigDecimal.valueOf(memoryUnusedMebibyteSeconds)
                    .divide(BigDecimal.valueOf(1024L * 3600), 1, RoundingMode.HALF_UP);
        }

        /** Hours of time limits that were not run, with one decimal. */
        BigDecimal timeUnusedHours() {
            return BigDecimal.valueOf(timeUnusedSeconds).divide(BigDecimal.valueOf(3600), 1, RoundingMode.HALF_UP);
        }

        private static @Nullable Share share(long used, long given) {
            return given < 1 ? null : new Share(used, given);
        }
    }

    /** Of a job that ended; empty where it never ran. */
    static Optional<Waste> of(Efficiency job, ZoneId zone) {
        JobWork work = job.work();
        Held held = work.held();
        if (held == null || work.endedAt() == null) {
            return Optional.empty();
        }
        long milliseconds = job.elapsed().toMillis();
        long seconds = milliseconds / 1000;
        long cpuHeld = milliseconds * held.cpus();
        Share cpu = job.cpu();
        long memoryHeld = seconds * held.memoryMebibytes();
        Share memory = job.memory();
        long memoryUsed = memory == null ? 0 : Math.min(memory.used(), held.memoryMebibytes()) * seconds;
        Gpus gpus = gpus(job, held, milliseconds);
        boolean completed = work.state().equals("COMPLETED");
        long limit = work.asked().timeLimit().toSeconds();
        return Optional.of(new Waste(
                work.endedAt().atZone(zone).toLocalDate().withDayOfMonth(1),
                work.cluster(),
                work.partition() == null ? "" : work.partition(),
                work.project(),
                work.submittedBy(),
                new Sums(
                        1,
                        cpuHeld,
                        cpu == null ? 0 : cpuHeld,
                        cpu == null ? 0 : Math.max(0, cpuHeld - cpu.used()),
                        memoryHeld,
                        memory == null ? 0 : memoryHeld,
                        memory == null ? 0 : memoryHeld - memoryUsed,
                        milliseconds * held.gpus(),
                        gpus.measured(),
                        gpus.unused(),
                        gpus.idle(),
                        completed ? limit : 0,
                        completed ? Math.max(0, limit - seconds) : 0)));
    }

    private record Gpus(long measured, long unused, long idle) {}

    private static Gpus gpus(Efficiency job, Held held, long milliseconds) {
        long measured = 0;
        long unused = 0;
        long idle = 0;
        for (GpuUse gpu : job.gpus().stream().limit(held.gpus()).toList()) {
            BigDecimal percent = gpu.percent();
            if (percent == null) {
                continue;
            }
            long free = BigDecimal.valueOf(100)
                    .subtract(percent.min(BigDecimal.valueOf(100)))
                    .multiply(BigDecimal.valueOf(milliseconds))
                    .divide(BigDecimal.valueOf(100), 0, RoundingMode.HALF_UP)
                    .longValueExact();
            measured += milliseconds;
            unused += gpu.isIdle() ? milliseconds : free;
            idle += gpu.isIdle() ? milliseconds : 0;
        }
        Integer silent = job.gpusIdle();
        // The engine's word is how busy they were at most: of that only "never" says how much was unused.
        if (measured == 0 && silent != null && silent > 0 && silent >= held.gpus()) {
            long all = milliseconds * held.gpus();
            return new Gpus(all, all, all);
        }
        return new Gpus(measured, unused, idle);
    }
}
