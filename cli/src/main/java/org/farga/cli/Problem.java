package org.farga.cli;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A "no" of Farga: its problem document (RFC 9457), or what could be made of an answer that has none. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with one field of the request. */
    public record FieldError(String field, String detail) {}

    private final int status;
    private final String name;
    private final transient List<FieldError> errors;
    private final transient JsonNode document;

    private Problem(int status, String name, String sentence, List<FieldError> errors, JsonNode document) {
        super(sentence);
        this.status = status;
        this.name = name;
        this.errors = List.copyOf(errors);
        this.document = document;
    }

    /** Reads the problem in an answer, whatever its body is. */
    static Problem of(int status, String body) {
        JsonNode document = Api.JSON.createObjectNode();
        try {
            JsonNode read = Api.JSON.readTree(body);
            document = read.isObject() ? read : document;
        } catch (JacksonException e) {
            // Something between us and Farga answered; its status is all there is.
        }
        List<FieldError> errors = new ArrayList<>();
        for (JsonNode error : document.path("errors")) {
            errors.add(new FieldError(
                    error.path("field").asString(""), error.path("detail").asString("")));
        }
        String sentence =
                document.path("detail").asString(document.path("title").asString(""));
        return new Problem(
                status,
                document.path("type").asString("").replaceFirst("^.*/problems/", ""),
                sentence.isBlank() ? "the server answered with status " + status + " and no reason" : sentence,
                errors,
                document);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The problem's name, such as {@code over-budget}; empty where the answer was no problem document. */
    public String name() {
        return name;
    }

    public List<FieldError> errors() {
        return errors;
    }

    /** The document as it came. */
    public JsonNode document() {
        return document;
    }

    /** One line that says it all: for logs and for those who see one line only. */
    public String line() {
        StringBuilder line = new StringBuilder(getMessage());
        errors.forEach(e -> line.append(' ').append(e.field()).append(": ").append(e.detail()));
        return line.toString();
    }
}
