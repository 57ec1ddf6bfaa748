package org.farga.slurm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.farga.slurm.Change.AddAccount;
import org.farga.slurm.Change.AddQos;
import org.farga.slurm.Change.AddUser;
import org.farga.slurm.Change.CloseUser;
import org.farga.slurm.Change.MoveAccount;
import org.farga.slurm.Change.OpenUser;
import org.farga.slurm.Change.SetLimits;
import org.farga.slurm.SlurmTree.Limits;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code sacctmgr} that makes many changes. One by one each would take Slurm 22.05 half a second; a file that
 * {@code sacctmgr load} reads makes hundreds of accounts and associations in little more, and so does one change that is the
 * same for a list of accounts.
 *
 * @param arguments the command
 * @param input what it reads
 * @param changes that it makes
 */
record SlurmCommand(List<String> arguments, @Nullable String input, List<Change> changes) {

    /** How many changes one command makes at most: so much is lost at most where it is cut off, and done again. */
    static final int MOST = 500;

    /** From how many on a list in one {@code modify} is faster than lines of a file. */
    private static final int WORTH_A_LIST = 3;

    SlurmCommand {
        arguments = List.copyOf(arguments);
        changes = List.copyOf(changes);
    }

    /**
     * The commands for a plan, in its order: what stops somebody comes before what gives something.
     *
     * @param actual what the plan was compared with: a file must name the parents that accounts have
     */
    static List<SlurmCommand> of(Plan plan, SlurmTree actual) {
        List<SlurmCommand> commands = new ArrayList<>();
        Map<String, List<SetLimits>> alike = new LinkedHashMap<>();
        Map<String, List<Change>> users = new LinkedHashMap<>();
        List<Change> load = new ArrayList<>();
        for (Change change : plan.changes()) {
            switch (change) {
                case AddQos qos ->
                    commands.add(new SlurmCommand(
                            List.of(
                                    "sacctmgr",
                                    "-i",
                                    "add",
                                    "qos",
                                    qos.subject(),
                                    "priority=" + qos.priority(),
                                    "description=by_Farga"),
                            null,
                            List.of(qos)));
                case SetLimits set ->
                    alike.computeIfAbsent(String.join(" ", clauses(set)), c -> new ArrayList<>())
                            .add(set);
                case CloseUser close ->
                    users.computeIfAbsent("0 " + close.subject(), k -> new ArrayList<>())
                            .add(close);
                case OpenUser open ->
                    users.computeIfAbsent("-1 " + open.subject(), k -> new ArrayList<>())
                            .add(open);
                case AddAccount _, AddUser _, MoveAccount _ -> load.add(change);
            }
        }
        List<Change> few = new ArrayList<>();
        alike.values().forEach(same -> {
            if (same.size() < WORTH_A_LIST && !setsQos(same.getFirst())) {
                few.addAll(same);
            } else {
                batches(same).forEach(batch -> commands.add(modifyAccounts(actual.cluster(), batch)));
            }
        });
        users.forEach((key, same) -> {
            if (same.size() < WORTH_A_LIST) {
                few.addAll(same);
            } else {
                batches(same).forEach(batch -> commands.add(modifyUsers(actual.cluster(), batch)));
            }
        });
        few.addAll(load);
        batches(few).forEach(batch -> commands.add(loadFile(actual, batch)));
        return commands;
    }

