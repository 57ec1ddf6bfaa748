package org.farga.slurm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.farga.slurm.Change.AddAccount;
import org.farga.slurm.Change.AddQos;
import org.farga.slurm.Change.AddUser;
import org.farga.slurm.Change.CloseUser;
import org.farga.slurm.Change.MoveAccount;
import org.farga.slurm.Change.OpenUser;
import org.farga.slurm.Change.SetLimits;
import org.farga.slurm.SlurmTree.Limits;
import org.farga.slurm.SlurmTree.UserLimits;

/**
 * What must change in Slurm, and what stands in the way of more.
 *
 * @param changes in the order in which they are made: what stops somebody first
 * @param troubles what Farga will not do by itself
 */
record Plan(List<Change> changes, List<Trouble> troubles) {
    Plan {
        changes = List.copyOf(changes);
        troubles = List.copyOf(troubles);
    }

    /** Something that a human must look at, about one account. */
    record Trouble(Kind kind, String subject) {
        enum Kind {
            /** Slurm has an account of this name that is none of Farga's. */
            NAME_TAKEN,
            /** An account that was taken over is no longer there. */
            ADOPTED_GONE,
            /** Slurm does not count a resource that allocations limit. */
            NOT_COUNTED
        }
    }

    /**
     * Compares. An account that neither hangs under Farga's nor was taken over is not looked at, whatever it is called.
     *
     * @param ours whether Farga knows a Unix name; in an account that was taken over, others are left alone
     */
    static Plan between(Desired desired, SlurmTree actual, Predicate<String> ours) {
        List<Change> stops = new ArrayList<>();
        List<Change> others = new ArrayList<>();
        List<Trouble> troubles = new ArrayList<>();
        desired.qos().forEach((name, priority) -> {
            if (!actual.qos().contains(name)) {
                stops.add(new AddQos(name, priority));
            }
        });
        for (String resource : List.of("cpu", "gres/gpu")) {
            if (!actual.tres().contains(resource)) {
                troubles.add(new Trouble(Trouble.Kind.NOT_COUNTED, resource));
            }
        }
        Set<String> barred = new HashSet<>();
        for (Desired.Account account : desired.accounts().values()) {
            if (account.parent() != null && barred.contains(account.parent())) {
                // Nothing of ours is hung under what is not ours.
                barred.add(account.name());
                continue;
            }
            SlurmTree.Account there = actual.accounts().get(account.name());
            if (there == null) {
                if (account.adopted()) {
                    troubles.add(new Trouble(Trouble.Kind.ADOPTED_GONE, account.name()));
                    continue;
                }
                others.add(new AddAccount(account));
                account.users().stream().sorted().forEach(user -> others.add(new AddUser(account.name(), user)));
                continue;
            }
            if (!account.adopted() && !actual.isUnder(desired.root(), account.name())) {
                troubles.add(new Trouble(Trouble.Kind.NAME_TAKEN, account.name()));
                barred.add(account.name());
                continue;
            }
            compare(desired.way(), account, there, actual.tres(), ours, stops, others);
        }
        for (SlurmTree.Account there : actual.accounts().values()) {
            if (!desired.accounts().containsKey(there.name())
                    && !there.limits().isClosed()
                    && actual.isUnder(desired.root(), there.name())) {
                stops.add(new SetLimits(
                        there.name(), there.limits(), there.limits().closed(), Desired.Reason.STRAY));
            }
        }
        stops.addAll(others);
        return new Plan(stops, troubles);
    }

    private static void compare(
            Holding.Way way,
            Desired.Account account,
            SlurmTree.Account there,
            Set<String> counted,
            Predicate<String> ours,
            List<Change> stops,
            List<Change> others) {
        String name = account.name();
        String parent = account.parent();
        if (parent != null && !Objects.equals(parent, there.parent())) {
            others.add(new MoveAccount(name, String.valueOf(there.parent()), parent));
        }
        Limits wanted = wanted(way, account, there.limits(), counted);
        if (!wanted.equals(there.limits())) {
            stops.add(new SetLimits(name, there.limits(), wanted, account.reason()));
        }
        for (String user : account.users()) {
            UserLimits limits = there.users().get(user);
            if (limits == null) {
                others.add(new AddUser(name, user));
            } else if (limits.isClosed()) {
                others.add(new OpenUser(name, user));
            }
        }
        if (there.users().size() <= account.users().size()
                && account.users().containsAll(there.users().keySet())) {
            return;
        }
        there.users().forEach((user, limits) -> {
            boolean may = account.users().contains(user) || account.waiting().contains(user);
            if (!may && !limits.isClosed() && (!account.adopted() || ours.test(user))) {
                stops.add(new CloseUser(name, user));
            }
        });
    }

    /** What Farga has no opinion on stays as it is: an operator may have set it. */
    private static Limits wanted(Holding.Way way, Desired.Account account, Limits there, Set<String> counted) {
        Limits wanted = account.limits();
        if (account.reason() == Desired.Reason.TREE) {
            return new Limits(
                    there.cpuMinutes(),
                    there.gpuMinutes(),
                    there.jobs(),
                    there.submitted(),
                    wanted.defaultQos() == null ? there.defaultQos() : wanted.defaultQos(),
                    wanted.qos().isEmpty() ? there.qos() : wanted.qos());
        }
        return new Limits(
                counted.contains("cpu") ? wanted.cpuMinutes() : there.cpuMinutes(),
                counted.contains("gres/gpu") ? wanted.gpuMinutes() : there.gpuMinutes(),
                wanted.jobs() == null && !way.mayHaveSet(there.jobs()) ? there.jobs() : wanted.jobs(),
                wanted.submitted() == null && !Integer.valueOf(0).equals(there.submitted())
                        ? there.submitted()
                        : wanted.submitted(),
                wanted.defaultQos() == null && !Objects.equals(way.slowQos(), there.defaultQos())
                        ? there.defaultQos()
                        : wanted.defaultQos(),
                wanted.qos().isEmpty() ? there.qos() : wanted.qos());
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }
}
