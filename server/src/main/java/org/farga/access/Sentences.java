package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
        return Rule.UNTOLD.equals(finding.variant())
                ? messages.text(language, "access.reason.untold")
                : messages.text(language, finding.reason(), finding.arguments(language));
    }

    /** Where a fact stands that a rule looked at, and of when. */
    String evidence(Evidence evidence, Locale language) {
        return messages.text(
                language,
                "access.evidence." + evidence.name(),
                evidence.arguments().stream().map(a -> readable(a, language)).toArray());
    }

    /** What to send to whoever looks at it; empty where nothing would help. */
    Optional<String> toSend(Finding finding, Locale language) {
        String key = "access.send." + finding.rule();
        return finding.needsPerson() && messages.has(key)
                ? Optional.of(messages.text(language, key))
                : Optional.empty();
    }

    /** What a call has a rule compare with; empty where that stands elsewhere or the rule needs nothing. */
    Optional<String> parameters(Rule rule, CallRules rules, Locale language) {
        RuleParameters parameters = rules.parameters();
        RuleParameters.Startup startup = parameters.startup();
        if (rule == Rule.STARTUP && startup != null) {
            return Optional.of(messages.text(
                    language, "access.parameters.STARTUP", startup.mostYears(), startup.fewerEmployees()));
        }
        if (rule == Rule.SECTOR && !parameters.sectors().isEmpty()) {
            return Optional.of(parameters.sectors().stream()
                    .map(code -> messages.text(language, "access.sector." + code))
                    .collect(Collectors.joining(", ")));
        }
        return rule == Rule.FUNDS_LEFT && !parameters.funds().isEmpty()
                ? Optional.of(parameters.funds().stream()
                        .map(fund -> fund(fund, language))
                        .collect(Collectors.joining("; ")))
                : Optional.empty();
    }

    private String fund(RuleParameters.Fund fund, Locale language) {
        return messages.text(
                        language,
                        "access.parameters.FUNDS_LEFT",
                        fund.partition() == null ? "" : fund.partition(),
                        fund.gpuHours() == null ? -1 : fund.gpuHours().hours(),
                        fund.cpuHours() == null ? -1 : fund.cpuHours().hours())
                .strip();
    }

    private Object readable(Object argument, Locale language) {
        if (!(argument instanceof String text)) {
            return argument;
        }
        if (text.startsWith("@") && messages.has(text.substring(1))) {
            return messages.text(language, text.substring(1));
        }
        if (text.matches("#[A-Z]{2}")) {
            return Locale.of("", text.substring(1)).getDisplayCountry(language);
        }
        if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z)?")) {
            return Dates.date(
                    text.length() == 10
                            ? LocalDate.parse(text)
                            : LocalDate.ofInstant(Instant.parse(text), Intake.BRUSSELS),
                    language);
        }
        return text;
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
        return messages.text(
                language,
                "access.advice." + reason.name() + (reason.holds() ? ".yes" : ".no"),
                advised(reason.arguments(), language));
    }

    /** What would change that. */
    String change(CallAdvice.Change change, Locale language) {
        return messages.text(language, "access.advice.change." + change.name(), advised(change.arguments(), language));
    }

    private Object[] advised(List<Object> arguments, Locale language) {
        return arguments.stream()
                .map(a -> switch (a) {
                    case Instant instant -> Dates.date(LocalDate.ofInstant(instant, Intake.BRUSSELS), language);
                    case LocalDate day -> Dates.date(day, language);
                    case Set<?> audiences ->
                        audiences.stream()
                                .map(audience -> messages.text(language, "access.audience." + audience))
                                .collect(Collectors.joining(", "));
                    default -> a;
                })
                .toArray();
    }

    String text(String key, Locale language) {
        return messages.text(language, key);
    }

    String refusal(Refusal refusal, Locale language) {
        return problems.sentence(refusal, language);
    }
}
