package org.farga.access;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.shared.Country;
import org.farga.shared.Fields;
import org.jspecify.annotations.Nullable;

/** A call's rules as the fields of a form, and back: what cannot be read is a problem of its field. */
final class CallRulesForm {
    /** One more than there are, so that there is always an empty one to fill in. */
    static final int MOST_PARTITIONS = 21;

    private CallRulesForm() {}

    static Map<String, String> typed(CallRules rules) {
        Map<String, String> typed = new HashMap<>();
        for (int i = 0; i < rules.partitions().size(); i++) {
            Partition p = rules.partitions().get(i);
            String at = "partitions." + i + ".";
            typed.put(at + "cluster", p.cluster());
            put(typed, at + "partition", p.partition());
            typed.put(at + "minGpuHours", p.minGpuHours().toString());
            typed.put(at + "maxGpuHours", p.maxGpuHours().toString());
            typed.put(at + "minCpuHours", p.minCpuHours().toString());
            typed.put(at + "maxCpuHours", p.maxCpuHours().toString());
            typed.put(
                    at + "available",
                    p.available().stream()
                            .map(a -> a.from() + ".." + (a.until() == null ? "" : a.until()))
                            .collect(Collectors.joining(", ")));
            put(typed, at + "closedReason", p.closedReason());
        }
        typed.put("rolling", String.valueOf(rules.intake().rolling()));
        typed.put("cutOffs", lines(rules.intake().cutOffs()));
        rules.steps().forEach(step -> typed.put("steps." + step.kind(), String.valueOf(step.workingDays())));
        typed.put("awardAtOnce", String.valueOf(rules.awardAtOnce()));
        Review review = rules.review();
        if (review != null) {
            typed.put("review.reviewersNeeded", String.valueOf(review.reviewersNeeded()));
            typed.put("review.lowest", String.valueOf(review.lowest()));
            typed.put("review.highest", String.valueOf(review.highest()));
            put(
                    typed,
                    "review.blind",
                    review.blind() == null ? null : review.blind().name());
            put(
                    typed,
                    "review.rebuttalWorkingDays",
                    review.rebuttalWorkingDays() == null ? null : String.valueOf(review.rebuttalWorkingDays()));
            review.thresholds()
                    .forEach(t ->
                            typed.put("threshold." + t.criterion(), t.atLeast().toPlainString()));
        }
        rules.form().forEach(section -> typed.put("form." + section, "true"));
        rules.rules()
                .forEach(rule -> typed.put("rule." + rule.rule(), rule.kind().name()));
        rules.audience().forEach(audience -> typed.put("audience." + audience, "true"));
        typed.put("durationsMonths", rules.durations());
        typed.put("liveAwardsPerOrganisation", String.valueOf(rules.liveAwardsPerOrganisation()));
        typed.put(
                "countries",
                rules.countries().codes().stream().map(Country::code).sorted().collect(Collectors.joining(" ")));
        typed.put("countriesAsOf", rules.countries().asOf().toString());
        putParameters(typed, rules);
        return typed;
    }

    private static void putParameters(Map<String, String> typed, CallRules rules) {
        RuleParameters.Startup startup = rules.parameters().startup();
        if (startup != null) {
            typed.put("startup.mostYears", String.valueOf(startup.mostYears()));
            typed.put("startup.fewerEmployees", String.valueOf(startup.fewerEmployees()));
        }
        rules.parameters().sectors().forEach(code -> typed.put("sector." + code, "true"));
        List<String> keys = rules.partitions().stream().map(Partition::key).toList();
        for (RuleParameters.Fund fund : rules.parameters().funds()) {
            String at = fund.partition() == null ? "fund." : "partitions." + keys.indexOf(fund.partition()) + ".fund.";
            put(
                    typed,
                    at + "gpuHours",
                    fund.gpuHours() == null ? null : fund.gpuHours().toString());
            put(
                    typed,
                    at + "cpuHours",
                    fund.cpuHours() == null ? null : fund.cpuHours().toString());
        }
    }

    static String lines(List<LocalDateTime> cutOffs) {
        return cutOffs.stream()
                .map(c -> c.toLocalDate() + " " + c.toLocalTime())
                .collect(Collectors.joining("\n"));
    }

    /** How many partitions the form shows: those that are filled in, and an empty one. */
    static int partitions(Map<String, String> typed) {
        int filled = 0;
        while (filled < MOST_PARTITIONS - 1
                && !typed.getOrDefault("partitions." + filled + ".cluster", "").isBlank()) {
            filled++;
        }
        return filled + 1;
    }

