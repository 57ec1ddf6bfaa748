package org.farga.compute;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A small file of {@code key=value} lines that is there whole or not at all, survives a power cut, and is written by one
 * writer only, however many try. The shell supervisor writes and reads the same form.
 */
final class Note {

    private Note() {}

    /** Whether this call wrote it; false when it was there already. */
    static boolean create(Path file, Map<String, String> values) throws IOException {
        Path whole = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            write(whole, values);
            Files.createLink(file, whole);
            force(parent(file));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /**
     * Writes it in place of what was there, without waiting for the disk: it outlives this process, but after a power cut it may be
     * missing, empty or as it was before. For what can be found out again.
     */
    static void jot(Path file, Map<String, String> values) throws IOException {
        Files.writeString(file, jotted(values));
    }

    /** The same below what is there. */
    static void jotBelow(Path file, Map<String, String> values) throws IOException {
        Files.writeString(file, jotted(values), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Not by Properties.store, which spends longer on the hour that it writes above than all else takes. */
    private static String jotted(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append(key)
                .append('=')
                .append(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"))
                .append('\n'));
        return text.toString();
    }

    /** Writes a file that no one looks at yet. */
    static void write(Path file, Map<String, String> values) throws IOException {
        Properties lines = new Properties();
        lines.putAll(values);
        StringWriter text = new StringWriter();
        lines.store(text, null);
        write(file, text.toString());
    }

    /** The same, for nobody else to read. */
    static void writeClosed(Path file, Map<String, String> values) throws IOException {
        Properties lines = new Properties();
        lines.putAll(values);
        StringWriter text = new StringWriter();
        lines.store(text, null);
        writeClosed(file, text.toString());
    }

    /** The same, for nobody else to read. */
    static void writeClosed(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
        force(file);
    }

    static void write(Path file, String text) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
            writer.write(text);
        }
        force(file);
    }

    /** The values, or null where there is no such file. */
    static @Nullable Map<String, String> read(Path file) throws IOException {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            lines.load(reader);
        } catch (NoSuchFileException e) {
            return null;
        }
        return lines.stringPropertyNames().stream()
                .collect(java.util.stream.Collectors.toMap(key -> key, lines::getProperty));
    }

    static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is not in a folder");
        }
        return parent;
    }
}
