package org.farga.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job as it stands on the statement: a job that was requeued or preempted has several.
 *
 * @param duration what is charged
 * @param nodes how many; null where the engine does not tell
 * @param state how the run ended, in the engine's word; null where it does not tell
 * @param charges by unit, at the rate in force when it began; empty where the centre has set none
 * @param provisional seen by Farga, and not said by the engine's accounting yet, which may correct it
 */
public record JobRun(
        Instant startedAt,
        Instant endedAt,
        Duration duration,
        int gpus,
        int cpus,
        @Nullable Integer nodes,
        @Nullable String partition,
        @Nullable String state,
        Map<String, BigDecimal> charges,
        boolean provisional) {

    static JobRun of(UsageRecord line, boolean provisional, Tariff tariff) {
        EngineRun engine = line.engine();
        return new JobRun(
                line.startedAt(),
                line.endedAt(),
                line.duration(),
                line.gpus(),
                line.cpus(),
                engine == null ? null : engine.nodes(),
                engine == null ? null : engine.partition(),
                engine == null ? null : engine.state(),
                tariff.charge(line),
                provisional);
    }

    /** GPUs times what is charged. */
    public GpuHours gpuHours() {
        return GpuHours.of(gpus, duration);
    }

    /** CPUs times what is charged. */
    public CpuHours cpuHours() {
        return CpuHours.of(cpus, duration);
    }
}
