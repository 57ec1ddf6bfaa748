package org.farga.access;

import java.time.LocalDate;
import java.util.List;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * A part of a machine that a call grants time on, and how much of it.
 *
 * @param partition Slurm's partition on that cluster; null for the cluster as a whole
 * @param available when it is; always where there is none
 * @param closedReason why it is closed by itself, for demand for instance, while the rest of the call is open; null where it is
 *     not
 */
record Partition(
        String cluster,
        @Nullable String partition,
        GpuHours minGpuHours,
        GpuHours maxGpuHours,
        CpuHours minCpuHours,
        CpuHours maxCpuHours,
        List<Availability> available,
        @Nullable String closedReason) {

    Partition {
        available = List.copyOf(available);
    }

    /**
     * @param from the first day
     * @param until the last day, or null for no end
     */
    record Availability(LocalDate from, @Nullable LocalDate until) {
        boolean holds(LocalDate day) {
            return !day.isBefore(from) && (until == null || !day.isAfter(until));
        }
    }

    /** What people and answers call it: {@code marenostrum5} or {@code marenostrum5/acc}. */
    String key() {
        return partition == null ? cluster : cluster + "/" + partition;
    }

    boolean isOpen(LocalDate day) {
        return closedReason == null
                && (available.isEmpty() || available.stream().anyMatch(range -> range.holds(day)));
    }

    boolean grants(GpuHours gpu, CpuHours cpu) {
        return gpu.compareTo(minGpuHours) >= 0
                && gpu.compareTo(maxGpuHours) <= 0
                && cpu.compareTo(minCpuHours) >= 0
                && cpu.compareTo(maxCpuHours) <= 0;
    }
}
