package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import org.farga.shared.Period;

/** A balance as a bar of parts that stand side by side; lengths are thousandths of the whole. */
record BalanceBar(long awarded, long settled, long inFlight, long committed, long left) {
    static final int LENGTH = 1_000;

    static BalanceBar gpu(Balance b) {
        return new BalanceBar(
                b.gpuAwarded().milliseconds(),
                b.gpuSettled().milliseconds(),
                b.gpuInFlight().milliseconds(),
                b.gpuCommitted().milliseconds(),
                b.gpuLeft().milliseconds());
    }

    static BalanceBar cpu(Balance b) {
        return new BalanceBar(
                b.cpuAwarded().milliseconds(),
                b.cpuSettled().milliseconds(),
                b.cpuInFlight().milliseconds(),
                b.cpuCommitted().milliseconds(),
                b.cpuLeft().milliseconds());
    }

    /** Whether there is anything to show. */
    boolean shown() {
        return whole() > 0;
    }

    // Where more is used than was awarded, what is used is the whole.
    private long whole() {
        return Math.max(awarded, settled + inFlight + committed);
    }

    private double part(long milliseconds) {
        return whole() == 0 ? 0 : LENGTH * (double) milliseconds / whole();
    }

    double settledLength() {
        return part(settled);
    }

    double inFlightLength() {
        return part(inFlight);
    }

    double committedLength() {
        return part(committed);
    }

    /** Of what was awarded, how much is used or in flight: between 0 and, overdrawn, more than 1. */
    double usedShare() {
        return awarded == 0 ? 0 : (settled + inFlight) / (double) awarded;
    }

    /** How much of a period is gone, between 0 and 1. */
    static double gone(Period period, Instant now) {
        double whole = Duration.between(period.from(), period.to()).toMillis();
        return Math.clamp(Duration.between(period.from(), now).toMillis() / whole, 0.0, 1.0);
    }
}
