package org.farga.access;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How many GPU-hours a training needs, as a range, because nobody knows beforehand how well it runs.
 *
 * @param flop floating-point operations of all runs; null where it was measured instead of estimated
 * @param leastGpuHours in the better case, rounded up to whole hours
 * @param mostGpuHours in the worse case, rounded up to whole hours
 */
record Sizing(@Nullable BigDecimal flop, BigDecimal leastGpuHours, BigDecimal mostGpuHours) {
    private static final MathContext EXACT_ENOUGH = MathContext.DECIMAL64;
    private static final BigDecimal SIX = BigDecimal.valueOf(6);
    private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000L);
    private static final BigDecimal TERA = BigDecimal.valueOf(1_000_000_000_000L);
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3_600);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    /** From here on systemic risk is presumed: Article 51(2) of Regulation (EU) 2024/1689. */
    static final BigDecimal SYSTEMIC_FLOP = BigDecimal.TEN.pow(25);

    /** GPUs with their peak in 10¹² dense operations a second with 16-bit numbers, from their makers' data sheets. */
    enum Gpu {
        H200("NVIDIA H200", 989),
        H100("NVIDIA H100 SXM", 989),
        GH200("NVIDIA GH200", 989),
        A100("NVIDIA A100", 312),
        V100("NVIDIA V100", 125),
        MI300X("AMD Instinct MI300X", 1307),
        MI250X("AMD Instinct MI250X", 383);

        private final String title;
        private final int peakTeraflops;

        Gpu(String title, int peakTeraflops) {
            this.title = title;
            this.peakTeraflops = peakTeraflops;
        }

        String title() {
            return title;
        }

        int peakTeraflops() {
            return peakTeraflops;
        }

        static Optional<Gpu> named(@Nullable String name) {
            return Arrays.stream(values()).filter(g -> g.name().equals(name)).findFirst();
        }
    }

    /**
     * An estimate from the size of a model: training takes about 6·N·D operations for N parameters and D tokens (Kaplan et al.,
     * "Scaling Laws for Neural Language Models", 2020, section 2.1; used so by Hoffmann et al., "Training Compute-Optimal Large
     * Language Models", 2022).
     *
     * @param billionParameters N in 10⁹
     * @param billionTokens D in 10⁹, of all epochs
     * @param leastPercent of the GPU's peak that is reached in the worse case
     * @param mostPercent of the GPU's peak that is reached in the better case
     * @param runs how many times such a training is done
     */
    static Outcome<Sizing> estimated(
            @Nullable BigDecimal billionParameters,
            @Nullable BigDecimal billionTokens,
            @Nullable String gpu,
            @Nullable BigDecimal leastPercent,
            @Nullable BigDecimal mostPercent,
            @Nullable BigDecimal runs) {
        Fields fields = new Fields();
        Optional<Gpu> type = Gpu.named(gpu);
        between(fields, "billionParameters", billionParameters, "0.000001", "100000");
        between(fields, "billionTokens", billionTokens, "0.000001", "1000000");
        between(fields, "leastPercent", leastPercent, "1", "100");
        between(fields, "mostPercent", mostPercent, "1", "100");
        between(fields, "runs", runs, "1", "10000");
        fields.rule("gpu", type.isPresent(), "unknown-choice", Arrays.toString(Gpu.values()));
        fields.rule(
                "mostPercent",
                leastPercent == null || mostPercent == null || leastPercent.compareTo(mostPercent) <= 0,
                "ends-before-it-begins");
        var refusal = fields.refusal();
        if (refusal.isPresent()
                || billionParameters == null
                || billionTokens == null
                || leastPercent == null
                || mostPercent == null
                || runs == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        BigDecimal flop = SIX.multiply(billionParameters)
                .multiply(BILLION)
                .multiply(billionTokens)
                .multiply(BILLION)
                .multiply(runs);
        BigDecimal hoursAtPeak = flop.divide(
                TERA.multiply(BigDecimal.valueOf(type.orElseThrow().peakTeraflops()))
                        .multiply(SECONDS_PER_HOUR),
                EXACT_ENOUGH);
        return Outcome.done(new Sizing(flop, share(hoursAtPeak, mostPercent), share(hoursAtPeak, leastPercent)));
    }

    /**
     * From what a run was measured to do.
     *
     * @param perSecond tokens, samples or steps a second that were measured
     * @param gpus on how many GPUs they were
     * @param millions how many millions of them the whole work is
     * @param leastPercent how much of that throughput for each GPU remains in the worse case, on as many GPUs as will be used
     * @param runs how many times such a training is done
     */
    static Outcome<Sizing> measured(
            @Nullable BigDecimal perSecond,
            @Nullable BigDecimal gpus,
            @Nullable BigDecimal millions,
            @Nullable BigDecimal leastPercent,
            @Nullable BigDecimal runs) {
        Fields fields = new Fields();
        between(fields, "perSecond", perSecond, "0.000001", "1000000000000");
        between(fields, "gpus", gpus, "1", "100000");
        between(fields, "millions", millions, "0.000001", "1000000000000");
        between(fields, "leastPercent", leastPercent, "1", "100");
        between(fields, "runs", runs, "1", "10000");
        var refusal = fields.refusal();
        if (refusal.isPresent()
                || perSecond == null
                || gpus == null
                || millions == null
                || leastPercent == null
                || runs == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        BigDecimal hours = millions.movePointRight(6)
                .multiply(runs)
                .multiply(gpus)
                .divide(perSecond.multiply(SECONDS_PER_HOUR), EXACT_ENOUGH);
        return Outcome.done(new Sizing(null, share(hours, HUNDRED), share(hours, leastPercent)));
    }

    /** Whether the AI Act presumes that a model of this training has systemic risk. */
    boolean isSystemic() {
        return flop != null && flop.compareTo(SYSTEMIC_FLOP) >= 0;
    }

    private static BigDecimal share(BigDecimal hours, BigDecimal percent) {
        return hours.multiply(HUNDRED).divide(percent, EXACT_ENOUGH).setScale(0, RoundingMode.CEILING);
    }

    private static void between(Fields fields, String field, @Nullable BigDecimal value, String least, String most) {
        fields.present(field, value);
        fields.rule(
                field,
                value == null
                        || (value.compareTo(new BigDecimal(least)) >= 0 && value.compareTo(new BigDecimal(most)) <= 0),
                "out-of-range",
                new BigDecimal(least),
                new BigDecimal(most));
    }
}
