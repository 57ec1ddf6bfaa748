package org.farga.mlflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client asked for: the fields of one message, from a JSON body or from a query. As protocol buffers have it in
 * JSON: a whole number may come as text, a field that is null is not there, and fields of newer clients are left aside.
 */
record Asked(JsonNode fields) {
    /** Names and values are never longer than this, so that a message that complains of one stays readable. */
    private static final int LONGEST_ECHO = 100;
    /** The year 9999: what comes after is no time that anybody measured. */
    private static final long LATEST_MILLISECONDS = 253_402_300_799_999L;

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** Reads a body; an empty one has no fields. */
    static Asked read(byte[] body) {
        if (body.length == 0) {
            return new Asked(JSON.createObjectNode());
        }
        JsonNode fields;
        try {
            fields = JSON.readTree(body);
        } catch (JacksonException e) {
            throw MlflowException.invalid("The request's body is not JSON.");
        }
        if (!fields.isObject()) {
            throw MlflowException.invalid("The request's body must be a JSON object.");
        }
        return new Asked(fields);
    }

    /** From a query, in which a field may stand several times. */
    static Asked query(Map<String, String[]> parameters) {
        ObjectNode fields = JSON.createObjectNode();
        parameters.forEach((name, values) -> {
            if (values.length == 1) {
                fields.put(name, values[0]);
            } else {
                ArrayNode all = fields.putArray(name);
                for (String value : values) {
                    all.add(value);
                }
            }
        });
        return new Asked(fields);
    }

    private JsonNode field(String name) {
        JsonNode field = fields.get(name);
        return field == null || field.isNull() ? JSON.missingNode() : field;
    }

    boolean has(String name) {
        return !field(name).isMissingNode();
    }

    /** A text; null where it is not there. */
    @Nullable
    String text(String name) {
        JsonNode field = field(name);
        if (field.isMissingNode()) {
            return null;
        }
        if (!field.isValueNode()) {
            throw MlflowException.invalid("Invalid value for parameter '" + name + "' supplied: it must be a text.");
        }
        return readable(name, field.asString());
    }

    /** A text that must be there. */
    String given(String name) {
        String text = text(name);
        if (text == null || text.isEmpty()) {
            throw MlflowException.invalid("Missing value for required parameter '" + name + "'.");
        }
        return text;
    }

    /** A text that must be there and have at most so many characters. */
    String given(String name, int longest) {
        return bounded(name, given(name), longest);
    }

    static String bounded(String name, String text, int longest) {
        if (text.length() > longest) {
            throw MlflowException.invalid("'" + name + "' exceeds the maximum length of " + longest + " characters");
        }
        return text;
    }

    /** A text or nothing, of at most so many characters. */
    @Nullable
    String text(String name, int longest) {
        String text = text(name);
        return text == null ? null : bounded(name, text, longest);
    }

    /** Neither the zero character nor halves of characters, which the database cannot hold. */
    private static String readable(String name, String text) {
        if (text.codePoints().anyMatch(c -> c == 0 || (c >= 0xD800 && c <= 0xDFFF))) {
            throw MlflowException.invalid(
                    "Invalid value for parameter '" + name + "' supplied: it holds characters that are none.");
        }
        return text;
    }

    static String echo(String text) {
        return text.length() <= LONGEST_ECHO ? text : text.substring(0, LONGEST_ECHO) + "…";
    }

    OptionalLong whole(String name) {
        JsonNode field = field(name);
        if (field.isMissingNode()) {
            return OptionalLong.empty();
        }
        if (field.isValueNode() && !field.isBoolean()) {
            try {
                return OptionalLong.of(new java.math.BigDecimal(field.asString().strip())
                        .toBigIntegerExact()
                        .longValueExact());
            } catch (ArithmeticException | NumberFormatException e) {
                // Told below.
            }
        }
        throw MlflowException.invalid("Parameter '" + name + "' must be an integer, got '" + echo(field.toString()) + "'.");
    }

