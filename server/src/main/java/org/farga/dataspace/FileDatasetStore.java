package org.farga.dataspace;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Datasets on a POSIX file system. {@code content/ab/abcd…} holds each content once, {@code versions/<id>/} the published
 * versions as hard links to it, {@code temporary/} what is being written. Everything is written and forced to disk in
 * {@code temporary} and gets its name by one rename, so that a crash leaves it whole or not at all.
 */
final class FileDatasetStore implements DatasetStore {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long ROOM_CHECK_BYTES = 64L << 20;
    private static final Set<PosixFilePermission> READ_ONLY_FILE = PosixFilePermissions.fromString("r--r--r--");
    private static final Set<PosixFilePermission> READ_ONLY_FOLDER = PosixFilePermissions.fromString("r-xr-xr-x");
    private static final Set<PosixFilePermission> OWN_FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path contents;
    private final Path versions;
    private final Path temporary;
    private final long keepFreeBytes;

    /** @param keepFreeBytes what uploads leave free on the disk */
    FileDatasetStore(Path root, long keepFreeBytes) throws IOException {
        this.contents = Files.createDirectories(root.resolve("content")).toRealPath();
        this.versions = Files.createDirectories(root.resolve("versions")).toRealPath();
        this.temporary = Files.createDirectories(root.resolve("temporary")).toRealPath();
        this.keepFreeBytes = keepFreeBytes;
    }

    @Override
    public Outcome<Content> take(InputStream bytes, Announced announced, long most) throws IOException {
        long announcedBytes = announced.bytes().orElse(0);
        if (announcedBytes > most) {
            return Outcome.refused(Refusal.tooLarge("file-too-large", most));
        }
        if (!hasRoomFor(announcedBytes)) {
            return full();
        }
        Path file = temporary.resolve("upload-" + UUID.randomUUID());
        try {
            Outcome<Content> written = write(bytes, file, most);
            return switch (written) {
                case Outcome.Refused<Content> refused -> refused;
                case Outcome.Done<Content>(Content content) -> {
                    Optional<Refusal> mismatch = mismatch(announced, content);
                    if (mismatch.isPresent()) {
                        yield Outcome.refused(mismatch.get());
                    }
                    keep(file, content);
                    yield written;
                }
            };
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private Outcome<Content> write(InputStream bytes, Path file, long most) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        long total = 0;
        long roomSeenAt = 0;
        try (FileChannel out = FileChannel.open(file, CREATE_NEW, WRITE)) {
            // What goes wrong with reading is the sender's, and passes on; what goes wrong with writing is the disk's.
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                total += read;
                if (total > most) {
                    return Outcome.refused(Refusal.tooLarge("file-too-large", most));
                }
                if (total - roomSeenAt > ROOM_CHECK_BYTES) {
                    roomSeenAt = total;
                    if (!hasRoomFor(0)) {
                        return full();
                    }
                }
                digest.update(buffer, 0, read);
                try {
                    ByteBuffer rest = ByteBuffer.wrap(buffer, 0, read);
                    while (rest.hasRemaining()) {
                        out.write(rest);
                    }
                } catch (IOException e) {
                    return fullOr(e);
                }
            }
            try {
                out.force(true);
            } catch (IOException e) {
                return fullOr(e);
            }
        }
        return Outcome.done(new Content(Sha256.of(digest.digest()), total));
    }

    private static Optional<Refusal> mismatch(Announced announced, Content content) {
        if (announced.bytes().isPresent() && announced.bytes().getAsLong() != content.bytes()) {
            return Optional.of(
                    Refusal.invalid("length-mismatch", announced.bytes().getAsLong(), content.bytes()));
        }
        if (announced.sha256() != null && !announced.sha256().equals(content.sha256())) {
            return Optional.of(Refusal.invalid(
                    "digest-mismatch",
                    announced.sha256().hex(),
                    content.sha256().hex()));
        }
        return Optional.empty();
    }

