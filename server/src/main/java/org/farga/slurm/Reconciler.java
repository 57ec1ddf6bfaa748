package org.farga.slurm;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.farga.allocation.AllocationState;
import org.farga.audit.AuditLog;
import org.farga.shared.PersonId;
import org.farga.slurm.Holdings.Entry;
import org.farga.slurm.Reconciliation.Applying;
import org.farga.slurm.Reconciliation.Mode;
import org.farga.slurm.SlurmAccountTable.Names;
import org.farga.slurm.SlurmAccountTable.Seen;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Brings what Slurm has to what it should have. It looks at both each time and keeps nothing of what it was about to do, so
 * that whoever goes on after it was cut off needs to know nothing of it.
 */
@Component
class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(10);
    private static final Duration FIRST_REST = Duration.ofSeconds(30);
    private static final Duration LONGEST_FOR_ACCOUNTS = Duration.ofSeconds(30);
    private static final Duration LONGEST_REST = Duration.ofMinutes(15);
    /** A second pass sets what a file cannot, such as an account's QoS; a third is never needed if Slurm does as told. */
    private static final int MOST_PASSES = 3;

    private static final int ROWS_AT_ONCE = 10_000;

    private final Holdings holdings;
    private final UnixAccounts unix;
    private final UnixAccountTable unixTable;
    private final SlurmAccountTable accounts;
    private final ReconciliationTable table;
    private final LadderSteps steps;
    private final AuditLog audit;
    private final ReconcilerSettings settings;
    private final AccountSettings accountSettings;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Map<String, Memory> memories = new ConcurrentHashMap<>();

    Reconciler(
            Holdings holdings,
            UnixAccounts unix,
            UnixAccountTable unixTable,
            SlurmAccountTable accounts,
            ReconciliationTable table,
            LadderSteps steps,
            AuditLog audit,
            ReconcilerSettings settings,
            AccountSettings accountSettings,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.holdings = holdings;
        this.unix = unix;
        this.unixTable = unixTable;
        this.accounts = accounts;
        this.table = table;
        this.steps = steps;
        this.audit = audit;
        this.settings = settings;
        this.accountSettings = accountSettings;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * A cluster that is kept.
     *
     * @param cluster by Farga's name
     * @param hook the command that makes Unix accounts; empty where somebody else does
     */
    record Site(String cluster, SlurmCommands commands, List<String> hook) {}

    /** What this process knows from its last round; another begins without, and only looks once more. */
    private static final class Memory {
        private @Nullable Desired desired;
        private Instant readAt = Instant.MIN;
        private boolean drifts;
        private int failures;
        private Instant restUntil = Instant.MIN;

        void failed(Instant now) {
            long seconds = Math.min(LONGEST_REST.toSeconds(), FIRST_REST.toSeconds() << Math.min(failures, 10));
            failures++;
            restUntil = now.plusSeconds(seconds);
            desired = null;
        }
    }

    /**
     * Looks once, and changes Slurm where the centre lets that be done or somebody asked for it.
     *
     * @param goesOn asked before each command: whether this process is still the one that does so
     */
    void round(Site site, BooleanSupplier goesOn) {
        String cluster = site.cluster();
        table.ensure(cluster);
        Reconciliation state = table.find(cluster).orElseThrow();
        Instant began = clock.instant();
        Memory memory = memories.computeIfAbsent(cluster, c -> new Memory());
        boolean asked = state.wantsReading() || state.applyWantedAt() != null;
        boolean acts = state.mode() == Mode.APPLY || state.applyWantedAt() != null;
        if (!asked && began.isBefore(memory.restUntil)) {
            return;
        }
        List<Entry> entries = holdings.list(cluster);
        Set<PersonId> people = Holdings.people(entries);
        unix.want(cluster, settings.userPrefix(), people);
        try {
            // Not for so long that limits of others wait: a directory service may take its time for thousands.
            while (unix.settle(cluster, site.commands(), site.hook(), people, acts)
                    && clock.instant().isBefore(began.plus(LONGEST_FOR_ACCOUNTS))
                    && goesOn.getAsBoolean()) {
                LOG.debug("more Unix accounts are to be made for cluster {}", cluster);
            }
        } catch (UncheckedIOException e) {
            LOG.warn("it cannot be asked which users cluster {} knows", cluster, e);
        }
        steps.note(entries);
        Names names = accounts.names(cluster);
        boolean unnamed = entries.stream().anyMatch(e -> needsName(e, names));
        Desired desired = desired(cluster, entries, names);
        boolean stale = !began.isBefore(
                memory.readAt.equals(Instant.MIN) ? Instant.MIN : memory.readAt.plus(settings.readAfter()));
        if (!asked && !unnamed && !stale && desired.equals(memory.desired) && !(acts && memory.drifts)) {
            return;
        }
        try {
            reconcile(site, state, entries, memory, began, goesOn);
            memory.failures = 0;
            memory.restUntil = Instant.MIN;
        } catch (UncheckedIOException | IllegalArgumentException e) {
            String why = e instanceof UncheckedIOException && e.getCause() != null
                    ? String.valueOf(e.getCause().getMessage())
                    : String.valueOf(e.getMessage());
            LOG.warn("cluster {} cannot be compared with what it should have: {}", cluster, why);
            Instant now = clock.instant();
            table.setFailed(cluster, why, now);
            table.endApplying(cluster);
            memory.failed(now);
        }
    }

    /** What a cluster should have, as a file that Slurm can load; for accounts that have a name already. */
    Desired desired(String cluster) {
        return desired(cluster, holdings.list(cluster), accounts.names(cluster));
    }

    private Desired desired(String cluster, List<Entry> entries, Names names) {
        return Holding.desired(
                settings.way(accountSettings.of(cluster).qos()),
                Holdings.holdings(entries, names, unixTable.onCluster(cluster)));
    }

    private void reconcile(
            Site site,
            Reconciliation state,
            List<Entry> entries,
            Memory memory,
            Instant began,
            BooleanSupplier goesOn) {
        String cluster = site.cluster();
        SlurmReader reader = new SlurmReader(site.commands());
        String slurmName = state.slurmName();
        if (slurmName == null) {
            slurmName = reader.clusterName();
            table.setSlurmName(cluster, slurmName);
        }
        SlurmTree tree = reader.tree(slurmName);
        name(cluster, entries, tree);
        Names names = accounts.names(cluster);
        Desired desired = desired(cluster, entries, names);
        Set<String> ours = unixTable.allNames();
        Plan plan = Plan.between(desired, tree, ours::contains);
        boolean everybody = state.applyWantedAt() != null;
        boolean acts = state.mode() == Mode.APPLY || everybody;
        boolean held = acts && !everybody && stops(plan) > settings.mostStops();
        save(cluster, plan, tree, names, held);
        int wanted = plan.changes().size();
        String complaint = null;
        if (acts && !held && !plan.isEmpty()) {
            List<String> complaints = new ArrayList<>();
            int done = 0;
            for (int pass = 0; pass < MOST_PASSES && !plan.isEmpty(); pass++) {
                int before = plan.changes().size();
                for (SlurmCommand command : SlurmCommand.of(plan, tree)) {
                    if (!goesOn.getAsBoolean()) {
                        return;
                    }
                    table.setApplying(cluster, new Applying(began, Math.max(wanted, done), done));
                    done += command.changes().size();
                    String said = make(site, command, state.applyWantedBy());
                    if (said != null) {
                        complaints.add(said);
                    }
                }
                tree = reader.tree(slurmName);
                plan = Plan.between(desired, tree, ours::contains);
                save(cluster, plan, tree, names, false);
                if (plan.changes().size() >= before) {
                    break;
                }
            }
            complaint = complaints.isEmpty() ? null : String.join("\n", complaints);
        }
        table.endApplying(cluster);
        if (everybody || acts && !held && wanted > 0) {
            table.setApplied(cluster, wanted, plan.changes().size(), complaint, began, clock.instant());
        }
        memory.desired = desired;
        memory.readAt = clock.instant();
        memory.drifts = !plan.isEmpty() && !held;
        if (acts && !held && !plan.isEmpty()) {
            // What Slurm will not do now, such as while it is busy, it is asked again; not every few seconds.
            throw new UncheckedIOException(new java.io.IOException(
                    complaint == null ? "Slurm did not take " + plan.changes().size() + " changes" : complaint));
        }
    }

    private static int stops(Plan plan) {
        return (int) plan.changes().stream().filter(PlanLine::stops).count();
    }

    /** What was over before Slurm heard of it needs no account there. */
    private static boolean needsName(Entry entry, Names names) {
        return entry.state() != AllocationState.EXPIRED
                && !names.allocations().containsKey(entry.allocation().id());
    }

    /** Gives accounts to what has none, with names that nothing in Slurm bears. */
    private void name(String cluster, List<Entry> entries, SlurmTree tree) {
        transaction.executeWithoutResult(status -> {
            Names names = accounts.names(cluster);
            Set<String> taken = names.all();
            taken.addAll(tree.accounts().keySet());
            taken.add(settings.rootAccount());
            Instant now = clock.instant();
            for (Entry entry : entries) {
                if (!needsName(entry, names)) {
                    continue;
                }
                if (!names.organisations().containsKey(entry.organisation())) {
                    String name = AccountName.ofOrganisation(entry.organisationName(), taken);
                    accounts.insert(cluster, name, entry.organisation(), now);
                    names.organisations().put(entry.organisation(), name);
                    taken.add(name);
                }
                if (!names.projects().containsKey(entry.project().id())) {
                    String name = AccountName.ofProject(entry.project().slug(), taken);
                    accounts.insert(cluster, name, entry.project().id(), now);
                    names.projects().put(entry.project().id(), name);
                    taken.add(name);
                }
                String name = AccountName.ofAllocation(entry.project().slug(), taken);
                accounts.insert(cluster, name, entry.allocation().id(), false, now);
                taken.add(name);
                audit.recordByRule(
                        "slurm-account.named",
                        "allocation",
                        entry.allocation().id(),
                        Map.of("account", name, "cluster", cluster));
            }
        });
    }

    private void save(String cluster, Plan plan, SlurmTree tree, Names names, boolean held) {
        List<PlanLine> lines = plan.changes().stream().map(PlanLine::of).toList();
        transaction.executeWithoutResult(status -> {
            table.setRead(
                    cluster,
                    tree.associations(),
                    plan.changes().size(),
                    stops(plan),
                    plan.troubles(),
                    held,
                    clock.instant());
            table.setPlan(cluster, lines);
            see(cluster, tree, names);
        });
    }

    /** Notes whom Slurm lets charge what, so that jobs are sent under associations that are there. */
    private void see(String cluster, SlurmTree tree, Names names) {
        Map<String, PersonId> people = new HashMap<>();
        unixTable.onCluster(cluster).values().forEach(a -> people.put(a.userName(), a.person()));
        Set<Seen> seen = new HashSet<>();
        names.allocations().forEach((allocation, own) -> {
            SlurmTree.Account account = tree.accounts().get(own.name());
            if (account != null && (own.adopted() || tree.isUnder(settings.rootAccount(), own.name()))) {
                account.users().forEach((user, limits) -> {
                    PersonId person = people.get(user);
                    if (person != null && !limits.isClosed()) {
                        seen.add(new Seen(allocation, person));
                    }
                });
            }
        });
        Set<Seen> known = accounts.seen(cluster);
        List<Seen> gone = known.stream().filter(not(seen::contains)).toList();
        List<Seen> come = seen.stream().filter(not(known::contains)).toList();
        Instant now = clock.instant();
        for (int from = 0; from < gone.size(); from += ROWS_AT_ONCE) {
            accounts.deleteSeen(gone.subList(from, Math.min(gone.size(), from + ROWS_AT_ONCE)));
        }
        for (int from = 0; from < come.size(); from += ROWS_AT_ONCE) {
            accounts.insertSeen(come.subList(from, Math.min(come.size(), from + ROWS_AT_ONCE)), now);
        }
    }

    private static <T> Predicate<T> not(Predicate<T> what) {
        return what.negate();
    }

    /** Runs one command, taken down before it runs; answers what Slurm complained of, null where it did not. */
    private @Nullable String make(Site site, SlurmCommand command, @Nullable PersonId by) {
        Map<String, Object> details = details(site.cluster(), command);
        transaction.executeWithoutResult(status -> record(by, "slurm.changed", site.cluster(), details));
        SlurmCommands.Answer answer = site.commands().run(COMMAND_LIMIT, command.input(), command.arguments());
        String complaint = complaint(answer);
        if (complaint != null) {
            LOG.warn("sacctmgr on cluster {}: {}", site.cluster(), complaint);
            Map<String, Object> failed = new LinkedHashMap<>(details);
            failed.put("complaint", complaint);
            transaction.executeWithoutResult(status -> record(by, "slurm.change-failed", site.cluster(), failed));
        }
        return complaint;
    }

    private void record(@Nullable PersonId by, String action, String cluster, Map<String, Object> details) {
        if (by == null) {
            audit.recordByRule(action, "cluster", cluster, details);
        } else {
            audit.recordBy(by, action, "cluster", cluster, details);
        }
    }

    private Map<String, Object> details(String cluster, SlurmCommand command) {
        Map<String, Integer> kinds = new LinkedHashMap<>();
        Set<String> touched = new LinkedHashSet<>();
        Set<String> users = new LinkedHashSet<>();
        for (Change change : command.changes()) {
            kinds.merge(PlanLine.of(change).kind().name(), 1, Integer::sum);
            touched.add(change.subject());
            String user = SlurmCommand.user(change);
            if (user != null) {
                users.add(user);
            }
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("cluster", cluster);
        // The lists stand apart: a command of hundreds of names is read by nobody.
        details.put(
                "command",
                String.join(
                        " ",
                        command.arguments().stream()
                                .map(a -> a.startsWith("name=") ? "name=…" : a)
                                .toList()));
        details.put("changes", command.changes().size());
        details.put("kinds", kinds.toString());
        details.put("accounts", String.join(" ", touched));
        if (!users.isEmpty()) {
            details.put("users", String.join(" ", users));
        }
        return details;
    }

    /** What went wrong; that there was nothing to do any more is no complaint. */
    static @Nullable String complaint(SlurmCommands.Answer answer) {
        String said = (answer.complaint() + "\n" + answer.output()).strip();
        boolean nothingToDo = said.contains("Nothing new added") || said.contains("Nothing modified");
        if (answer.status() == 0 && !said.contains("error:") || answer.status() != 0 && nothingToDo) {
            return null;
        }
        List<String> lines = said.lines()
                .map(String::strip)
                .filter(line -> line.contains("rror")
                        || line.contains("roblem")
                        || line.contains("exist")
                        || line.contains("need")
                        || line.contains("nknown")
                        || line.contains("ermission")
                        || line.contains("denied"))
                .limit(10)
                .toList();
        return lines.isEmpty() ? "sacctmgr ended with " + answer.status() : String.join("; ", lines);
    }
}
