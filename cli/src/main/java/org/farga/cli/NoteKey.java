package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** An Ed25519 key that signs notes (C2SP signed-note): reads {@code name+hash+key}, and says what it signed. */
final class NoteKey {
    // What stands before the 32 bytes of every Ed25519 key in X.509 form (RFC 8410).
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private final String text;
    private final String name;
    private final int hash;
    private final PublicKey key;

    NoteKey(String typed) {
        text = typed.strip();
        try {
            String[] parts = text.split("\\+", 3);
            byte[] encoded = Base64.getDecoder().decode(parts[2]);
            name = parts[0];
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((name + "\n").getBytes(UTF_8));
            hash = ByteBuffer.wrap(digest.digest(encoded)).getInt();
            if (encoded.length != 33 || encoded[0] != 1 || !parts[1].equals("%08x".formatted(hash))) {
                throw new IllegalArgumentException();
            }
            byte[] x509 = ByteBuffer.allocate(44)
                    .put(X509)
                    .put(Arrays.copyOfRange(encoded, 1, 33))
                    .array();
            key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509));
        } catch (GeneralSecurityException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new UsageException("a key of the log looks like NAME+HASH+BASE64, not \"" + text + "\"");
        }
    }

    String name() {
        return name;
    }

    /** Its hash, by which people tell keys of one log apart. */
    String shortly() {
        return "%08x".formatted(hash);
    }

    @Override
    public String toString() {
        return text;
    }

    /** The text of a note that this key signed; null where it did not. */
    @Nullable
    String textOf(String note) {
        int end = note.lastIndexOf("\n\n");
        String body = end < 0 ? "" : note.substring(0, end + 1);
        for (String line : (end < 0 ? "" : note.substring(end + 2)).split("\n")) {
            String[] parts = line.split(" ");
            if (parts.length == 3 && parts[0].equals("\u2014") && parts[1].equals(name) && signed(body, parts[2])) {
                return body;
            }
        }
        return null;
    }

    private boolean signed(String body, String base64) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
            if (bytes.remaining() != 68 || bytes.getInt() != hash) {
                return false;
            }
            byte[] signature = new byte[64];
            bytes.get(signature);
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(key);
            ed25519.update(body.getBytes(UTF_8));
            return ed25519.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
