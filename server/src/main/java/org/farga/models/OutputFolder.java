package org.farga.models;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
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
import java.util.TreeSet;
import org.farga.models.Run.Remark;

/**
 * Takes the plain files that a job left. What a job left is not to be trusted: a "result" may be a link to a password, a
 * pipe that never ends, or a million empty files. So no link is followed at any step, nothing but a plain file is opened,
 * and everything has a bound.
 */
final class OutputFolder {
    private static final int LONGEST_PATH = 500;
    private static final int DEEPEST = 32;
    // Counted with folders and what is left out, so that a bomb of names ends the walk.
    private static final int MOST_ENTRIES = 20_000;

    /** What to take at most. */
    record Bounds(int files, long bytes) {}

    /** Takes one file: gives back what it is in the store. */
    interface Taker {
        RunFile take(String path, SeekableByteChannel content, long mostBytes) throws IOException;
    }

    /** What was taken, and what was not. */
    record Taken(List<RunFile> files, List<Remark> leftOut) {}

    private final Bounds bounds;
    private final Taker taker;
    private final List<RunFile> files = new ArrayList<>();
    private final List<Remark> leftOut = new ArrayList<>();
    private int entries;
    private long bytes;

    private OutputFolder(Bounds bounds, Taker taker) {
        this.bounds = bounds;
        this.taker = taker;
    }

    /** Takes what is in the folder, in order of names; nothing where it is not there or is not a folder. */
    static Taken take(Path folder, Bounds bounds, Taker taker) throws IOException {
        OutputFolder walk = new OutputFolder(bounds, taker);
        Path absolute = folder.toAbsolutePath();
        Path parent = absolute.getParent();
        Path name = absolute.getFileName();
        if (parent != null && name != null && Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
            // Through its parent, which the job cannot replace as it can the output folder itself.
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent)) {
                if (!(stream instanceof SecureDirectoryStream<Path> above)) {
                    throw new FileSystemException(
                            "this file system cannot be read without the danger of links being followed");
                }
                try (SecureDirectoryStream<Path> top = above.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    walk.walk(top, "", 1);
                }
            }
        }
        return new Taken(List.copyOf(walk.files), List.copyOf(walk.leftOut));
    }

    private void walk(SecureDirectoryStream<Path> folder, String prefix, int depth) throws IOException {
        for (Path name : names(folder, prefix)) {
            String path = prefix + name;
            if (files.size() >= bounds.files()) {
                leaveOut("too-many-files", String.valueOf(bounds.files()));
                return;
            }
            if (path.length() > LONGEST_PATH || !isReadable(name.toString())) {
                leaveOut("file-name", shown(path));
                continue;
            }
            BasicFileAttributes attributes;
            try {
                attributes = folder.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes();
            } catch (FileSystemException e) {
                leaveOut("file-unreadable", path);
                continue;
            }
            if (attributes.isRegularFile()) {
                file(folder, name, path, attributes.size());
            } else if (!attributes.isDirectory()) {
                leaveOut(attributes.isSymbolicLink() ? "file-link" : "file-special", path);
            } else if (depth >= DEEPEST) {
                leaveOut("file-too-deep", path);
            } else {
                inner(folder, name, path, depth);
            }
        }
    }

    private void inner(SecureDirectoryStream<Path> folder, Path name, String path, int depth) throws IOException {
        SecureDirectoryStream<Path> inner;
        try {
            inner = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            leaveOut("file-unreadable", path);
            return;
        }
        try (inner) {
            walk(inner, path + "/", depth + 1);
        }
    }

    private void file(SecureDirectoryStream<Path> folder, Path name, String path, long size) throws IOException {
        if (size > bounds.bytes() - bytes) {
            leaveOut("file-too-large", path);
            return;
        }
        SeekableByteChannel content;
        try {
            content = folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (FileSystemException e) {
            leaveOut("file-unreadable", path);
            return;
        }
        // Only what the job left may be left out: where our own disk fails, the whole walk fails and is tried again.
        try (content) {
            RunFile taken = taker.take(path, content, bounds.bytes() - bytes);
            files.add(taken);
            bytes += taken.bytes();
        } catch (FileStore.TooLargeException e) {
            leaveOut("file-too-large", path);
        }
    }

    /** In order, so that a second walk takes the same. */
    private Set<Path> names(SecureDirectoryStream<Path> folder, String prefix) throws IOException {
        Set<Path> names = new TreeSet<>();
        try {
            for (Path entry : folder) {
                if (++entries > MOST_ENTRIES) {
                    leaveOut("too-many-entries", shown(prefix));
                    break;
                }
                names.add(entry.getFileName());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    // U+FFFD stands for bytes that are no UTF-8: such a name could not be asked for again.
    private static boolean isReadable(String name) {
        return name.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0xFFFD || c == '\\');
    }

    private static String shown(String path) {
        String readable = path.replaceAll("[\\p{Cntrl}\uFFFD\\\\]", "?");
        return readable.length() > 100 ? readable.substring(0, 100) + "…" : readable;
    }

    private void leaveOut(String reason, String where) {
        Remark remark = new Remark(reason, where.length() > 200 ? where.substring(0, 200) + "…" : where);
        // One remark for all that came after a bound was reached.
        if (leftOut.size() < Run.MOST_REMARKS && !leftOut.contains(remark)) {
            leftOut.add(remark);
        }
    }
}
