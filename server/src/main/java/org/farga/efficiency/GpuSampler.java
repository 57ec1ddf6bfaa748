package org.farga.efficiency;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.farga.compute.JobWork;
import org.farga.compute.JobWorks;
import org.farga.platform.Rounds;
import org.farga.platform.SoleHolder;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Looks each second at the GPUs of this machine that jobs of the local scheduler hold. What it saw is written every ten seconds and
 * goes on from there after a restart: the GPU's own meter counted on meanwhile. Of several processes on this machine one looks.
 */
@Component
class GpuSampler extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(GpuSampler.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration NO_JOBS = Duration.ofSeconds(2);
    private static final Duration WRITE = Duration.ofSeconds(10);

    /** Where there is no driver now there may be one later; asking costs next to nothing. */
    private static final Duration NO_DRIVER = Duration.ofMinutes(5);

    private final JobWorks works;
    private final GpuUseTable table;
    private final Clock clock;
    private final Supplier<Optional<Nvml>> driver;
    private final SoleHolder turn;
    private final Map<Gpu, Seen> seen = new HashMap<>();
    private @Nullable Nvml nvml;
    private Instant written = Instant.EPOCH;

    private record Gpu(JobId job, int index) {}

    /** What was seen, and how many looks of it are written. */
    private record Seen(GpuUse use, long written) {}

    @Autowired
    GpuSampler(JobWorks works, GpuUseTable table, Clock clock, DataSource source) {
        this(works, table, clock, source, () -> Nvml.open(Nvml.LIBRARY));
    }

    GpuSampler(JobWorks works, GpuUseTable table, Clock clock, DataSource source, Supplier<Optional<Nvml>> driver) {
        super("gpu-sampler", Duration.ZERO, NO_DRIVER);
        this.works = works;
        this.table = table;
        this.clock = clock;
        this.driver = driver;
        this.turn = new SoleHolder(source, "farga.gpu-sampler." + works.node());
    }

    @Override
    protected Duration round() throws Exception {
        if (!works.hasGpusHere()) {
            return NO_DRIVER;
        }
        List<JobWork> holding = works.holdingGpusHere();
        if (holding.isEmpty()) {
            write(Set.of());
            rest();
            return NO_JOBS;
        }
        if (!turn.hold()) {
            seen.clear();
            return NO_JOBS;
        }
        if (nvml == null) {
            nvml = driver.get().orElse(null);
            if (nvml == null) {
                LOG.info("GPUs are not looked at: there is no {}", Nvml.LIBRARY);
                return NO_DRIVER;
            }
        }
        look(holding, nvml.read(), clock.instant().truncatedTo(ChronoUnit.MICROS));
        return LOOK;
    }

    /** Adds what the GPUs do now to what each job did with its own, and writes it where that is due. */
    void look(List<JobWork> holding, List<GpuReading> readings, Instant now) {
        Map<Integer, GpuReading> byIndex =
                readings.stream().collect(Collectors.toMap(GpuReading::index, reading -> reading));
        Set<Gpu> held = new HashSet<>();
        for (JobWork job : holding) {
            Instant startedAt = job.startedAt();
            if (job.held() == null || startedAt == null) {
                continue;
            }
            for (int index : job.held().gpuIndexes()) {
                Gpu gpu = new Gpu(job.id(), index);
                held.add(gpu);
                GpuReading reading = byIndex.get(index);
                if (reading != null) {
                    seen.compute(gpu, (key, known) -> next(gpu, known, startedAt, reading, now));
                }
            }
        }
        if (!seen.keySet().stream().allMatch(held::contains)
                || Duration.between(written, now).abs().compareTo(WRITE) >= 0) {
            write(held);
            written = now;
        }
    }

    private Seen next(Gpu gpu, @Nullable Seen known, Instant startedAt, GpuReading reading, Instant now) {
        Seen before = known;
        if (before == null) {
            // Looked at before a restart, or by another process.
            before = table.list(gpu.job()).stream()
                    .filter(use -> use.index() == gpu.index())
                    .findFirst()
                    .map(use -> new Seen(use, use.samples()))
                    .orElse(null);
        }
        return before == null
                ? new Seen(GpuUse.first(gpu.job(), startedAt, reading, now), 0)
                : new Seen(before.use().with(startedAt, reading, now), before.written());
    }

    /** Writes what is new, and forgets jobs that hold their GPUs no longer. */
    private void write(Set<Gpu> held) {
        for (Map.Entry<Gpu, Seen> entry : Map.copyOf(seen).entrySet()) {
            Seen one = entry.getValue();
            boolean fresh = one.use().samples() > one.written();
            // Where another wrote meanwhile, go on from what it wrote.
            boolean stands = !fresh || table.put(one.use(), one.written());
            if (stands && held.contains(entry.getKey())) {
                seen.put(entry.getKey(), new Seen(one.use(), one.use().samples()));
            } else {
                seen.remove(entry.getKey());
            }
        }
    }

    private void rest() {
        if (nvml != null) {
            nvml.close();
            nvml = null;
        }
        try {
            turn.close();
        } catch (SQLException e) {
            LOG.debug("the database frees it itself", e);
        }
    }

    @Override
    protected void ended() {
        try {
            write(Set.of());
            rest();
        } catch (RuntimeException e) {
            LOG.debug("the last looks at the GPUs are not written", e);
        }
    }
}
