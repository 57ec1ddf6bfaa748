package org.farga.slurm;

import java.math.BigInteger;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What happens as an allocation's budget is used up, each step in percent of the budget.
 *
 * @param notice from where on its people are told
 * @param slow from where on only few of its jobs run at once
 * @param stop from where on none begins; Slurm itself holds to this one
 * @param carryOver how much of what the project's allocation before left unused is added to the budget, in percent; where it
 *     is more than nothing, what was overused is taken off
 */
record Ladder(int notice, int slow, int stop, int carryOver) {
    static final int MOST_PERCENT = 1_000;
    private static final BigInteger BEYOND_64_BITS = BigInteger.valueOf(Long.MAX_VALUE);

    /** How far up an allocation is. */
    enum Step {
        NONE,
        NOTICE,
        SLOW,
        STOP
    }

    /** Why these steps will not do; empty where they will. */
    static Optional<Refusal> refusal(
            @Nullable Integer notice, @Nullable Integer slow, @Nullable Integer stop, @Nullable Integer carryOver) {
        Fields fields = new Fields()
                .present("notice", notice)
                .present("slow", slow)
                .present("stop", stop)
                .present("carryOver", carryOver);
        if (notice != null && slow != null && stop != null && carryOver != null) {
            fields.rule("notice", notice >= 1 && notice <= slow, "slurm-ladder-order");
            fields.rule("slow", slow <= stop, "slurm-ladder-order");
            fields.rule("stop", stop <= MOST_PERCENT, "slurm-ladder-percent", MOST_PERCENT);
            fields.rule("carryOver", carryOver >= 0 && carryOver <= 100, "slurm-ladder-percent", 100);
        }
        return fields.refusal();
    }

    /** What was awarded and used of one resource, in milliseconds; the budget may hold what was carried over. */
    record Books(long budget, long used) {

        /** Whether this percentage of the budget is used; a budget of nothing has no steps. */
        boolean reaches(int percent) {
            // In whole numbers: a hundred million GPU-hours times a thousand percent is beyond 64 bits.
            return budget > 0
                    && BigInteger.valueOf(used)
                                    .multiply(BigInteger.valueOf(100))
                                    .compareTo(BigInteger.valueOf(budget).multiply(BigInteger.valueOf(percent)))
                            >= 0;
        }
    }

    /** How far up the books are: the one of the two that is further counts. */
    Step step(Books gpu, Books cpu) {
        if (gpu.reaches(stop) || cpu.reaches(stop)) {
            return Step.STOP;
        }
        if (gpu.reaches(slow) || cpu.reaches(slow)) {
            return Step.SLOW;
        }
        return gpu.reaches(notice) || cpu.reaches(notice) ? Step.NOTICE : Step.NONE;
    }

    /** The milliseconds that may be used in all: the budget up to the step where it stops, rounded down. */
    long most(long budgetMilliseconds) {
        return upToTheStop(budgetMilliseconds, 1).min(BEYOND_64_BITS).longValue();
    }

    /** The whole minutes of that, which is what Slurm counts in. */
    long mostMinutes(long budgetMilliseconds) {
        return upToTheStop(budgetMilliseconds, 60_000).longValue();
    }

    private BigInteger upToTheStop(long budgetMilliseconds, long unit) {
        return BigInteger.valueOf(Math.max(0, budgetMilliseconds))
                .multiply(BigInteger.valueOf(stop))
                .divide(BigInteger.valueOf(100 * unit));
    }

    /** What an allocation begins with beyond its award, in milliseconds; less than nothing where the one before overdrew. */
    long carried(Books before) {
        long left = before.budget() - before.used();
        return carryOver == 0 ? 0 : left < 0 ? left : left / 100 * carryOver + left % 100 * carryOver / 100;
    }
}
