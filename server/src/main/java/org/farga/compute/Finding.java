package org.farga.compute;

import java.util.List;
import org.farga.shared.Refusal;
import org.farga.shared.Refusal.FieldProblem;
import org.jspecify.annotations.Nullable;

/**
 * What preflight found about one side of a job.
 *
 * @param check the side: {@code script}, {@code budget}…
 * @param field the field of the request that it speaks of
 * @param message key of the sentence
 * @param fix key of a sentence that says what to do; null where the sentence itself does
 * @param link where to do it; null where it is done in the request
 */
record Finding(
        Severity severity,
        String check,
        String field,
        String message,
        List<Object> arguments,
        @Nullable String fix,
        @Nullable String link) {
    private static final String PREFIX = "problem.field.";

    enum Severity {
        /** The job cannot run like this, and is not taken. */
        REFUSED,
        /** It is taken, but may not do what its owner expects. */
        WARNING,
        OK
    }

    static Finding ok(String check) {
        return new Finding(Severity.OK, check, check, "compute.check." + check, List.of(), null, null);
    }

    /** The sentence is {@code problem.field.<name>}, and what to do {@code problem.field.<name>.fix}. */
    static Finding refused(String check, String field, String name, Object... arguments) {
        return new Finding(
                Severity.REFUSED, check, field, PREFIX + name, List.of(arguments), PREFIX + name + ".fix", null);
    }

    static Finding warning(String check, String field, String name, Object... arguments) {
        return new Finding(
                Severity.WARNING, check, field, PREFIX + name, List.of(arguments), PREFIX + name + ".fix", null);
    }

    boolean isRefused() {
        return severity == Severity.REFUSED;
    }

    /** Whether it speaks of a field of the request, and not in another module's words. */
    boolean isOfAField() {
        return message.startsWith(PREFIX);
    }

    /** As a problem of its own, where another module refused. */
    Refusal refusal() {
        return new Refusal(Refusal.Kind.CONFLICT, message.substring("problem.".length()), arguments, List.of());
    }

    /** As a problem of its field, for the refusal of the whole request. */
    FieldProblem problem() {
        return new FieldProblem(field, message.substring(PREFIX.length()), arguments);
    }
}
