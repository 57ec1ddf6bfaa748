package org.farga.compute;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.farga.shared.JobId;

/**
 * The folders of all local jobs, {@code jobs/<id>}, and an index of those that have not ended, {@code active/<id>}, so
 * that looking for work takes no longer as the years pass.
 */
final class JobFolders {

    private final Path root;
    private final Path jobs;
    private final Path active;
    private final Path incoming;

    JobFolders(Path root) throws IOException {
        this.root = root;
        this.jobs = open(root.resolve("jobs"));
        this.active = closed(root.resolve("active"));
        this.incoming = closed(root.resolve("incoming"));
    }

    Path root() {
        return root;
    }

    JobFolder folder(JobId id) {
        return new JobFolder(id, jobs.resolve(id.toString()));
    }

    /** Stores an order; where the job is there already, nothing changes. */
    void place(JobOrder order) throws IOException {
        JobFolder folder = folder(order.id());
        if (folder.exists()) {
            return;
        }
        Path prepared = closed(incoming.resolve(order.id() + "-" + UUID.randomUUID()));
        Note.write(prepared.resolve("order"), StoredOrder.lines(order));
        Note.writeClosed(prepared.resolve("secrets"), StoredOrder.secretLines(order));
        Note.write(prepared.resolve("script"), order.script());
        Note.force(prepared);
        // Index first: a job that is there and not in it would wait for ever.
        Note.create(active.resolve(order.id().toString()), Map.of());
        try {
            Files.move(prepared, folder.path(), StandardCopyOption.ATOMIC_MOVE);
            Note.force(jobs);
        } catch (FileSystemException e) {
            discard(prepared);
            if (!folder.exists()) {
                throw e;
            }
        }
    }

    /**
     * Jobs that may not have ended, in the order they were numbered, which is the order they wait in. One whose submission
     * was cut short has no folder.
     */
    List<JobFolder> active() throws IOException {
        return ids(active).stream().map(this::folder).toList();
    }

    /** Takes an ended job out of the index. */
    void retire(JobFolder folder) throws IOException {
        Files.deleteIfExists(active.resolve(folder.id().toString()));
    }

    List<JobFolder> all() throws IOException {
        return ids(jobs).stream().map(this::folder).toList();
    }

    /** A folder that jobs may pass through but not list. */
    static Path open(Path folder) throws IOException {
        Files.createDirectories(folder);
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** A folder that only Farga may enter. */
    static Path closed(Path folder) throws IOException {
        Files.createDirectories(folder);
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    /** The jobs that have a folder in this one. */
    static List<JobId> ids(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("[1-9][0-9]{0,17}"))
                    .map(JobId::valueOf)
                    .sorted(Comparator.comparingLong(JobId::value))
                    .toList();
        }
    }

    /**
     * Deletes a folder that jobs wrote in. By {@code rm}, which stays in the folder even while its owner moves links and
     * folders about in it, as one who can sign in on a node may do at any time.
     */
    static void remove(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
            return;
        } catch (DirectoryNotEmptyException e) {
            // the rest of this
        }
        Process process = new ProcessBuilder("rm", "-rf", "--one-file-system", "--", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("rm could not remove all of " + folder);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + folder + " was removed");
        }
    }

    /** Deletes a folder that only Farga wrote in, and what it holds. */
    static void discard(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            // someone else was quicker
        }
    }
}
