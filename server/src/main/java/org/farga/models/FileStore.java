package org.farga.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.farga.platform.Settings;
import org.farga.shared.JobId;
import org.farga.shared.TimeOrderedUuid;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Keeps the files of runs by their content: {@code <data>/runs/objects/<first two digits>/<sha256>}. The same content is
 * kept once, and a file that is there is whole, because it came there by renaming.
 */
@Component
class FileStore {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final String SENT = "sent";
    private final Path root;

    @Autowired
    FileStore(Settings settings) {
        this(settings.data());
    }

    /** In a folder that holds all that Farga keeps. */
    FileStore(Path data) {
        this.root = data.toAbsolutePath().resolve("runs");
    }

    /** More came than was allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Keeps a copy; throws {@link TooLargeException} where the content holds more than {@code most} bytes. */
    RunFile keep(JobId job, String path, ReadableByteChannel content, long most) throws IOException {
        return keep(job.toString(), path, content, most);
    }

    /** Keeps what somebody sends. */
    RunFile keep(String path, ReadableByteChannel content, long most) throws IOException {
        return keep(SENT, path, content, most);
    }

    private RunFile keep(String from, String path, ReadableByteChannel content, long most) throws IOException {
        Path incoming = Files.createDirectories(root.resolve("incoming"));
        Path copy = incoming.resolve(from + "-" + TimeOrderedUuid.next());
        try {
            Copied copied = copy(content, copy, most);
            RunFile kept = RunFile.of(path, copied.bytes(), copied.sha256());
            Path place = place(kept.sha256());
            if (Files.exists(place)) {
                // From now on it counts as new, so that a sweep that finds nobody naming it yet leaves it.
                Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
            } else {
                Path folder = place.getParent();
                if (folder == null) {
                    throw new IllegalStateException("an object lies in a folder");
                }
                Files.createDirectories(folder);
                Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
                sync(folder);
            }
            return kept;
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /** Removes what an attempt to take this job's files left half-copied, such as one that was killed. */
    void forgetUnfinished(JobId job) throws IOException {
        Path incoming = root.resolve("incoming");
        if (Files.isDirectory(incoming)) {
            try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(incoming, job + "-*")) {
                for (Path one : unfinished) {
                    Files.deleteIfExists(one);
                }
            }
        }
    }

    /** A piece of a file that comes in several. */
    record Part(long bytes, String sha256) {}

    /** Keeps a piece of an upload until all are there. */
    Part keepPart(UUID upload, int number, ReadableByteChannel content, long most) throws IOException {
        Path incoming = Files.createDirectories(root.resolve("incoming"));
        Path copy = incoming.resolve(SENT + "-" + TimeOrderedUuid.next());
        try {
            Copied copied = copy(content, copy, most);
            Path place = part(upload, number);
            Files.createDirectories(uploads(upload));
            Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
            return new Part(copied.bytes(), HexFormat.of().formatHex(copied.sha256()));
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    Path part(UUID upload, int number) {
        return uploads(upload).resolve(Integer.toString(number));
    }

    private Path uploads(UUID upload) {
        return root.resolve("uploads").resolve(upload.toString());
    }

    /** Removes the pieces of an upload. */
    void forgetParts(UUID upload) throws IOException {
        Path folder = uploads(upload);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> pieces = Files.newDirectoryStream(folder)) {
                for (Path piece : pieces) {
                    Files.deleteIfExists(piece);
                }
            }
            try {
                Files.deleteIfExists(folder);
            } catch (java.nio.file.DirectoryNotEmptyException e) {
                // A last piece came in just now; whoever brought it finds its upload gone and clears up.
            }
        }
    }

    private record Copied(long bytes, byte[] sha256) {}

    private static Copied copy(ReadableByteChannel content, Path to, long most) throws IOException {
        MessageDigest digest = sha256();
        long bytes = 0;
        try (FileChannel file = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (content.read(buffer) >= 0) {
                buffer.flip();
                bytes += buffer.remaining();
                if (bytes > most) {
                    throw new TooLargeException();
                }
                digest.update(buffer.duplicate());
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
                buffer.clear();
            }
            file.force(true);
        }
        return new Copied(bytes, digest.digest());
    }

    /** Removes what was being sent before then and never came to its end. */
    void forgetUnfinishedBefore(Instant then) throws IOException {
        Path incoming = root.resolve("incoming");
        if (Files.isDirectory(incoming)) {
            try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(incoming, SENT + "-*")) {
                for (Path one : unfinished) {
                    if (Files.getLastModifiedTime(one).toInstant().isBefore(then)) {
                        Files.deleteIfExists(one);
                    }
                }
            }
        }
    }

    /** Removes contents that came before then and that nobody names any more; how many. */
    int sweep(Instant then, Function<List<String>, Set<String>> named) throws IOException {
        int removed = 0;
        Path objects = root.resolve("objects");
        if (!Files.isDirectory(objects)) {
            return 0;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(objects)) {
            for (Path folder : folders) {
                Map<String, Path> old = new HashMap<>();
                try (DirectoryStream<Path> contents = Files.newDirectoryStream(folder)) {
                    for (Path content : contents) {
                        if (isBefore(content, then)) {
                            old.put(content.getFileName().toString(), content);
                        }
                    }
                }
                Set<String> kept = old.isEmpty() ? Set.of() : named.apply(List.copyOf(old.keySet()));
                for (Map.Entry<String, Path> content : old.entrySet()) {
                    if (!kept.contains(content.getKey()) && isBefore(content.getValue(), then)) {
                        Files.deleteIfExists(content.getValue());
                        removed++;
                    }
                }
            }
        }
        return removed;
    }

    private static boolean isBefore(Path content, Instant then) throws IOException {
        try {
            return Files.getLastModifiedTime(content).toInstant().isBefore(then);
        } catch (NoSuchFileException e) {
            return false; // another process swept it
        }
    }

    /** How many bytes the disk still takes. */
    long usableBytes() throws IOException {
        return Files.getFileStore(Files.createDirectories(root)).getUsableSpace();
    }

    /** Where a kept file lies on disk. */
    Path place(String sha256) {
        return root.resolve("objects").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    /** The name of a file counts as kept only when it would survive a power cut. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
