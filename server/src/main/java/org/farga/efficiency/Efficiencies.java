package org.farga.efficiency;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.compute.JobWork;
import org.farga.compute.JobWorks;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** How well a job uses what it was given, what to ask for the next time, and the energy it takes. */
@Service
class Efficiencies {
    private final JobWorks works;
    private final GpuUseTable gpus;
    private final EnergySettingTable energySettings;
    private final Settings settings;
    private final Clock clock;

    Efficiencies(JobWorks works, GpuUseTable gpus, EnergySettingTable energySettings, Settings settings, Clock clock) {
        this.works = works;
        this.gpus = gpus;
        this.energySettings = energySettings;
        this.settings = settings;
        this.clock = clock;
    }

    /** All there is to say of a job now. */
    record View(Efficiency efficiency, List<Advice> advice, Energy energy) {

        /** Whether anything was measured, advised or reckoned. */
        boolean isEmpty() {
            return efficiency.time() == null;
        }
    }

    /** Of a job that the actor may see; throws {@link NotFoundException} otherwise. */
    View visible(Actor actor, JobId job) {
        return view(works.visible(actor, job));
    }

    /** Of a job whose reader was let in already. */
    View get(JobId job) {
        return view(works.get(job));
    }

    private View view(JobWork work) {
        Efficiency efficiency = Efficiency.of(work, gpus.list(work.id()), clock.instant());
        Energy energy =
                Energy.of(efficiency, energySettings.ofCluster(work.cluster()), model(efficiency), settings.zone());
        return new View(efficiency, Advice.of(efficiency), energy);
    }

    /** The model of a job's GPUs, where all it may have had are of one. */
    private @Nullable String model(Efficiency efficiency) {
        if (efficiency.gpusHeld() == 0) {
            return null;
        }
        Set<String> models = efficiency.gpus().isEmpty()
                ? works.gpuModels(efficiency.work().cluster())
                : efficiency.gpus().stream().map(GpuUse::model).collect(Collectors.toSet());
        return models.size() == 1 ? models.iterator().next() : null;
    }
}