    private static <T> List<List<T>> batches(List<T> all) {
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST) {
            batches.add(all.subList(from, Math.min(all.size(), from + MOST)));
        }
        return batches;
    }

    private static SlurmCommand modifyAccounts(String cluster, List<SetLimits> same) {
        List<String> arguments = new ArrayList<>(List.of(
                "sacctmgr",
                "-i",
                "modify",
                "account",
                "where",
                "name=" + String.join(",", same.stream().map(SetLimits::subject).toList()),
                "cluster=" + cluster,
                "set"));
        arguments.addAll(clauses(same.getFirst()));
        return new SlurmCommand(arguments, null, List.copyOf(same));
    }

    private static SlurmCommand modifyUsers(String cluster, List<Change> same) {
        int most = same.getFirst() instanceof CloseUser ? 0 : -1;
        return new SlurmCommand(
                List.of(
                        "sacctmgr",
                        "-i",
                        "modify",
                        "user",
                        "where",
                        "name="
                                + String.join(
                                        ",",
                                        same.stream()
                                                .map(c -> String.valueOf(user(c)))
                                                .toList()),
                        "account=" + same.getFirst().subject(),
                        "cluster=" + cluster,
                        "set",
                        "MaxJobs=" + most,
                        "MaxSubmitJobs=" + most),
                null,
                same);
    }

    private static SlurmCommand loadFile(SlurmTree actual, List<Change> batch) {
        SlurmDump.Writer file = new SlurmDump.Writer(actual.cluster());
        for (Change change : batch) {
            switch (change) {
                case AddAccount add -> file.account(add.account());
                case MoveAccount move -> file.parent(move.to()).account(move.subject(), List.of());
                case SetLimits set -> file.parent(parent(actual, set.subject())).account(set.subject(), clauses(set));
                case AddUser add -> file.parent(add.subject()).user(add.user(), List.of());
                case CloseUser close ->
                    file.parent(close.subject()).user(close.user(), List.of("MaxJobs=0", "MaxSubmitJobs=0"));
                case OpenUser open ->
                    file.parent(open.subject()).user(open.user(), List.of("MaxJobs=-1", "MaxSubmitJobs=-1"));
                case AddQos qos -> throw new IllegalArgumentException("no file adds the QoS " + qos.subject());
            }
        }
        // Slurm's own name for what it is given, so that the file need not be where the command runs.
        return new SlurmCommand(List.of("sacctmgr", "-i", "load", "/dev/stdin"), file.text(), batch);
    }

    private static String parent(SlurmTree actual, String account) {
        SlurmTree.Account there = actual.accounts().get(account);
        String parent = there == null ? null : there.parent();
        return parent == null ? SlurmTree.TOP : parent;
    }

    /** The Unix name that a change is about; null where it is about an account only. */
    static @Nullable String user(Change change) {
        return switch (change) {
            case AddUser add -> add.user();
            case CloseUser close -> close.user();
            case OpenUser open -> open.user();
            case AddAccount _, AddQos _, MoveAccount _, SetLimits _ -> null;
        };
    }

    private static boolean setsQos(SetLimits set) {
        return !set.from().qos().equals(set.to().qos())
                || !Objects.equals(set.from().defaultQos(), set.to().defaultQos());
    }

    /** What of an account changes, as Slurm wants to hear it. */
    static List<String> clauses(SetLimits set) {
        Limits from = set.from();
        Limits to = set.to();
        List<String> clauses = new ArrayList<>();
        List<String> minutes = new ArrayList<>();
        if (!Objects.equals(from.cpuMinutes(), to.cpuMinutes())) {
            minutes.add("cpu=" + (to.cpuMinutes() == null ? -1 : to.cpuMinutes()));
        }
        if (!Objects.equals(from.gpuMinutes(), to.gpuMinutes())) {
            minutes.add("gres/gpu=" + (to.gpuMinutes() == null ? -1 : to.gpuMinutes()));
        }
        if (!minutes.isEmpty()) {
            clauses.add("GrpTRESMins=" + String.join(",", minutes));
        }
        if (!Objects.equals(from.jobs(), to.jobs())) {
            clauses.add("GrpJobs=" + (to.jobs() == null ? -1 : to.jobs()));
        }
        if (!Objects.equals(from.submitted(), to.submitted())) {
            clauses.add("GrpSubmitJobs=" + (to.submitted() == null ? -1 : to.submitted()));
        }
        // The list first: a default must be one of it.
        if (!from.qos().equals(to.qos())) {
            clauses.add("QOS=" + String.join(",", to.qos()));
        }
        if (!Objects.equals(from.defaultQos(), to.defaultQos())) {
            clauses.add("DefaultQOS=" + (to.defaultQos() == null ? "-1" : to.defaultQos()));
        }
        return clauses;
    }
}
