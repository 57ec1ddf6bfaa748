package org.farga.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * What some allocations used, and what was kept for them, by the periods of the centre's calendar. A run or a file over a boundary
 * belongs to each side by its seconds, so that the periods together are exactly the whole.
 */
record UsageReport(
        By by,
        ZoneId zone,
        LocalDate from,
        LocalDate to,
        List<Line> periods,
        List<Line> allocations,
        List<Held> holders,
        Line whole) {
    private static final int MOST_PERIODS = 1_200;

    /** The periods of a calendar. */
    enum By {
        DAY,
        MONTH,
        QUARTER,
        YEAR;

        static @Nullable By parse(@Nullable String text) {
            if (text == null || text.isBlank()) {
                return MONTH;
            }
            for (By by : values()) {
                if (by.word().equals(text)) {
                    return by;
                }
            }
            return null;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        LocalDate first(LocalDate of) {
            return switch (this) {
                case DAY -> of;
                case MONTH -> of.withDayOfMonth(1);
                case QUARTER -> of.with(IsoFields.DAY_OF_QUARTER, 1);
                case YEAR -> of.with(TemporalAdjusters.firstDayOfYear());
            };
        }

        LocalDate next(LocalDate first) {
            return switch (this) {
                case DAY -> first.plusDays(1);
                case MONTH -> first.plusMonths(1);
                case QUARTER -> first.plusMonths(3);
                case YEAR -> first.plusYears(1);
            };
        }

        /** As the period that begins on a day is called: 2026-11-22, 2026-11, 2026-Q4, 2026. */
        String name(LocalDate first) {
            return switch (this) {
                case DAY -> first.toString();
                case MONTH -> first.toString().substring(0, 7);
                case QUARTER -> first.getYear() + "-Q" + first.get(IsoFields.QUARTER_OF_YEAR);
                case YEAR -> Integer.toString(first.getYear());
            };
        }
    }

    /**
     * A row of it.
     *
     * @param name of the period, or nothing
     * @param runs that began in it
     * @param stored nothing in the line of an allocation: files are a project's
     * @param charges of both, by the name of their unit
     */
    record Line(
            String name,
            @Nullable LocalDate from,
            @Nullable AllocationId allocation,
            long runs,
            GpuHours gpuHours,
            CpuHours cpuHours,
            TerabyteHours stored,
            Map<String, BigDecimal> charges) {}

    /** What an owner kept of one kind. */
    record Held(
            StoredBytes.Kind kind, StoredBytes.Owner owner, TerabyteHours stored, Map<String, BigDecimal> charges) {}

    /**
     * Storage in intervals that lie in one period each, and in the time of one rate.
     *
     * @param cuts where the intervals begin, in order
     */
    record Storage(List<Instant> cuts, List<StoragePart> parts) {
        static final Storage NONE = new Storage(List.of(), List.of());

        /** The boundaries of periods, and the beginnings of rates between them. */
        static List<Instant> cuts(List<Instant> boundaries, Tariff tariff) {
            return Stream.concat(
                            boundaries.stream(),
                            tariff.storage().stream()
                                    .map(StorageRate::since)
                                    .filter(since -> since.isAfter(boundaries.getFirst())
                                            && since.isBefore(boundaries.getLast())))
                    .distinct()
                    .sorted()
                    .toList();
        }

        /** The parts of each period from one boundary to the next. */
        private List<List<StoragePart>> byPeriod(List<Instant> boundaries) {
            List<List<StoragePart>> periods = new ArrayList<>();
            boundaries.forEach(b -> periods.add(new ArrayList<>()));
            for (StoragePart part : parts) {
                int found = Collections.binarySearch(boundaries, cuts.get(part.interval()));
                periods.get(found >= 0 ? found : -found - 2).add(part);
            }
            return periods;
        }
    }

    /**
     * Time during which runs of one shape were held, in one period, that one rate is in force for.
     *
     * @param period its number, from 0
     * @param era since when the rates were in force at the runs' start; the beginning of time where there were none
     * @param runs that began in it, those taken back subtracted
     */
    record Part(
            AllocationId allocation,
            int period,
            String cluster,
            @Nullable String partition,
            Instant era,
            int cpus,
            int gpus,
            long memoryMebibytes,
            long milliseconds,
            long runs) {}

    /** The first days of all periods from one day to another, and of the one after; empty where they are too many. */
    static List<LocalDate> calendar(By by, LocalDate from, LocalDate to) {
        List<LocalDate> days = new ArrayList<>();
        LocalDate first = by.first(from);
        while (!first.isAfter(to)) {
            days.add(first);
            if (days.size() > MOST_PERIODS) {
                return List.of();
            }
            first = by.next(first);
        }
        days.add(first);
        return days;
    }

    /** The instants that days begin at. */
    static List<Instant> boundaries(List<LocalDate> calendar, ZoneId zone) {
        return calendar.stream().map(d -> d.atStartOfDay(zone).toInstant()).toList();
    }

    static UsageReport of(
            By by,
            ZoneId zone,
            LocalDate from,
            LocalDate to,
            List<LocalDate> calendar,
            List<Part> parts,
            Storage storage,
            Tariff tariff) {
        List<Line> periods = new ArrayList<>();
        List<List<StoragePart>> stored = storage.byPeriod(boundaries(calendar, zone));
        for (int i = 0; i < calendar.size() - 1; i++) {
            int period = i;
            List<Part> of = parts.stream().filter(p -> p.period() == period).toList();
            LocalDate first = calendar.get(i);
            periods.add(line(by.name(first), first, null, of, stored.get(i), storage.cuts(), tariff));
        }
        List<Line> allocations = parts.stream()
                .map(Part::allocation)
                .distinct()
                .map(a -> line(
                        "",
                        null,
                        a,
                        parts.stream().filter(p -> p.allocation().equals(a)).toList(),
                        List.of(),
                        List.of(),
                        tariff))
                .toList();
        return new UsageReport(
                by,
                zone,
                from,
                to,
                periods,
                allocations,
                holders(storage, tariff),
                line("", null, null, parts, storage.parts(), storage.cuts(), tariff));
    }

    /** Who kept the most first. */
    private static List<Held> holders(Storage storage, Tariff tariff) {
        record Key(StoredBytes.Kind kind, StoredBytes.Owner owner) {}
        return storage.parts().stream()
                .collect(Collectors.groupingBy(
                        p -> new Key(p.kind(), p.owner()), LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(e -> new Held(
                        e.getKey().kind(),
                        e.getKey().owner(),
                        sum(e.getValue()),
                        tariff.sum(List.of(), e.getValue(), storage.cuts())))
                .sorted(Comparator.comparing((Held h) -> h.stored().byteSeconds())
                        .reversed())
                .toList();
    }

    static TerabyteHours sum(List<StoragePart> parts) {
        return parts.stream().map(StoragePart::kept).reduce(TerabyteHours.ZERO, TerabyteHours::plus);
    }

    private static Line line(
            String name,
            @Nullable LocalDate from,
            @Nullable AllocationId allocation,
            List<Part> parts,
            List<StoragePart> stored,
            List<Instant> cuts,
            Tariff tariff) {
        long gpu = 0;
        long cpu = 0;
        long runs = 0;
        for (Part part : parts) {
            gpu = Math.addExact(gpu, Math.multiplyExact(part.gpus(), part.milliseconds()));
            cpu = Math.addExact(cpu, Math.multiplyExact(part.cpus(), part.milliseconds()));
            runs += part.runs();
        }
        return new Line(
                name,
                from,
                allocation,
                runs,
                new GpuHours(gpu),
                new CpuHours(cpu),
                sum(stored),
                tariff.sum(parts, stored, cuts));
    }
}
