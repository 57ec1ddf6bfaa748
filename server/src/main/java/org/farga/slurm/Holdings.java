package org.farga.slurm;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationState;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.people.Organisations;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.slurm.Ladder.Books;
import org.farga.usage.Balance;
import org.farga.usage.Overdraft;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Puts together what a cluster's allocations are, from projects, their people and what was used: a handful of statements. What the
 * ladder allows beyond an award, submissions through Farga may use as well as those that Slurm alone judges.
 */
@Component
class Holdings implements Overdraft {
    private final Allocations allocations;
    private final Projects projects;
    private final Organisations organisations;
    private final Usage usage;
    private final LadderTable ladders;
    private final ReconcilerSettings settings;
    private final SlurmClusterSettings clusters;
    private final Clock clock;

    Holdings(
            Allocations allocations,
            Projects projects,
            Organisations organisations,
            Usage usage,
            LadderTable ladders,
            ReconcilerSettings settings,
            SlurmClusterSettings clusters,
            Clock clock) {
        this.allocations = allocations;
        this.projects = projects;
        this.organisations = organisations;
        this.usage = usage;
        this.ladders = ladders;
        this.settings = settings;
        this.clusters = clusters;
        this.clock = clock;
    }

    /**
     * How an allocation stands to its budget.
     *
     * @param ladder that counts for it
     * @param own whether the ladder was set for this one
     * @param gpu what it may use with what was carried over, and what it used
     */
    record Position(Ladder ladder, boolean own, Books gpu, Books cpu, Ladder.Step step) {}

    /** An allocation with its people. */
    record Entry(
            Allocation allocation,
            AllocationState state,
            Projects.Summary project,
            String organisationName,
            Set<PersonId> workers,
            Position position) {
        OrganisationId organisation() {
            return project.organisation();
        }
    }

    /** All of a cluster. */
    List<Entry> list(String cluster) {
        return entries(allocations.onCluster(cluster));
    }

    /** One, as it stands among its project's; whoever asks. */
    Position position(Allocation one) {
        List<Allocation> all = allocations.ofProject(one.project()).stream()
                .filter(a -> a.cluster().equals(one.cluster()))
                .sorted(java.util.Comparator.comparing(a -> a.period().from()))
                .toList();
        Position found = positions(all, clock.instant()).get(one.id());
        if (found == null) {
            throw new IllegalStateException("an allocation is one of its project's");
        }
        return found;
    }

    @Override
    public Map<AllocationId, Beyond> beyond(Collection<Allocation> of) {
        List<Allocation> here = of.stream()
                .filter(a -> clusters.slurm().containsKey(a.cluster()))
                .toList();
        if (here.isEmpty()) {
            return Map.of();
        }
        Map<AllocationId, Ladder> own =
                ladders.list(here.stream().map(Allocation::id).toList());
        Map<AllocationId, Beyond> beyond = new HashMap<>();
        for (Allocation allocation : here) {
            long gpu = allocation.gpuHours().milliseconds();
            long cpu = allocation.cpuHours().milliseconds();
            Ladder ladder = own.getOrDefault(allocation.id(), settings.ladder().ladder());
            // Without carrying over, what was before does not matter.
            Position position = ladder.carryOver() == 0 ? null : position(allocation);
            beyond.put(
                    allocation.id(),
                    new Beyond(
                            ladder.most(position == null ? gpu : position.gpu().budget()) - gpu,
                            ladder.most(position == null ? cpu : position.cpu().budget()) - cpu));
        }
        return beyond;
    }

    private List<Entry> entries(List<Allocation> all) {
        Instant now = clock.instant();
        Set<ProjectId> ids = all.stream().map(Allocation::project).collect(Collectors.toSet());
        Map<ProjectId, Projects.Summary> summaries = projects.summaries(ids);
        Map<ProjectId, Set<PersonId>> workers = projects.workers(ids);
        Map<OrganisationId, Organisations.Summary> owners = organisations.summaries(
                summaries.values().stream().map(Projects.Summary::organisation).collect(Collectors.toSet()));
        Map<AllocationId, Position> positions = positions(all, now);
        return all.stream()
                .map(a -> {
                    Projects.Summary project = present(summaries.get(a.project()));
                    return new Entry(
                            a,
                            a.state(now),
                            project,
                            present(owners.get(project.organisation())).name(),
                            workers.getOrDefault(a.project(), Set.of()),
                            present(positions.get(a.id())));
                })
                .toList();
    }

