package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.farga.platform.Problems;
import org.farga.shared.Refusal;
import org.springframework.stereotype.Component;

/** What rules, findings and events say, in a reader's language. */
@Component
class Sentences {
    private final Messages messages;
    private final Problems problems;

    Sentences(Messages messages, Problems problems) {
        this.messages = messages;
        this.problems = problems;
    }

    String rule(Rule rule, Locale language) {
        return messages.text(language, "access.rule." + rule);
    }

    /** Where the rule comes from. */
    String source(Rule rule, Locale language) {
        return messages.text(language, "access.source." + rule);
    }

    String reason(Finding finding, Locale language) {
        return messages.text(language, finding.reason(), finding.arguments(language));
    }

    String missing(String field, Locale language) {
        return field.startsWith("sections.")
                ? messages.text(
                        language,
                        "access.missing.section",
                        messages.text(language, "access.section." + field.substring("sections.".length())))
                : messages.text(language, "access.missing." + field);
    }

    String event(ProposalEvent event, Locale language) {
        Step.Kind step = event.step();
        if (event.by() == null
                && (event.kind() == ProposalEvent.Kind.ASKED || event.kind() == ProposalEvent.Kind.ANSWERED)) {
            return messages.text(language, "access.event." + event.kind() + ".by-rule");
        }
        return step == null || event.kind() == ProposalEvent.Kind.OFFERED
                ? messages.text(language, "access.event." + event.kind())
                : messages.text(
                        language,
                        "access.event." + event.kind() + (event.result() == null ? "" : "." + event.result()),
                        messages.text(language, "access.step." + step));
    }

    /** Why a call fits or not; instants as the reader writes dates. */
    String advice(CallAdvice.Reason reason, Locale language) {
        Object[] readable = reason.arguments().stream()
                .map(a -> a instanceof Instant instant
                        ? Dates.date(LocalDate.ofInstant(instant, Intake.BRUSSELS), language)
                        : a)
                .toArray();
        return messages.text(language, "access.advice." + reason.name() + (reason.holds() ? ".yes" : ".no"), readable);
    }

    String text(String key, Locale language) {
        return messages.text(language, key);
    }

    String refusal(Refusal refusal, Locale language) {
        return problems.sentence(refusal, language);
    }
}
