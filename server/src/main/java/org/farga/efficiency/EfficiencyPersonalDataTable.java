package org.farga.efficiency;

import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.springframework.stereotype.Component;

/** What a person's jobs held and did not use, by month; and how long the curves of their GPUs are kept. */
@Component
class EfficiencyPersonalDataTable implements PersonalData {
    private static final int CURVES_DAYS = 180;

    private final GpuUseTable gpus;

    EfficiencyPersonalDataTable(GpuUseTable gpus) {
        this.gpus = gpus;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("waste", Fate.WORK, Set.of("waste_sum.person_id", "waste_person_sum.person_id"), """
                        SELECT month, cluster, partition_name, project_id, jobs, cpu_held_milliseconds, cpu_unused_milliseconds, memory_held_mebibyte_seconds, memory_unused_mebibyte_seconds, gpu_held_milliseconds, gpu_unused_milliseconds, gpu_idle_milliseconds, time_asked_seconds, time_unused_seconds FROM waste_sum WHERE person_id = :person ORDER BY month, project_id, cluster"""));
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(RetentionRule.of("gpu-curves", CURVES_DAYS, gpus::forgetSeriesBefore));
    }
}
