package org.farga.access;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Dates;
import org.jspecify.annotations.Nullable;

/**
 * What a rule found, kept with the submission: the facts it looked at are the arguments of its reason, whose sentence is the
 * message {@link #reason}, and its evidence says where they stand.
 *
 * @param variant which of several reasons for the same answer; null where there is one
 * @param evidence none in what was found before findings had any
 */
record Finding(
        Rule rule,
        Rule.Kind kind,
        Answer answer,
        @Nullable String variant,
        List<Object> arguments,
        List<Evidence> evidence) {
    Finding {
        arguments = Evidence.kept(arguments);
        evidence = read(evidence);
    }

    private static List<Evidence> read(@Nullable List<Evidence> kept) {
        return kept == null ? List.of() : List.copyOf(kept);
    }

    static Finding of(Rule rule, Rule.Kind kind, Answer answer, Object... arguments) {
        return new Finding(rule, kind, answer, null, List.of(arguments), List.of());
    }

    /** The same for a reason of its own. */
    Finding because(String reason) {
        return new Finding(rule, kind, answer, reason, arguments, evidence);
    }

    /** The same with these facts besides those that it has. */
    Finding on(Evidence... facts) {
        List<Evidence> all = new ArrayList<>(evidence);
        all.addAll(Arrays.asList(facts));
        return new Finding(rule, kind, answer, variant, arguments, all);
    }

    enum Answer {
        MET,
        NOT_MET,
        NEEDS_PERSON
    }

    /** The key of the sentence that says why. */
    String reason() {
        return "access.reason." + rule + "." + answer + (variant == null ? "" : "." + variant);
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

    /** Whether an exception is what would help. */
    boolean allowsException() {
        return kind == Rule.Kind.EXCEPTION && answer != Answer.MET;
    }
}
