package org.farga.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.farga.platform.Settings;
import org.farga.shared.JobId;
import org.farga.shared.TimeOrderedUuid;
import org.springframework.stereotype.Component;

/**
 * Keeps the files of runs by their content: {@code <data>/runs/objects/<first two digits>/<sha256>}. The same content is
 * kept once, and a file that is there is whole, because it came there by renaming.
 */
@Component
class FileStore {
    private static final int BUFFER_BYTES = 1 << 20;
    private final Path root;

    FileStore(Settings settings) {
        this.root = settings.data().toAbsolutePath().resolve("runs");
    }

    /** More came than was allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Keeps a copy; throws {@link TooLargeException} where the content holds more than {@code most} bytes. */
    RunFile keep(JobId job, String path, SeekableByteChannel content, long most) throws IOException {
        Path incoming = Files.createDirectories(root.resolve("incoming"));
        Path copy = incoming.resolve(job + "-" + TimeOrderedUuid.next());
        try {
            MessageDigest digest = sha256();
            long bytes = 0;
            try (FileChannel file = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
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
            RunFile kept = RunFile.of(path, bytes, digest.digest());
            Path place = place(kept.sha256());
            if (!Files.exists(place)) {
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