    /** The change that was typed; problems go into {@code fields}, and what has one is left out. */
    static CallRules.Change change(Map<String, String> typed, CallRules before, Fields fields) {
        List<CallRules.PartitionChange> partitions = new ArrayList<>();
        for (int i = 0; i < MOST_PARTITIONS; i++) {
            String at = "partitions." + i + ".";
            if (!typed.getOrDefault(at + "cluster", "").isBlank()) {
                partitions.add(new CallRules.PartitionChange(
                        typed.get(at + "cluster"),
                        typed.get(at + "partition"),
                        hours(fields, at + "minGpuHours", typed),
                        hours(fields, at + "maxGpuHours", typed),
                        hours(fields, at + "minCpuHours", typed),
                        hours(fields, at + "maxCpuHours", typed),
                        available(fields, at + "available", typed),
                        typed.get(at + "closedReason")));
            }
        }
        List<Step> steps = new ArrayList<>();
        for (Step.Kind kind : Step.Kind.values()) {
            Integer days = optional(fields, "steps." + kind, typed);
            if (days != null) {
                steps.add(new Step(kind, days));
            }
        }
        Set<FormSection> form = EnumSet.noneOf(FormSection.class);
        for (FormSection section : FormSection.values()) {
            if (section.isAlwaysAsked() || typed.containsKey("form." + section)) {
                form.add(section);
            }
        }
        Set<Audience> audience = EnumSet.noneOf(Audience.class);
        for (Audience one : Audience.values()) {
            if (typed.containsKey("audience." + one)) {
                audience.add(one);
            }
        }
        return new CallRules.Change(
                null,
                null,
                null,
                null,
                null,
                partitions,
                durations(fields, typed),
                new Intake("true".equals(typed.get("rolling")), cutOffs(fields, typed)),
                form,
                steps,
                review(fields, typed),
                typed.containsKey("awardAtOnce"),
                whole(fields, "liveAwardsPerOrganisation", typed),
                audience,
                countries(fields, typed, before),
                rules(typed, before),
                parameters(fields, typed));
    }

    private static RuleParameters.Change parameters(Fields fields, Map<String, String> typed) {
        Integer years = optional(fields, "startup.mostYears", typed);
        Integer employees = optional(fields, "startup.fewerEmployees", typed);
        Set<String> sectors = Sectors.CODES.stream()
                .filter(code -> typed.containsKey("sector." + code))
                .collect(Collectors.toSet());
        List<RuleParameters.FundChange> funds = new ArrayList<>();
        funds.add(new RuleParameters.FundChange(
                null, hoursOrNone(fields, "fund.gpuHours", typed), hoursOrNone(fields, "fund.cpuHours", typed)));
        for (int i = 0; i < MOST_PARTITIONS; i++) {
            String at = "partitions." + i + ".";
            String cluster = typed.getOrDefault(at + "cluster", "").strip();
            if (!cluster.isEmpty()) {
                String partition = typed.getOrDefault(at + "partition", "").strip();
                funds.add(new RuleParameters.FundChange(
                        partition.isEmpty() ? cluster : cluster + "/" + partition,
                        hoursOrNone(fields, at + "fund.gpuHours", typed),
                        hoursOrNone(fields, at + "fund.cpuHours", typed)));
            }
        }
        return new RuleParameters.Change(years, employees, years == null && employees == null, sectors, funds);
    }

    private static @Nullable BigDecimal hoursOrNone(Fields fields, String field, Map<String, String> typed) {
        return typed.getOrDefault(field, "").isBlank() ? null : hours(fields, field, typed);
    }

    /** The rules in the order that they had, new ones after them. */
    private static List<CallRules.AppliedRule> rules(Map<String, String> typed, CallRules before) {
        List<Rule> order = new ArrayList<>(
                before.rules().stream().map(CallRules.AppliedRule::rule).toList());
        Arrays.stream(Rule.values()).filter(rule -> !order.contains(rule)).forEach(order::add);
        List<CallRules.AppliedRule> rules = new ArrayList<>();
        for (Rule rule : order) {
            String kind = typed.getOrDefault("rule." + rule, "");
            for (Rule.Kind known : Rule.Kind.values()) {
                if (known.name().equals(kind)) {
                    rules.add(new CallRules.AppliedRule(rule, known));
                }
            }
        }
        return rules;
    }

