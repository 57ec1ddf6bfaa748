package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.audit.AuditFinding.Kind;
import org.farga.audit.AuditVerification.Verdict;
import org.farga.audit.SignedNote.Verifier;
import org.farga.platform.Settings;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class AuditProofTest extends HttpTest {
    @Autowired
    private AuditLog log;

    @Autowired
    private AuditVerification verification;

    @Autowired
    private AuditSequencer sequencer;

    @Autowired
    private AuditTreeTable tree;

    @Autowired
    private AuditEntryTable entries;

    @Autowired
    private Settings settings;

    @Autowired
    private PlatformTransactionManager manager;

    private long record(Map<String, ?> details) {
        String subject = PersonId.create().toString();
        Long number = new TransactionTemplate(manager).execute(status -> {
            log.recordByRule("organisation.founded", "test", subject, details);
            return jdbc.sql("SELECT number FROM audit_entry WHERE subject_id = :subject")
                    .param("subject", subject)
                    .query(Long.class)
                    .single();
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> tree.findLeaf(number).isPresent());
        return number;
    }

    /** Does away with all that keeps the log from being changed, as the database's owner can. */
    private void disableTriggers() {
        jdbc.sql("SELECT pg_advisory_xact_lock(7377303452951864425)").query(row -> {});
        for (String table : List.of("audit_entry", "audit_leaf", "audit_tile", "audit_checkpoint")) {
            jdbc.sql("ALTER TABLE " + table + " DISABLE TRIGGER USER").update();
        }
    }

    /** Does what a database's administrator can do, looks, and undoes it. */
    private Verdict afterTampering(String... statements) {
        return new TransactionTemplate(manager).execute(status -> {
            status.setRollbackOnly();
            disableTriggers();
            for (String statement : statements) {
                assertThat(jdbc.sql(statement).update()).as(statement).isPositive();
            }
            return verification.verify();
        });
    }

    @Test
    void anEntryIsCoveredByASignedCheckpointSoonAfterItIsWritten() {
        long number = record(Map.of("name", "Forja", "country", "ES"));
        Client auditor = staff(CentreRole.AUDITOR);
        JsonNode proof =
                auditor.get("/api/v1/audit/entries/" + number + "/proof").expect(200);
        Hash root = Hash.valueOf(proof.path("leafHash").asString());
        assertThat(Merkle.leaf(proof.path("leaf").asString().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEqualTo(root);
        // RFC 9162, section 2.1.3.2, word by word: not the code that made the proof.
        long fn = proof.path("index").asLong();
        long sn = proof.path("checkpoint").path("size").asLong() - 1;
        for (JsonNode p : proof.path("path")) {
            Hash other = Hash.valueOf(p.asString());
            if ((fn & 1) == 1 || fn == sn) {
                root = Merkle.node(other, root);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                root = Merkle.node(root, other);
            }
            fn >>= 1;
            sn >>= 1;
        }
        assertThat(sn).isZero();
        String note = proof.path("checkpoint").path("note").asString();
        Verifier key = Verifier.parse(auditor.get("/api/v1/audit/keys")
                .expect(200)
                .get(0)
                .path("vkey")
                .asString());
        assertThat(Checkpoint.parse(java.util.Objects.requireNonNull(key.textOf(note)))
                        .root())
                .isEqualTo(root);
    }

    @Test
    void whatIsRolledBackLeavesNoTrace() {
        String subject = PersonId.create().toString();
        new TransactionTemplate(manager).executeWithoutResult(status -> {
            log.recordByRule("organisation.founded", "test", subject, Map.of());
            status.setRollbackOnly();
        });
        record(Map.of());
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE subject_id = :subject")
                        .param("subject", subject)
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(verification.verify().findings()).isEmpty();
    }

    @Test
    void whatCommitsLateIsTakenInLaterAndNobodyWaitsForIt() {
        long[] early = new long[1];
        new TransactionTemplate(manager).executeWithoutResult(status -> {
            log.recordByRule("organisation.founded", "test", "early", Map.of());
            early[0] = jdbc.sql("SELECT max(number) FROM audit_entry WHERE subject_id = 'early'")
                    .query(Long.class)
                    .single();
            try (ExecutorService other = Executors.newSingleThreadExecutor()) {
                long late = other.submit(() -> record(Map.of())).get();
                assertThat(late).isGreaterThan(early[0]);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            assertThat(tree.findLeaf(early[0])).isEmpty();
        });
        await().atMost(Duration.ofSeconds(60))
                .until(() -> tree.findLeaf(early[0]).isPresent());
        assertThat(verification.verify().findings()).isEmpty();
    }

    @Test
    void manySequencersAtOnceGiveEachEntryOnePlace() throws Exception {
        try (ExecutorService others = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                others.submit(() -> {
                    for (int j = 0; j < 20; j++) {
                        new TransactionTemplate(manager)
                                .executeWithoutResult(
                                        status -> log.recordByRule("organisation.founded", "test", "many", Map.of()));
                        sequencer.sequenceAll();
                    }
                });
            }
        }
        record(Map.of());
        assertThat(verification.verify().findings()).isEmpty();
    }

    @Test
    void aDeletedEntryIsNamed() {
        record(Map.of());
        long number = record(Map.of("name", "gone"));
        record(Map.of());
        assertThat(afterTampering("DELETE FROM audit_entry WHERE number = " + number)
                        .findings())
                .containsExactly(AuditFinding.of(Kind.ENTRY_MISSING, number));
        assertThat(verification.verify().findings()).isEmpty();
    }

    @Test
    void anEditedEntryIsNamed() {
        long number = record(Map.of("name", "Forja"));
        for (String change : List.of(
                "details = '{\"name\": \"Other\"}'",
                "at = at + interval '1 microsecond'",
                "person_id = gen_random_uuid()",
                "action = 'organisation.renamed'",
                "subject_id = 'other'")) {
            assertThat(afterTampering("UPDATE audit_entry SET " + change + " WHERE number = " + number)
                            .findings())
                    .as(change)
                    .containsExactly(AuditFinding.of(Kind.ENTRY_CHANGED, number));
        }
    }

    @Test
    void theLastEntryIsMissedEvenWhereItsLeafIsGoneToo() {
        long number = record(Map.of());
        Verdict verdict = new TransactionTemplate(manager).execute(status -> {
            status.setRollbackOnly();
            disableTriggers();
            long last = jdbc.sql("SELECT number FROM audit_leaf ORDER BY leaf_index DESC LIMIT 1")
                    .query(Long.class)
                    .single();
            assertThat(last).isGreaterThanOrEqualTo(number);
            jdbc.sql("DELETE FROM audit_entry WHERE number = " + last).update();
            jdbc.sql("DELETE FROM audit_leaf WHERE number = " + last).update();
            return verification.verify();
        });
        assertThat(verdict.findings()).extracting(AuditFinding::kind).contains(Kind.LEAF_MISSING);
    }

    @Test
    void rewritingTheLeafAsWellIsSeenAgainstTheCheckpoint() {
        record(Map.of());
        long number = record(Map.of("name", "Forja"));
        record(Map.of());
        AuditEntry entry = java.util.Objects.requireNonNull(entries.find(number));
        AuditEntry other = new AuditEntry(
                number,
                entry.at(),
                entry.person(),
                entry.action(),
                entry.subjectType(),
                "other",
                entry.details(),
                Map.of());
        List<AuditFinding> findings = afterTampering(
                        "UPDATE audit_entry SET subject_id = 'other' WHERE number = " + number,
                        "UPDATE audit_leaf SET sha256 = decode('"
                                + AuditLeaf.hash(other).hex() + "', 'hex') WHERE number = " + number)
                .findings();
        AuditFinding differs = findings.stream()
                .filter(f -> f.kind() == Kind.ROOT_DIFFERS)
                .findFirst()
                .orElseThrow();
        assertThat(differs.from()).isLessThanOrEqualTo(number);
        assertThat(differs.to()).isGreaterThanOrEqualTo(number);
    }

    @Test
    void aForgedCheckpointIsNoCheckpoint() {
        long number = record(Map.of());
        assertThat(afterTampering(
                                "UPDATE audit_checkpoint SET root = sha256('x') WHERE tree_size = (SELECT max(tree_size) FROM audit_checkpoint)")
                        .findings())
                .extracting(AuditFinding::kind)
                .contains(Kind.CHECKPOINT_FORGED);
        assertThat(number).isPositive();
    }

    @Test
    void aDatabasePutBackToAnEarlierStateIsSeenByTheCheckpointKeptBeside() {
        record(Map.of());
        long before = tree.newest().orElseThrow().size();
        record(Map.of());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> sequencer
                        .kept()
                        .map(Checkpoint::parse)
                        .filter(c -> c.size() > before)
                        .isPresent());
        List<AuditFinding> findings = afterTampering(
                        "DELETE FROM audit_entry WHERE number IN (SELECT number FROM audit_leaf WHERE leaf_index >= "
                                + before + ")",
                        "DELETE FROM audit_leaf WHERE leaf_index >= " + before,
                        "DELETE FROM audit_checkpoint WHERE tree_size > " + before)
                .findings();
        assertThat(findings).extracting(AuditFinding::kind).contains(Kind.OLDER_THAN_KEPT);
    }

    @Test
    void anEntryWrittenByHandPastTheLogIsNamed() {
        record(Map.of());
        Verdict verdict = afterTampering("""
                INSERT INTO audit_entry (at, action, subject_type, subject_id, details)
                VALUES (now(), 'organisation.founded', 'test', 'by hand', '{}')""");
        assertThat(verdict.findings()).extracting(AuditFinding::kind).containsExactly(Kind.ENTRY_OUTSIDE);
    }

    @Test
    void anEntryTakenAwayBeforeItsTurnIsMissed() {
        Verdict verdict = new TransactionTemplate(manager).execute(status -> {
            status.setRollbackOnly();
            log.recordByRule("organisation.founded", "test", "in time", Map.of());
            disableTriggers();
            jdbc.sql("DELETE FROM audit_entry WHERE subject_id = 'in time'").update();
            return verification.verify();
        });
        assertThat(verdict.findings()).extracting(AuditFinding::kind).containsExactly(Kind.WAITING_MISSING);
    }

    @Test
    void aPersonalValueCanGoButNotChange() {
        long number = record(Map.of("email", "ana@example.org", "role", "OWNER"));
        AuditEntry entry = java.util.Objects.requireNonNull(entries.find(number));
        assertThat(entry.details()).containsOnlyKeys("role");
        assertThat(entry.commitments()).containsOnlyKeys("email");
        assertThat(afterTampering("UPDATE audit_disclosure SET value = 'eve@example.org' WHERE number = " + number)
                        .findings())
                .containsExactly(AuditFinding.of(Kind.VALUE_CHANGED, number));
        assertThat(afterTampering("DELETE FROM audit_disclosure WHERE number = " + number)
                        .findings())
                .isEmpty();
    }

    @Test
    void theExportHoldsEveryLeafAsItIsHashed() {
        long number = record(Map.of("name", "Forja", "email", "ana@example.org"));
        Client auditor = staff(CentreRole.AUDITOR);
        JsonNode proof =
                auditor.get("/api/v1/audit/entries/" + number + "/proof").expect(200);
        long index = proof.path("index").asLong();
        Answered export = auditor.get("/api/v1/audit/export?from=" + index + "&to=" + (index + 1));
        assertThat(export.status()).isEqualTo(200);
        assertThat(export.body())
                .contains("\n" + proof.path("leaf").asString() + "\n")
                .doesNotContain("ana@");
        assertThat(export.body().lines().filter(l -> l.startsWith("{\"action\":")))
                .hasSize(1);
        assertThat(auditor.get("/api/v1/audit/export?personal=true&from=" + index)
                        .body())
                .contains("\n{\"disclosures\":[\"");
        auditor.get("/api/v1/audit/export?from=5&to=3").expectProblem(422, "audit-range");
        auditor.get("/api/v1/audit/consistency?from=3&to=99999999").expectProblem(422, "audit-range");
    }

    @Test
    void checksAreAskedForAndTellWhatTheyFound() {
        Client auditor = staff(CentreRole.AUDITOR);
        Answered asked = auditor.post("/api/v1/audit/checks", null);
        asked.expect(201);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> auditor.get(asked.header("Location")).expect(200).has("endedAt"));
        assertThat(auditor.get(asked.header("Location")).expect(200).path("findings"))
                .isEmpty();
        assertThat(auditor.get("/api/v1/audit/tree").expect(200).path("size").asLong())
                .isPositive();
        assertThat(auditor.get("/api/v1/audit/checks").expect(200)).isNotEmpty();
    }

    @Test
    void onlyReadersOfTheLogSeeItsProofsButAnybodyMayBeAWitness() {
        long number = record(Map.of());
        Client eve = signUp("Eve");
        for (String path : List.of("/tree", "/checkpoints", "/entries/" + number + "/proof", "/checks", "/export")) {
            eve.get("/api/v1/audit" + path).expectProblem(404, "not-found");
        }
        eve.post("/api/v1/audit/checks", null).expectProblem(404, "not-found");
        assertThat(eve.get("/api/v1/audit/checkpoint").body()).startsWith("127.0.0.1:8080/audit\n");
        eve.get("/api/v1/audit/keys").expect(200);
        eve.get("/api/v1/audit/consistency?from=1").expect(200);
        stranger().get("/api/v1/audit/checkpoint").expectProblem(401, "sign-in-required");
    }

    @Test
    void thePagesShowTreeAndProof() {
        long number = record(Map.of("name", "Forja Vision SL", "country", "ES"));
        Client auditor = staff(CentreRole.AUDITOR);
        Browser browser = new Browser(address()).signIn(auditor.email(), PASSWORD);
        assertThat(browser.get("/audit/log").body()).contains("State of the log", "127.0.0.1:8080/audit+");
        assertThat(browser.get("/audit/entries/" + number).body())
                .contains("Founded Forja Vision SL (Spain)", "Path to the root", "\u2014 127.0.0.1:8080/audit ");
        assertThat(new Browser(address())
                        .signIn(signUp("Eve").email(), PASSWORD)
                        .get("/audit/log")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void theKeyIsFargasAlone() throws IOException {
        Path key = settings.data().resolve("audit/key.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Arrays.asList(Files.readString(key).split("\n"))).contains("-----BEGIN PRIVATE KEY-----");
    }
}