    private void keep(Path file, Content content) throws IOException {
        Path kept = place(content.sha256());
        if (Files.isRegularFile(kept, LinkOption.NOFOLLOW_LINKS) && Files.size(kept) == content.bytes()) {
            // Young again, so that a sweep does not take it before its new user has written itself down.
            Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
            return;
        }
        Files.setPosixFilePermissions(file, READ_ONLY_FILE);
        Path folder = Objects.requireNonNull(kept.getParent());
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            force(contents);
        }
        Files.move(file, kept, ATOMIC_MOVE);
        force(folder);
    }

    private Path place(Sha256 content) {
        return contents.resolve(content.hex().substring(0, 2)).resolve(content.hex());
    }

    @Override
    public boolean holds(Sha256 content) {
        return Files.isRegularFile(place(content), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Path content(Sha256 content) throws IOException {
        if (!holds(content)) {
            throw new NoSuchFileException("content " + content);
        }
        return place(content);
    }

    @Override
    public Outcome<Layout> layOut(DatasetVersionId version, List<DatasetFile> files) throws IOException {
        Path folder = temporary.resolve("layout-" + version + "-" + UUID.randomUUID());
        boolean complete = false;
        try {
            Files.createDirectory(folder);
            Set<Path> folders = new LinkedHashSet<>();
            for (DatasetFile file : files) {
                Path path = folder.resolve(file.path().value()).normalize();
                // FilePath has seen to it; a second look costs nothing where the first one would be the last.
                if (!path.startsWith(folder) || path.equals(folder)) {
                    throw new IOException("outside its version: " + file.path());
                }
                Path parent = Objects.requireNonNull(path.getParent());
                Files.createDirectories(parent);
                for (Path p = parent; p != null && !p.equals(folder); p = p.getParent()) {
                    folders.add(p);
                }
                link(content(file.sha256()), path);
            }
            for (Path inner : folders) {
                Files.setPosixFilePermissions(inner, READ_ONLY_FOLDER);
                force(inner);
            }
            force(folder);
            complete = true;
            return Outcome.done(new Layout(version, folder));
        } catch (IOException e) {
            return fullOr(e);
        } finally {
            if (!complete) {
                delete(folder);
            }
        }
    }

    /** A hard link; a copy where the file system has none, or no more for this file. */
    private static void link(Path content, Path path) throws IOException {
        try {
            Files.createLink(path, content);
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (e instanceof NoSuchFileException) {
                throw e;
            }
            Files.copy(content, path);
            Files.setPosixFilePermissions(path, READ_ONLY_FILE);
            try (FileChannel copy = FileChannel.open(path, READ)) {
                copy.force(true);
            }
        }
    }

    @Override
    public void place(Layout layout) throws IOException {
        Path folder = folder(layout.version());
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            // A publication that was cut off after its rename and before its commit: nobody was ever shown it.
            Path old = temporary.resolve("old-" + layout.version() + "-" + UUID.randomUUID());
            Files.setPosixFilePermissions(folder, OWN_FOLDER);
            Files.move(folder, old, ATOMIC_MOVE);
        }
        Files.move(layout.folder(), folder, ATOMIC_MOVE);
        Files.setPosixFilePermissions(folder, READ_ONLY_FOLDER);
        force(versions);
    }

    @Override
    public void discard(Layout layout) throws IOException {
        delete(layout.folder());
    }

    @Override
    public Path folder(DatasetVersionId version) {
        return versions.resolve(version.toString());
    }

    @Override
    public List<Sha256> contentsBefore(Instant instant) throws IOException {
        List<Sha256> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(contents, 2)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Optional<Sha256> content = Sha256.parse(String.valueOf(file.getFileName()));
                if (content.isPresent() && isBefore(file, instant)) {
                    found.add(content.get());
                }
            }
        }
        return found;
    }

    @Override
    public void remove(Sha256 content) throws IOException {
        Files.deleteIfExists(place(content));
    }

    @Override
    public void sweep(Instant before) throws IOException {
        try (Stream<Path> leftovers = Files.list(temporary)) {
            for (Path leftover : (Iterable<Path>) leftovers::iterator) {
                if (isBefore(leftover, before)) {
                    delete(leftover);
                }
            }
        }
    }

    private static boolean isBefore(Path file, Instant instant) throws IOException {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(instant);
        } catch (NoSuchFileException e) {
            return false; // somebody else took it away meanwhile
        }
    }

    private boolean hasRoomFor(long bytes) throws IOException {
        return Files.getFileStore(temporary).getUsableSpace() - keepFreeBytes >= bytes;
    }

    private static <T> Outcome<T> full() {
        return Outcome.refused(Refusal.noRoom("store-full"));
    }

    /** The refusal where the disk is full; throws the exception again otherwise. */
    private <T> Outcome<T> fullOr(IOException e) throws IOException {
        String said = String.valueOf(e.getMessage());
        // The system's sentence follows the machine's language; the room that is left does not.
        boolean full = said.contains("No space left")
                || said.contains("quota exceeded")
                || Files.getFileStore(temporary).getUsableSpace() < BUFFER_BYTES;
        if (full) {
            return full();
        }
        throw e;
    }

    /** Makes the names in a folder durable. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    /** Deletes a file, or a folder with all in it, if it is there; never follows a link. */
    private static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.setPosixFilePermissions(folder, OWN_FOLDER);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed) throws IOException {
                if (failed != null) {
                    throw failed;
                }
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