    private static @Nullable Review review(Fields fields, Map<String, String> typed) {
        Integer needed = optional(fields, "review.reviewersNeeded", typed);
        Integer lowest = optional(fields, "review.lowest", typed);
        Integer highest = optional(fields, "review.highest", typed);
        if (needed == null || lowest == null || highest == null) {
            return null;
        }
        List<Review.Threshold> thresholds = new ArrayList<>();
        for (Review.Criterion criterion : Review.Criterion.values()) {
            String field = "threshold." + criterion;
            if (!typed.getOrDefault(field, "").isBlank()) {
                BigDecimal atLeast = hours(fields, field, typed);
                if (atLeast != null) {
                    thresholds.add(new Review.Threshold(criterion, atLeast));
                }
            }
        }
        return new Review(
                needed,
                lowest,
                highest,
                thresholds,
                "DOUBLE".equals(typed.get("review.blind")) ? Review.Blind.DOUBLE : null,
                optional(fields, "review.rebuttalWorkingDays", typed));
    }

    private static CallRules.@Nullable CountryList countries(
            Fields fields, Map<String, String> typed, CallRules before) {
        Set<Country> codes = new HashSet<>();
        for (String code : typed.getOrDefault("countries", "").split("[\\s,;]+", -1)) {
            if (!code.isBlank()) {
                try {
                    codes.add(new Country(code.toUpperCase(java.util.Locale.ROOT)));
                } catch (IllegalArgumentException e) {
                    fields.rule("countries", false, "unknown-country");
                    return null;
                }
            }
        }
        LocalDate asOf = day(typed.get("countriesAsOf"));
        fields.rule("countriesAsOf", asOf != null, "not-a-day");
        return new CallRules.CountryList(asOf == null ? before.countries().asOf() : asOf, codes);
    }

    private static List<LocalDateTime> cutOffs(Fields fields, Map<String, String> typed) {
        List<LocalDateTime> cutOffs = new ArrayList<>();
        for (String line : typed.getOrDefault("cutOffs", "").lines().toList()) {
            if (!line.isBlank()) {
                try {
                    cutOffs.add(LocalDateTime.parse(line.strip().replaceFirst("\\s+", "T")));
                } catch (DateTimeParseException e) {
                    fields.rule("intake", false, "not-a-cut-off", line.strip());
                    return List.of();
                }
            }
        }
        return cutOffs;
    }

    private static List<Partition.Availability> available(Fields fields, String field, Map<String, String> typed) {
        List<Partition.Availability> ranges = new ArrayList<>();
        for (String range : typed.getOrDefault(field, "").split(",", -1)) {
            if (!range.isBlank()) {
                String[] ends = range.strip().split("\\.\\.", -1);
                LocalDate from = day(ends[0]);
                LocalDate until = ends.length < 2 || ends[1].isBlank() ? null : day(ends[1]);
                if (from == null || ends.length > 2 || (until == null && ends.length == 2 && !ends[1].isBlank())) {
                    fields.rule(field, false, "not-days");
                    return List.of();
                }
                ranges.add(new Partition.Availability(from, until));
            }
        }
        return ranges;
    }

    static @Nullable LocalDate day(@Nullable String text) {
        try {
            return text == null || text.isBlank() ? null : LocalDate.parse(text.strip());
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static @Nullable BigDecimal hours(Fields fields, String field, Map<String, String> typed) {
        String text = typed.getOrDefault(field, "").strip();
        try {
            if (text.isEmpty() || text.length() > 20) {
                fields.rule(field, false, "missing");
                return null;
            }
            return new BigDecimal(text.replace(',', '.'));
        } catch (NumberFormatException e) {
            fields.rule(field, false, "not-hours", CallRules.MOST_HOURS);
            return null;
        }
    }

    private static @Nullable Integer whole(Fields fields, String field, Map<String, String> typed) {
        try {
            return Integer.valueOf(typed.getOrDefault(field, "").strip());
        } catch (NumberFormatException e) {
            fields.rule(field, false, "not-a-number");
            return null;
        }
    }

    private static @Nullable Integer optional(Fields fields, String field, Map<String, String> typed) {
        return typed.getOrDefault(field, "").isBlank() ? null : whole(fields, field, typed);
    }

    private static @Nullable List<Integer> durations(Fields fields, Map<String, String> typed) {
        try {
            return CallRules.durations(typed.getOrDefault("durationsMonths", ""));
        } catch (NumberFormatException e) {
            fields.rule("durationsMonths", false, "bad-durations");
            return null;
        }
    }

    private static void put(Map<String, String> typed, String field, @Nullable String value) {
        if (value != null) {
            typed.put(field, value);
        }
    }
}
