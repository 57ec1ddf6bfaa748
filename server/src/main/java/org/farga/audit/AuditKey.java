package org.farga.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.farga.audit.SignedNote.Signer;
import org.farga.audit.SignedNote.Verifier;
import org.farga.platform.Settings;
import org.springframework.stereotype.Component;

/**
 * The key that signs checkpoints: a file of two PEM blocks, private and public, that only Farga's user may read. It stands in
 * the data folder, or where {@code farga.audit.key} says. To change it, the file is renamed to {@code <name>.old}: Farga makes
 * a new one, and signs the first checkpoint with both.
 */
@Component
class AuditKey {
    private final Pair present;
    private final Optional<Pair> before;
    private final String origin;

    private record Pair(PublicKey open, PrivateKey secret) {
        Signer named(String origin) {
            return new Signer(Verifier.of(origin, open), secret);
        }
    }

    AuditKey(Settings settings, AuditSettings own) {
        Path file = own.key() == null ? settings.data().resolve("audit/key.pem") : own.key();
        this.origin = own.origin() == null ? origin(settings.publicUrl()) : own.origin();
        try {
            this.before = Files.exists(old(file)) ? Optional.of(read(old(file))) : Optional.empty();
            if (!Files.exists(file)) {
                create(file);
            }
            this.present = read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the audit log's key " + file + " cannot be used; restore it from a back-up, or see"
                            + " \"The audit log's key\" in docs/operations.md",
                    e);
        }
    }

    private static Path old(Path file) {
        return file.resolveSibling(file.getFileName() + ".old");
    }

    /** The log's name, unique in the world: the public address without its scheme. */
    private static String origin(String publicUrl) {
        return publicUrl.replaceFirst("^https?://", "").replaceFirst("/+$", "").replaceAll("[\\s+]", "") + "/audit";
    }

    /** Signs under this name, which stays the log's even where the public address changes. */
    Signer signer(String name) {
        return present.named(name);
    }

    /** The key before it, while its file lies beside. */
    Optional<Signer> before(String name) {
        return before.map(pair -> pair.named(name));
    }

    /** The name of a log that has none yet. */
    String origin() {
        return origin;
    }

    private static void create(Path file) throws IOException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            String pem = pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                    + pem("PUBLIC KEY", pair.getPublic().getEncoded());
            Files.createDirectories(
                    file.toAbsolutePath().getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path written = Files.createTempFile(file.toAbsolutePath().getParent(), "key", ".new"); // made with 0600
            try {
                Files.writeString(written, pem);
                // A link is made or not: of two processes that start at once, one makes the key.
                Files.createLink(file, written);
            } catch (FileAlreadyExistsException e) {
                // The other was faster.
            } finally {
                Files.delete(written);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }

    private static Pair read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        try {
            KeyFactory keys = KeyFactory.getInstance("Ed25519");
            PrivateKey secret = keys.generatePrivate(new PKCS8EncodedKeySpec(block(text, "PRIVATE KEY")));
            PublicKey open = keys.generatePublic(new X509EncodedKeySpec(block(text, "PUBLIC KEY")));
            Pair pair = new Pair(open, secret);
            Signer probe = pair.named("probe");
            if (probe.verifier().textOf(SignedNote.sign("do they belong together?\n", List.of(probe))) == null) {
                throw new IOException(file + ": the private and the public key do not belong together");
            }
            return pair;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + " holds no Ed25519 key in two PEM blocks", e);
        }
    }

    private static byte[] block(String text, String what) throws IOException {
        int from = text.indexOf("-----BEGIN " + what + "-----");
        int to = text.indexOf("-----END " + what + "-----");
        if (from < 0 || to < from) {
            throw new IOException("it lacks the block " + what);
        }
        return Base64.getMimeDecoder().decode(text.substring(from + what.length() + 16, to));
    }

    /** Writes a file so that it is there whole or not at all. */
    static void write(Path file, String text) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
