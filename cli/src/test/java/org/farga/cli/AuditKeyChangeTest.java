package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.farga.cli.AuditVerifier.Verdict;
import org.junit.jupiter.api.Test;

/** A log whose key was changed on its way, made here by hand: six entries, the second key from the fourth on. */
class AuditKeyChangeTest {
    private static final String ORIGIN = "farga.example.org/audit";
    private static final List<String> LEAVES = IntStream.rangeClosed(1, 6)
            .mapToObj(n -> "{\"action\":\"job.submitted\",\"number\":" + n + "}")
            .toList();

    private final Key first = new Key();
    private final Key second = new Key();
    private final Key stranger = new Key();

    private static final class Key {
        private final KeyPair pair;
        private final String text;
        private final int hash;

        Key() {
            try {
                pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                byte[] encoded = pair.getPublic().getEncoded();
                byte[] typed = ByteBuffer.allocate(33)
                        .put((byte) 1)
                        .put(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))
                        .array();
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update((ORIGIN + "\n").getBytes(UTF_8));
                hash = ByteBuffer.wrap(digest.digest(typed)).getInt();
                text = "%s+%08x+%s".formatted(ORIGIN, hash, Base64.getEncoder().encodeToString(typed));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        String line(String text) {
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(pair.getPrivate());
                signature.update(text.getBytes(UTF_8));
                byte[] bytes = ByteBuffer.allocate(68)
                        .putInt(hash)
                        .put(signature.sign())
                        .array();
                return "\u2014 " + ORIGIN + " " + Base64.getEncoder().encodeToString(bytes) + "\n";
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static byte[] sha256(int prefix, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((byte) prefix);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 9162, section 2.1.1, as it is written there. */
    private static byte[] root(List<String> leaves) {
        if (leaves.size() == 1) {
            return sha256(0, leaves.getFirst().getBytes(UTF_8));
        }
        int half = Integer.highestOneBit(leaves.size() - 1);
        return sha256(1, root(leaves.subList(0, half)), root(leaves.subList(half, leaves.size())));
    }

    private static String note(int size, Key... signers) {
        String text =
                ORIGIN + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root(LEAVES.subList(0, size))) + "\n";
        StringBuilder note = new StringBuilder(text).append('\n');
        for (Key signer : signers) {
            note.append(signer.line(text));
        }
        return note.toString();
    }

    private static String json(Object value) {
        return Api.JSON.writeValueAsString(value);
    }

    private String export(List<String> rotations, String checkpoint) {
        List<String> lines = new ArrayList<>(List.of(
                json(Map.of("export", Map.of("version", 1, "from", 0, "to", 6, "size", 6))),
                json(Map.of("key", Map.of("vkey", first.text, "from", 1, "to", 3))),
                json(Map.of("key", Map.of("vkey", second.text, "from", 3)))));
        rotations.forEach(note -> lines.add(json(Map.of("rotation", note))));
        lines.add(json(Map.of("checkpoint", checkpoint)));
        lines.add("{\"left\":[]}");
        lines.addAll(LEAVES);
        lines.add(json(Map.of(
                "hashes",
                LEAVES.stream()
                        .map(l -> Base64.getEncoder().encodeToString(sha256(0, l.getBytes(UTF_8))))
                        .toList())));
        lines.add("{\"right\":[]}");
        return String.join("\n", lines) + "\n";
    }

    private String export() {
        return export(List.of(note(3, second, first)), note(6, second));
    }

    private static Verdict verify(String export, String older, Key... trusted) {
        try {
            return new AuditVerifier(Arrays.stream(trusted).map(k -> k.text).toList(), older)
                    .verify(new BufferedReader(new StringReader(export)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void bothKeysProveTheLogAndEachIsNamedWithItsSpan() {
        Verdict verdict = verify(export(), null, first, second);
        assertThat(verdict.wrong()).isEmpty();
        assertThat(String.join("\n", verdict.proved()))
                .contains("signed from entry 1 to 3", "signs since entry 3", "all 6 entries are here");
    }

    @Test
    void whoTrustsTheOldKeyTrustsTheNewOneItVouchedFor() {
        assertThat(verify(export(), null, first).wrong()).isEmpty();
        // Without the note that both signed, nothing leads from the one to the other.
        assertThat(verify(export(List.of(), note(6, second)), null, first).wrong())
                .anyMatch(w -> w.contains("not signed by the key you gave"));
        assertThat(verify(export(List.of(note(3, second, stranger)), note(6, second)), null, first)
                        .wrong())
                .anyMatch(w -> w.contains("not signed by the key you gave"));
    }

    @Test
    void aCheckpointOfTheOldKeyStillHolds() {
        assertThat(verify(export(), note(2, first), first, second).wrong()).isEmpty();
        assertThat(verify(export(), note(3, second, first), first, second).wrong())
                .isEmpty();
        assertThat(verify(export(), note(5, second), first, second).wrong()).isEmpty();
    }

    @Test
    void aKeyThatIsNotInForceSignsNothing() {
        assertThat(verify(export(List.of(note(3, second, first)), note(6, first)), null, first, second)
                        .wrong())
                .anyMatch(w -> w.contains("was not in force then: it signed from 1 to 3"));
        assertThat(verify(export(), note(5, first), first, second).wrong())
                .anyMatch(w -> w.contains("the older checkpoint over 5 entries") && w.contains("not in force"));
        assertThat(verify(export(), note(2, second), first, second).wrong())
                .anyMatch(w -> w.contains("not in force then: it signed from 3 on"));
    }

    @Test
    void anExportThatHidesTheChangeOfKeyIsRefused() {
        String hidden = export(List.of(), note(6, first))
                .replace(json(Map.of("key", Map.of("vkey", second.text, "from", 3))) + "\n", "")
                .replace(",\"to\":3", "")
                .replace("\"to\":3,", "");
        assertThat(verify(hidden, null, first, second).wrong()).anyMatch(w -> w.contains("a change of key is hidden"));
    }
}
