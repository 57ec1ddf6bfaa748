package org.farga.models;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.farga.models.Run.Remark;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a piece of a metrics file: {@code {"name":"loss","step":3,"value":0.12}} and
 * {@code {"param":"seed","value":"42"}}, one a line. What a job writes is not to be trusted: a line that is anything else
 * is counted and left out, and never stops the rest.
 *
 * @param points the values in it
 * @param parameters the parameters in it
 * @param garbage what was left out, the first few
 * @param garbageLines how many lines were left out
 * @param nextOffset where the next piece starts: behind the last line that is complete
 */
record MetricsLines(
        List<Point> points, List<Parameter> parameters, List<Remark> garbage, long garbageLines, long nextOffset) {
    static final int LONGEST_LINE_BYTES = 64 * 1024;
    static final int LONGEST_NAME = 250;
    static final int LONGEST_PARAMETER = 6_000;
    private static final int MOST_GARBAGE_TOLD = 5;
    // Whole numbers that a browser's numbers hold exactly.
    private static final long LARGEST_STEP = 1L << 53;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * A value of a metric.
     *
     * @param lineOffset where its line starts in the file, in bytes
     * @param step as the job gave it; without one, the values of a metric count themselves
     */
    record Point(long lineOffset, String name, OptionalLong step, double value) {}

    record Parameter(String name, String value) {}

    /**
     * Reads the complete lines of a piece.
     *
     * @param piece bytes of the file from {@code offset} on
     * @param offset where the piece starts in the file
     * @param last whether nothing will follow, so that a last line without its end counts too
     */
    static MetricsLines read(byte[] piece, long offset, boolean last) {
        Reader reader = new Reader();
        int start = 0;
        for (int i = 0; i < piece.length; i++) {
            if (piece[i] == '\n') {
                reader.line(piece, start, i, offset + start);
                start = i + 1;
            }
        }
        if (start < piece.length && (last || piece.length - start > LONGEST_LINE_BYTES)) {
            // A line without end must not hold up the file for ever: what there is of it is left out as one.
            reader.line(piece, start, piece.length, offset + start);
            start = piece.length;
        }
        return new MetricsLines(reader.points, reader.parameters, reader.garbage, reader.garbageLines, offset + start);
    }

    private static final class Reader {
        private final List<Point> points = new ArrayList<>();
        private final List<Parameter> parameters = new ArrayList<>();
        private final List<Remark> garbage = new ArrayList<>();
        private long garbageLines;

        void line(byte[] bytes, int from, int to, long offset) {
            if (to - from > LONGEST_LINE_BYTES) {
                leaveOut("line-too-long", offset);
                return;
            }
            String text;
            try {
                text = StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(bytes, from, to - from))
                        .toString();
            } catch (CharacterCodingException e) {
                leaveOut("line-not-utf-8", offset);
                return;
            }
            if (text.isBlank()) {
                return;
            }
            JsonNode json;
            try {
                json = JSON.readTree(text);
            } catch (JacksonException e) {
                leaveOut("line-not-json", offset);
                return;
            }
            if (json.path("param").isString()) {
                parameter(json, offset);
            } else if (json.path("name").isString()) {
                point(json, offset);
            } else {
                leaveOut("line-neither", offset);
            }
        }

        private void parameter(JsonNode json, long offset) {
            String name = json.path("param").asString();
            JsonNode value = json.path("value");
            if (!isName(name)) {
                leaveOut("line-name", offset);
            } else if (!value.isValueNode() || value.isNull()) {
                leaveOut("line-value", offset);
            } else {
                String text = value.asString();
                if (text.length() > LONGEST_PARAMETER || !isReadable(text, true)) {
                    leaveOut("line-value", offset);
                } else {
                    parameters.add(new Parameter(name, text));
                }
            }
        }

        private void point(JsonNode json, long offset) {
            String name = json.path("name").asString();
            JsonNode value = json.path("value");
            JsonNode step = json.path("step");
            if (!isName(name)) {
                leaveOut("line-name", offset);
            } else if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                leaveOut("line-value", offset);
            } else if (step.isMissingNode()) {
                points.add(new Point(offset, name, OptionalLong.empty(), value.doubleValue()));
            } else if (!isStep(step)) {
                leaveOut("line-step", offset);
            } else {
                points.add(new Point(offset, name, OptionalLong.of((long) step.doubleValue()), value.doubleValue()));
            }
        }

        private static boolean isStep(JsonNode step) {
            double number = step.isNumber() ? step.doubleValue() : Double.NaN;
            return Math.abs(number) <= LARGEST_STEP && number == Math.rint(number);
        }

        private static boolean isName(String name) {
            return !name.isBlank() && name.length() <= LONGEST_NAME && isReadable(name, false);
        }

        /** Neither control characters nor halves of characters, which the database cannot hold. */
        private static boolean isReadable(String text, boolean lines) {
            return text.codePoints()
                    .noneMatch(c -> (c >= 0xD800 && c <= 0xDFFF)
                            || (Character.isISOControl(c) && !(lines && (c == '\n' || c == '\t'))));
        }

        private void leaveOut(String reason, long offset) {
            garbageLines++;
            if (garbage.size() < MOST_GARBAGE_TOLD) {
                garbage.add(new Remark(reason, Long.toString(offset)));
            }
        }
    }
}
