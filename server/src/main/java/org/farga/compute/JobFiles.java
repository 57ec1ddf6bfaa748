package org.farga.compute;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A job's files. What a job wrote is not to be trusted: a "result" may be a link to Farga's own password. So these files
 * are read only through the methods here, which follow no link at any step, even one laid while they look.
 */
record JobFiles(Path log, Path output, Path metrics) {

    /** Of a job whose files nobody here can read: there is none. */
    static final JobFiles NOWHERE = new JobFiles(
            Path.of("/nonexistent/log.txt"), Path.of("/nonexistent/output"), Path.of("/nonexistent/metrics.jsonl"));

    /** A file a job left in its output folder: its path there, with {@code /}, and its size in bytes. */
    record OutputFile(String path, long bytes) {}

    /** The log so far. Throws {@link java.nio.file.NoSuchFileException} before the job started. */
    SeekableByteChannel openLog() throws IOException {
        return open(log);
    }

    /** The metrics so far, one JSON object a line. */
    SeekableByteChannel openMetrics() throws IOException {
        return open(metrics);
    }

    /** A pipe in its place would keep its reader waiting. */
    private static SeekableByteChannel open(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "not a plain file");
        }
        return Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * A file of the output folder by its path in it, such as {@code model/weights.bin}. Throws
     * {@link FileSystemException} when there is none, it is not a plain file, or a part of the path is a link.
     */
    SeekableByteChannel openOutput(String file) throws IOException {
        Path path = Path.of(file);
        if (path.isAbsolute() || file.isEmpty() || !path.equals(path.normalize()) || path.startsWith("..")) {
            throw new FileSystemException(file, null, "not a path inside the output folder");
        }
        try (SecureDirectoryStream<Path> folder = openOutputFolder()) {
            return open(folder, path);
        }
    }

    /** The plain files of the output folder and the folders in it, at most so many; none before the job started. */
    List<OutputFile> listOutput(int atMost) throws IOException {
        List<OutputFile> found = new ArrayList<>();
        if (Files.isDirectory(output, LinkOption.NOFOLLOW_LINKS)) {
            try (SecureDirectoryStream<Path> folder = openOutputFolder()) {
                list(folder, "", atMost, found);
            }
        }
        return found;
    }

    /** Through its parent, which the job cannot replace as it can the output folder itself. */
    private SecureDirectoryStream<Path> openOutputFolder() throws IOException {
        Path parent = output.toAbsolutePath().getParent();
        Path name = output.getFileName();
        if (parent == null || name == null) {
            throw new FileSystemException(output.toString());
        }
        try (DirectoryStream<Path> working = Files.newDirectoryStream(parent)) {
            return ((SecureDirectoryStream<Path>) working).newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static SeekableByteChannel open(SecureDirectoryStream<Path> folder, Path path) throws IOException {
        Path first = path.getName(0);
        BasicFileAttributes attributes = attributes(folder, first);
        if (path.getNameCount() == 1 && attributes.isRegularFile()) {
            return folder.newByteChannel(first, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        }
        if (path.getNameCount() == 1 || !attributes.isDirectory()) {
            throw new FileSystemException(path.toString(), null, "not a plain file of the output folder");
        }
        try (SecureDirectoryStream<Path> inner = folder.newDirectoryStream(first, LinkOption.NOFOLLOW_LINKS)) {
            return open(inner, path.subpath(1, path.getNameCount()));
        }
    }

    private static void list(SecureDirectoryStream<Path> folder, String prefix, int atMost, List<OutputFile> found)
            throws IOException {
        for (Path entry : folder) {
            Path name = entry.getFileName();
            if (found.size() >= atMost) {
                return;
            }
            BasicFileAttributes attributes = attributes(folder, name);
            if (attributes.isRegularFile()) {
                found.add(new OutputFile(prefix + name, attributes.size()));
            } else if (attributes.isDirectory()) {
                try (SecureDirectoryStream<Path> inner = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    list(inner, prefix + name + "/", atMost, found);
                }
            }
        }
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> folder, Path name) throws IOException {
        return folder.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }
}
