package org.farga.access;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What is known of drafts besides their answers: who wrote which last, and what they can be filled in from. */
@Component
class DraftTable {
    private final JdbcClient jdbc;

    DraftTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Who wrote an answer last, and when. */
    record Edit(PersonId by, Instant at) {}

    /** An earlier proposal of the same organisation. */
    record Earlier(ProposalId id, String code, @Nullable String title, CallId call) {}

    void edited(ProposalId proposal, Collection<String> fields, PersonId by, Instant at) {
        jdbc.sql("""
                        INSERT INTO proposal_field_edit (proposal_id, field, edited_by, edited_at)
                        SELECT :proposal, f.field, :by, :at FROM unnest(:fields::text[]) AS f (field)
                        ON CONFLICT (proposal_id, field) DO UPDATE SET edited_by = excluded.edited_by, edited_at = excluded.edited_at""")
                .param("proposal", proposal.value())
                .param("fields", fields.toArray(String[]::new))
                .param("by", by.value())
                .param("at", CallTable.utc(at))
                .update();
    }

    Map<String, Edit> edits(ProposalId proposal) {
        Map<String, Edit> edits = new HashMap<>();
        jdbc.sql("SELECT field, edited_by, edited_at FROM proposal_field_edit WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query(row -> {
                    edits.put(
                            row.getString("field"),
                            new Edit(
                                    new PersonId(row.getObject("edited_by", UUID.class)),
                                    java.util.Objects.requireNonNull(CallTable.instant(row, "edited_at"))));
                });
        return edits;
    }

    /** Once it is submitted nobody writes any more. */
    void forgetEdits(ProposalId proposal) {
        jdbc.sql("DELETE FROM proposal_field_edit WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .update();
    }

    /** What the organisation wrote besides, newest first. */
    List<Earlier> earlier(OrganisationId organisation, ProposalId except, int most) {
        return jdbc.sql("""
                        SELECT id, code, title, call_id FROM proposal
                        WHERE organisation_id = :organisation AND id <> :except AND title IS NOT NULL
                        ORDER BY id DESC LIMIT :most""")
                .param("organisation", organisation.value())
                .param("except", except.value())
                .param("most", most)
                .query((row, n) -> new Earlier(
                        new ProposalId(row.getObject("id", UUID.class)),
                        row.getString("code"),
                        row.getString("title"),
                        new CallId(row.getObject("call_id", UUID.class))))
                .list();
    }
}
