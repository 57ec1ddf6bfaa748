package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.farga.cli.AuditVerifier.Verdict;
import org.junit.jupiter.api.Test;

/** Verifies an export that a running Farga wrote, whole and as somebody might have changed it. */
class AuditVerifierTest {
    private static final String EXPORT = read("/audit/export.jsonl");
    private static final String OLDER = read("/audit/older-checkpoint.txt");
    private static final String KEY = read("/audit/key.txt").strip();

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(AuditVerifierTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Verdict verify(String export, String key, String older) {
        try {
            return new AuditVerifier(List.of(key), older).verify(new BufferedReader(new StringReader(export)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines() {
        return new ArrayList<>(EXPORT.lines().toList());
    }

    private static int leaf(int which) {
        List<String> lines = lines();
        return IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).startsWith("{\"action\":"))
                .skip(which)
                .findFirst()
                .orElseThrow();
    }

    private static String export(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    @Test
    void aWholeExportIsProved() {
        Verdict verdict = verify(EXPORT, KEY, OLDER);
        assertThat(verdict.wrong()).isEmpty();
        assertThat(verdict.whole()).isTrue();
        assertThat(String.join("\n", verdict.proved()))
                .contains("exactly as it was taken into the log", "since then it only grew", "personal values");
    }

    @Test
    void aChangedEntryIsNamed() {
        List<String> lines = lines();
        int changed = leaf(2);
        lines.set(changed, lines.get(changed).replaceFirst("\"action\":\"[a-z.-]+\"", "\"action\":\"job.cancelled\""));
        String number = Api.JSON.readTree(lines.get(changed)).path("number").asString();
        Verdict verdict = verify(export(lines), KEY, null);
        assertThat(verdict.whole()).isFalse();
        assertThat(verdict.wrong()).anyMatch(w -> w.startsWith("entry " + number + " is not what was taken"));
    }

    @Test
    void anEntryThatIsGoneIsNamed() {
        List<String> lines = lines();
        int gone = leaf(1);
        long number = Api.JSON.readTree(lines.get(gone)).path("number").asLong();
        lines.set(gone, "{\"missing\":{\"index\":1,\"number\":" + number + "}}");
        Verdict verdict = verify(export(lines), KEY, null);
        assertThat(verdict.wrong()).anyMatch(w -> w.startsWith("entry " + number + " is gone"));
    }

    @Test
    void aLineTakenOutOrPutTwiceIsSeen() {
        List<String> without = lines();
        without.remove(leaf(0));
        assertThat(verify(export(without), KEY, null).whole()).isFalse();
        List<String> twice = lines();
        twice.add(leaf(0), twice.get(leaf(0)));
        assertThat(verify(export(twice), KEY, null).whole()).isFalse();
        List<String> swapped = lines();
        swapped.add(leaf(0), swapped.remove(leaf(3)));
        assertThat(verify(export(swapped), KEY, null).whole()).isFalse();
    }

    @Test
    void aForeignKeyProvesNothing() {
        String other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assertThat(verify(EXPORT, other, null).wrong()).anyMatch(w -> w.contains("not signed by the key you gave"));
    }

    @Test
    void aPersonalValueThatWasChangedIsSeen() {
        List<String> lines = lines();
        int at = IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).startsWith("{\"disclosures\":"))
                .findFirst()
                .orElseThrow();
        String disclosure =
                Api.JSON.readTree(lines.get(at)).path("disclosures").path(0).asString();
        String forged = java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("[\"salt\",\"name\",\"Eve\"]".getBytes(UTF_8));
        lines.set(at, lines.get(at).replace(disclosure, forged));
        assertThat(verify(export(lines), KEY, null).wrong()).anyMatch(w -> w.contains("personal value"));
    }

    @Test
    void anExportThatBreaksOffIsNotWhole() {
        List<String> lines = lines();
        assertThat(verify(export(lines.subList(0, lines.size() - 1)), KEY, null).wrong())
                .containsExactly("the export ends before its end: download it again");
        assertThat(verify("", KEY, null).whole()).isFalse();
        assertThat(verify("nonsense\n", KEY, null).whole()).isFalse();
    }

    @Test
    void aLogPutBackToAnEarlierStateFailsAgainstACheckpointKeptElsewhere() {
        // The export's own newest checkpoint, kept by somebody; and the log as it was when the older one was signed.
        String newest = lines().stream()
                .filter(l -> l.startsWith("{\"checkpoint\":"))
                .map(l -> Api.JSON.readTree(l).path("checkpoint").asString())
                .findFirst()
                .orElseThrow();
        Verdict verdict = verify(read("/audit/export-put-back.jsonl"), KEY, newest);
        assertThat(verdict.wrong()).anyMatch(w -> w.contains("put back to an earlier state"));
    }
}
