package org.farga.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts signed with Ed25519 in the form of C2SP signed-note, which checkpoints of transparency logs have. */
final class SignedNote {
    private static final byte ED25519 = 1;
    // The prefix of every Ed25519 public key in X.509 form (RFC 8410): the 32 bytes of the key follow.
    private static final byte[] X509 = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    private static final String SIGNED_BY = "\u2014 ";

    private SignedNote() {}

    /**
     * Who signs: the key's name, and its 32 bytes.
     *
     * @param name as signature lines show it; without spaces and plus signs
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by its text
    record Verifier(String name, byte[] key) {
        Verifier {
            if (key.length != 32 || name.isEmpty() || name.matches(".*[\\s+].*")) {
                throw new IllegalArgumentException("a verifier key is NAME+HASH+KEY");
            }
        }

        static Verifier of(String name, PublicKey key) {
            byte[] encoded = key.getEncoded();
            return new Verifier(name, Arrays.copyOfRange(encoded, X509.length, encoded.length));
        }

        /** Reads {@code name+hash+key}. */
        static Verifier parse(String vkey) {
            String[] parts = vkey.strip().split("\\+", 3);
            if (parts.length == 3) {
                byte[] typed = Base64.getDecoder().decode(parts[2]);
                if (typed.length == 33 && typed[0] == ED25519) {
                    Verifier verifier = new Verifier(parts[0], Arrays.copyOfRange(typed, 1, 33));
                    if (verifier.text().equals(vkey.strip())) {
                        return verifier;
                    }
                }
            }
            throw new IllegalArgumentException("a verifier key is NAME+HASH+KEY");
        }

        /** The first four bytes of SHA-256 over name, newline, type and key. */
        int hash() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(ED25519);
                return ByteBuffer.wrap(digest.digest(key)).getInt();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        String text() {
            byte[] typed = ByteBuffer.allocate(33).put(ED25519).put(key).array();
            return "%s+%08x+%s".formatted(name, hash(), Base64.getEncoder().encodeToString(typed));
        }

        private PublicKey publicKey() throws GeneralSecurityException {
            byte[] encoded =
                    ByteBuffer.allocate(X509.length + 32).put(X509).put(key).array();
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        }

        /** The text of a note that this key signed; null where it did not. */
        @Nullable
        String textOf(String note) {
            int end = note.lastIndexOf("\n\n");
            if (end < 0) {
                return null;
            }
            String text = note.substring(0, end + 1);
            for (String line : note.substring(end + 2).split("\n")) {
                String[] parts = line.startsWith(SIGNED_BY)
                        ? line.substring(SIGNED_BY.length()).split(" ", 2)
                        : new String[0];
                if (parts.length == 2 && parts[0].equals(name) && verifies(text, parts[1])) {
                    return text;
                }
            }
            return null;
        }

        private boolean verifies(String text, String base64) {
            try {
                ByteBuffer signature = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
                if (signature.remaining() != 68 || signature.getInt() != hash()) {
                    return false;
                }
                Signature ed25519 = Signature.getInstance("Ed25519");
                ed25519.initVerify(publicKey());
                ed25519.update(text.getBytes(StandardCharsets.UTF_8));
                byte[] bytes = new byte[64];
                signature.get(bytes);
                return ed25519.verify(bytes);
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                return false;
            }
        }
    }

    /** A key that signs. */
    record Signer(Verifier verifier, PrivateKey key) {}

    /** The text, which ends with a newline, with one signature line of each signer. */
    static String sign(String text, List<Signer> signers) throws IOException {
        StringBuilder note = new StringBuilder(text).append('\n');
        try {
            for (Signer signer : signers) {
                Signature ed25519 = Signature.getInstance("Ed25519");
                ed25519.initSign(signer.key());
                ed25519.update(text.getBytes(StandardCharsets.UTF_8));
                byte[] signature = ByteBuffer.allocate(68)
                        .putInt(signer.verifier().hash())
                        .put(ed25519.sign())
                        .array();
                note.append(SIGNED_BY)
                        .append(signer.verifier().name())
                        .append(' ')
                        .append(Base64.getEncoder().encodeToString(signature))
                        .append('\n');
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("the audit log's key cannot sign", e);
        }
        return note.toString();
    }
}
