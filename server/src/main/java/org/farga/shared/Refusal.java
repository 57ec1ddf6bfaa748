package org.farga.shared;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A foreseen "no": a named problem (RFC 9457) with what a person needs to know to put it right.
 *
 * @param kind what the HTTP layer answers
 * @param name the problem's name, as in {@code /problems/call-closed}; its text is the message {@code problem.<name>}
 * @param arguments values for the text, in its order
 * @param fields what is wrong with single fields, where the problem lies there
 * @param after how long to wait before trying again, where it was too often
 */
public record Refusal(
        Kind kind,
        String name,
        List<Object> arguments,
        List<FieldProblem> fields,
        @Nullable Duration after) {
    public Refusal(Kind kind, String name, List<Object> arguments, List<FieldProblem> fields) {
        this(kind, name, arguments, fields, kind == Kind.TOO_MANY ? Duration.ofMinutes(1) : null);
    }

    /** The kind of refusal, in terms of what the one who asked can do about it. */
    public enum Kind {
        /** The request itself is wrong; change it. */
        INVALID,
        /** The request is right but the present state forbids it. */
        CONFLICT,
        /** It may be seen but not done by this person. */
        FORBIDDEN,
        /** It was changed by someone else meanwhile; read it again. */
        STALE,
        /** Too often; wait. */
        TOO_MANY,
        /** More was sent than is taken; send less. */
        TOO_LARGE,
        /** There is no room for it; whoever runs the centre must make some. */
        NO_ROOM
    }

    /** One field's problem: its path in the request, and the message key {@code problem.field.<name>} with values. */
    public record FieldProblem(String field, String name, List<Object> arguments) {}

    public static Refusal invalid(String name, Object... arguments) {
        return new Refusal(Kind.INVALID, name, List.of(arguments), List.of());
    }

    public static Refusal invalid(List<FieldProblem> fields) {
        return new Refusal(Kind.INVALID, "invalid-fields", List.of(), List.copyOf(fields));
    }

    public static Refusal conflict(String name, Object... arguments) {
        return new Refusal(Kind.CONFLICT, name, List.of(arguments), List.of());
    }

    public static Refusal forbidden(String name, Object... arguments) {
        return new Refusal(Kind.FORBIDDEN, name, List.of(arguments), List.of());
    }

    /** The row was changed since it was read. */
    public static Refusal stale() {
        return new Refusal(Kind.STALE, "stale", List.of(), List.of());
    }

    /**
     * Too often.
     *
     * @param after how long to wait, told in {@code Retry-After} to the whole second
     */
    public static Refusal tooMany(String name, Duration after, Object... arguments) {
        return new Refusal(Kind.TOO_MANY, name, List.of(arguments), List.of(), after);
    }

    /** Too many of them at once; trying again helps once some are gone, which nobody can foresee: in a minute. */
    public static Refusal tooManyAtOnce(String name, Object... arguments) {
        return new Refusal(Kind.TOO_MANY, name, List.of(arguments), List.of());
    }

    /** Whole seconds to wait before trying again, at least one; empty where waiting is not what helps. */
    public OptionalLong retryAfterSeconds() {
        return after == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, Math.ceilDiv(after.toMillis(), 1000)));
    }

    public static Refusal tooLarge(String name, Object... arguments) {
        return new Refusal(Kind.TOO_LARGE, name, List.of(arguments), List.of());
    }

    public static Refusal noRoom(String name, Object... arguments) {
        return new Refusal(Kind.NO_ROOM, name, List.of(arguments), List.of());
    }
}
