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

/** All rates there are, to find the one that a run or an hour of storage is charged by. */
record Tariff(List<Rate> rates, List<StorageRate> storage) {
    Tariff {
        // A partition's own first, the latest first.
        rates = rates.stream()
                .sorted(Comparator.comparing((Rate r) -> r.partition() == null)
                        .thenComparing(Rate::since, Comparator.reverseOrder()))
                .toList();
        // A kind's own first, the latest first.
        storage = storage.stream()
                .sorted(Comparator.comparing((StorageRate r) -> r.kind() == null)
                        .thenComparing(StorageRate::since, Comparator.reverseOrder()))
                .toList();
    }

    static Tariff of(RateTable.All all) {
        return new Tariff(all.runs(), all.storage());
    }

    /** The one in force at an instant; empty where the centre has set none. */
    Optional<StorageRate> rate(StoredBytes.Kind kind, Instant at) {
        return storage.stream()
                .filter(r -> r.isOf(kind) && !r.since().isAfter(at))
                .findFirst();
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

    /**
     * Sums of parts that were each charged by some rate, by unit: rounded once, when all are together.
     *
     * @param cuts where the intervals of storage begin
     */
    Map<String, BigDecimal> sum(
            Collection<UsageReport.Part> parts, Collection<StoragePart> stored, List<Instant> cuts) {
        TreeMap<String, BigDecimal> sums = new TreeMap<>();
        for (UsageReport.Part part : parts) {
            rate(part.cluster(), part.partition(), part.era())
                    .ifPresent(rate -> sums.merge(
                            rate.unit(),
                            rate.unitMilliseconds(
                                    part.cpus(), part.memoryMebibytes(), part.gpus(), part.milliseconds()),
                            BigDecimal::add));
        }
        for (StoragePart part : stored) {
            rate(part.kind(), cuts.get(part.interval()))
                    .ifPresent(rate -> sums.merge(rate.unit(), rate.unitMilliseconds(part.kept()), BigDecimal::add));
        }
        sums.replaceAll((unit, sum) -> Rate.units(sum));
        return sums;
    }
}
