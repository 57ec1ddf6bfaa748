package org.farga.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.farga.shared.Refusal.FieldProblem;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request's fields, so that a person sees all of it at once. */
public final class Fields {
    private final List<FieldProblem> problems = new ArrayList<>();

    /** A text that must be there, stripped, with at most {@code most} characters and no control characters but line ends. */
    public Fields text(String field, @Nullable String value, int most) {
        if (value == null || value.isBlank()) {
            return add(field, "missing");
        }
        return bounded(field, value, most);
    }

    /** A text that may be missing, otherwise as {@link #text}. */
    public Fields optionalText(String field, @Nullable String value, int most) {
        return value == null ? this : bounded(field, value, most);
    }

    private Fields bounded(String field, String value, int most) {
        if (value.codePointCount(0, value.length()) > most) {
            return add(field, "too-long", most);
        }
        // U+FFFD is what a decoder leaves of bytes that are not UTF-8; NUL cannot be kept in PostgreSQL.
        if (value.codePoints()
                .anyMatch(c -> c == 0xFFFD || (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t'))) {
            return add(field, "unreadable");
        }
        return this;
    }

    /** A number that must be there and within bounds. */
    public Fields number(String field, @Nullable Long value, long least, long most) {
        if (value == null) {
            return add(field, "missing");
        }
        return value < least || value > most ? add(field, "out-of-range", least, most) : this;
    }

    public Fields present(String field, @Nullable Object value) {
        return value == null ? add(field, "missing") : this;
    }

    /** A rule of the caller's own: adds the problem where {@code holds} is false. */
    public Fields rule(String field, boolean holds, String name, Object... arguments) {
        return holds ? this : add(field, name, arguments);
    }

    private Fields add(String field, String name, Object... arguments) {
        problems.add(new FieldProblem(field, name, List.of(arguments)));
        return this;
    }

    /** The refusal that lists every problem, or nothing where all is well. */
    public Optional<Refusal> refusal() {
        return problems.isEmpty() ? Optional.empty() : Optional.of(Refusal.invalid(problems));
    }
}
