package org.farga.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
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
 * the data folder, or where {@code farga.audit.key} says. To change it, the file is renamed to {@code <name>.old}, while Farga
 * runs or before it starts: Farga makes a new one, and signs the first checkpoint with both.
 */
@Component
class AuditKey {
    private final Path file;
    private final String origin;
    private volatile Loaded loaded;

    /**
     * What the files held when they were read.
     *
     * @param stamp by which it is seen that the file is another now
     */
    private record Loaded(Pair present, Optional<Pair> before, Object stamp) {}

    private record Pair(PublicKey open, PrivateKey secret) {
        Signer named(String origin) {
            return new Signer(Verifier.of(origin, open), secret);
        }
    }

    AuditKey(Settings settings, AuditSettings own) {
        this.file = own.key() == null ? settings.data().resolve("audit/key.pem") : own.key();
        this.origin = own.origin() == null ? origin(settings.publicUrl()) : own.origin();
        this.loaded = load();
    }

    private Loaded load() {
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            // The stamp first: what changes after it is seen as a change.
            Object stamp = stamp(file);
            Optional<Pair> before = Files.exists(old(file)) ? Optional.of(read(old(file))) : Optional.empty();
            return new Loaded(read(file), before, stamp);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the audit log's key " + file + " cannot be used; restore it from a back-up, or see"
                            + " \"The audit log's key\" in docs/operations.md",
                    e);
        }
    }

    private static Object stamp(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
    }

    /** Whether an operator changed the key's file since it was read; one that is merely gone is no change of key. */
    boolean changed() {
        try {
            return Files.exists(file) ? !stamp(file).equals(loaded.stamp()) : Files.exists(old(file));
        } catch (IOException e) {
            return true;
        }
    }

    /** Reads the files again, and makes a new key where the file was renamed to make room for one. */
    synchronized void refresh() {
        if (changed()) {
            loaded = load();
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
        return loaded.present().named(name);
    }

    /** The key before it, while its file lies beside. */
    Optional<Signer> before(String name) {
        return loaded.before().map(pair -> pair.named(name));
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
        // A name of its own: several processes may keep the same file.
        Path written = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + "-", ".new");
        try {
            try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                // Before it takes the other's place: a machine that loses power must not leave an empty file there.
                channel.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(written);
        }
    }
}
