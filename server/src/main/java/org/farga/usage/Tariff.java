package org.farga.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All rates there are, to find the one that a run is charged by. */
record Tariff(List<Rate> rates) {
    Tariff {
        // A partition's own first, the latest first.
        rates = rates.stream()
                .sorted(Comparator.comparing((Rate r) -> r.partition() == null)
                        .thenComparing(Rate::since, Comparator.reverseOrder()))
                .toList();
    }

    /** The one in force for a run that began then; empty where the centre has set none. */
    Optional<Rate> rate(String cluster, @Nullable String partition, Instant startedAt) {
        for (Rate rate : rates) {
            if (rate.isOf(cluster, partition) && !rate.since().isAfter(startedAt)) {
                return Optional.of(rate);
            }
        }
        return Optional.empty();
    }

    /** The instants from which on another rate may be in force, in order. */
    List<Instant> eras() {
        return rates.stream().map(Rate::since).distinct().sorted().toList();
    }

    /** Units by their name: what a line is charged; empty where no rate is in force. */
    Map<String, BigDecimal> charge(UsageRecord line) {
        String partition = line.engine() == null ? null : line.engine().partition();
        return rate(line.cluster(), partition, line.startedAt())
                .map(rate -> Map.of(
                        rate.unit(),
                        Rate.units(rate.unitMilliseconds(
                                line.cpus(),
                                line.memoryMebibytes(),
                                line.gpus(),
                                line.duration().toMillis()))))
                .orElse(Map.of());
    }

    /** Sums of parts that were each charged by some rate, by unit. */
    Map<String, BigDecimal> sum(Collection<UsageReport.Part> parts) {
        TreeMap<String, BigDecimal> sums = new TreeMap<>();
        for (UsageReport.Part part : parts) {
            rate(part.cluster(), part.partition(), part.era())
                    .ifPresent(rate -> sums.merge(
                            rate.unit(),
                            rate.unitMilliseconds(
                                    part.cpus(), part.memoryMebibytes(), part.gpus(), part.milliseconds()),
                            BigDecimal::add));
        }
        sums.replaceAll((unit, sum) -> Rate.units(sum));
        return sums;
    }
}
