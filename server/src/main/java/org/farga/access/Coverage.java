package org.farga.access;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * Whether the calls that are open leave a size of request that none of them serves: for each audience and partition, the union
 * of the rectangles of GPU- and CPU-hours that single calls grant, against everything up to the most that any call grants there.
 * Sizes are whole hundredths of an hour, as in a form, so the answer is exact.
 *
 * @param partition null for all partitions together, where an audience has several: what is served on any of them is served
 */
record Coverage(Audience audience, @Nullable String partition, List<Served> served, List<Hole> holes) {
    private static final long STEP_MILLISECONDS = 36_000;

    Coverage {
        served = List.copyOf(served);
        holes = List.copyOf(holes);
    }

    /** A call with what it grants there. */
    record Served(Call call, Partition partition) {}

    /** Sizes that no call serves, both ends included. */
    record Hole(GpuHours fromGpu, GpuHours toGpu, CpuHours fromCpu, CpuHours toCpu) {}

    /** For the calls that take proposals now; partitions that are closed count for the sizes, but serve none. */
    static List<Coverage> of(Collection<Call> calls, Instant now, ZoneId zone) {
        LocalDate today = LocalDate.ofInstant(now, zone);
        List<Coverage> all = new ArrayList<>();
        Map<Audience, Map<String, List<Served>>> offered = new EnumMap<>(Audience.class);
        for (Call call : calls) {
            if (call.takes(now)) {
                for (Audience audience : call.rules().audience()) {
                    for (Partition partition : call.rules().partitions()) {
                        offered.computeIfAbsent(audience, a -> new TreeMap<>())
                                .computeIfAbsent(partition.key(), k -> new ArrayList<>())
                                .add(new Served(call, partition));
                    }
                }
            }
        }
        offered.forEach((audience, partitions) -> {
            if (partitions.size() > 1) {
                all.add(of(
                        audience,
                        null,
                        partitions.values().stream().flatMap(List::stream).toList(),
                        today));
            }
            partitions.forEach((key, there) -> all.add(of(audience, key, there, today)));
        });
        return all;
    }

    private static Coverage of(Audience audience, @Nullable String key, List<Served> there, LocalDate today) {
        List<Served> open =
                there.stream().filter(s -> s.partition().isOpen(today)).toList();
        return new Coverage(
                audience,
                key,
                open,
                holes(
                        there.stream().map(Served::partition).toList(),
                        open.stream().map(Served::partition).toList()));
    }

    /** What of the sizes up to the most of {@code all} none of {@code open} grants; nothing at all is no request. */
    static List<Hole> holes(Collection<Partition> all, Collection<Partition> open) {
        long mostGpu = all.stream().mapToLong(p -> steps(p.maxGpuHours())).max().orElse(0);
        long mostCpu = all.stream().mapToLong(p -> steps(p.maxCpuHours())).max().orElse(0);
        TreeSet<Long> gpu = new TreeSet<>(List.of(0L, 1L, mostGpu + 1));
        TreeSet<Long> cpu = new TreeSet<>(List.of(0L, 1L, mostCpu + 1));
        for (Partition p : open) {
            gpu.add(steps(p.minGpuHours()));
            gpu.add(steps(p.maxGpuHours()) + 1);
            cpu.add(steps(p.minCpuHours()));
            cpu.add(steps(p.maxCpuHours()) + 1);
        }
        List<long[]> columns = new ArrayList<>();
        for (Long left : gpu.headSet(mostGpu + 1)) {
            long right = gpu.higher(left) - 1;
            long begin = -1;
            for (Long low : cpu.headSet(mostCpu + 1)) {
                boolean nothing = left == 0 && right == 0 && low == 0 && cpu.higher(low) == 1;
                boolean hole = !nothing && open.stream().noneMatch(p -> contains(p, left, low));
                if (hole && begin < 0) {
                    begin = low;
                }
                if (!hole && begin >= 0) {
                    columns.add(new long[] {left, right, begin, low - 1});
                    begin = -1;
                }
            }
            if (begin >= 0) {
                columns.add(new long[] {left, right, begin, mostCpu});
            }
        }
        return merged(columns).stream()
                .map(c -> new Hole(
                        GpuHours.ofHours(hours(c[0])),
                        GpuHours.ofHours(hours(c[1])),
                        CpuHours.ofHours(hours(c[2])),
                        CpuHours.ofHours(hours(c[3]))))
                .toList();
    }

    /** Columns that stand side by side with the same ends become one. */
    private static List<long[]> merged(List<long[]> columns) {
        List<long[]> merged = new ArrayList<>();
        for (long[] column : columns) {
            long[] beside = merged.stream()
                    .filter(m -> m[1] + 1 == column[0] && m[2] == column[2] && m[3] == column[3])
                    .findFirst()
                    .orElse(null);
            if (beside == null) {
                merged.add(column.clone());
            } else {
                beside[1] = column[1];
            }
        }
        return merged;
    }

    private static boolean contains(Partition p, long gpu, long cpu) {
        return gpu >= steps(p.minGpuHours())
                && gpu <= steps(p.maxGpuHours())
                && cpu >= steps(p.minCpuHours())
                && cpu <= steps(p.maxCpuHours());
    }

    private static long steps(GpuHours hours) {
        return hours.milliseconds() / STEP_MILLISECONDS;
    }

    private static long steps(CpuHours hours) {
        return hours.milliseconds() / STEP_MILLISECONDS;
    }

    private static BigDecimal hours(long steps) {
        return BigDecimal.valueOf(steps, 2);
    }
}
