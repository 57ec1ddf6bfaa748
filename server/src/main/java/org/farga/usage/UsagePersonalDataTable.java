package org.farga.usage;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.stereotype.Component;

/** What a person's jobs consumed. */
@Component
class UsagePersonalDataTable implements PersonalData {
    @Override
    public List<Section> sections() {
        return List.of(new Section("usage", Fate.RECORD, Set.of("usage_record.person_id"), """
                        SELECT line, job_id, engine_job_id, job_name, allocation_id, cluster, account, unix_user, partition_name, qos, state, started_at, ended_at, sign, gpus, cpus, gpu_milliseconds, cpu_milliseconds FROM usage_record WHERE person_id = :person ORDER BY line"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "usage_person.person_id",
                        "says no more than that the person has lines of usage, which the section on usage holds",
                "usage_import.started_by",
                        "which operator imported a file is the centre's work, kept with the audit log",
                "storage_rate.set_by", "which operator set a rate is the centre's work, kept with the audit log",
                "usage_rate.set_by", "which operator set a rate is the centre's work, kept with the audit log");
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(new FreeText(
                "usage-job",
                "usage_record",
                "job_name",
                "line::text",
                "coalesce('/jobs/' || job_id, '/allocations/' || allocation_id || '/statement')",
                false));
    }
}
