package org.farga.models;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.stereotype.Component;

/** The runs a person started, and the models they registered. */
@Component
class ModelsPersonalDataTable implements PersonalData {
    @Override
    public List<Section> sections() {
        return List.of(
                new Section("runs", Set.of("run.started_by"), """
                        SELECT id, job_id, name, state, started_at, ended_at FROM run WHERE started_by = :person ORDER BY started_at"""),
                new Section("models", Set.of("model_version.registered_by"), """
                        SELECT v.model_id, m.name, v.number, v.registered_at FROM model_version v JOIN model m ON m.id = v.model_id WHERE v.registered_by = :person ORDER BY v.registered_at"""),
                new Section("experiments", Set.of("experiment.created_by"), """
                        SELECT project_id, number, name, created_at FROM experiment WHERE created_by = :person ORDER BY created_at"""),
                new Section("logged-models", Set.of("logged_model.created_by"), """
                        SELECT id, project_id, name, created_at FROM logged_model WHERE created_by = :person ORDER BY created_at"""),
                new Section("model-cards", Set.of("model_card.written_by"), """
                        SELECT model_id, number, edition, text, written_at FROM model_card WHERE written_by = :person ORDER BY written_at"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of("file_upload.begun_by", "an upload in pieces, which ends or is swept within a day");
    }
}
