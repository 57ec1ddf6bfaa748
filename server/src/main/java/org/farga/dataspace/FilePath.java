package org.farga.dataspace;

import com.fasterxml.jackson.annotation.JsonValue;
import com.ibm.icu.text.Normalizer2;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;

/**
 * Where a file stands in a dataset version: a relative path that means the same file on every system that a dataset is
 * copied to, and nothing outside its folder on any.
 *
 * @param value segments separated by {@code /}, in Unicode's form C
 */
record FilePath(@JsonValue String value) {
    private static final int LONGEST_PATH = 255;
    private static final int LONGEST_SEGMENT_BYTES = 255; // NAME_MAX of Linux
    private static final int DEEPEST = 16;

    // What no file name on Windows may hold, and ; and % which no address carries unharmed.
    private static final Pattern FORBIDDEN = Pattern.compile("[\\\\<>:\"|?*;%]");
    // Names of devices on Windows, with any extension.
    private static final Pattern DEVICE =
            Pattern.compile("(?i)(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9¹²³])(\\..*)?");
    private static final Set<String> MARKS_OF_FILE_SYSTEMS = Set.of(".farga", ".nfs", ".snapshot", ".git");

    private static final Map<String, String> MEDIA_TYPES = Map.ofEntries(
            Map.entry("csv", "text/csv"),
            Map.entry("tsv", "text/tab-separated-values"),
            Map.entry("txt", "text/plain"),
            Map.entry("md", "text/markdown"),
            Map.entry("json", "application/json"),
            Map.entry("jsonl", "application/jsonl"),
            Map.entry("ndjson", "application/jsonl"),
            Map.entry("xml", "application/xml"),
            Map.entry("yaml", "application/yaml"),
            Map.entry("yml", "application/yaml"),
            Map.entry("parquet", "application/vnd.apache.parquet"),
            Map.entry("arrow", "application/vnd.apache.arrow.file"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("zip", "application/zip"),
            Map.entry("gz", "application/gzip"),
            Map.entry("tar", "application/x-tar"),
            Map.entry("zst", "application/zstd"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("tif", "image/tiff"),
            Map.entry("tiff", "image/tiff"),
            Map.entry("wav", "audio/wav"),
            Map.entry("flac", "audio/flac"),
            Map.entry("mp4", "video/mp4"));

    /** Reads what a client named. Refused as {@code bad-path} with the reason's name, {@code problem.path.<reason>}. */
    static Outcome<FilePath> parse(String text) {
        if (text.length() > 4 * LONGEST_PATH) {
            return refused("path-too-long", LONGEST_PATH);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text) || text.indexOf(0xFFFD) >= 0) {
            return refused("path-unreadable");
        }
        String path = Normalizer2.getNFCInstance().normalize(text);
        if (path.isEmpty()) {
            return refused("path-missing");
        }
        if (path.codePointCount(0, path.length()) > LONGEST_PATH) {
            return refused("path-too-long", LONGEST_PATH);
        }
        if (path.codePoints().anyMatch(FilePath::unseen)) {
            return refused("path-unreadable");
        }
        if (path.startsWith("/")) {
            return refused("path-absolute");
        }
        if (FORBIDDEN.matcher(path).find()) {
            return refused("path-character");
        }
        List<String> segments = List.of(path.split("/", -1));
        if (segments.size() > DEEPEST) {
            return refused("path-too-deep", DEEPEST);
        }
        for (String segment : segments) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return refused("path-segment");
            }
            if (!segment.equals(segment.strip()) || segment.endsWith(".") || segment.startsWith("-")) {
                return refused("path-edge", segment);
            }
            if (DEVICE.matcher(segment).matches() || MARKS_OF_FILE_SYSTEMS.contains(segment.toLowerCase(Locale.ROOT))) {
                return refused("path-reserved", segment);
            }
            if (segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_SEGMENT_BYTES) {
                return refused("path-too-long", LONGEST_PATH);
            }
        }
        return Outcome.done(new FilePath(path));
    }

    /** Control and format characters, line separators, private and unassigned ones: what a reader cannot see. */
    private static boolean unseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> Character.isSpaceChar(c) && c != ' ';
        };
    }

    private static Outcome<FilePath> refused(String reason, Object... arguments) {
        return Outcome.refused(Refusal.invalid(reason, arguments));
    }

    /** How file systems that ignore case and Unicode's forms see it: two paths with one key are one file there. */
    String key() {
        return key(value);
    }

    static String key(String path) {
        return Normalizer2.getNFKCCasefoldInstance().normalize(path);
    }

    /** The folders it stands in, outermost first: {@code a/b/c} stands in {@code a} and {@code a/b}. */
    List<String> folders() {
        List<String> folders = new ArrayList<>();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            folders.add(value.substring(0, slash));
        }
        return folders;
    }

    String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** By the extension of its name; {@code application/octet-stream} where that says nothing. */
    String mediaType() {
        String extension = name().substring(name().lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return MEDIA_TYPES.getOrDefault(extension, "application/octet-stream");
    }

    @Override
    public String toString() {
        return value;
    }
}
