package org.farga.access;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the awards of a call after they were made. Unlike its rules these are not those that a proposal was submitted
 * under: the newest count.
 *
 * @param version 0 for those of a call for which nobody has said any
 * @param giveBackAtOnce whether unused hours are given back without anybody deciding
 * @param mostExtensionMonths by how much all extensions of an allocation may take it past its first end
 * @param mostSupplementPercent what all supplements may come to, in percent of what was awarded
 * @param mostRenewals how often an award may be renewed
 */
record AwardTerms(
        int version,
        boolean giveBackAtOnce,
        int mostExtensionMonths,
        int mostSupplementPercent,
        int mostRenewals,
        List<TransferRate> rates) {
    static final AwardTerms DEFAULT = new AwardTerms(0, true, 6, 50, 1, List.of());

    private static final int MOST_RATES = 100;
    private static final BigDecimal MOST_RATE = BigDecimal.valueOf(1_000);

    AwardTerms {
        rates = List.copyOf(rates);
    }

    /** How many hours on one cluster an hour on another is. */
    record TransferRate(String from, String to, BigDecimal gpuRate, BigDecimal cpuRate) {
        /** What so many GPU-hours are there, a part of a millisecond left out. */
        GpuHours there(GpuHours here) {
            return new GpuHours(there(here.milliseconds(), gpuRate));
        }

        CpuHours there(CpuHours here) {
            return new CpuHours(there(here.milliseconds(), cpuRate));
        }

        private static long there(long milliseconds, BigDecimal rate) {
            return BigDecimal.valueOf(milliseconds)
                    .multiply(rate)
                    .setScale(0, RoundingMode.DOWN)
                    .longValueExact();
        }
    }

    /** What an access officer sets; all of it. */
    record NewTerms(
            @Nullable Boolean giveBackAtOnce,
            @Nullable Integer mostExtensionMonths,
            @Nullable Integer mostSupplementPercent,
            @Nullable Integer mostRenewals,
            @Nullable List<@Nullable TransferRate> rates) {
        /** What is wrong with it; {@code clusters} are those of the call. */
        Optional<Refusal> refusal(Set<String> clusters) {
            Fields fields = new Fields()
                    .present("giveBackAtOnce", giveBackAtOnce)
                    .number("mostExtensionMonths", whole(mostExtensionMonths), 0, 60)
                    .number("mostSupplementPercent", whole(mostSupplementPercent), 0, 1_000)
                    .number("mostRenewals", whole(mostRenewals), 0, 20)
                    .present("rates", rates);
            if (rates != null) {
                Set<String> pairs = new HashSet<>();
                fields.rule("rates", rates.size() <= MOST_RATES, "too-many-items", MOST_RATES);
                for (TransferRate rate : rates) {
                    fields.rule(
                            "rates",
                            rate != null
                                    && clusters.contains(rate.from())
                                    && clusters.contains(rate.to())
                                    && !rate.from().equals(rate.to())
                                    && sound(rate.gpuRate())
                                    && sound(rate.cpuRate())
                                    && pairs.add(rate.from() + " " + rate.to()),
                            "bad-transfer-rate",
                            String.join(", ", clusters.stream().sorted().toList()));
                }
            }
            return fields.refusal();
        }

        private static @Nullable Long whole(@Nullable Integer number) {
            return number == null ? null : number.longValue();
        }

        private static boolean sound(@Nullable BigDecimal rate) {
            return rate != null
                    && rate.signum() >= 0
                    && rate.compareTo(MOST_RATE) <= 0
                    && rate.stripTrailingZeros().scale() <= 6;
        }
    }

    Optional<TransferRate> rate(String from, String to) {
        return rates.stream()
                .filter(r -> r.from().equals(from) && r.to().equals(to))
                .findFirst();
    }

    /** Where hours of a cluster may be moved to. */
    List<String> targets(String from) {
        return rates.stream()
                .filter(r -> r.from().equals(from))
                .map(TransferRate::to)
                .sorted()
                .toList();
    }
}
