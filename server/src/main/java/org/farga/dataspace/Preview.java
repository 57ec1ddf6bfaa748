package org.farga.dataspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a file of rows looks like, from its first 2 MiB: its columns with what is in them, and its first rows. A file
 * that is broken shows what could be read of it, and why not more.
 *
 * @param rowsRead how many rows the columns speak of
 * @param whole whether those are all rows of the file
 * @param raggedRows how many of them have more or fewer cells than the file has columns
 * @param trouble why reading stopped: the message {@code dataspace.preview.<trouble>}; null where it did not
 * @param troubleLine the line where, counted from 1; 0 where there is none
 */
record Preview(
        List<Column> columns,
        List<List<String>> rows,
        long rowsRead,
        boolean whole,
        long raggedRows,
        @Nullable String trouble,
        long troubleLine) {
    static final int MOST_BYTES = 2 << 20;
    private static final int SHOWN_ROWS = 20;
    private static final int MOST_COLUMNS = 2_000;
    private static final int LONGEST_CELL = 200;

    /** How rows are written. */
    enum Form {
        CSV,
        TSV,
        JSON_LINES;

        /** The form behind a media type; null for a file that has no rows. */
        static @Nullable Form of(String mediaType) {
            return switch (mediaType) {
                case "text/csv" -> CSV;
                case "text/tab-separated-values" -> TSV;
                case "application/jsonl" -> JSON_LINES;
                default -> null;
            };
        }
    }

    static Preview read(Path file, Form form) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        return read(bytes, form);
    }

    /** Reads the beginning of a file; more than {@link #MOST_BYTES} are taken as a file that goes on. */
    static Preview read(byte[] bytes, Form form) {
        boolean whole = bytes.length <= MOST_BYTES;
        int end = bytes.length;
        if (!whole) {
            end = MOST_BYTES;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            if (end == 0) {
                return nothing("line-too-long", 1);
            }
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, 0, end))
                    .toString();
        } catch (CharacterCodingException e) {
            return nothing("not-utf8", 0);
        }
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        if (text.indexOf('\0') >= 0) {
            return nothing("not-text", 0);
        }
        return switch (form) {
            case CSV -> delimited(text, delimiter(text), whole);
            case TSV -> delimited(text, '\t', whole);
            case JSON_LINES -> jsonLines(text, whole);
        };
    }

    private static Preview nothing(String trouble, long line) {
        return new Preview(List.of(), List.of(), 0, false, 0, trouble, line);
    }

    /** The separator that the first line has most of: Europe's spreadsheets write semicolons. */
    private static char delimiter(String text) {
        int lineEnd = text.indexOf('\n');
        String first = lineEnd < 0 ? text : text.substring(0, lineEnd);
        char best = ',';
        for (char candidate : new char[] {';', '\t', '|'}) {
            if (count(first, candidate) > count(first, best)) {
                best = candidate;
            }
        }
        return best;
    }

    private static long count(String line, char wanted) {
        return line.chars().filter(c -> c == wanted).count();
    }

    private static Preview delimited(String text, char delimiter, boolean whole) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(delimiter)
                .setIgnoreEmptyLines(true)
                .get();
        Reading reading = new Reading(whole);
        try (CSVParser parser = CSVParser.builder()
                .setReader(new StringReader(text))
                .setFormat(format)
                .get()) {
            try {
                for (CSVRecord row : parser) {
                    if (!reading.row(row.toList())) {
                        return nothing("too-many-columns", 1);
                    }
                }
            } catch (UncheckedIOException | IllegalStateException e) {
                // A quote that is never closed. Where the file was cut off at 2 MiB that proves nothing.
                reading.stopped(whole ? "broken-row" : null, parser.getCurrentLineNumber());
            }
        } catch (IOException e) {
            reading.stopped("broken-row", 0);
        }
        return reading.preview();
    }

    private static Preview jsonLines(String text, boolean whole) {
        JsonMapper json = JsonMapper.shared();
        List<Map<String, String>> objects = new ArrayList<>();
        LinkedHashMap<String, Integer> names = new LinkedHashMap<>();
        @Nullable String trouble = null;
        long troubleLine = 0;
        long line = 0;
        for (String one : (Iterable<String>) text.lines()::iterator) {
            line++;
            if (one.isBlank()) {
                continue;
            }
            JsonNode node;
            try {
                node = json.readTree(one);
            } catch (JacksonException e) {
                trouble = "broken-row";
                troubleLine = line;
                break;
            }
            if (!node.isObject()) {
                trouble = "not-an-object";
                troubleLine = line;
                break;
            }
            Map<String, String> object = new LinkedHashMap<>();
            node.properties().forEach(e -> {
                names.putIfAbsent(e.getKey(), names.size());
                JsonNode value = e.getValue();
                object.put(e.getKey(), value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString());
            });
            if (names.size() > MOST_COLUMNS) {
                return nothing("too-many-columns", line);
            }
            objects.add(object);
        }
        Reading reading = new Reading(whole);
        reading.header(List.copyOf(names.keySet()));
        for (Map<String, String> object : objects) {
            reading.row(
                    names.keySet().stream().map(n -> object.getOrDefault(n, "")).toList());
        }
        if (trouble != null) {
            reading.stopped(trouble, troubleLine);
        }
        return reading.preview();
    }

    /** Takes in row after row. */
    private static final class Reading {
        private final List<Column.Reading> columns = new ArrayList<>();
        private final List<List<String>> shown = new ArrayList<>();
        private boolean started;
        private long rows;
        private long ragged;
        private boolean whole;
        private @Nullable String trouble;
        private long troubleLine;

        Reading(boolean whole) {
            this.whole = whole;
        }

        void header(List<String> names) {
            started = true;
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i).strip();
                columns.add(new Column.Reading(name.isEmpty() ? "#" + (i + 1) : cut(name)));
            }
        }

        /** False where there are more columns than anybody looks at. */
        boolean row(List<String> cells) {
            if (!started) {
                if (cells.size() > MOST_COLUMNS) {
                    return false;
                }
                boolean named = cells.stream().noneMatch(c -> Column.number(c.strip()) != null);
                if (named) {
                    header(cells);
                    return true;
                }
                header(cells.stream().map(c -> "").toList());
            }
            rows++;
            if (cells.size() != columns.size()) {
                ragged++;
            }
            for (int i = 0; i < columns.size(); i++) {
                columns.get(i).take(i < cells.size() ? cells.get(i).strip() : "");
            }
            if (shown.size() < SHOWN_ROWS) {
                List<String> row = new ArrayList<>();
                for (int i = 0; i < columns.size(); i++) {
                    row.add(i < cells.size() ? cut(cells.get(i)) : "");
                }
                shown.add(List.copyOf(row));
            }
            return true;
        }

        void stopped(@Nullable String why, long line) {
            trouble = why;
            troubleLine = why == null ? 0 : line;
            whole = false;
        }

        Preview preview() {
            if (columns.isEmpty() && trouble == null) {
                trouble = "no-rows";
            }
            return new Preview(
                    columns.stream().map(Column.Reading::column).toList(),
                    List.copyOf(shown),
                    rows,
                    whole,
                    ragged,
                    trouble,
                    troubleLine);
        }

        private static String cut(String cell) {
            return cell.codePointCount(0, cell.length()) <= LONGEST_CELL
                    ? cell
                    : cell.substring(0, cell.offsetByCodePoints(0, LONGEST_CELL)) + "…";
        }
    }

    /** What stands in one column. */
    record Column(
            String name,
            Type type,
            long missing,
            @Nullable Long distinct,
            @Nullable String min,
            @Nullable String max,
            @Nullable Double mean,
            List<Bin> histogram) {

        /** What all values that are there can be read as. */
        enum Type {
            INTEGER,
            DECIMAL,
            BOOLEAN,
            DATE,
            TEXT,
            EMPTY
        }

        /** How many values lie from {@code from} to {@code to}; for texts both are the value itself. */
        record Bin(String from, String to, long count) {}

        /** The highest bar's count, at least 1. */
        long highest() {
            return histogram.stream().mapToLong(Bin::count).max().orElse(1);
        }

        private static final int BINS = 16;
        private static final int MOST_DISTINCT = 10_000;
        private static final List<String> MISSING = List.of("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None");

        /** The value as a number; null where it is none. */
        static @Nullable BigDecimal number(String value) {
            if (value.isEmpty() || value.length() > 40) {
                return null;
            }
            char first = value.charAt(0);
            if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
                return null;
            }
            try {
                BigDecimal number = new BigDecimal(value);
                // 1e999999999 is a number that takes a gigabyte to write out.
                return Math.abs((long) number.scale()) > 400 ? null : number;
            } catch (NumberFormatException e) {
                return null;
            }
        }

        private static boolean isDate(String value) {
            if (value.length() < 10 || value.length() > 35 || value.charAt(4) != '-' || value.charAt(7) != '-') {
                return false;
            }
            try {
                java.time.LocalDate.parse(value.substring(0, 10));
                return value.length() == 10 || value.charAt(10) == 'T' || value.charAt(10) == ' ';
            } catch (java.time.DateTimeException e) {
                return false;
            }
        }

        /** Takes in value after value. */
        static final class Reading {
            private final String name;
            private final Map<String, Long> counts = new LinkedHashMap<>();
            private boolean counting = true;
            private double[] numbers = new double[64];
            private int count;
            private long missing;
            private double sum;
            private boolean integers = true;
            private boolean decimals = true;
            private boolean booleans = true;
            private boolean dates = true;
            private @Nullable BigDecimal least;
            private @Nullable BigDecimal most;
            private @Nullable String first;
            private @Nullable String last;

            Reading(String name) {
                this.name = name;
            }

            void take(String value) {
                if (MISSING.contains(value)) {
                    missing++;
                    return;
                }
                if (counting) {
                    counts.merge(Preview.Reading.cut(value), 1L, Long::sum);
                    counting = counts.size() <= MOST_DISTINCT;
                }
                if (decimals) {
                    BigDecimal number = number(value);
                    decimals = number != null;
                    if (number != null) {
                        integers = integers && number.scale() <= 0;
                        least = least == null || number.compareTo(least) < 0 ? number : least;
                        most = most == null || number.compareTo(most) > 0 ? number : most;
                        if (count == numbers.length) {
                            numbers = Arrays.copyOf(numbers, count * 2);
                        }
                        numbers[count] = number.doubleValue();
                        sum += numbers[count];
                    }
                }
                booleans = booleans && (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false"));
                dates = dates && isDate(value);
                first = first == null || value.compareTo(first) < 0 ? value : first;
                last = last == null || value.compareTo(last) > 0 ? value : last;
                count++;
            }

            Column column() {
                Type type = type();
                boolean numeric = type == Type.INTEGER || type == Type.DECIMAL;
                Long distinct = counting ? Long.valueOf(counts.size()) : null;
                return new Column(
                        name,
                        type,
                        missing,
                        distinct,
                        numeric ? plain(least) : type == Type.DATE ? first : null,
                        numeric ? plain(most) : type == Type.DATE ? last : null,
                        numeric ? sum / count : null,
                        numeric ? bins() : type == Type.DATE ? List.of() : commonest());
            }

            private Type type() {
                if (count == 0) {
                    return Type.EMPTY;
                }
                if (decimals) {
                    return integers ? Type.INTEGER : Type.DECIMAL;
                }
                return booleans ? Type.BOOLEAN : dates ? Type.DATE : Type.TEXT;
            }

            private static @Nullable String plain(@Nullable BigDecimal number) {
                if (number == null) {
                    return null;
                }
                BigDecimal stripped = number.stripTrailingZeros();
                return Math.abs(stripped.scale()) > 20 ? stripped.toString() : stripped.toPlainString();
            }

            /** Bins of equal width; whole numbers with few values get a bin each. */
            private List<Bin> bins() {
                double from = numbers[0];
                double to = numbers[0];
                for (int i = 1; i < count; i++) {
                    from = Math.min(from, numbers[i]);
                    to = Math.max(to, numbers[i]);
                }
                if (!Double.isFinite(from) || !Double.isFinite(to)) {
                    return List.of();
                }
                boolean whole = integers && to - from <= BINS;
                int bins = whole ? (int) (to - from) + 1 : BINS;
                double width = whole ? 1 : (to - from) / bins;
                if (!whole && (width <= 0 || !Double.isFinite(width))) {
                    return List.of(new Bin(text(from), text(to), count));
                }
                long[] counted = new long[bins];
                for (int i = 0; i < count; i++) {
                    counted[(int) Math.min(bins - 1, (numbers[i] - from) / width)]++;
                }
                List<Bin> result = new ArrayList<>();
                for (int i = 0; i < bins; i++) {
                    double start = from + i * width;
                    result.add(new Bin(text(start), text(whole ? start : start + width), counted[i]));
                }
                return List.copyOf(result);
            }

            private static String text(double value) {
                return value == Math.rint(value) && Math.abs(value) < 1e15
                        ? String.valueOf((long) value)
                        : new BigDecimal(value)
                                .round(new java.math.MathContext(4))
                                .toString();
            }

            /** Empty where every value stands there once: identifiers and free text have no distribution to show. */
            private List<Bin> commonest() {
                if (counts.size() == count && count > BINS) {
                    return List.of();
                }
                return counts.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .limit(BINS)
                        .map(e -> new Bin(e.getKey(), e.getKey(), e.getValue()))
                        .toList();
            }
        }
    }
}
