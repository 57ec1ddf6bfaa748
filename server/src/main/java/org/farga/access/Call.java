package org.farga.access;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * An invitation to apply for access time: one edition of an access mode, with the rules in force.
 *
 * @param publishedAt since when everybody sees it; null while access officers prepare it
 */
record Call(
        CallId id,
        String code,
        String codePrefix,
        String title,
        Mode mode,
        Map<String, String> summary,
        Instant opensAt,
        @Nullable Instant closesAt,
        @Nullable Instant publishedAt,
        int rulesVersion,
        CallRules rules,
        int version) {
    private static final int LONGEST_TITLE = 200;
    private static final int LONGEST_SUMMARY = 2_000;
    private static final java.util.regex.Pattern CODE = java.util.regex.Pattern.compile("[A-Z][A-Z0-9-]{1,39}");

    /** The languages that every summary is in. */
    static final List<String> LANGUAGES = List.of("en", "es", "ca");

    Call {
        summary = Map.copyOf(summary);
    }

    enum Mode {
        PLAYGROUND,
        FAST_LANE,
        LARGE_SCALE,
        AI_FOR_SCIENCE,
        BENCHMARK,
        DEVELOPMENT,
        REGULAR,
        EXTREME_SCALE
    }

    enum State {
        /** Prepared by access officers; nobody else sees it. */
        UNPUBLISHED,
        PLANNED,
        OPEN,
        CLOSED
    }

    /** Open from its opening instant on, and no more at its closing instant. */
    State state(Instant now) {
        if (publishedAt == null) {
            return State.UNPUBLISHED;
        }
        if (now.isBefore(opensAt)) {
            return State.PLANNED;
        }
        return closesAt != null && !now.isBefore(closesAt) ? State.CLOSED : State.OPEN;
    }

    String summary(Locale language) {
        return summary.getOrDefault(language.getLanguage(), summary.getOrDefault("en", ""));
    }

    /** The language that {@link #summary} is in: the reader's where the call has it, English otherwise. */
    String summaryLanguage(Locale language) {
        return summary.containsKey(language.getLanguage()) ? language.getLanguage() : "en";
    }

    static Optional<Refusal> refusalToRun(Actor actor) {
        return actor.is(CentreRole.ACCESS_OFFICER)
                ? Optional.empty()
                : Optional.of(Refusal.forbidden("access-officers-only"));
    }

    /** Whether something submitted at this instant is taken: the call is open and, where it has cut-offs, one is left. */
    boolean takes(Instant now) {
        return state(now) == State.OPEN && rules.intake().takes(now);
    }

    boolean isVisibleTo(@Nullable Actor actor) {
        return publishedAt != null || (actor != null && actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.AUDITOR));
    }

    /** What an access officer says about a call besides its rules; what is null stays. */
    record Change(
            @Nullable String title,
            @Nullable Map<String, String> summary,
            @Nullable Instant opensAt,
            @Nullable Instant closesAt,
            boolean neverCloses) {
        static final Change NOTHING = new Change(null, null, null, null, false);
    }

    /** This call with the change, where it makes sense as a whole. */
    Outcome<Call> with(Change change) {
        String newTitle = change.title() == null ? title : change.title().strip();
        Map<String, String> words = new HashMap<>(summary);
        if (change.summary() != null) {
            change.summary().forEach((language, text) -> words.put(language, text == null ? "" : text.strip()));
        }
        Instant opens = change.opensAt() == null ? opensAt : change.opensAt();
        Instant closes = change.neverCloses() ? null : change.closesAt() == null ? closesAt : change.closesAt();
        Fields fields = new Fields()
                .text("title", newTitle, LONGEST_TITLE)
                .rule("closesAt", closes == null || !closes.isBefore(opens), "ends-before-it-begins")
                .rule("summary", LANGUAGES.containsAll(words.keySet()), "unknown-choice", String.join(", ", LANGUAGES));
        LANGUAGES.forEach(language -> fields.text("summary." + language, words.get(language), LONGEST_SUMMARY));
        var refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new Call(
                        id,
                        code,
                        codePrefix,
                        newTitle,
                        mode,
                        words,
                        opens,
                        closes,
                        publishedAt,
                        rulesVersion,
                        rules,
                        version));
    }

    /** A new edition after this one: unpublished, under a code of its own, with the same words and rules. */
    Outcome<Call> copy(@Nullable String newCode, @Nullable String newTitle, Instant now) {
        String code = newCode == null ? "" : newCode.strip().toUpperCase(Locale.ROOT);
        Fields fields = new Fields()
                .text("code", newCode, 40)
                .rule("code", code.isEmpty() || CODE.matcher(code).matches(), "not-a-call-code")
                .optionalText("title", newTitle, LONGEST_TITLE);
        var refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new Call(
                        CallId.create(),
                        code,
                        codePrefix,
                        newTitle == null || newTitle.isBlank() ? title : newTitle.strip(),
                        mode,
                        summary,
                        now,
                        null,
                        null,
                        1,
                        rules,
                        1));
    }

    /** For everybody from now on; where its opening has gone by, open from now on. */
    Call publish(Instant now) {
        return new Call(
                id,
                code,
                codePrefix,
                title,
                mode,
                summary,
                opensAt.isBefore(now) ? now : opensAt,
                closesAt,
                now,
                rulesVersion,
                rules,
                version);
    }

    /** The call as it is once it is open: at once, and without an end. */
    Call open(Instant now) {
        return new Call(
                id,
                code,
                codePrefix,
                title,
                mode,
                summary,
                now.isBefore(opensAt) ? now : opensAt,
                null,
                publishedAt,
                rulesVersion,
                rules,
                version);
    }

    /** The call as it is once it is closed: from this instant on. */
    Call close(Instant now) {
        return new Call(
                id,
                code,
                codePrefix,
                title,
                mode,
                summary,
                now.isBefore(opensAt) ? now : opensAt,
                now,
                publishedAt,
                rulesVersion,
                rules,
                version);
    }

    Call under(int newRulesVersion, CallRules newRules) {
        return new Call(
                id,
                code,
                codePrefix,
                title,
                mode,
                summary,
                opensAt,
                closesAt,
                publishedAt,
                newRulesVersion,
                newRules,
                version);
    }
}
