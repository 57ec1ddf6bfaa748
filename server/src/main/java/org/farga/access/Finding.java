package org.farga.access;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Dates;

/**
 * What a rule found, kept with the decision as its evidence: the facts it looked at are the arguments of its reason, whose
 * sentence is the message {@link #reason}.
 */
record Finding(Rule rule, Rule.Kind kind, Answer answer, List<Object> arguments) {
    Finding {
        arguments = List.copyOf(arguments);
    }

    enum Answer {
        MET,
        NOT_MET,
        NEEDS_PERSON
    }

    /** The key of the sentence that says why. */
    String reason() {
        return "access.reason." + rule + "." + answer;
    }

    /** The facts as a reader of this language knows them. */
    Object[] arguments(Locale language) {
        Object[] readable = arguments.toArray();
        if (rule == Rule.ESTABLISHED) {
            readable[0] = Locale.of("", String.valueOf(readable[0])).getDisplayCountry(language);
            readable[1] = Dates.date(LocalDate.parse(String.valueOf(readable[1])), language);
        }
        return readable;
    }

    /** Whether it alone makes the submission impossible. */
    boolean refuses() {
        return kind == Rule.Kind.MUST && answer == Answer.NOT_MET;
    }

    /** Whether a person has to look before there can be an award. */
    boolean needsPerson() {
        return kind != Rule.Kind.SHOULD && answer != Answer.MET;
    }
}
