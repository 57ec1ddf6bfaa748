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
                ? messages.text(language, "access.missing.section", question(field, language))
                : messages.text(language, "access.missing." + field);
    }

    /** The name of a field of a form, with its section before it: {@code Jobs: GPUs}. */
    String question(String field, Locale language) {
        if (!field.startsWith("sections.")) {
            return messages.text(language, "access.field." + field);
        }
        String path = field.substring("sections.".length());
        String section = messages.text(language, "access.section." + FormValues.section(field));
        return FormValues.question(field)
                .map(q -> {
                    String label = messages.text(language, "access.ask." + q.key());
                    return section + ": "
                            + (SectionForm.isMonths(q.list())
                                    ? messages.text(
                                                    language,
                                                    "access.row.PLAN.months",
                                                    Integer.parseInt(path.split("\\.", -1)[2]))
                                            + ", " + label
                                    : label);
                })
                .orElseGet(() ->
                        path.contains(".") ? section + ": " + messages.text(language, "access.list." + path) : section);
    }

    /** An answer as people read it. */
    String answer(String field, String answer, Locale language) {
        if (answer.isEmpty()) {
            return messages.text(language, "access.no-answer");
        }
        if (answer.equals("true") || answer.equals("false")) {
            return messages.text(language, answer.equals("true") ? "access.yes" : "access.no");
        }
        return FormValues.question(field)
                .filter(q -> q.kind() == SectionForm.Kind.CHOICE && q.choices().contains(answer))
                .map(q -> messages.text(language, "access.choice." + q.key() + "." + answer))
                .orElse(answer);
    }

    String event(ProposalEvent event, Locale language) {
        Step.Kind step = event.step();
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
