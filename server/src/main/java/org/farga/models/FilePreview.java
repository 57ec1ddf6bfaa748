package org.farga.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What can be shown of a file that a run left, from its first 64 KiB. What a job wrote is never run or rendered as HTML. */
sealed interface FilePreview {
    int HEAD_BYTES = 64 * 1024;
    long LARGEST_IMAGE_BYTES = 20L << 20;

    /** Text, logs and JSON. */
    record Text(String text, boolean cut) implements FilePreview {}

    /** Rows of CSV or TSV, the first of which is the header; rows may have more or fewer cells than it. */
    record Rows(List<String> header, List<List<String>> rows, boolean cut) implements FilePreview {
        static final int MOST_ROWS = 100;
        static final int MOST_COLUMNS = 50;
    }

    /** @param frontMatter the YAML at its beginning; empty where there is none */
    record Markdown(String frontMatter, String text, boolean cut) implements FilePreview {}

    /** A picture that browsers show without running anything: by what its bytes say, not by its name. */
    record Image(String mediaType) implements FilePreview {}

    /** Bytes that no reader would make sense of. */
    record Nothing() implements FilePreview {}

    static FilePreview of(Runs.Kept kept) throws IOException {
        byte[] head = head(kept);
        boolean cut = kept.file().bytes() > head.length;
        Optional<String> image = imageType(head);
        if (image.isPresent()) {
            return kept.file().bytes() <= LARGEST_IMAGE_BYTES ? new Image(image.get()) : new Nothing();
        }
        return of(kept.file().name(), head, cut);
    }

    /** The media type of a picture that may be shown; nothing for any other file, whatever its name says. */
    static Optional<String> image(Runs.Kept kept) throws IOException {
        return kept.file().bytes() <= LARGEST_IMAGE_BYTES ? imageType(head(kept)) : Optional.empty();
    }

    private static byte[] head(Runs.Kept kept) throws IOException {
        try (InputStream in = Files.newInputStream(kept.content())) {
            return in.readNBytes(HEAD_BYTES);
        }
    }

    static FilePreview of(String name, byte[] head, boolean cut) {
        String text = text(head, cut);
        if (text == null) {
            return new Nothing();
        }
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "md", "markdown" -> markdown(text, cut);
            case "csv" -> rows(text, ',', cut);
            case "tsv" -> rows(text, '\t', cut);
            case "json" -> cut ? new Text(text, true) : json(text);
            default -> new Text(text, cut);
        };
    }

    /** The signatures of PNG, JPEG, GIF and WebP. SVG is a document that can run scripts, so it is shown as its text. */
    static Optional<String> imageType(byte[] head) {
        if (starts(head, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return Optional.of("image/png");
        }
        if (starts(head, 0, 0xFF, 0xD8, 0xFF)) {
            return Optional.of("image/jpeg");
        }
        if (starts(head, 0, 'G', 'I', 'F', '8')) {
            return Optional.of("image/gif");
        }
        return starts(head, 0, 'R', 'I', 'F', 'F') && starts(head, 8, 'W', 'E', 'B', 'P')
                ? Optional.of("image/webp")
                : Optional.empty();
    }

    private static boolean starts(byte[] head, int at, int... signature) {
        if (head.length < at + signature.length) {
            return false;
        }
        for (int i = 0; i < signature.length; i++) {
            if ((head[at + i] & 0xFF) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    /** As UTF-8, without the colours that programs write for terminals; null where it is no text. */
    private static @Nullable String text(byte[] head, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(head.length);
        // Where the file goes on, the last character may be cut in the middle: that is no fault.
        if (decoder.decode(ByteBuffer.wrap(head), out, !cut).isError()) {
            return null;
        }
        String text = out.flip().toString().replaceAll("\u001B\\[[0-9;?]*[A-Za-z]", "");
        return text.chars().anyMatch(c -> Character.isISOControl(c) && "\n\r\t\b\f".indexOf(c) < 0) ? null : text;
    }

    private static FilePreview markdown(String text, boolean cut) {
        Optional<ModelCard.Parts> parts = ModelCard.split(text);
        return parts.<FilePreview>map(p -> new Markdown(p.frontMatter(), p.body(), cut))
                .orElseGet(() -> new Markdown("", text, cut));
    }

    private static FilePreview json(String text) {
        try {
            JsonMapper exact = JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();
            return new Text(exact.writerWithDefaultPrettyPrinter().writeValueAsString(exact.readTree(text)), false);
        } catch (JacksonException e) {
            return new Text(text, false);
        }
    }

    private static FilePreview rows(String text, char delimiter, boolean cut) {
        List<List<String>> rows = new ArrayList<>();
        boolean more = cut;
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(delimiter)
                .setIgnoreEmptyLines(true)
                .get();
        try (CSVParser parser = CSVParser.builder()
                .setReader(new StringReader(text))
                .setFormat(format)
                .get()) {
            for (CSVRecord row : parser) {
                if (rows.size() > Rows.MOST_ROWS) {
                    more = true;
                    break;
                }
                rows.add(row.stream().limit(Rows.MOST_COLUMNS).toList());
            }
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            // A quote that is never closed: its lines are shown as they are.
            if (!cut) {
                return new Text(text, false);
            }
        }
        if (cut && rows.size() > 1 && rows.size() <= Rows.MOST_ROWS) {
            // Half a row is no row.
            rows.removeLast();
        }
        return rows.isEmpty()
                ? new Text(text, cut)
                : new Rows(rows.getFirst(), List.copyOf(rows.subList(1, rows.size())), more);
    }
}
