package org.farga.usage;

import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;

/**
 * How an allocation stands: awarded, settled (ended jobs), in flight (running jobs up to now) and committed (what
 * accepted jobs may still use at most, beyond what is in flight).
 */
public record Balance(
        GpuHours gpuAwarded,
        GpuHours gpuSettled,
        GpuHours gpuInFlight,
        GpuHours gpuCommitted,
        CpuHours cpuAwarded,
        CpuHours cpuSettled,
        CpuHours cpuInFlight,
        CpuHours cpuCommitted) {
    /** What a new job may still ask for; negative where more was used than awarded. */
    public GpuHours gpuLeft() {
        return gpuAwarded.minus(gpuSettled).minus(gpuInFlight).minus(gpuCommitted);
    }

    /** The same for CPU-hours. */
    public CpuHours cpuLeft() {
        return cpuAwarded.minus(cpuSettled).minus(cpuInFlight).minus(cpuCommitted);
    }
}
