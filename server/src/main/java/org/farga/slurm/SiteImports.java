package org.farga.slurm;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.slurm.SiteImport.Facts;
import org.farga.slurm.SiteImport.Line;
import org.farga.slurm.SiteImport.Match;
import org.farga.slurm.SiteImport.Verdict;
import org.farga.slurm.SiteImport.Wish;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes over a site that Slurm has run before Farga came. Nothing in Slurm is changed by it. */
@Service
class SiteImports {
    private static final long MILLISECONDS_PER_MINUTE = 60_000;
    private static final int LONGEST_CODE = 50;
    private static final int LONGEST_TITLE = 200;
    private static final String CALL = "In Slurm before Farga";

    private final Reconciling reconciling;
    private final ReconciliationTable table;
    private final SlurmAccountTable accounts;
    private final UnixAccountTable unix;
    private final LadderTable ladders;
    private final ReconcilerSettings settings;
    private final Projects projects;
    private final Allocations allocations;
    private final Organisations organisations;
    private final People people;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    SiteImports(
            Reconciling reconciling,
            ReconciliationTable table,
            SlurmAccountTable accounts,
            UnixAccountTable unix,
            LadderTable ladders,
            ReconcilerSettings settings,
            Projects projects,
            Allocations allocations,
            Organisations organisations,
            People people,
            AuditLog audit,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.reconciling = reconciling;
        this.table = table;
        this.accounts = accounts;
        this.unix = unix;
        this.ladders = ladders;
        this.settings = settings;
        this.projects = projects;
        this.allocations = allocations;
        this.organisations = organisations;
        this.people = people;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** What was said of one account; the lead by address. */
    record AccountWish(
            String account,
            @Nullable OrganisationId organisation,
            @Nullable String lead,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours) {}

    /**
     * What to take over.
     *
     * @param dryRun whether it is only shown
     * @param dump a file of sacctmgr; null to ask Slurm itself
     * @param organisation that the projects belong to of which nothing else is said
     * @param until when the allocations' period ends; it begins now
     * @param gpuHours for accounts without a limit; null where those are left out
     * @param persons addresses by Unix user
     * @param wishes where there are any, only these accounts are taken over
     */
    record Request(
            boolean dryRun,
            @Nullable String dump,
            @Nullable OrganisationId organisation,
            @Nullable Instant until,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours,
            Map<String, String> persons,
            List<AccountWish> wishes) {}

    /**
     * What became of it.
     *
     * @param projects those that were opened, by account; empty in a dry run
     * @param unmatched Unix users of whom nobody knows who they are
     */
    record Result(boolean dryRun, List<Line> lines, Map<String, Projects.Summary> projects, List<String> unmatched) {}

    /**
     * Takes accounts over, or shows what would be; for administrators. The same again takes over only what is new. Refused as
     * {@code slurm-unread} where Slurm does not answer.
     */
    Outcome<Result> run(Actor actor, String cluster, Request request) {
        if (!Reconciliations.mayRead(actor)) {
            throw new NotFoundException("cluster");
        }
        if (table.find(cluster).isEmpty()) {
            throw new NotFoundException("cluster");
        }
        if (!actor.is(CentreRole.ADMINISTRATOR)) {
            return Outcome.refused(Refusal.forbidden("slurm-import-by-administrators-only"));
        }
        Optional<Refusal> refusal = refusal(request);
        OrganisationId organisation = request.organisation();
        Instant until = request.until();
        if (refusal.isPresent() || organisation == null || until == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        SlurmDump read;
        try {
            read = read(cluster, request.dump());
        } catch (SlurmDump.Unreadable e) {
            return Outcome.refused(Refusal.conflict("slurm-dump-unreadable", String.valueOf(e.getMessage())));
        } catch (UncheckedIOException e) {
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            return Outcome.refused(Refusal.conflict("slurm-unread", String.valueOf(why)));
        }
        return Outcome.done(transaction.execute(status -> {
            List<Line> lines =
                    SiteImport.lines(read.tree(), read.descriptions(), facts(cluster, organisation, request));
            Map<String, Projects.Summary> opened = request.dryRun() ? Map.of() : takeOver(actor, cluster, lines, until);
            return new Result(request.dryRun(), lines, opened, SiteImport.unmatched(lines));
        }));
    }

    private Optional<Refusal> refusal(Request request) {
        Fields fields =
                new Fields().present("organisation", request.organisation()).present("until", request.until());
        if (request.until() != null) {
            fields.rule("until", request.until().isAfter(clock.instant()), "slurm-import-past");
        }
        Set<OrganisationId> named = new HashSet<>();
        if (request.organisation() != null) {
            named.add(request.organisation());
        }
        for (AccountWish wish : request.wishes()) {
            OrganisationId other = wish.organisation();
            if (other != null) {
                named.add(other);
            }
            String lead = wish.lead();
            fields.rule(
                    "accounts", lead == null || person(lead).isPresent(), "slurm-import-nobody", String.valueOf(lead));
        }
        fields.rule(
                "organisation",
                organisations.summaries(named).keySet().containsAll(named),
                "slurm-import-organisation");
        request.persons()
                .values()
                .forEach(email -> fields.rule("people", person(email).isPresent(), "slurm-import-nobody", email));
        return fields.refusal();
    }

    private Optional<PersonId> person(String email) {
        return Person.parse(email).flatMap(people::find).map(People.Summary::id);
    }

    private SlurmDump read(String cluster, @Nullable String dump) {
        if (dump != null) {
            return SlurmDump.read(dump);
        }
        SlurmCommands commands = reconciling
                .site(cluster)
                .map(Reconciler.Site::commands)
                .orElseThrow(() -> new UncheckedIOException(
                        new java.io.IOException("farga.cluster.slurm." + cluster + ".conf is not set")));
        SlurmReader reader = new SlurmReader(commands);
        return reader.dump(reader.clusterName());
    }

    private Facts facts(String cluster, OrganisationId organisation, Request request) {
        Map<String, PersonId> persons = new HashMap<>(unix.people());
        request.persons().forEach((user, email) -> person(email).ifPresent(p -> persons.putIfAbsent(user, p)));
        Set<OrganisationId> named = new HashSet<>(Set.of(organisation));
        Map<String, Wish> wishes = new HashMap<>();
        for (AccountWish wish : request.wishes()) {
            OrganisationId other = wish.organisation();
            if (other != null) {
                named.add(other);
            }
            GpuHours gpu = wish.gpuHours();
            CpuHours cpu = wish.cpuHours();
            wishes.put(
                    wish.account(),
                    new Wish(
                            other,
                            wish.lead() == null ? null : person(wish.lead()).orElse(null),
                            gpu == null ? null : gpu.milliseconds() / MILLISECONDS_PER_MINUTE,
                            cpu == null ? null : cpu.milliseconds() / MILLISECONDS_PER_MINUTE));
        }
        GpuHours gpu = request.gpuHours();
        CpuHours cpu = request.cpuHours();
        return new Facts(
                settings.rootAccount(),
                accounts.names(cluster).all(),
                organisation,
                gpu == null ? null : gpu.milliseconds() / MILLISECONDS_PER_MINUTE,
                cpu == null ? null : cpu.milliseconds() / MILLISECONDS_PER_MINUTE,
                wishes,
                persons,
                unix.names(persons.values()),
                organisations.people(named));
    }

    private Map<String, Projects.Summary> takeOver(Actor actor, String cluster, List<Line> lines, Instant until) {
        Instant now = clock.instant();
        SiteImport.names(lines).forEach((person, name) -> {
            unix.insert(person, name, true, now);
            unix.want(cluster, List.of(person), now);
        });
        // The cluster knows them: they are in its accounting.
        unix.onCluster(cluster).values().stream()
                .filter(account -> account.state() != UnixAccount.State.READY
                        && SiteImport.names(lines).containsKey(account.person()))
                .forEach(account -> unix.update(cluster, account.ready(now)));
        Map<String, Projects.Summary> opened = new HashMap<>();
        for (Line line : lines) {
            PersonId lead = line.lead();
            if (line.verdict() == Verdict.TAKEN_OVER && lead != null) {
                opened.put(line.account(), takeOver(actor, cluster, line, lead, now, until));
            }
        }
        audit.record(
                actor,
                "slurm.imported",
                "cluster",
                cluster,
                Map.of("cluster", cluster, "projects", opened.size(), "accounts", String.join(" ", opened.keySet())));
        return opened;
    }

    private Projects.Summary takeOver(
            Actor actor, String cluster, Line line, PersonId lead, Instant now, Instant until) {
        String code = Allocation.TAKEN_OVER + line.account();
        // Told a second time, it is the same award.
        ProposalId award = new ProposalId(
                UUID.nameUUIDFromBytes((cluster + "/" + line.account()).getBytes(StandardCharsets.UTF_8)));
        ProjectId project = projects.open(new Projects.Award(
                line.title().substring(0, Math.min(line.title().length(), LONGEST_TITLE)),
                line.organisation(),
                lead,
                award,
                code.substring(0, Math.min(code.length(), LONGEST_CODE)),
                CALL,
                cluster,
                new GpuHours(line.gpuMinutes() * MILLISECONDS_PER_MINUTE),
                new CpuHours(line.cpuMinutes() * MILLISECONDS_PER_MINUTE),
                new Period(now, until)));
        projects.takeOver(
                actor,
                project,
                line.users().stream()
                        .filter(u -> u.match() == Match.MATCHED)
                        .map(SiteImport.User::person)
                        .collect(Collectors.toSet()));
        AllocationId allocation = allocations.ofProject(project).getFirst().id();
        accounts.insert(cluster, line.account(), allocation, true, now);
        // Slurm's limit is where it stops today, so it stays the limit.
        ladders.put(allocation, new Ladder(80, 100, 100, 0), actor.person(), now);
        return projects.summary(project);
    }
}
