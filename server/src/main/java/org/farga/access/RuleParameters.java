package org.farga.access;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * What single rules of a call compare with.
 *
 * @param startup what a startup is to this call; null where no rule asks
 * @param sectors those that the call is for first; none where no rule asks
 * @param funds how much the call has to give; none where nobody has set a limit
 */
record RuleParameters(@Nullable Startup startup, Set<String> sectors, List<Fund> funds) {
    static final RuleParameters NONE = new RuleParameters(null, Set.of(), List.of());
    private static final int MOST_YEARS = 100;
    private static final int MOST_EMPLOYEES = 100_000;

    RuleParameters {
        sectors = java.util.Collections.unmodifiableSet(new TreeSet<>(sectors));
        funds = List.copyOf(funds);
    }

    /**
     * What counts as a startup: no law of the Union says it, so each call does.
     *
     * @param mostYears how many years old it may be, to the day
     * @param fewerEmployees annual work units of its own it must stay under
     */
    record Startup(int mostYears, int fewerEmployees) {}

    /**
     * Hours that a call has to give.
     *
     * @param partition {@link Partition#key} of the one that they are of; null for all together
     * @param gpuHours null for no limit
     * @param cpuHours null for no limit
     */
    record Fund(
            @Nullable String partition,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours) {}

    /** A fund as somebody types it. */
    record FundChange(
            @Nullable String partition,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours) {}

    /** What an access officer changes; what is null stays. A startup with neither number is none any more. */
    record Change(
            @Nullable Integer startupMostYears,
            @Nullable Integer startupFewerEmployees,
            boolean noStartup,
            @Nullable Set<String> sectors,
            @Nullable List<FundChange> funds) {
        static final Change NOTHING = new Change(null, null, false, null, null);
    }

    /** These with the change; what makes no sense is a problem of its field. */
    RuleParameters with(@Nullable Change change, Fields fields, List<Partition> partitions, Set<Rule> asked) {
        Startup changed = change == null ? startup : startup(change, fields);
        Set<String> first = change == null || change.sectors() == null ? sectors : change.sectors();
        List<Fund> given = change == null || change.funds() == null ? funds : funds(change.funds(), fields);
        Set<String> keys = new HashSet<>();
        partitions.forEach(p -> keys.add(p.key()));
        Set<String> funded = new HashSet<>();
        fields.rule("startup", changed != null || !asked.contains(Rule.STARTUP), "rule-needs-parameter", Rule.STARTUP)
                .rule("sectors", !first.isEmpty() || !asked.contains(Rule.SECTOR), "rule-needs-parameter", Rule.SECTOR)
                .rule("sectors", Sectors.CODES.containsAll(first), "unknown-choice", String.join(", ", Sectors.CODES))
                .rule(
                        "funds",
                        given.stream().allMatch(f -> f.partition() == null || keys.contains(f.partition())),
                        "no-such-partition",
                        String.join(", ", new TreeSet<>(keys)))
                .rule(
                        "funds",
                        given.stream().allMatch(f -> funded.add(f.partition() == null ? "" : f.partition())),
                        "partition-twice");
        return new RuleParameters(changed, first, given);
    }

    private @Nullable Startup startup(Change change, Fields fields) {
        if (change.noStartup()) {
            return null;
        }
        if (change.startupMostYears() == null && change.startupFewerEmployees() == null) {
            return startup;
        }
        Integer years = change.startupMostYears() != null || startup == null
                ? change.startupMostYears()
                : Integer.valueOf(startup.mostYears());
        Integer employees = change.startupFewerEmployees() != null || startup == null
                ? change.startupFewerEmployees()
                : Integer.valueOf(startup.fewerEmployees());
        fields.number("startup.mostYears", years == null ? null : years.longValue(), 1, MOST_YEARS)
                .number("startup.fewerEmployees", employees == null ? null : employees.longValue(), 1, MOST_EMPLOYEES);
        return years == null || employees == null ? startup : new Startup(years, employees);
    }

    private static List<Fund> funds(List<FundChange> typed, Fields fields) {
        boolean hours = typed.stream().allMatch(f -> isHours(f.gpuHours()) && isHours(f.cpuHours()));
        fields.rule("funds", hours, "not-hours", CallRules.MOST_HOURS);
        return !hours
                ? List.of()
                : typed.stream()
                        .filter(f -> f.gpuHours() != null || f.cpuHours() != null)
                        .map(f -> new Fund(
                                f.partition(),
                                f.gpuHours() == null ? null : GpuHours.ofHours(f.gpuHours()),
                                f.cpuHours() == null ? null : CpuHours.ofHours(f.cpuHours())))
                        .toList();
    }

    private static boolean isHours(@Nullable BigDecimal hours) {
        return hours == null || Answers.isHours(hours, CallRules.MOST_HOURS);
    }
}
