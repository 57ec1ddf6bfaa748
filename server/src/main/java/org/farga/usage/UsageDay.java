package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;

/** What an allocation used on one day of the centre's calendar. The days together are exactly the whole. */
record UsageDay(LocalDate day, GpuHours gpuHours, CpuHours cpuHours) {
    /** Something that was held over a time, or counts were taken back: whole milliseconds, the end exclusive. */
    record Span(Instant from, Instant to, int gpus, int cpus) {}

    /**
     * Cuts what was held at each midnight of the zone, by milliseconds: a day has 23 or 25 hours where summer time begins
     * or ends. Days without use are left out; in order.
     */
    static List<UsageDay> of(Collection<Span> spans, ZoneId zone) {
        return of(List.of(), spans, zone);
    }

    /** The same beside what is known to lie within single days. */
    static List<UsageDay> of(Collection<UsageDay> whole, Collection<Span> spans, ZoneId zone) {
        TreeMap<LocalDate, UsageDay> days = new TreeMap<>();
        whole.forEach(day -> days.merge(day.day(), day, UsageDay::plus));
        for (Span span : spans) {
            Instant from = span.from();
            while (from.isBefore(span.to())) {
                LocalDate day = LocalDate.ofInstant(from, zone);
                Instant midnight = day.plusDays(1).atStartOfDay(zone).toInstant();
                Instant to = midnight.isBefore(span.to()) ? midnight : span.to();
                Duration held = Duration.between(from, to);
                days.merge(
                        day,
                        new UsageDay(day, GpuHours.of(span.gpus(), held), CpuHours.of(span.cpus(), held)),
                        UsageDay::plus);
                from = to;
            }
        }
        // What was taken back may leave nothing of a day.
        return days.values().stream().filter(UsageDay::isUsed).toList();
    }

    private boolean isUsed() {
        return gpuHours.milliseconds() != 0 || cpuHours.milliseconds() != 0;
    }

    private UsageDay plus(UsageDay other) {
        return new UsageDay(day, gpuHours.plus(other.gpuHours), cpuHours.plus(other.cpuHours));
    }
}