    /** @param all on one cluster, the earliest first */
    private Map<AllocationId, Position> positions(List<Allocation> all, Instant now) {
        Map<AllocationId, Balance> balances = usage.balances(all);
        Map<AllocationId, Ladder> own =
                ladders.list(all.stream().map(Allocation::id).toList());
        Map<AllocationId, Position> positions = new HashMap<>();
        Map<ProjectId, List<Allocation>> byProject = all.stream()
                .collect(Collectors.groupingBy(Allocation::project, LinkedHashMap::new, Collectors.toList()));
        for (List<Allocation> ofOne : byProject.values()) {
            for (Allocation allocation : ofOne) {
                Ladder ladder =
                        own.getOrDefault(allocation.id(), settings.ladder().ladder());
                Allocation before = before(ofOne, allocation, now);
                Position last = before == null ? null : positions.get(before.id());
                Balance balance = present(balances.get(allocation.id()));
                Books gpu = new Books(
                        balance.gpuAwarded().milliseconds() + (last == null ? 0 : ladder.carried(last.gpu())),
                        balance.gpuSettled().plus(balance.gpuInFlight()).milliseconds());
                Books cpu = new Books(
                        balance.cpuAwarded().milliseconds() + (last == null ? 0 : ladder.carried(last.cpu())),
                        balance.cpuSettled().plus(balance.cpuInFlight()).milliseconds());
                positions.put(
                        allocation.id(),
                        new Position(ladder, own.containsKey(allocation.id()), gpu, cpu, ladder.step(gpu, cpu)));
            }
        }
        return positions;
    }

    /** The last of the project's that was over when this one began, and is over by now. */
    private static @Nullable Allocation before(List<Allocation> ofOne, Allocation allocation, Instant now) {
        Allocation before = null;
        for (Allocation other : ofOne) {
            Instant end = other.period().to();
            if (!end.isAfter(allocation.period().from())
                    && !end.isAfter(now)
                    && !other.id().equals(allocation.id())
                    && (before == null || end.isAfter(before.period().to()))) {
                before = other;
            }
        }
        return before;
    }

    /** Who needs a Unix account: the people of what is not over. */
    static Set<PersonId> people(Collection<Entry> entries) {
        Set<PersonId> people = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.state() != AllocationState.EXPIRED) {
                people.addAll(entry.workers());
            }
        }
        return people;
    }

    /** As Slurm is to know them; those without an account's name are left out. */
    static List<Holding> holdings(
            Collection<Entry> entries, SlurmAccountTable.Names names, Map<PersonId, UnixAccount> accounts) {
        return entries.stream()
                .filter(e -> names.allocations().containsKey(e.allocation().id()))
                .map(e -> holding(e, names, accounts))
                .toList();
    }

    private static Holding holding(Entry entry, SlurmAccountTable.Names names, Map<PersonId, UnixAccount> accounts) {
        Set<String> users = new HashSet<>();
        Set<String> waiting = new HashSet<>();
        for (PersonId worker : entry.workers()) {
            UnixAccount account = accounts.get(worker);
            if (account != null && account.state() == UnixAccount.State.READY) {
                users.add(account.userName());
            } else if (account != null && account.state() != UnixAccount.State.GONE) {
                waiting.add(account.userName());
            }
        }
        SlurmAccountTable.Own own =
                present(names.allocations().get(entry.allocation().id()));
        Position position = entry.position();
        return new Holding(
                entry.allocation().id(),
                own.name(),
                own.adopted(),
                names.projects().getOrDefault(entry.allocation().project(), ""),
                names.organisations().getOrDefault(entry.organisation(), ""),
                entry.state(),
                position.step(),
                position.ladder().mostMinutes(position.cpu().budget()),
                position.ladder().mostMinutes(position.gpu().budget()),
                users,
                waiting);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("it was asked for by its identifier just now");
        }
        return value;
    }
}
