package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.farga.FargaTest;
import org.farga.audit.AuditFinding.Kind;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** The migration that made the audit log a tree (V0160), on a log that was years old by then. */
@FargaTest
class AuditMigrationTest {
    private static final int PLAIN = 3_000;
    private static final UUID ANA = UUID.fromString("0190a000-0000-7000-8000-000000000001");
    private static final UUID BEN = UUID.fromString("0190a000-0000-7000-8000-000000000002");

    @Autowired
    private DataSource source;

    @TempDir
    private Path folder;

    private PrivateLog log;

    @BeforeEach
    void begin() throws Exception {
        log = new PrivateLog(source);
        log.migrate("0155");
    }

    @AfterEach
    void end() {
        log.close();
    }

    private long insert(UUID person, String action, String subject, String details) {
        return log.jdbc
                .sql("""
                        INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
                        VALUES (now(), :person, :action, 'test', :subject, :details::jsonb) RETURNING number""")
                .param("person", person)
                .param("action", action)
                .param("subject", subject)
                .param("details", details)
                .query(Long.class)
                .single();
    }

    private Map<String, Disclosure> personal(long number) {
        return log.entries.disclosures(List.of(number)).getOrDefault(number, List.of()).stream()
                .collect(java.util.stream.Collectors.toMap(Disclosure::name, d -> d));
    }

    @Test
    void anOldLogIsWholeAfterItAndEveryEntryIsTakenIn() {
        // What the program wrote before: with every kind of value that says something about a person.
        long founded = insert(ANA, "organisation.founded", "x", "{\"name\": \"Forja\", \"country\": \"ES\"}");
        log.jdbc
                .sql("SELECT nextval(pg_get_serial_sequence('audit_entry', 'number'))")
                .query(row -> {}); // a number that was rolled back
        long appointed = insert(
                BEN,
                "centre-role.granted",
                ANA.toString(),
                "{\"role\": \"OPERATOR\", \"name\": \"Ana \\\"Nina\\\" Núñez\\\\\\t\\u0001€😀\", \"email\": \"ana@example.org\"}");
        long renamed = insert(ANA, "person.renamed", ANA.toString(), "{\"from\": \"Ana\", \"to\": \"Anna\"}");
        long organisation = insert(ANA, "organisation.renamed", "x", "{\"from\": \"Forja\", \"to\": \"Farga\"}");
        long token = insert(BEN, "token.issued", "t", "{\"name\": \"Ben's laptop\", \"scopes\": [\"READ\"]}");
        long invited =
                insert(BEN, "invitation.sent", "i", "{\"organisation\": \"Forja\", \"email\": \"new@example.org\"}");
        long accepted = insert(ANA, "invitation.accepted", "i", "{\"invited\": \"ana@example.org\"}");
        long removed =
                insert(BEN, "member.removed", "x", "{\"person\": \"" + ANA + "\", \"email\": \"ana@example.org\"}");
        long rule =
                insert(null, "proposal.awarded", "p", "{\"gpuHours\": 12.50, \"before\": {\"a\": [1, 2.10, null]}}");
        log.jdbc.sql("""
                INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
                SELECT now() - make_interval(hours => n), :ana, 'job.submitted', 'job', n::text,
                       jsonb_build_object('name', 'train ' || n, 'allocation', gen_random_uuid())
                FROM generate_series(1, :plain) n""").param("ana", ANA).param("plain", PLAIN).update();
        Map<Long, String> before = texts();

        log.migrate(null);

        assertThat(texts().keySet()).isEqualTo(before.keySet());
        // What names nobody stands as it did, and what names somebody stands beside.
        Map<Long, String> after = texts();
        before.forEach((number, text) -> {
            if (!List.of(appointed, renamed, token, invited, accepted, removed).contains(number)) {
                assertThat(after).as("entry %s", number).containsEntry(number, text);
            }
        });
        assertThat(log.jdbc
                        .sql("SELECT count(*) FROM audit_entry WHERE details::text ~ 'example.org|Anna|Núñez|laptop'")
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(personal(appointed).get("name").value()).isEqualTo("Ana \"Nina\" Núñez\\\t\u0001€😀");
        assertThat(personal(appointed).values()).extracting(Disclosure::person).containsOnly(new PersonId(ANA));
        assertThat(personal(renamed).keySet()).containsExactlyInAnyOrder("from", "to");
        assertThat(personal(organisation)).isEmpty();
        assertThat(personal(token).get("name").person()).isEqualTo(new PersonId(BEN));
        assertThat(personal(invited).get("email").person()).isNull();
        assertThat(personal(accepted).get("invited").person()).isEqualTo(new PersonId(ANA));
        assertThat(personal(removed).get("email").person()).isEqualTo(new PersonId(ANA));
        assertThat(personal(founded)).isEmpty();
        assertThat(personal(rule)).isEmpty();
        assertThat(log.tree.countWaiting()).isEqualTo(before.size());

        AuditSequencer process = log.process(folder, false);
        process.sequenceAll();
        assertThat(log.tree.size()).isEqualTo(before.size());
        assertThat(log.verify(process).findings())
                .as("each entry is what its leaf says, and each personal value what its entry commits to")
                .isEmpty();
        // In the order they were written, and the log is append-only again.
        assertThat(log.tree.leaves(0, 10))
                .extracting(AuditTreeTable.Leaf::number)
                .isSorted();
        assertThat(refuses("UPDATE audit_entry SET subject_id = 'y' WHERE number = " + founded))
                .isTrue();
        assertThat(refuses("DELETE FROM audit_entry WHERE number = " + founded)).isTrue();
    }

    @Test
    void whatAnOlderFargaWritesBesideTheNewOneIsTakenInAsWell() {
        insert(ANA, "organisation.founded", "x", "{}");
        log.migrate(null);
        AuditSequencer process = log.process(folder, false);
        process.sequenceAll();
        // As the program before the migration writes it: it knows no commitments.
        long late = insert(BEN, "invitation.sent", "i", "{\"email\": \"new@example.org\"}");
        process.sequenceAll();
        assertThat(log.tree.findLeaf(late)).isPresent();
        assertThat(log.verify(process).findings())
                .extracting(AuditFinding::kind)
                .doesNotContain(Kind.values());
    }

    private Map<Long, String> texts() {
        return log
                .jdbc
                .sql("SELECT number, at || action || subject_id || details AS text FROM audit_entry")
                .query((row, n) -> Map.entry(row.getLong(1), row.getString(2)))
                .list()
                .stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private boolean refuses(String sql) {
        try {
            log.jdbc.sql(sql).update();
            return false;
        } catch (org.springframework.dao.DataAccessException e) {
            return String.valueOf(e.getMessage()).contains("append-only");
        }
    }
}
