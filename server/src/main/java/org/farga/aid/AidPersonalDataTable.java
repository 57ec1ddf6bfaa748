package org.farga.aid;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.stereotype.Component;

/** What a person declared for their company of aid and of linked enterprises. */
@Component
class AidPersonalDataTable implements PersonalData {
    private static final String WORK = "which officer did it is the centre's work, kept with the audit log";

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("aid-declarations", Fate.RECORD, Set.of("aid_declaration.declared_by"), """
                        SELECT id, organisation_id, tax_id, sector, declared_at, valid_until FROM aid_declaration WHERE declared_by = :person ORDER BY declared_at"""),
                new Section("enterprise-links", Fate.RECORD, Set.of("aid_link.declared_by"), """
                        SELECT id, organisation_id, named, relation, evidence, since, until, declared_at, state FROM aid_link WHERE declared_by = :person ORDER BY declared_at"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "aid_ceiling.set_by", WORK,
                "aid_source.changed_by", WORK,
                "aid_market_value.set_by", WORK,
                "aid_funding_plan.set_by", WORK,
                "aid_funding.assigned_by", WORK,
                "aid_link.decided_by", WORK,
                "aid_entry.recorded_by", WORK,
                "aid_registration.entered_by", WORK);
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText(
                        "aid-link-evidence",
                        "aid_link",
                        "evidence",
                        "id::text",
                        "'/aid/undertakings/' || organisation_id",
                        true),
                new FreeText("aid-reason", "aid_entry", "reason", "id::text", "'/aid/entries/' || id", false));
    }
}
