package org.farga.access;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.shared.Country;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a call grants and asks for: the parameters of one edition, kept as data because each edition has its own.
 *
 * @param partitions where time is granted, and how much; at least one
 * @param durationsMonths the durations that can be asked for
 * @param form which sections the form has
 * @param steps what proposals go through, in order; always with a decision
 * @param review null where no step is a review
 * @param awardAtOnce whether a proposal that meets all rules is awarded at once, without any step
 * @param liveAwardsPerOrganisation how many proposals under decision and allocations of this mode an organisation may have
 * @param countries where an organisation must be established, and as of which date that list stood
 * @param rules which rules are asked, in this order, and how much each weighs
 * @param parameters what single rules compare with
 */
record CallRules(
        List<Partition> partitions,
        List<Integer> durationsMonths,
        Intake intake,
        Set<FormSection> form,
        List<Step> steps,
        @Nullable Review review,
        boolean awardAtOnce,
        int liveAwardsPerOrganisation,
        Set<Audience> audience,
        CountryList countries,
        List<AppliedRule> rules,
        RuleParameters parameters) {
    /** More than any machine has: a bound against slips, not a policy. */
    static final long MOST_HOURS = 100_000_000;

    private static final int MOST_PARTITIONS = 20;
    private static final int MOST_RANGES = 20;
    private static final int LONGEST_NAME = 60;
    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_STEP = 250;
    private static final int LONGEST_REBUTTAL = 30;

    CallRules {
        partitions = List.copyOf(partitions);
        durationsMonths = List.copyOf(durationsMonths);
        // In the order of their declaration, so that what is kept and shown reads the same each time.
        form = ordered(form, FormSection.class);
        audience = ordered(audience, Audience.class);
        steps = steps.stream().sorted(Comparator.comparing(Step::kind)).toList();
        rules = List.copyOf(rules);
    }

    /** Rules none of which compares with anything of its own. */
    CallRules(
            List<Partition> partitions,
            List<Integer> durationsMonths,
            Intake intake,
            Set<FormSection> form,
            List<Step> steps,
            @Nullable Review review,
            boolean awardAtOnce,
            int liveAwardsPerOrganisation,
            Set<Audience> audience,
            CountryList countries,
            List<AppliedRule> rules) {
        this(
                partitions,
                durationsMonths,
                intake,
                form,
                steps,
                review,
                awardAtOnce,
                liveAwardsPerOrganisation,
                audience,
                countries,
                rules,
                RuleParameters.NONE);
    }

    private static <E extends Enum<E>> Set<E> ordered(Set<E> values, Class<E> type) {
        EnumSet<E> sorted = EnumSet.noneOf(type);
        sorted.addAll(values);
        return java.util.Collections.unmodifiableSet(sorted);
    }

    /** Countries as they stood on a date. */
    record CountryList(LocalDate asOf, Set<Country> codes) {
        CountryList {
            codes = Set.copyOf(codes);
        }
    }

    /** A rule with its weight in this call. */
    record AppliedRule(Rule rule, Rule.Kind kind) {}

    /** A partition as somebody types it. */
    record PartitionChange(
            @Nullable String cluster,
            @Nullable String partition,
            @Nullable BigDecimal minGpuHours,
            @Nullable BigDecimal maxGpuHours,
            @Nullable BigDecimal minCpuHours,
            @Nullable BigDecimal maxCpuHours,
            @Nullable List<Partition.Availability> available,
            @Nullable String closedReason) {}

    /**
     * What an access officer changes; what is null stays. Cluster and hours by themselves are those of the only partition of a
     * call that has one.
     */
    record Change(
            @Nullable String cluster,
            @Nullable BigDecimal minGpuHours,
            @Nullable BigDecimal maxGpuHours,
            @Nullable BigDecimal minCpuHours,
            @Nullable BigDecimal maxCpuHours,
            @Nullable List<PartitionChange> partitions,
            @Nullable List<Integer> durationsMonths,
            @Nullable Intake intake,
            @Nullable Set<FormSection> form,
            @Nullable List<Step> steps,
            @Nullable Review review,
            @Nullable Boolean awardAtOnce,
            @Nullable Integer liveAwardsPerOrganisation,
            @Nullable Set<Audience> audience,
            @Nullable CountryList countries,
            @Nullable List<AppliedRule> rules,
            RuleParameters.@Nullable Change parameters) {
        static final Change NOTHING = new Change(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

        boolean ofTheOnlyPartition() {
            return cluster != null
                    || minGpuHours != null
                    || maxGpuHours != null
                    || minCpuHours != null
                    || maxCpuHours != null;
        }
    }

    /** These rules with the change, where it makes sense as a whole; {@code clusters} are those that there are. */
    Outcome<CallRules> with(Change change, Set<String> clusters) {
        Fields fields = new Fields();
        List<Partition> places = partitions(fields, change, clusters);
        List<Integer> durations = change.durationsMonths() == null ? durationsMonths : change.durationsMonths();
        Intake taking = change.intake() == null ? intake : change.intake();
        Set<FormSection> sections = change.form() == null ? form : change.form();
        List<Step> through = change.steps() == null ? steps : change.steps();
        boolean reviewed = through.stream().anyMatch(step -> step.kind() == Step.Kind.EXPERT_REVIEW);
        Review experts = !reviewed ? null : change.review() == null ? review : change.review();
        boolean atOnce = change.awardAtOnce() == null ? awardAtOnce : change.awardAtOnce();
        int live = change.liveAwardsPerOrganisation() == null
                ? liveAwardsPerOrganisation
                : change.liveAwardsPerOrganisation();
        Set<Audience> whom = change.audience() == null ? audience : change.audience();
        CountryList where = change.countries() == null ? countries : change.countries();
        List<AppliedRule> asked = change.rules() == null ? rules : change.rules();
        fields.rule(
                        "durationsMonths",
                        !durations.isEmpty()
                                && durations.size() <= 12
                                && durations.stream().allMatch(m -> m != null && m >= 1 && m <= 60)
                                && Set.copyOf(durations).size() == durations.size(),
                        "bad-durations")
                .rule("intake", taking.rolling() || !taking.cutOffs().isEmpty(), "no-cut-offs")
                .rule("intake", taking.cutOffs().size() <= Intake.MOST_CUT_OFFS, "too-many-items", Intake.MOST_CUT_OFFS)
                .rule("awardAtOnce", taking.rolling() || !atOnce, "at-once-needs-rolling")
                .rule(
                        "form",
                        Arrays.stream(FormSection.values())
                                .filter(FormSection::isAlwaysAsked)
                                .allMatch(sections::contains),
                        "section-needed")
                .number("liveAwardsPerOrganisation", (long) live, 1, 1_000)
                .rule("audience", !whom.isEmpty(), "missing")
                .rule("countries", !where.codes().isEmpty(), "missing");
        // Those that stood there already were good when they were entered.
        taking.cutOffs().stream()
                .filter(cutOff -> !intake.cutOffs().contains(cutOff) && !Intake.isWorkingDay(cutOff))
                .findFirst()
                .ifPresent(cutOff -> fields.rule(
                        "intake",
                        false,
                        "cut-off-on-holiday",
                        cutOff.toLocalDate().toString(),
                        Intake.workingDayBefore(cutOff).toString()));
        checkSteps(fields, through);
        checkReview(fields, reviewed, experts);
        checkRules(fields, asked);
        RuleParameters compared = parameters.with(
                change.parameters(),
                fields,
                places,
                asked.stream().map(AppliedRule::rule).collect(Collectors.toSet()));
        var refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new CallRules(
                        places,
                        durations.stream().sorted().toList(),
                        taking,
                        sections,
                        through,
                        experts,
                        atOnce,
                        live,
                        whom,
                        where,
                        asked,
                        compared));
    }

    private List<Partition> partitions(Fields fields, Change change, Set<String> clusters) {
        if (change.partitions() != null) {
            fields.rule("partitions", !change.ofTheOnlyPartition(), "partitions-or-one")
                    .rule("partitions", !change.partitions().isEmpty(), "missing")
                    .rule(
                            "partitions",
                            change.partitions().size() <= MOST_PARTITIONS,
                            "too-many-items",
                            MOST_PARTITIONS);
            Set<String> present = partitions.stream().map(Partition::cluster).collect(Collectors.toSet());
            List<Partition> changed = new java.util.ArrayList<>();
            for (int i = 0; i < change.partitions().size() && i < MOST_PARTITIONS; i++) {
                changed.add(partition(
                        fields, "partitions." + i + ".", change.partitions().get(i), null, present, clusters));
            }
            fields.rule(
                    "partitions",
                    changed.stream().map(Partition::key).distinct().count() == changed.size(),
                    "partition-twice");
            return changed;
        }
        if (!change.ofTheOnlyPartition()) {
            return partitions;
        }
        fields.rule("partitions", partitions.size() == 1, "partition-not-named");
        Partition only = partitions.getFirst();
        return List.of(partition(
                fields,
                "",
                new PartitionChange(
                        change.cluster(),
                        only.partition(),
                        change.minGpuHours(),
                        change.maxGpuHours(),
                        change.minCpuHours(),
                        change.maxCpuHours(),
                        only.available(),
                        only.closedReason()),
                only,
                Set.of(only.cluster()),
                clusters));
    }

    private static Partition partition(
            Fields fields,
            String path,
            PartitionChange typed,
            @Nullable Partition before,
            Set<String> present,
            Set<String> clusters) {
        String cluster = typed.cluster() != null ? typed.cluster().strip() : before == null ? "" : before.cluster();
        BigDecimal leastGpu = hours(
                fields,
                path + "minGpuHours",
                typed.minGpuHours(),
                before == null ? null : before.minGpuHours().hours());
        BigDecimal mostGpu = hours(
                fields,
                path + "maxGpuHours",
                typed.maxGpuHours(),
                before == null ? null : before.maxGpuHours().hours());
        BigDecimal leastCpu = hours(
                fields,
                path + "minCpuHours",
                typed.minCpuHours(),
                before == null ? null : before.minCpuHours().hours());
        BigDecimal mostCpu = hours(
                fields,
                path + "maxCpuHours",
                typed.maxCpuHours(),
                before == null ? null : before.maxCpuHours().hours());
        String partition = blankToNull(typed.partition());
        String closed = blankToNull(typed.closedReason());
        List<Partition.Availability> available = typed.available() == null ? List.of() : typed.available();
        fields.rule(
                        path + "cluster",
                        present.contains(cluster) || clusters.contains(cluster),
                        "no-such-cluster",
                        String.join(", ", clusters))
                .optionalText(path + "partition", partition, LONGEST_NAME)
                .rule(path + "partition", partition == null || partition.matches("[A-Za-z0-9_.-]+"), "not-a-partition")
                .optionalText(path + "closedReason", closed, LONGEST_REASON)
                .rule(path + "maxGpuHours", mostGpu.compareTo(leastGpu) >= 0, "less-than-minimum")
                .rule(path + "maxCpuHours", mostCpu.compareTo(leastCpu) >= 0, "less-than-minimum")
                .rule(
                        path + "available",
                        available.stream()
                                .allMatch(r -> r.until() == null || !r.until().isBefore(r.from())),
                        "ends-before-it-begins")
                .rule(path + "available", available.size() <= MOST_RANGES, "too-many-items", MOST_RANGES);
        return new Partition(
                cluster,
                partition,
                GpuHours.ofHours(leastGpu),
                GpuHours.ofHours(mostGpu),
                CpuHours.ofHours(leastCpu),
                CpuHours.ofHours(mostCpu),
                available,
                closed);
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** One that there is, or one there was: its engine may be away from the settings for a while. */
    static void checkCluster(Fields fields, String asked, String present, Set<String> clusters) {
        fields.rule(
                "cluster",
                asked.equals(present) || clusters.contains(asked),
                "no-such-cluster",
                String.join(", ", clusters));
    }

    private static void checkSteps(Fields fields, List<Step> steps) {
        Set<Step.Kind> kinds = steps.stream().map(Step::kind).collect(Collectors.toSet());
        fields.rule("steps", kinds.size() == steps.size(), "step-twice")
                .rule("steps", kinds.contains(Step.Kind.DECISION), "no-decision-step");
        steps.forEach(step -> fields.number("steps." + step.kind(), (long) step.workingDays(), 1, LONGEST_STEP));
    }

    private static void checkReview(Fields fields, boolean needed, @Nullable Review review) {
        if (review == null) {
            fields.rule("review", !needed, "review-needed");
            return;
        }
        fields.number("review.reviewersNeeded", (long) review.reviewersNeeded(), 1, 20)
                .number("review.lowest", (long) review.lowest(), 0, 100)
                .number("review.highest", (long) review.highest(), review.lowest() + 1L, 1_000)
                .rule(
                        "review.rebuttalWorkingDays",
                        review.rebuttalWorkingDays() == null
                                || (review.rebuttalWorkingDays() >= 1
                                        && review.rebuttalWorkingDays() <= LONGEST_REBUTTAL),
                        "out-of-range",
                        1,
                        LONGEST_REBUTTAL)
                .rule(
                        "review.thresholds",
                        review.thresholds().stream()
                                        .map(Review.Threshold::criterion)
                                        .distinct()
                                        .count()
                                == review.thresholds().size(),
                        "criterion-twice")
                .rule(
                        "review.thresholds",
                        review.thresholds().stream()
                                .allMatch(t -> t.atLeast().compareTo(BigDecimal.valueOf(review.lowest())) >= 0
                                        && t.atLeast().compareTo(BigDecimal.valueOf(review.highest())) <= 0),
                        "out-of-range",
                        review.lowest(),
                        review.highest());
    }

    private static void checkRules(Fields fields, List<AppliedRule> asked) {
        Set<Rule> named = asked.stream().map(AppliedRule::rule).collect(Collectors.toSet());
        fields.rule("rules", named.size() == asked.size(), "rule-twice");
        for (Rule rule : Rule.values()) {
            // What the law asks for cannot be softened by a call.
            fields.rule(
                    "rules",
                    !rule.isLaw() || asked.contains(new AppliedRule(rule, Rule.Kind.MUST)),
                    "rule-is-law",
                    rule);
        }
    }

    private static BigDecimal hours(
            Fields fields, String field, @Nullable BigDecimal changed, @Nullable BigDecimal present) {
        if (changed == null) {
            fields.rule(field, present != null, "missing");
            return present == null ? BigDecimal.ZERO : present;
        }
        if (!Answers.isHours(changed, MOST_HOURS)) {
            fields.rule(field, false, "not-hours", MOST_HOURS);
            return present == null ? BigDecimal.ZERO : present;
        }
        return changed;
    }

    Set<Rule> asked() {
        return rules.stream().map(AppliedRule::rule).collect(Collectors.toSet());
    }

    /** The partition that answers mean: the one they name, or the only one. */
    Optional<Partition> partition(@Nullable String key) {
        return key == null
                ? partitions.size() == 1 ? Optional.of(partitions.getFirst()) : Optional.empty()
                : partitions.stream().filter(p -> p.key().equals(key)).findFirst();
    }

    /** Within how many working days of its submission or its cut-off a proposal is decided: its steps together. */
    int decisionWorkingDays() {
        return steps.stream()
                .filter(step -> step.kind() != Step.Kind.ACCEPTANCE)
                .mapToInt(Step::workingDays)
                .sum();
    }

    Optional<Step> step(Step.Kind kind) {
        return steps.stream().filter(step -> step.kind() == kind).findFirst();
    }

    /** The step that comes after one; there is one after each but the decision and the acceptance. */
    Optional<Step> stepAfter(Step.Kind kind) {
        return steps.stream().filter(step -> step.kind().compareTo(kind) > 0).findFirst();
    }

    GpuHours leastGpuHours() {
        return partitions.stream()
                .map(Partition::minGpuHours)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    GpuHours mostGpuHours() {
        return partitions.stream()
                .map(Partition::maxGpuHours)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    CpuHours leastCpuHours() {
        return partitions.stream()
                .map(Partition::minCpuHours)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    CpuHours mostCpuHours() {
        return partitions.stream()
                .map(Partition::maxCpuHours)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The durations as people write them: {@code 1, 2, 3}. */
    String durations() {
        return durationsMonths.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Reads {@link #durations} back; throws {@link NumberFormatException} for what is no whole number. */
    static List<Integer> durations(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .map(Integer::valueOf)
                .toList();
    }
}
