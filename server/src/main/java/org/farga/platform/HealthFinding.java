package org.farga.platform;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, told to somebody who was woken for it.
 *
 * @param name its name in lower case with hyphens, such as {@code disk-full}; also the heading in docs/operations.md that
 *     says more, and with {@code subject} what makes it the same finding at the next look
 * @param subject which one, where there may be several: a folder, a task, a cluster; else empty
 * @param severity how bad
 * @param sentence the message key of what is wrong, with its arguments
 * @param advice the message key of what to do about it, with the same arguments
 * @param since since when it is so, as far as the check knows; without it, since it was first seen
 * @param remedies what can be done from here
 */
public record HealthFinding(
        String name,
        String subject,
        Severity severity,
        String sentence,
        String advice,
        List<Object> arguments,
        @Nullable Instant since,
        List<Remedy> remedies) {

    public HealthFinding {
        arguments = List.copyOf(arguments);
        remedies = List.copyOf(remedies);
    }

    /** How bad, the worst first. */
    public enum Severity {
        /** People are affected now, or data is in danger. */
        CRITICAL,
        /** It will become critical if nobody does anything. */
        WARNING,
        /** To know, not to get up for; does not count as wrong. */
        NOTICE
    }

    /** Something an operator can do. */
    public sealed interface Remedy {
        /** A line for a shell on Farga's machine. */
        record Command(String line) implements Remedy {}

        /** A page to look at. @param label a message key */
        record Link(String label, String path) implements Remedy {}

        /** A form's button that posts to this address of ours, which checks the right. @param label a message key */
        record Button(String label, String path) implements Remedy {}
    }

    /** A finding of which there can be only one, with sentence {@code key} and advice {@code key.advice}. */
    public static HealthFinding of(Severity severity, String name, String key, Object... arguments) {
        return new HealthFinding(name, "", severity, key, key + ".advice", List.of(arguments), null, List.of());
    }

    public HealthFinding about(String which) {
        return new HealthFinding(name, which, severity, sentence, advice, arguments, since, remedies);
    }

    public HealthFinding since(@Nullable Instant when) {
        return new HealthFinding(name, subject, severity, sentence, advice, arguments, when, remedies);
    }

    public HealthFinding with(Remedy... what) {
        return new HealthFinding(name, subject, severity, sentence, advice, arguments, since, List.of(what));
    }

    /** Whether something must be done about it. */
    public boolean wrong() {
        return severity != Severity.NOTICE;
    }
}
