package org.farga.slurm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.allocation.AllocationState;
import org.farga.shared.AllocationId;
import org.farga.slurm.Desired.Reason;
import org.farga.slurm.SlurmTree.Limits;
import org.jspecify.annotations.Nullable;

/**
 * An allocation as Slurm is to know it.
 *
 * @param account its own
 * @param adopted whether the account was in Slurm before Farga came
 * @param projectAccount the account above it
 * @param organisationAccount the account above that one
 * @param step how much of its budget is used
 * @param cpuMinutes that Slurm shall allow in all
 * @param gpuMinutes the same of accelerators
 * @param users the Unix names of its people that the cluster knows
 * @param waiting the Unix names of those it does not know yet
 */
record Holding(
        AllocationId allocation,
        String account,
        boolean adopted,
        String projectAccount,
        String organisationAccount,
        AllocationState state,
        Ladder.Step step,
        long cpuMinutes,
        long gpuMinutes,
        Set<String> users,
        Set<String> waiting) {

    /**
     * How a centre wants its accounts.
     *
     * @param root the account that all of Farga's own hang under
     * @param qos that jobs under it may run with; empty where the cluster's own default counts
     * @param slowJobs that an allocation beyond its budget runs at once
     * @param slowQos that its jobs get by default then, where there is one
     */
    record Way(
            String root,
            Set<String> qos,
            int slowJobs,
            @Nullable String slowQos) {

        /** Whether Farga may have set this limit to stop or slow an account down; another was set by an operator. */
        boolean mayHaveSet(@Nullable Integer jobs) {
            return jobs == null || jobs == 0 || jobs == slowJobs;
        }
    }

    /** What Slurm should have for these. */
    static Desired desired(Way way, Collection<Holding> holdings) {
        Map<String, Desired.Account> accounts = new LinkedHashMap<>();
        Limits root = new Limits(null, null, null, null, null, way.qos());
        accounts.put(way.root(), tree(way.root(), SlurmTree.TOP, "All that Farga keeps", root));
        List<Desired.Account> own = new ArrayList<>();
        for (Holding holding : holdings) {
            if (!holding.adopted()) {
                accounts.computeIfAbsent(
                        holding.organisationAccount(), name -> tree(name, way.root(), "An organisation", Limits.NONE));
            }
        }
        for (Holding holding : holdings) {
            if (!holding.adopted()) {
                accounts.computeIfAbsent(
                        holding.projectAccount(),
                        name -> tree(name, holding.organisationAccount(), "A project", Limits.NONE));
            }
            own.add(holding.account(way));
        }
        own.forEach(account -> accounts.put(account.name(), account));
        return new Desired(way, accounts, way.slowQos() == null ? Map.of() : Map.of(way.slowQos(), 0));
    }

    private static Desired.Account tree(String name, String parent, String description, Limits limits) {
        return new Desired.Account(name, parent, description, limits, Reason.TREE, Set.of(), Set.of());
    }

    private Desired.Account account(Way way) {
        Reason reason = reason();
        Limits free = new Limits(cpuMinutes, gpuMinutes, null, null, null, Set.of());
        Limits limits = switch (reason) {
            case AWARD, TREE, STRAY -> free;
            case PLANNED, EXPIRED, SUSPENDED -> free.closed();
            case SLOW -> new Limits(cpuMinutes, gpuMinutes, way.slowJobs(), null, way.slowQos(), Set.of());
            // Jobs may wait for a correction of the books, but none begins.
            case STOPPED -> new Limits(cpuMinutes, gpuMinutes, 0, null, way.slowQos(), Set.of());
        };
        return new Desired.Account(
                account, adopted ? null : projectAccount, "Allocation " + allocation, limits, reason, users, waiting);
    }

    private Reason reason() {
        return switch (state) {
            case PLANNED -> Reason.PLANNED;
            case EXPIRED -> Reason.EXPIRED;
            case SUSPENDED -> Reason.SUSPENDED;
            case ACTIVE ->
                switch (step) {
                    case NONE, NOTICE -> Reason.AWARD;
                    case SLOW -> Reason.SLOW;
                    case STOP -> Reason.STOPPED;
                };
        };
    }
}