    int whole(String name, int usual, int least, int most) {
        long value = whole(name).orElse(usual);
        if (value < least || value > most) {
            throw MlflowException.invalid("Invalid value " + value + " for parameter '" + name
                    + "' supplied: it must be at least " + least + " and at most " + most + ".");
        }
        return (int) value;
    }

    /** A measured value: a number, or what JSON has no number for, as text. */
    double number(String name) {
        JsonNode field = field(name);
        if (field.isNumber()) {
            return field.doubleValue();
        }
        if (field.isString()) {
            String text = field.asString().strip();
            switch (text.toLowerCase(java.util.Locale.ROOT)) {
                case "nan" -> {
                    return Double.NaN;
                }
                case "inf", "infinity", "+infinity" -> {
                    return Double.POSITIVE_INFINITY;
                }
                case "-inf", "-infinity" -> {
                    return Double.NEGATIVE_INFINITY;
                }
                default -> {
                    try {
                        return Double.parseDouble(text);
                    } catch (NumberFormatException e) {
                        // Told below.
                    }
                }
            }
        }
        throw MlflowException.invalid(
                field.isMissingNode()
                        ? "Missing value for required parameter '" + name + "'."
                        : "Invalid value " + echo(field.toString()) + " for parameter '" + name
                                + "' supplied: Please specify value as a valid double (64-bit floating point)");
    }

    /** A time in milliseconds since 1970. */
    @Nullable
    Instant time(String name) {
        OptionalLong milliseconds = whole(name);
        if (milliseconds.isEmpty()) {
            return null;
        }
        if (milliseconds.getAsLong() < 0 || milliseconds.getAsLong() > LATEST_MILLISECONDS) {
            throw MlflowException.invalid("Invalid value " + milliseconds.getAsLong() + " for parameter '" + name
                    + "' supplied: Timestamp must be a nonnegative long (64-bit integer)");
        }
        return Instant.ofEpochMilli(milliseconds.getAsLong());
    }

    boolean isTrue(String name) {
        JsonNode field = field(name);
        return field.isBoolean() ? field.booleanValue() : field.isString() && field.asString().equalsIgnoreCase("true");
    }

    /** The messages of a list; none where it is not there. */
    List<Asked> messages(String name, int most) {
        List<Asked> all = new ArrayList<>();
        for (JsonNode one : list(name, most)) {
            if (!one.isObject()) {
                throw MlflowException.invalid("Invalid value for parameter '" + name + "' supplied: objects are expected.");
            }
            all.add(new Asked(one));
        }
        return all;
    }

    /** The texts of a list; one alone may stand for itself. */
    List<String> texts(String name, int most) {
        JsonNode field = field(name);
        if (field.isValueNode() && !field.isMissingNode()) {
            return List.of(readable(name, field.asString()));
        }
        List<String> all = new ArrayList<>();
        for (JsonNode one : list(name, most)) {
            if (!one.isValueNode() || one.isNull()) {
                throw MlflowException.invalid("Invalid value for parameter '" + name + "' supplied: texts are expected.");
            }
            all.add(readable(name, one.asString()));
        }
        return all;
    }

    private List<JsonNode> list(String name, int most) {
        JsonNode field = field(name);
        if (field.isMissingNode()) {
            return List.of();
        }
        if (!field.isArray()) {
            throw MlflowException.invalid("Invalid value for parameter '" + name + "' supplied: a list is expected.");
        }
        if (field.size() > most) {
            throw MlflowException.invalid("A request can contain at most " + most + " " + name + ". Got " + field.size()
                    + " " + name + ". Please split up " + name + " across multiple requests and try again.");
        }
        List<JsonNode> all = new ArrayList<>();
        field.forEach(all::add);
        return all;
    }

    /** Another message within this one; one without fields where it is not there. */
    Asked message(String name) {
        JsonNode field = field(name);
        return new Asked(field.isObject() ? field : JSON.createObjectNode());
    }

    /** Tags or parameters: {@code [{"key": …, "value": …}]}; the last of a name counts. */
    Map<String, String> pairs(String name, int most, Limits.Pair limits) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Asked one : messages(name, most)) {
            all.put(limits.name(one.text("key")), limits.value(one.text("value")));
        }
        return all;
    }
}
