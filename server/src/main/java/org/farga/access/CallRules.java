package org.farga.access;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
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
 * @param cluster where the time is granted
 * @param durationsMonths the durations that can be asked for
 * @param decisionWorkingDays within how many working days a person decides
 * @param liveAwardsPerOrganisation how many proposals under decision and allocations of this mode an organisation may have
 * @param countries where an organisation must be established, and as of which date that list stood
 * @param rules which rules are asked, in this order, and how much each weighs
 */
record CallRules(
        String cluster,
        GpuHours minGpuHours,
        GpuHours maxGpuHours,
        CpuHours minCpuHours,
        CpuHours maxCpuHours,
        List<Integer> durationsMonths,
        int decisionWorkingDays,
        int liveAwardsPerOrganisation,
        CountryList countries,
        List<AppliedRule> rules) {
    /** More than any machine has: a bound against slips, not a policy. */
    static final long MOST_HOURS = 100_000_000;

    CallRules {
        durationsMonths = List.copyOf(durationsMonths);
        rules = List.copyOf(rules);
    }

    /** Countries as they stood on a date. */
    record CountryList(LocalDate asOf, Set<Country> codes) {
        CountryList {
            codes = Set.copyOf(codes);
        }
    }

    /** A rule with its weight in this call. */
    record AppliedRule(Rule rule, Rule.Kind kind) {}

    /** What an access officer changes; what is null stays. */
    record Change(
            @Nullable String cluster,
            @Nullable BigDecimal minGpuHours,
            @Nullable BigDecimal maxGpuHours,
            @Nullable BigDecimal minCpuHours,
            @Nullable BigDecimal maxCpuHours,
            @Nullable List<Integer> durationsMonths,
            @Nullable Integer decisionWorkingDays,
            @Nullable Integer liveAwardsPerOrganisation,
            @Nullable CountryList countries,
            @Nullable List<AppliedRule> rules) {}

    /** These rules with the change, where it makes sense as a whole; {@code clusters} are those that there are. */
    Outcome<CallRules> with(Change change, Set<String> clusters) {
        Fields fields = new Fields();
        String newCluster =
                change.cluster() == null ? cluster : change.cluster().strip();
        BigDecimal leastGpu = hours(fields, "minGpuHours", change.minGpuHours(), minGpuHours.hours());
        BigDecimal mostGpu = hours(fields, "maxGpuHours", change.maxGpuHours(), maxGpuHours.hours());
        BigDecimal leastCpu = hours(fields, "minCpuHours", change.minCpuHours(), minCpuHours.hours());
        BigDecimal mostCpu = hours(fields, "maxCpuHours", change.maxCpuHours(), maxCpuHours.hours());
        List<Integer> durations = change.durationsMonths() == null ? durationsMonths : change.durationsMonths();
        int days = change.decisionWorkingDays() == null ? decisionWorkingDays : change.decisionWorkingDays();
        int live = change.liveAwardsPerOrganisation() == null
                ? liveAwardsPerOrganisation
                : change.liveAwardsPerOrganisation();
        CountryList where = change.countries() == null ? countries : change.countries();
        List<AppliedRule> asked = change.rules() == null ? rules : change.rules();
        checkCluster(fields, newCluster, cluster, clusters);
        fields.rule("maxGpuHours", mostGpu.compareTo(leastGpu) >= 0, "less-than-minimum")
                .rule("maxCpuHours", mostCpu.compareTo(leastCpu) >= 0, "less-than-minimum")
                .rule(
                        "durationsMonths",
                        !durations.isEmpty()
                                && durations.size() <= 12
                                && durations.stream().allMatch(m -> m != null && m >= 1 && m <= 60)
                                && Set.copyOf(durations).size() == durations.size(),
                        "bad-durations")
                .number("decisionWorkingDays", (long) days, 1, 250)
                .number("liveAwardsPerOrganisation", (long) live, 1, 1_000)
                .rule("countries", !where.codes().isEmpty(), "missing");
        checkRules(fields, asked);
        var refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new CallRules(
                        newCluster,
                        GpuHours.ofHours(leastGpu),
                        GpuHours.ofHours(mostGpu),
                        CpuHours.ofHours(leastCpu),
                        CpuHours.ofHours(mostCpu),
                        durations.stream().sorted().toList(),
                        days,
                        live,
                        where,
                        asked));
    }

    /** One that there is, or the one there was: its engine may be away from the settings for a while. */
    static void checkCluster(Fields fields, String asked, String present, Set<String> clusters) {
        fields.rule(
                "cluster",
                asked.equals(present) || clusters.contains(asked),
                "no-such-cluster",
                String.join(", ", clusters));
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

    private static BigDecimal hours(Fields fields, String field, @Nullable BigDecimal changed, BigDecimal present) {
        if (changed == null) {
            return present;
        }
        if (!Answers.isHours(changed, MOST_HOURS)) {
            fields.rule(field, false, "not-hours", MOST_HOURS);
            return present;
        }
        return changed;
    }

    Set<Rule> asked() {
        return rules.stream().map(AppliedRule::rule).collect(Collectors.toSet());
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
