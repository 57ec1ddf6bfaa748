package org.farga.efficiency;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.farga.compute.JobWork;
import org.farga.compute.JobWork.Held;

/**
 * A sentence that helps to ask for less, or for enough, the next time: the message {@code efficiency.advice.<name>} with its values.
 *
 * <p>Nothing is said of a job that ran for less than a minute, or that asked for little more than it used: advice that saves nothing
 * is noise. What is to be asked for has head-room over what was used: a quarter for cores and memory, a half for time.
 */
record Advice(String name, List<Object> values) {
    /** Shares below it are worth a word. */
    static final int POOR_PERCENT = 50;

    /** GPUs are dearer than anything else; but even good training seldom keeps one busy all the time. */
    static final int POOR_GPU_PERCENT = 25;

    /** Peak memory beyond it leaves no room for a slightly larger input. */
    static final int TIGHT_PERCENT = 95;

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration GPUS_NEED = Duration.ofMinutes(5);
    private static final long MEMORY_STEP_MEBIBYTES = 256;
    private static final long WORTH_MEBIBYTES = 1024;
    private static final Duration TIME_STEP = Duration.ofMinutes(5);
    private static final Duration WORTH_TIME = Duration.ofMinutes(10);

    Advice {
        values = List.copyOf(values);
    }

    /** The key of its sentence. */
    String message() {
        return "efficiency.advice." + name;
    }

    /** What there is to say, the dearest first. */
    static List<Advice> of(Efficiency efficiency) {
        List<Advice> advice = new ArrayList<>();
        JobWork work = efficiency.work();
        Held held = work.held();
        if (held == null) {
            return advice;
        }
        if (work.state().equals("OUT_OF_MEMORY")) {
            advice.add(outOfMemory(held));
        }
        if (work.state().equals("TIMEOUT")) {
            advice.add(new Advice("timeout", List.of(minutes(work.asked().timeLimit()))));
        }
        gpus(efficiency, advice);
        if (work.ended() && efficiency.elapsed().compareTo(SHORTEST) >= 0) {
            cores(efficiency, work, advice);
            memory(efficiency, work, held, advice);
            time(efficiency, work, advice);
        }
        return advice;
    }

    private static Advice outOfMemory(Held held) {
        long ask = upTo(held.memoryMebibytes() * 3 / 2, MEMORY_STEP_MEBIBYTES);
        return new Advice("out-of-memory", List.of(gibibytes(held.memoryMebibytes()), gibibytes(ask)));
    }

    private static void gpus(Efficiency efficiency, List<Advice> advice) {
        int held = efficiency.gpusHeld();
        Duration needed = efficiency.work().ended() ? SHORTEST : GPUS_NEED;
        if (held == 0 || efficiency.elapsed().compareTo(needed) < 0) {
            return;
        }
        Integer idle = efficiency.gpusIdle();
        BigDecimal mean = efficiency.gpuPercent();
        if (idle != null && idle >= held) {
            advice.add(new Advice("gpus-idle", List.of(held)));
        } else if (idle != null && idle > 0) {
            advice.add(new Advice("some-gpus-idle", List.of(held, idle, held - idle)));
        } else if (mean != null && mean.compareTo(BigDecimal.valueOf(POOR_GPU_PERCENT)) < 0) {
            advice.add(new Advice("gpus-slow", List.of(held, mean)));
        }
    }

    private static void cores(Efficiency efficiency, JobWork work, List<Advice> advice) {
        Share cpu = efficiency.cpu();
        BigDecimal used = efficiency.coresUsed();
        int asked = work.asked().cpus();
        if (cpu == null || used == null || !cpu.isBelow(POOR_PERCENT)) {
            return;
        }
        int ask = Math.max(
                1,
                used.multiply(new BigDecimal("1.25"))
                        .setScale(0, RoundingMode.CEILING)
                        .intValue());
        if (ask < asked) {
            advice.add(new Advice("cores", List.of(asked, used, ask)));
        }
    }

    private static void memory(Efficiency efficiency, JobWork work, Held held, List<Advice> advice) {
        Share memory = efficiency.memory();
        if (memory == null) {
            return;
        }
        long ask = upTo(memory.used() * 5 / 4, MEMORY_STEP_MEBIBYTES);
        if (memory.isBelow(POOR_PERCENT) && held.memoryMebibytes() - ask >= WORTH_MEBIBYTES) {
            advice.add(new Advice(
                    "memory",
                    List.of(gibibytes(work.asked().memoryMebibytes()), gibibytes(memory.used()), gibibytes(ask))));
        } else if (!memory.isBelow(TIGHT_PERCENT) && work.state().equals("COMPLETED")) {
            advice.add(new Advice("memory-tight", List.of(memory.percent(), gibibytes(ask))));
        }
    }

    private static void time(Efficiency efficiency, JobWork work, List<Advice> advice) {
        Share time = efficiency.time();
        // One that failed or was cancelled says nothing about how long it takes.
        if (time == null || !work.state().equals("COMPLETED") || !time.isBelow(POOR_PERCENT)) {
            return;
        }
        Duration ask = Duration.ofSeconds(upTo(time.used() * 3 / 2, TIME_STEP.toSeconds()));
        if (work.asked().timeLimit().minus(ask).compareTo(WORTH_TIME) >= 0) {
            advice.add(new Advice(
                    "time", List.of(minutes(work.asked().timeLimit()), minutes(efficiency.elapsed()), minutes(ask))));
        }
    }

    /** The least multiple of a step that is not below, and at least the step. */
    private static long upTo(long least, long step) {
        return Math.max(1, Math.ceilDiv(least, step)) * step;
    }

    static BigDecimal gibibytes(long mebibytes) {
        return BigDecimal.valueOf(mebibytes).divide(BigDecimal.valueOf(1024), 2, RoundingMode.HALF_UP);
    }

    private static long minutes(Duration duration) {
        return Math.ceilDiv(duration.toSeconds(), 60);
    }
}
