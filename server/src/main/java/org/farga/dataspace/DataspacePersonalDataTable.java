package org.farga.dataspace;

import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.stereotype.Component;

/** The datasets a person wrote, and the terms they accepted. */
@Component
class DataspacePersonalDataTable implements PersonalData {
    @Override
    public List<Section> sections() {
        return List.of(
                new Section("datasets", Fate.WORK, Set.of("dataset.created_by"), """
                        SELECT slug, title, created_at FROM dataset WHERE created_by = :person ORDER BY created_at"""),
                new Section("dataset-terms", Fate.WORK, Set.of("dataset_terms.written_by"), """
                        SELECT dataset_id, version, since FROM dataset_terms WHERE written_by = :person ORDER BY since"""),
                new Section(
                        "dataset-versions",
                        Fate.WORK,
                        Set.of(
                                "dataset_version.created_by",
                                "dataset_version.published_by",
                                "dataset_version.retired_by"),
                        """
                        SELECT dataset_id, number, state, created_at, published_at, retired_at FROM dataset_version WHERE :person IN (created_by, published_by, retired_by) ORDER BY created_at"""),
                new Section("dataset-files", Fate.WORK, Set.of("dataset_file.uploaded_by"), """
                        SELECT version_id, path, size_bytes, uploaded_at FROM dataset_file WHERE uploaded_by = :person ORDER BY uploaded_at, path"""),
                new Section("agreements", Fate.RECORD, Set.of("agreement.accepted_by", "agreement.ended_by"), """
                        SELECT id, organisation_id, dataset_id, terms_version, accepted_at, ended_at FROM agreement WHERE accepted_by = :person OR ended_by = :person ORDER BY accepted_at"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText("dataset-title", "dataset", "title", "id::text", "'/datasets/' || slug", true),
                new FreeText("dataset-summary", "dataset", "summary", "id::text", "'/datasets/' || slug", true),
                new FreeText("dataset-card", "dataset", "card", "id::text", "'/datasets/' || slug", true),
                new FreeText(
                        "retirement-reason",
                        "dataset_version",
                        "retirement_reason",
                        "id::text",
                        "'/datasets/' || (SELECT slug FROM dataset WHERE id = dataset_id)",
                        false),
                new FreeText(
                        "terms-text",
                        "dataset_terms",
                        "text",
                        "dataset_id || ' ' || version",
                        "'/datasets/' || (SELECT slug FROM dataset WHERE id = dataset_id)",
                        false),
                new FreeText(
                        "ending-reason",
                        "agreement",
                        "ending_reason",
                        "id::text",
                        "'/datasets/' || (SELECT slug FROM dataset WHERE id = dataset_id)",
                        true));
    }
}
