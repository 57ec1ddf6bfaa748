package org.farga.access;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a fund of a call has to give, and what of it is awarded or offered; in hours.
 *
 * @param partition null for all together
 */
record FundLeft(
        @Nullable String partition,
        @Nullable BigDecimal gpuHours,
        BigDecimal awardedGpuHours,
        @Nullable BigDecimal cpuHours,
        BigDecimal awardedCpuHours) {
    /** Whether nothing is left of one of its two kinds of hours where some are asked for. */
    boolean isSpent(BigDecimal gpu, BigDecimal cpu) {
        return (gpuHours != null && gpu.signum() > 0 && gpuHours.compareTo(awardedGpuHours) <= 0)
                || (cpuHours != null && cpu.signum() > 0 && cpuHours.compareTo(awardedCpuHours) <= 0);
    }

    boolean covers(BigDecimal gpu, BigDecimal cpu) {
        return (gpuHours == null || awardedGpuHours.add(gpu).compareTo(gpuHours) <= 0 || gpu.signum() == 0)
                && (cpuHours == null || awardedCpuHours.add(cpu).compareTo(cpuHours) <= 0 || cpu.signum() == 0);
    }

    boolean isOf(String key) {
        return partition == null || partition.equals(key);
    }
}
