package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.farga.compute.JobWork;
import org.farga.compute.JobWorks;
import org.farga.shared.JobId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Jobs' GPUs are looked at through NVML's functions, and what was seen survives a restart. */
class GpuSamplerTest extends EfficiencyHttp {
    @Autowired
    private JobWorks works;

    @Autowired
    private GpuUseTable table;

    @Autowired
    private Clock clock;

    @Autowired
    private DataSource source;

    private final FakeNvml fake = new FakeNvml();
    private Client ana;
    private World world;

    @BeforeEach
    void gpus() {
        ana = signUp("Ana");
        world = worldOf(ana);
        for (int i = 0; i < 2; i++) {
            FakeNvml.Device device = new FakeNvml.Device();
            device.uuid = "GPU-" + i;
            fake.devices.add(device);
        }
    }

    private GpuSampler sampler() {
        return new GpuSampler(works, table, clock, source, Optional::empty);
    }

    @Test
    void aJobThatOutlivesFargaHasOneAccountOfItsGpus() {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);
        JobId id = running(world, ana, start, 2);
        List<JobWork> holding = List.of(works.get(id));
        try (Nvml nvml = new Nvml(fake.library())) {
            GpuSampler before = sampler();
            look(before, nvml, holding, start.plusSeconds(1), 100, 1_000_000);
            look(before, nvml, holding, start.plusSeconds(2), 100, 1_300_000);
            // Every ten seconds it is written: the first look was, the second is not yet.
            assertThat(table.list(id).getFirst().samples()).isEqualTo(1);
            look(before, nvml, holding, start.plusSeconds(12), 100, 4_000_000);
            assertThat(table.list(id).getFirst().samples()).isEqualTo(3);
            GpuSampler after = sampler();
            look(after, nvml, holding, start.plusSeconds(30), 20, 9_000_000);
            // It has ended: what was seen last is written, and nothing more.
            after.look(List.of(), nvml.read(), start.plusSeconds(31));
        }
        List<GpuUse> uses = table.list(id);
        assertThat(uses).extracting(GpuUse::uuid).containsExactly("GPU-0", "GPU-1");
        GpuUse use = uses.getFirst();
        assertThat(use.samples()).isEqualTo(4);
        assertThat(use.percent()).isEqualByComparingTo("80");
        assertThat(use.energyMillijoules()).isEqualTo(8_000_000);
        assertThat(use.energyMilliseconds()).isEqualTo(29_000);
        assertThat(use.series().points()).hasSize(3);
        assertThat(uses.getLast().isIdle()).isTrue();
    }

    @Test
    void twoThatLookAtOnceCountNoEnergyTwice() {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);
        JobId id = running(world, ana, start, 1);
        List<JobWork> holding = List.of(works.get(id));
        try (Nvml nvml = new Nvml(fake.library())) {
            GpuSampler one = sampler();
            GpuSampler other = sampler();
            look(one, nvml, holding, start.plusSeconds(1), 50, 1_000_000);
            look(other, nvml, holding, start.plusSeconds(1), 50, 1_000_000);
            look(one, nvml, holding, start.plusSeconds(21), 50, 7_000_000);
            look(other, nvml, holding, start.plusSeconds(22), 50, 7_300_000);
            look(other, nvml, holding, start.plusSeconds(23), 50, 7_600_000);
            other.look(List.of(), nvml.read(), start.plusSeconds(24));
        }
        assertThat(table.list(id).getFirst().energyMillijoules()).isBetween(6_000_000L, 6_600_000L);
    }

    private void look(GpuSampler sampler, Nvml nvml, List<JobWork> jobs, Instant at, int percent, long millijoules) {
        fake.devices.getFirst().percent = percent;
        fake.devices.getFirst().millijoules = millijoules;
        sampler.look(jobs, nvml.read(), at);
    }
}
