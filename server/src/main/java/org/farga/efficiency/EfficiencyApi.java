package org.farga.efficiency;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/jobs/{id}/efficiency")
class EfficiencyApi {
    private final Efficiencies efficiencies;
    private final Messages messages;

    EfficiencyApi(Efficiencies efficiencies, Messages messages) {
        this.efficiencies = efficiencies;
        this.messages = messages;
    }

    record CpuEfficiencyJson(int cores, BigDecimal coresUsed, BigDecimal percent) {}

    record MemoryEfficiencyJson(long mebibytes, long peakMebibytes, BigDecimal percent) {}

    record TimeEfficiencyJson(long limitSeconds, long seconds, BigDecimal percent) {}

    record GpuPointJson(
            long second,
            @Nullable BigDecimal percent,
            @Nullable Long memoryMebibytes) {}

    record GpuEfficiencyJson(
            int index,
            String model,
            String uuid,
            @Nullable BigDecimal percent,
            boolean idle,
            @Nullable Long memoryMebibytes,
            @Nullable Long peakMemoryMebibytes,
            @Nullable BigDecimal memoryPercent,
            @Nullable BigDecimal joules,
            long samples,
            Instant firstAt,
            Instant lastAt,
            List<GpuPointJson> points) {}

    record GpusEfficiencyJson(
            int count,
            @Nullable BigDecimal percent,
            @Nullable BigDecimal peakPercent,
            @Nullable Integer idle,
            @Nullable Long peakMemoryMebibytes,
            List<GpuEfficiencyJson> each) {}

    record EnergyPartJson(Energy.Of of, boolean measured, BigDecimal joules) {}

    record EnergyJson(
            Energy.Kind kind,
            BigDecimal joules,
            List<EnergyPartJson> parts,
            List<Energy.Of> unknown,
            @Nullable BigDecimal gramsCo2e) {}

    record AdviceJson(String name, String sentence) {}

    record JobEfficiencyJson(
            JobId job,
            String state,
            BigDecimal seconds,
            @Nullable CpuEfficiencyJson cpu,
            @Nullable MemoryEfficiencyJson memory,
            @Nullable TimeEfficiencyJson time,
            @Nullable GpusEfficiencyJson gpus,
            EnergyJson energy,
            List<AdviceJson> advice) {}

    /** What is absent was not measured; shares are in hundredths of what was given. */
    @GetMapping
    JobEfficiencyJson get(Actor actor, @PathVariable JobId id, HttpServletRequest request) {
        return json(efficiencies.visible(actor, id), Languages.of(request));
    }

    private JobEfficiencyJson json(Efficiencies.View view, Locale language) {
        Efficiency e = view.efficiency();
        var held = e.work().held();
        BigDecimal cores = e.coresUsed();
        Share cpu = e.cpu();
        Share memory = e.memory();
        Share time = e.time();
        return new JobEfficiencyJson(
                e.work().id(),
                e.work().state(),
                BigDecimal.valueOf(e.elapsed().toMillis(), 3),
                cpu == null || cores == null || held == null
                        ? null
                        : new CpuEfficiencyJson(held.cpus(), cores, cpu.percent()),
                memory == null ? null : new MemoryEfficiencyJson(memory.given(), memory.used(), memory.percent()),
                time == null ? null : new TimeEfficiencyJson(time.given(), time.used(), time.percent()),
                e.gpusHeld() == 0
                        ? null
                        : new GpusEfficiencyJson(
                                e.gpusHeld(),
                                e.gpuPercent(),
                                e.gpuPeakPercent(),
                                e.gpusIdle(),
                                e.work().measured().gpuPeakMemoryMebibytes(),
                                e.gpus().stream().map(EfficiencyApi::json).toList()),
                json(view.energy()),
                view.advice().stream()
                        .map(a -> new AdviceJson(
                                a.name(),
                                messages.text(language, a.message(), a.values().toArray())))
                        .toList());
    }

    private static GpuEfficiencyJson json(GpuUse gpu) {
        Share memory = gpu.memory();
        return new GpuEfficiencyJson(
                gpu.index(),
                gpu.model(),
                gpu.uuid(),
                gpu.percent(),
                gpu.isIdle(),
                gpu.memoryMebibytes(),
                gpu.peakMemoryMebibytes(),
                memory == null ? null : memory.percent(),
                gpu.energyMilliseconds() == 0 ? null : BigDecimal.valueOf(gpu.energyMillijoules(), 3),
                gpu.samples(),
                gpu.firstAt(),
                gpu.lastAt(),
                gpu.series().points().stream()
                        .map(p -> new GpuPointJson(p.second(), p.percent(), p.mebibytes()))
                        .toList());
    }

    private static EnergyJson json(Energy energy) {
        return new EnergyJson(
                energy.kind(),
                BigDecimal.valueOf(energy.millijoules(), 3),
                energy.parts().stream()
                        .map(p -> new EnergyPartJson(p.of(), p.measured(), BigDecimal.valueOf(p.millijoules(), 3)))
                        .toList(),
                energy.unknown().stream().sorted().toList(),
                energy.gramsCo2e());
    }
}
