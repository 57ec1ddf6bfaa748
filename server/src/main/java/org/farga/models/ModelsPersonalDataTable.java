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
                new Section("runs", Fate.WORK, Set.of("run.started_by"), """
                        SELECT id, job_id, name, state, started_at, ended_at FROM run WHERE started_by = :person ORDER BY started_at"""),
                new Section("models", Fate.WORK, Set.of("model_version.registered_by"), """
                        SELECT v.model_id, m.name, v.number, v.registered_at FROM model_version v JOIN model m ON m.id = v.model_id WHERE v.registered_by = :person ORDER BY v.registered_at"""),
                new Section("experiments", Fate.WORK, Set.of("experiment.created_by"), """
                        SELECT project_id, number, name, created_at FROM experiment WHERE created_by = :person ORDER BY created_at"""),
                new Section("logged-models", Fate.WORK, Set.of("logged_model.created_by"), """
                        SELECT id, project_id, name, created_at FROM logged_model WHERE created_by = :person ORDER BY created_at"""),
                new Section("model-cards", Fate.WORK, Set.of("model_card.written_by"), """
                        SELECT model_id, number, edition, text, written_at FROM model_card WHERE written_by = :person ORDER BY written_at"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText("run-name", "run", "name", "id::text", "'/runs/' || id", true),
                new FreeText("run-tag", "run_tag", "value", "run_id || ' ' || name", "'/runs/' || run_id", true),
                new FreeText(
                        "experiment-name",
                        "experiment",
                        "name",
                        "project_id || ' ' || number",
                        "'/projects/' || project_id",
                        true),
                new FreeText(
                        "experiment-tag",
                        "experiment_tag",
                        "value",
                        "project_id || ' ' || number || ' ' || name",
                        "'/projects/' || project_id",
                        true),
                new FreeText(
                        "logged-model-tag",
                        "logged_model_tag",
                        "value",
                        "logged_model_id || ' ' || name",
                        "'/projects/' || (SELECT project_id FROM logged_model WHERE id = logged_model_id)",
                        true),
                new FreeText("model-name", "model", "name", "id::text", "'/models/' || id", false),
                new FreeText("model-description", "model", "description", "id::text", "'/models/' || id", true),
                new FreeText(
                        "model-tag", "model_tag", "value", "model_id || ' ' || name", "'/models/' || model_id", true),
                new FreeText(
                        "model-version-note",
                        "model_version_note",
                        "description",
                        "model_id || ' ' || number",
                        "'/models/' || model_id",
                        true),
                new FreeText(
                        "model-version-tag",
                        "model_version_tag",
                        "value",
                        "model_id || ' ' || number || ' ' || name",
                        "'/models/' || model_id",
                        true),
                new FreeText(
                        "model-version-job",
                        "model_version",
                        "job_name",
                        "model_id || ' ' || number",
                        "'/models/' || model_id",
                        false),
                new FreeText(
                        "model-card",
                        "model_card",
                        "text",
                        "model_id || ' ' || number || ' ' || edition",
                        "'/models/' || model_id",
                        true));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of("file_upload.begun_by", "an upload in pieces, which ends or is swept within a day");
    }
}
