package org.farga.usage;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;

/**
 * An allocation's books at one moment: what was awarded, what ended jobs used, what live jobs have set aside.
 *
 * @param gpuAwarded what may be used in all: the award, unless the engine says otherwise
 * @param gpuMost what all live jobs may use at most, from their start to their limit
 * @param cpuMost the same of CPUs
 * @param running those of them that have started; however many wait, they only count in the sums
 */
record Account(
        GpuHours gpuAwarded,
        CpuHours cpuAwarded,
        GpuHours gpuSettled,
        CpuHours cpuSettled,
        GpuHours gpuMost,
        CpuHours cpuMost,
        List<Commitment> running) {
    private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);

    Account {
        running = List.copyOf(running);
    }

    /** With this beyond what may be used by now. */
    Account upTo(Overdraft.Beyond beyond) {
        return new Account(
                gpuAwarded.plus(new GpuHours(beyond.gpuMilliseconds())),
                cpuAwarded.plus(new CpuHours(beyond.cpuMilliseconds())),
                gpuSettled,
                cpuSettled,
                gpuMost,
                cpuMost,
                running);
    }

    Balance balance(Instant now) {
        GpuHours gpuInFlight = GpuHours.ZERO;
        CpuHours cpuInFlight = CpuHours.ZERO;
        for (Commitment commitment : running) {
            gpuInFlight = gpuInFlight.plus(commitment.gpuInFlight(now));
            cpuInFlight = cpuInFlight.plus(commitment.cpuInFlight(now));
        }
        return new Balance(
                gpuAwarded,
                gpuSettled,
                gpuInFlight,
                gpuMost.minus(gpuInFlight),
                cpuAwarded,
                cpuSettled,
                cpuInFlight,
                cpuMost.minus(cpuInFlight));
    }

    /** The balance with this commitment in it, or {@code over-budget} with the numbers where it does not fit. */
    Outcome<Balance> commit(Commitment wanted, Instant now) {
        Balance before = balance(now);
        boolean gpuFits = !wanted.gpuMost().isMoreThan(before.gpuLeft());
        boolean cpuFits = !wanted.cpuMost().isMoreThan(before.cpuLeft());
        // A job without GPUs is not kept from an allocation whose GPU-hours are overdrawn, nor the other way round.
        if ((gpuFits || wanted.gpus() == 0) && (cpuFits || wanted.cpus() == 0)) {
            return Outcome.done(new Account(
                            gpuAwarded,
                            cpuAwarded,
                            gpuSettled,
                            cpuSettled,
                            gpuMost.plus(wanted.gpuMost()),
                            cpuMost.plus(wanted.cpuMost()),
                            running)
                    .balance(now));
        }
        return Outcome.refused(Refusal.conflict(
                "over-budget",
                gpuFits || wanted.gpus() == 0 ? "cpu" : cpuFits || wanted.cpus() == 0 ? "gpu" : "both",
                needed(wanted.gpuMost().milliseconds()),
                left(before.gpuLeft().milliseconds()),
                gpuAwarded.hours(),
                needed(wanted.cpuMost().milliseconds()),
                left(before.cpuLeft().milliseconds()),
                cpuAwarded.hours()));
    }

    // Rounded apart, so that a refusal by one millisecond does not read "needs 8, 8 are left".
    private static BigDecimal needed(long milliseconds) {
        return hours(milliseconds, RoundingMode.CEILING);
    }

    private static BigDecimal left(long milliseconds) {
        return hours(milliseconds, RoundingMode.FLOOR);
    }

    private static BigDecimal hours(long milliseconds, RoundingMode rounding) {
        return BigDecimal.valueOf(milliseconds).divide(MILLISECONDS_PER_HOUR, 4, rounding);
    }
}
