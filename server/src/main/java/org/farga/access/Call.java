package org.farga.access;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/** An invitation to apply for access time: one edition of an access mode, with the rules in force. */
record Call(
        CallId id,
        String code,
        String codePrefix,
        String title,
        Mode mode,
        Map<String, String> summary,
        Instant opensAt,
        @Nullable Instant closesAt,
        int rulesVersion,
        CallRules rules,
        int version) {

    Call {
        summary = Map.copyOf(summary);
    }

    enum Mode {
        PLAYGROUND
    }

    enum State {
        PLANNED,
        OPEN,
        CLOSED
    }

    /** Open from its opening instant on, and no more at its closing instant. */
    State state(Instant now) {
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
                rulesVersion,
                rules,
                version);
    }

    Call under(int newRulesVersion, CallRules newRules) {
        return new Call(
                id, code, codePrefix, title, mode, summary, opensAt, closesAt, newRulesVersion, newRules, version);
    }
}
