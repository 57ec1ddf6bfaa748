package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.farga.FargaTest;
import org.farga.audit.AuditFinding.Kind;
import org.farga.audit.AuditTreeTable.Key;
import org.farga.audit.SignedNote.Verifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** An operator changes the key that signs the audit log, as docs/operations.md says. */
@FargaTest
class AuditKeyChangeTest {
    @Autowired
    private DataSource source;

    @TempDir
    private Path folder;

    private PrivateLog log;
    private AuditSequencer process;

    @BeforeEach
    void begin() throws Exception {
        log = new PrivateLog(source);
        log.migrate(null);
        process = log.process(folder, false);
        log.write(5);
        process.sequenceAll();
    }

    @AfterEach
    void end() {
        log.close();
    }

    private Path key() {
        return folder.resolve("audit/key.pem");
    }

    private Verifier verifier(int which) {
        return Verifier.parse(log.tree.keys().get(which).vkey());
    }

    private void change() throws Exception {
        Files.move(key(), folder.resolve("audit/key.pem.old"));
        process.sequenceAll();
    }

    @Test
    void renamingTheFileWhileFargaRunsMakesANewKeyThatTheOldOneVouchesFor() throws Exception {
        String before = log.tree.newest().orElseThrow().note();
        change();
        log.write(3);
        process.sequenceAll();

        List<Key> keys = log.tree.keys();
        assertThat(keys).hasSize(2);
        assertThat(keys.getLast().endorsedBy()).isEqualTo(keys.getFirst().id());
        // The first that the new key signs is the entry that says so.
        assertThat(keys.getFirst().to()).isEqualTo(6).isEqualTo(keys.getLast().from());
        assertThat(keys.getFirst().until()).isEqualTo(keys.getLast().since());
        assertThat(keys.getLast().to()).isNull();
        // The old checkpoint holds; the first of the new key is signed by both; those after it by the new one alone.
        assertThat(verifier(0).textOf(before)).isNotNull();
        String first = log.tree.rotations().getFirst().note();
        assertThat(verifier(0).textOf(first)).isNotNull();
        assertThat(verifier(1).textOf(first)).isNotNull();
        String newest = log.tree.newest().orElseThrow().note();
        assertThat(verifier(1).textOf(newest)).isNotNull();
        assertThat(verifier(0).textOf(newest)).isNull();
        assertThat(log.verify(process).findings()).isEmpty();
        // And the change stands in the log itself.
        assertThat(log.jdbc
                        .sql("SELECT count(*) FROM audit_entry JOIN audit_leaf USING (number)"
                                + " WHERE action = 'audit-key.changed' AND details ->> 'kind' = 'ENDORSED'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void anExportNamesBothKeysWithTheirSpans() throws Exception {
        change();
        log.write(2);
        process.sequenceAll();
        Checkpoint newest = log.tree.newest().orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new AuditProofs(log.tree, log.entries).export(new AuditProofs.Range(0, newest.size(), newest), false, out);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(1)).startsWith("{\"key\":{\"from\":5,").contains("\"to\":6", "\"until\":\"");
        assertThat(lines.get(2)).startsWith("{\"key\":{\"from\":6,").doesNotContain("\"to\"", "until");
        assertThat(lines.get(3)).startsWith("{\"rotation\":");
    }

    @Test
    void aProcessThatHasTheOldKeyStillTakesTheNewOneFromItsFile() throws Exception {
        AuditSequencer other = log.process(folder, false);
        change();
        log.write(2);
        other.sequenceAll();
        assertThat(other.stopped()).isNull();
        assertThat(log.tree.keys()).hasSize(2);
        assertThat(log.tree.newest().orElseThrow().size()).isEqualTo(8);
    }

    @Test
    void aProcessWithAnotherKeySignsNothing(@TempDir Path elsewhere) throws Exception {
        AuditSequencer stranger = log.process(elsewhere, false);
        log.write(2);
        stranger.sequenceAll();
        assertThat(stranger.stopped()).isEqualTo("key");
        assertThat(log.tree.newest().orElseThrow().size()).isEqualTo(5);
        // A key whose file is merely gone is not changed behind the operator's back.
        Files.delete(key());
        process.sequenceAll();
        assertThat(key()).doesNotExist();
        assertThat(log.tree.keys()).hasSize(1);
        assertThat(log.tree.newest().orElseThrow().size()).isEqualTo(7);
    }

    @Test
    void aLostKeyIsReplacedOnlyWhereTheOperatorSaysSoAndTheLogShowsIt(@TempDir Path elsewhere) {
        log.write(1);
        AuditSequencer accepting = log.process(elsewhere, true);
        accepting.sequenceAll();
        assertThat(log.tree.keys().getLast().endorsedBy()).isNull();
        assertThat(log.verify(accepting).findings()).isEmpty();
    }

    @Test
    void aCheckpointOfAKeyThatIsNotInForceIsFound() throws Exception {
        change();
        log.write(2);
        process.sequenceAll();
        // Whoever has the old key and the database signs on with it.
        Checkpoint newest = log.tree.newest().orElseThrow();
        Path stolen = Files.createDirectories(folder.resolve("stolen/audit"));
        Files.copy(folder.resolve("audit/key.pem.old"), stolen.resolve("key.pem"));
        AuditKey old = new AuditKey(
                new org.farga.platform.Settings(
                        folder.resolve("stolen"),
                        "https://farga.example.org",
                        "Centre",
                        java.time.ZoneId.of("UTC"),
                        java.time.Duration.ZERO,
                        new org.farga.platform.Settings.Database(null, null, null, true, 1, null)),
                new AuditSettings(null, null, false, java.time.Duration.ofHours(1)));
        String origin = "farga.example.org/audit";
        log.tree.insert(new Checkpoint(
                newest.size(),
                newest.root(),
                newest.signedAt(),
                log.tree.keys().getFirst().id(),
                SignedNote.sign(Checkpoint.text(origin, newest.size(), newest.root()), List.of(old.signer(origin)))));
        assertThat(log.verify(process).findings())
                .extracting(AuditFinding::kind)
                .containsExactly(Kind.CHECKPOINT_FORGED);
    }
}
