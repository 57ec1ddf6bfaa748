package org.farga.access;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/** A kind of document that proposals may have, told by what is in the file; its name says nothing. */
enum FileType {
    PDF("application/pdf", "pdf"),
    PNG("image/png", "png"),
    JPEG("image/jpeg", "jpg"),
    ODT("application/vnd.oasis.opendocument.text", "odt"),
    DOCX("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    CSV("text/csv", "csv"),
    TXT("text/plain", "txt");

    private static final byte[] PNG_START = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    private static final byte[] PNG_END = {'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82};
    private static final int LAST_BYTES = 1024;
    private static final int MOST_ENTRIES = 2_000;
    private static final int LINES_LOOKED_AT = 20;

    private final String mediaType;
    private final String extension;

    FileType(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    String mediaType() {
        return mediaType;
    }

    /** A name that ends as this type does: whoever opens a downloaded file gets what was looked at. */
    String named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean ends = lower.endsWith("." + extension) || (this == JPEG && lower.endsWith(".jpeg"));
        return ends ? name : name + "." + extension;
    }

    /** The type of this content: of PDF, PNG, JPEG, ODT, DOCX, comma-separated values or plain UTF-8 text; nothing for others. */
    static Optional<FileType> of(byte[] content) {
        if (starts(content, "%PDF-".getBytes(StandardCharsets.US_ASCII))) {
            String end = new String(
                    content,
                    Math.max(0, content.length - LAST_BYTES),
                    Math.min(LAST_BYTES, content.length),
                    StandardCharsets.ISO_8859_1);
            return end.contains("%%EOF") ? Optional.of(PDF) : Optional.empty();
        }
        if (starts(content, PNG_START)) {
            return ends(content, PNG_END) ? Optional.of(PNG) : Optional.empty();
        }
        if (starts(content, new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF})) {
            return ends(content, new byte[] {(byte) 0xFF, (byte) 0xD9}) ? Optional.of(JPEG) : Optional.empty();
        }
        if (starts(content, new byte[] {'P', 'K', 3, 4})) {
            return zipped(content);
        }
        return text(content);
    }

    private static boolean starts(byte[] content, byte[] with) {
        return content.length > with.length && java.util.Arrays.equals(content, 0, with.length, with, 0, with.length);
    }

    private static boolean ends(byte[] content, byte[] with) {
        return content.length > with.length
                && java.util.Arrays.equals(content, content.length - with.length, content.length, with, 0, with.length);
    }

    /** OpenDocument says its type in its first entry; Office Open XML by its parts. Neither may bring macros. */
    private static Optional<FileType> zipped(byte[] content) {
        boolean types = false;
        boolean document = false;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            int seen = 0;
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName();
                if (seen++ == 0 && name.equals("mimetype")) {
                    String said = new String(zip.readNBytes(100), StandardCharsets.US_ASCII);
                    return said.equals(ODT.mediaType) ? Optional.of(ODT) : Optional.empty();
                }
                if (seen > MOST_ENTRIES || name.toLowerCase(Locale.ROOT).endsWith("vbaproject.bin")) {
                    return Optional.empty();
                }
                types |= name.equals("[Content_Types].xml");
                document |= name.equals("word/document.xml");
                if (types && document) {
                    return withoutMacros(zip, seen);
                }
            }
        } catch (ZipException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<FileType> withoutMacros(ZipInputStream zip, int already) throws IOException {
        int seen = already;
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (seen++ > MOST_ENTRIES
                    || entry.getName().toLowerCase(Locale.ROOT).endsWith("vbaproject.bin")) {
                return Optional.empty();
            }
        }
        return Optional.of(DOCX);
    }

    private static Optional<FileType> text(byte[] content) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        boolean readable = text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t' && c != '\f');
        if (!readable || text.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(looksLikeRows(text) ? CSV : TXT);
    }

    /** At least two lines, each with the same number of commas, semicolons or tabs, which is at least one. */
    private static boolean looksLikeRows(String text) {
        List<String> lines = text.lines()
                .filter(line -> !line.isBlank())
                .limit(LINES_LOOKED_AT)
                .toList();
        for (char separator : new char[] {',', ';', '\t'}) {
            List<Long> counts = lines.stream()
                    .map(line -> line.replaceAll("\"[^\"]*\"", "")
                            .chars()
                            .filter(c -> c == separator)
                            .count())
                    .distinct()
                    .toList();
            if (lines.size() > 1 && counts.size() == 1 && counts.getFirst() > 0) {
                return true;
            }
        }
        return false;
    }
}
