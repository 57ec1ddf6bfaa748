package org.farga.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What is different between two versions of a call's rules, as people read it. */
@Component
class RulesDiff {
    private final Messages messages;

    RulesDiff(Messages messages) {
        this.messages = messages;
    }

    /** One thing that changed: what it is, and how it reads before and after; null where it was not there. */
    record Line(
            String what, @Nullable String before, @Nullable String after) {}

    List<Line> between(CallRules before, CallRules after, Locale language) {
        Map<String, String> old = facts(before, language);
        Map<String, String> now = facts(after, language);
        Set<String> all = new LinkedHashSet<>(now.keySet());
        all.addAll(old.keySet());
        List<Line> lines = new ArrayList<>();
        for (String what : all) {
            String was = old.get(what);
            String is = now.get(what);
            if (!java.util.Objects.equals(was, is)) {
                lines.add(new Line(what, was, is));
            }
        }
        return lines;
    }

    /** All that the rules say, one fact a line. */
    private Map<String, String> facts(CallRules rules, Locale language) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Partition p : rules.partitions()) {
            facts.put(
                    t(language, "access.diff.partition", p.key()),
                    t(
                            language,
                            "access.diff.hours",
                            p.minGpuHours().hours(),
                            p.maxGpuHours().hours(),
                            p.minCpuHours().hours(),
                            p.maxCpuHours().hours()));
            if (p.closedReason() != null) {
                facts.put(t(language, "access.diff.closed", p.key()), p.closedReason());
            }
            if (!p.available().isEmpty()) {
                facts.put(
                        t(language, "access.diff.available", p.key()),
                        p.available().stream()
                                .map(a -> a.until() == null
                                        ? t(language, "access.from-day", Dates.date(a.from(), language))
                                        : Dates.date(a.from(), language) + " – " + Dates.date(a.until(), language))
                                .collect(Collectors.joining("; ")));
            }
        }
        facts.put(t(language, "access.durations-months"), rules.durations());
        facts.put(
                t(language, "access.intake"),
                rules.intake().rolling()
                        ? t(language, "access.intake.rolling")
                        : rules.intake().cutOffs().stream()
                                .map(c -> Dates.date(c.toLocalDate(), language) + " " + c.toLocalTime())
                                .collect(Collectors.joining("; ")));
        for (Step step : rules.steps()) {
            facts.put(
                    t(language, "access.step." + step.kind()), t(language, "access.working-days", step.workingDays()));
        }
        facts.put(t(language, "access.award-at-once"), t(language, rules.awardAtOnce() ? "access.yes" : "access.no"));
        Review review = rules.review();
        if (review != null) {
            facts.put(t(language, "access.reviewers-needed"), String.valueOf(review.reviewersNeeded()));
            facts.put(t(language, "access.score-scale"), review.lowest() + " – " + review.highest());
            facts.put(
                    t(language, "access.blind"),
                    t(
                            language,
                            "access.blind." + (review.hidesApplicant() ? Review.Blind.DOUBLE : Review.Blind.SINGLE)));
            if (review.rebuttalWorkingDays() != null) {
                facts.put(
                        t(language, "access.rebuttal-days"),
                        t(language, "access.working-days", review.rebuttalWorkingDays()));
            }
            review.thresholds()
                    .forEach(threshold -> facts.put(
                            t(language, "access.criterion." + threshold.criterion()),
                            "≥ " + threshold.atLeast().toPlainString()));
        }
        facts.put(
                t(language, "access.form"),
                rules.form().stream()
                        .map(s -> t(language, "access.section." + s))
                        .collect(Collectors.joining(", ")));
        facts.put(
                t(language, "access.audience"),
                rules.audience().stream()
                        .map(a -> t(language, "access.audience." + a))
                        .collect(Collectors.joining(", ")));
        facts.put(t(language, "access.live-awards"), String.valueOf(rules.liveAwardsPerOrganisation()));
        facts.put(
                t(language, "access.diff.countries"),
                rules.countries().codes().stream()
                        .map(c -> c.name(language))
                        .sorted()
                        .collect(Collectors.joining(", ")));
        rules.rules()
                .forEach(rule -> facts.put(
                        t(language, "access.rule." + rule.rule()), t(language, "access.kind." + rule.kind())));
        parameters(facts, rules.parameters(), language);
        return facts;
    }

    private void parameters(Map<String, String> facts, RuleParameters parameters, Locale language) {
        RuleParameters.Startup startup = parameters.startup();
        if (startup != null) {
            facts.put(
                    t(language, "access.diff.startup"),
                    t(language, "access.parameters.STARTUP", startup.mostYears(), startup.fewerEmployees()));
        }
        if (!parameters.sectors().isEmpty()) {
            facts.put(
                    t(language, "access.diff.sectors"),
                    parameters.sectors().stream()
                            .map(code -> t(language, "access.sector." + code))
                            .collect(Collectors.joining(", ")));
        }
        for (RuleParameters.Fund fund : parameters.funds()) {
            facts.put(
                    t(language, "access.diff.fund", fund.partition() == null ? "" : fund.partition())
                            .strip(),
                    t(
                                    language,
                                    "access.parameters.FUNDS_LEFT",
                                    "",
                                    fund.gpuHours() == null
                                            ? -1
                                            : fund.gpuHours().hours(),
                                    fund.cpuHours() == null
                                            ? -1
                                            : fund.cpuHours().hours())
                            .strip());
        }
    }

    private String t(Locale language, String key, Object... values) {
        return messages.text(language, key, values);
    }
}
