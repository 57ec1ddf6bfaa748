package org.farga.slurm;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.audit.AuditLog;
import org.farga.shared.PersonId;
import org.farga.slurm.UnixAccount.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sees to it that people have a Unix account before Slurm hears of them. Farga makes none itself: a centre's command does
 * ({@code account-hook}), or somebody else, and then Farga waits until the cluster knows the name.
 */
@Component
class UnixAccounts {
    /** One at a time, so that a directory service sees them in order; the others have their turn in the next round. */
    private static final int AT_ONCE = 50;

    private static final int ASKED_AT_ONCE = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(UnixAccounts.class);

    private final UnixAccountTable table;
    private final AuditLog audit;
    private final AccountSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    UnixAccounts(
            UnixAccountTable table,
            AuditLog audit,
            AccountSettings settings,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.table = table;
        this.audit = audit;
        this.settings = settings;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** Gives a name to everyone who has none, and notes that the cluster must know them. */
    void want(String cluster, String prefix, Set<PersonId> people) {
        Map<PersonId, UnixAccount> there = table.onCluster(cluster);
        List<PersonId> missing = people.stream()
                .filter(p -> {
                    UnixAccount account = there.get(p);
                    return account == null || account.state() == State.GONE;
                })
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        transaction.executeWithoutResult(status -> {
            Instant now = clock.instant();
            Map<PersonId, String> names = table.names(missing);
            for (PersonId person : missing) {
                if (!names.containsKey(person)) {
                    name(person, prefix, now);
                }
            }
            table.want(cluster, missing, now);
        });
    }

    private void name(PersonId person, String prefix, Instant now) {
        // A number may make a name that somebody brought along; another process may name the person just now.
        for (int attempt = 0; attempt < 1_000; attempt++) {
            String name = UnixAccount.name(prefix, table.nextNumber());
            if (table.insert(person, name, false, now)) {
                audit.recordByRule("unix-account.named", "person", person, Map.of("name", name));
                return;
            }
            if (table.names(List.of(person)).containsKey(person)) {
                return;
            }
        }
        throw new IllegalStateException("a thousand names that begin with " + prefix + " are taken");
    }

    /**
     * Lets accounts be made that are wanted and, where nobody needs them any more, be taken away. Answers whether more are
     * left to be tried at once.
     *
     * @param needed who needs an account there now
     * @param acts whether the command may be called; without, it is only looked which the cluster knows
     */
    boolean settle(
            String cluster, SlurmCommands commands, List<String> hook, Collection<PersonId> needed, boolean acts) {
        Instant now = clock.instant();
        List<UnixAccount> due = new ArrayList<>();
        List<UnixAccount> idle = new ArrayList<>();
        Set<PersonId> wanted = new HashSet<>(needed);
        for (UnixAccount account : table.onCluster(cluster).values()) {
            boolean wants = wanted.contains(account.person());
            boolean open = account.state() == State.WANTED || account.state() == State.FAILED;
            if (wants && open && !account.nextAttempt().isAfter(now)) {
                due.add(account);
            } else if (!wants
                    && !account.adopted()
                    && account.state() == State.READY
                    && !account.nextAttempt().isAfter(now)) {
                idle.add(account);
            }
        }
        due.sort((a, b) -> a.userName().compareTo(b.userName()));
        if (hook.isEmpty()) {
            ask(cluster, commands, due);
            return false;
        }
        if (!acts) {
            return false;
        }
        // A command that hangs would do so for everybody: the others wait for the next round.
        boolean answers = due.stream().limit(AT_ONCE).allMatch(account -> call(cluster, commands, hook, "add", account))
                && idle.stream().limit(AT_ONCE).allMatch(account -> call(cluster, commands, hook, "remove", account));
        return answers && (due.size() > AT_ONCE || idle.size() > AT_ONCE);
    }

    /** Which of these the cluster knows by now. */
    private void ask(String cluster, SlurmCommands commands, List<UnixAccount> due) {
        for (int from = 0; from < due.size(); from += ASKED_AT_ONCE) {
            List<UnixAccount> some = due.subList(from, Math.min(due.size(), from + ASKED_AT_ONCE));
            List<String> command = new ArrayList<>(List.of("getent", "passwd"));
            some.forEach(account -> command.add(account.userName()));
            Set<String> known = new HashSet<>();
            // It ends with 2 where it does not know all of them.
            commands.run(PATIENCE, null, command)
                    .output()
                    .lines()
                    .forEach(line -> known.add(line.substring(0, Math.max(0, line.indexOf(':')))));
            Instant now = clock.instant();
            transaction.executeWithoutResult(status -> some.stream()
                    .filter(account -> known.contains(account.userName()))
                    .forEach(account -> table.update(cluster, account.ready(now))));
        }
    }

    /** Calls the command for one account; answers whether it ended by itself. */
    private boolean call(String cluster, SlurmCommands commands, List<String> hook, String what, UnixAccount account) {
        List<String> command = new ArrayList<>(hook);
        command.add(what);
        command.add(account.userName());
        String complaint = null;
        boolean answered = true;
        try {
            SlurmCommands.Answer answer = commands.run(settings.of(cluster).accountHookLimit(), null, command);
            if (answer.status() != 0) {
                complaint = "ended with " + answer.status() + ": " + (answer.complaint() + answer.output()).strip();
            }
        } catch (UncheckedIOException e) {
            complaint = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            answered = false;
        }
        Instant now = clock.instant();
        boolean adds = what.equals("add");
        String why = complaint;
        transaction.executeWithoutResult(status -> {
            if (why == null) {
                table.update(cluster, adds ? account.ready(now) : account.gone(now));
                audit.recordByRule(
                        adds ? "unix-account.made" : "unix-account.removed",
                        "person",
                        account.person(),
                        Map.of("name", account.userName(), "cluster", cluster));
            } else if (adds) {
                UnixAccount failed = account.failed(why, now);
                table.update(cluster, failed);
                if (account.state() != State.FAILED) {
                    audit.recordByRule(
                            "unix-account.failed",
                            "person",
                            account.person(),
                            Map.of("name", account.userName(), "cluster", cluster));
                }
            } else {
                LOG.warn("{} on cluster {} could not be taken away: {}", account.userName(), cluster, why);
                table.update(cluster, account.kept(now));
            }
        });
        return answered;
    }
}
