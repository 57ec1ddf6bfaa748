package org.farga.access;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.farga.shared.CallId;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class AwardTermsTable {
    private final JdbcClient jdbc;
    private final JsonMapper json;

    AwardTermsTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** The newest of a call; none where nobody has said any. */
    Optional<AwardTerms> find(CallId call) {
        return jdbc.sql("""
                        SELECT version, give_back_at_once, most_extension_months, most_supplement_percent, most_renewals, rates
                        FROM award_terms WHERE call_id = :call ORDER BY version DESC LIMIT 1""")
                .param("call", call.value())
                .query((row, n) -> new AwardTerms(
                        row.getInt("version"),
                        row.getBoolean("give_back_at_once"),
                        row.getInt("most_extension_months"),
                        row.getInt("most_supplement_percent"),
                        row.getInt("most_renewals"),
                        json.readValue(row.getString("rates"), new TypeReference<List<AwardTerms.TransferRate>>() {})))
                .optional();
    }

    /** False where somebody else set the same version meanwhile. */
    boolean insert(CallId call, AwardTerms terms, PersonId by, Instant at) {
        return jdbc.sql("""
                        INSERT INTO award_terms (call_id, version, give_back_at_once, most_extension_months,
                            most_supplement_percent, most_renewals, rates, set_by, set_at)
                        VALUES (:call, :version, :giveBack, :extension, :supplement, :renewals, :rates::jsonb, :by, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("call", call.value())
                        .param("version", terms.version())
                        .param("giveBack", terms.giveBackAtOnce())
                        .param("extension", terms.mostExtensionMonths())
                        .param("supplement", terms.mostSupplementPercent())
                        .param("renewals", terms.mostRenewals())
                        .param("rates", json.writeValueAsString(terms.rates()))
                        .param("by", by.value())
                        .param("at", utc(at))
                        .update()
                == 1;
    }
}
