package org.farga.aid;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.people.SmeStatus;
import org.farga.platform.Answer;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Grants aid, one after another for each single undertaking, and puts grants right. What counts is the right to hours, used or not
 * (Regulation (EU) 2023/2831, Article 3(3)): hours that lapse change no grant, hours to which the right is given up are taken
 * off it.
 */
@Service
public class Grants {
    private static final LocalDate EARLIEST = LocalDate.of(2000, 1, 1);

    private final EntryTable table;
    private final LinkTable links;
    private final DeclarationTable declarations;
    private final SourceTable sources;
    private final FundingTable fundings;
    private final Sources sourceBook;
    private final Letters letters;
    private final Allocations allocations;
    private final Projects projects;
    private final Organisations organisations;
    private final People people;
    private final RegisterCalendar calendar;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final Clock clock;

    Grants(
            EntryTable table,
            LinkTable links,
            DeclarationTable declarations,
            SourceTable sources,
            FundingTable fundings,
            Sources sourceBook,
            Letters letters,
            Allocations allocations,
            Projects projects,
            Organisations organisations,
            People people,
            RegisterCalendar calendar,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.links = links;
        this.declarations = declarations;
        this.sources = sources;
        this.fundings = fundings;
        this.sourceBook = sourceBook;
        this.letters = letters;
        this.allocations = allocations;
        this.projects = projects;
        this.organisations = organisations;
        this.people = people;
        this.calendar = calendar;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What is about to be awarded.
     *
     * @param subject the key of the call or service, as {@link FundedSubjects} tells it
     * @param reference how people know the award, such as the proposal's code
     * @param shares the sources that pay; null for those that are planned for the subject
     */
    public record Award(
            OrganisationId organisation,
            GpuHours gpuHours,
            CpuHours cpuHours,
            String subject,
            String reference,
            @Nullable List<FundingShare> shares) {}

    /** What an award will be paid with and what aid it is, checked and held until the transaction ends. */
    public record Plan(
            OrganisationId organisation,
            String reference,
            LocalDate day,
            List<FundingShare> shares,
            List<Intended> aids) {}

    /** An aid that is to be granted. */
    public record Intended(
            UUID source,
            long cents,
            GpuHours gpuHours,
            CpuHours cpuHours,
            BigDecimal gpuHourCents,
            BigDecimal cpuHourCents,
            int basisPoints) {
        AidEntry.Basis basis() {
            return new AidEntry.Basis(gpuHours, cpuHours, gpuHourCents, cpuHourCents, basisPoints);
        }
    }

    /** Who is given aid, and what holds for it, once the undertaking is locked. */
    private record Ground(
            Set<OrganisationId> undertaking,
            Ceiling ceiling,
            Declaration declaration,
            List<Headroom.Line> ledger,
            List<Headroom.Line> declared) {
        Headroom headroom(LocalDate day, String memberState) {
            return Headroom.of(day, memberState, ceiling, ledger, declared);
        }

        Ground without(Collection<UUID> grants) {
            return new Ground(
                    undertaking,
                    ceiling,
                    declaration,
                    ledger.stream().filter(l -> !grants.contains(l.grant())).toList(),
                    declared);
        }
    }

    /**
     * Grants what an award is of aid, for the project that it has just opened: keeps which sources pay, writes the ledger, queues
     * the letters and tells the company. Throws {@link Answer.RefusedException} as {@link #plan} refuses, which undoes the award.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void award(Award award, ProjectId project, @Nullable Actor officer) {
        grant(Answer.of(plan(award)), project, officer);
    }

    /**
     * Works out what aid an award would be, and locks the single undertaking until the transaction's end. Refused as
     * {@code aid-ceiling} with what is needed and what is left, or with what is missing for a grant; nothing is written.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<Plan> plan(Award award) {
        LocalDate today = today();
        List<FundingShare> shares = award.shares() == null ? fundings.planned(award.subject(), today) : award.shares();
        return intended(award.organisation(), award.gpuHours(), award.cpuHours(), shares, today, award.shares() != null)
                .then(aids -> {
                    Plan plan = new Plan(award.organisation(), award.reference(), today, shares, aids);
                    return aids.isEmpty()
                            ? Outcome.done(plan)
                            : ground(award.organisation(), today).then(ground -> {
                                Optional<Refusal> refusal = refusal(ground, aids, today);
                                return refusal.isPresent() ? Outcome.refused(refusal.get()) : Outcome.done(plan);
                            });
                });
    }

    /**
     * What an award would be of aid if it were made now.
     *
     * @param expected one for each source that carries aid
     * @param rooms one for each Member State whose de minimis aid it would be; none before there is a declaration
     * @param refusal why it could not be granted as things stand
     */
    record Forecast(
            List<FundingShare> shares,
            List<Expected> expected,
            List<Room> rooms,
            @Nullable Refusal refusal) {}

    /**
     * What one source would give.
     *
     * @param cents null as long as the hours, or what an hour is worth, are not known
     */
    record Expected(
            FundingSource source,
            BigDecimal percent,
            @Nullable Long cents) {}

    /** What de minimis aid has to fit into. */
    record Room(Headroom headroom, long neededCents) {
        /** How near the ceiling would be after it. */
        Headroom.Level after() {
            return headroom.level(headroom.usedCents() + neededCents);
        }
    }

    /** Looks ahead without holding anything, for whoever prepares or decides it; empty where no aid would pay. */
    Optional<Forecast> forecast(Award award) {
        LocalDate today = today();
        List<FundingShare> shares = fundings.planned(award.subject(), today);
        Map<UUID, FundingSource> aiding = new HashMap<>();
        sources.list().stream().filter(FundingSource::carriesAid).forEach(s -> aiding.put(s.id(), s));
        aiding.keySet().retainAll(shares.stream().map(FundingShare::source).toList());
        if (aiding.isEmpty()) {
            return Optional.empty();
        }
        Outcome<List<Intended>> intended =
                intended(award.organisation(), award.gpuHours(), award.cpuHours(), shares, today, false);
        List<Intended> aids = intended instanceof Outcome.Done<List<Intended>>(List<Intended> all) ? all : List.of();
        Outcome<Ground> stands = ground(links.members(award.organisation(), today), award.organisation(), today);
        Map<String, Long> needs = new TreeMap<>();
        List<Expected> expected = new ArrayList<>();
        for (FundingShare share : shares) {
            FundingSource source = aiding.get(share.source());
            if (source != null) {
                Long cents = aids.stream()
                        .filter(a -> a.source().equals(source.id()))
                        .findFirst()
                        .map(Intended::cents)
                        .orElse(null);
                expected.add(new Expected(source, share.percent(), cents));
                if (source.regime() == Regime.DE_MINIMIS) {
                    needs.merge(String.valueOf(source.memberState()), cents == null ? 0L : cents, Math::addExact);
                }
            }
        }
        List<Room> rooms = new ArrayList<>();
        if (stands instanceof Outcome.Done<Ground>(Ground ground)) {
            needs.forEach((state, cents) -> rooms.add(new Room(ground.headroom(today, state), cents)));
        }
        Outcome<Ground> checked = intended.then(all -> stands)
                .then(ground -> refusal(ground, aids, today)
                        .<Outcome<Ground>>map(Outcome::refused)
                        .orElse(stands));
        return Optional.of(new Forecast(
                shares, expected, rooms, checked instanceof Outcome.Refused<Ground>(Refusal refusal) ? refusal : null));
    }

    private void grant(Plan plan, ProjectId project, @Nullable Actor officer) {
        Allocation allocation = allocations.ofProject(project).getFirst();
        Instant now = now();
        PersonId by = officer == null ? null : officer.person();
        fundings.insert(allocation.id(), 1, plan.shares(), null, by, now);
        if (plan.aids().isEmpty()) {
            return;
        }
        Ground ground = ground(plan.organisation(), plan.day()).orThrow();
        for (Intended aid : plan.aids()) {
            FundingSource source = sources.find(aid.source()).orElseThrow();
            write(
                    entry(
                            ground,
                            plan.organisation(),
                            source,
                            aid.cents(),
                            plan.day(),
                            plan.day(),
                            Instrument.ACCESS_TIME,
                            plan.reference(),
                            allocation.id(),
                            aid.basis(),
                            by,
                            now),
                    officer,
                    "aid.granted");
        }
    }

    /**
     * Grants what further hours of an allocation are of aid, paid by the sources that pay it already; for an allocation that was
     * opened beside another, by those of that one. Throws {@link Answer.RefusedException} as {@link #plan} refuses, which undoes
     * what was granted.
     *
     * @param like the allocation whose sources pay it; the same one where it is given more
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void supplement(Actor officer, AllocationId id, AllocationId like, GpuHours gpu, CpuHours cpu) {
        Allocation allocation = allocations.get(id);
        List<FundingShare> shares = follow(officer, id, like);
        OrganisationId organisation = projects.summary(allocation.project()).organisation();
        LocalDate today = today();
        List<Intended> aids = Answer.of(intended(organisation, gpu, cpu, shares, today, false));
        if (aids.isEmpty()) {
            return;
        }
        Ground ground = Answer.of(ground(organisation, today));
        Optional<Refusal> refusal = refusal(ground, aids, today);
        if (refusal.isPresent()) {
            throw new Answer.RefusedException(refusal.get());
        }
        for (Intended aid : aids) {
            write(
                    entry(
                            ground,
                            organisation,
                            sources.find(aid.source()).orElseThrow(),
                            aid.cents(),
                            today,
                            today,
                            Instrument.ACCESS_TIME,
                            allocation.proposalCode(),
                            id,
                            aid.basis(),
                            officer.person(),
                            now()),
                    officer,
                    "aid.granted");
        }
    }

    /** Has an allocation that hours of another were moved to be paid by the same sources; what aid they are stays with that one. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void moved(Actor officer, AllocationId to, AllocationId from) {
        follow(officer, to, from);
    }

    private List<FundingShare> follow(Actor officer, AllocationId id, AllocationId like) {
        List<FundingShare> shares = fundings.of(like).shares();
        if (!id.equals(like) && fundings.of(id).revision() == 0) {
            fundings.insert(id, 1, shares, null, officer.person(), now());
        }
        return shares;
    }

    /**
     * Takes off the grants of an allocation what the hours are worth to which the right is given up, at the value they were
     * granted at, the latest grant first; rounded so that no aid is told smaller than it is. Hours that were no aid change
     * nothing.
     *
     * @param like whose grants they are: the allocation itself, or the one that its hours came from
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void giveBack(Actor actor, AllocationId like, GpuHours gpu, CpuHours cpu, String reason) {
        List<AidEntry> lines = table.ofAllocation(like);
        if (lines.stream().noneMatch(AidEntry::isByAward)) {
            return;
        }
        links.lockUndertaking(lines.getFirst().organisation(), today());
        Map<UUID, Long> standing = new HashMap<>();
        table.ofAllocation(like).forEach(e -> standing.merge(e.grant(), e.cents(), Math::addExact));
        Map<UUID, List<AidEntry>> bySource = new LinkedHashMap<>();
        lines.stream()
                .filter(AidEntry::isByAward)
                .filter(e -> standing.getOrDefault(e.id(), 0L) > 0)
                .sorted(java.util.Comparator.comparingLong(AidEntry::number).reversed())
                .forEach(e -> bySource.computeIfAbsent(e.source(), s -> new ArrayList<>())
                        .add(e));
        for (List<AidEntry> granted : bySource.values()) {
            long cents =
                    java.util.Objects.requireNonNull(granted.getFirst().basis()).worth(gpu, cpu);
            for (AidEntry grant : granted) {
                long stands = standing.getOrDefault(grant.id(), 0L);
                long off = Math.min(cents, stands);
                cents -= off;
                if (off > 0) {
                    change(
                            actor,
                            grant,
                            off == stands ? AidEntry.Kind.WITHDRAWAL : AidEntry.Kind.CORRECTION,
                            -off,
                            reason);
                }
            }
        }
    }

    private Outcome<List<Intended>> intended(
            OrganisationId organisation,
            GpuHours gpu,
            CpuHours cpu,
            List<FundingShare> shares,
            LocalDate day,
            boolean named) {
        Map<UUID, FundingSource> known = new HashMap<>();
        sources.list().forEach(s -> known.put(s.id(), s));
        if (named) {
            Optional<Refusal> refusal = FundingShare.refusal(shares, sourceBook.active());
            if (refusal.isPresent()) {
                return Outcome.refused(refusal.get());
            }
        }
        List<Intended> aids = new ArrayList<>();
        for (FundingShare share : shares) {
            FundingSource source = known.get(share.source());
            if (source == null || !source.carriesAid()) {
                continue;
            }
            Optional<FundingSource.MarketValue> value = source.valueOn(day);
            if (value.isEmpty()) {
                return Outcome.refused(Refusal.conflict("aid-no-market-value", source.name(), day.toString()));
            }
            Long cents = value.get().aidCents(gpu, cpu, share.basisPoints());
            if (cents == null) {
                return Outcome.refused(Refusal.conflict("aid-beyond-scale"));
            }
            if (cents > 0) {
                aids.add(new Intended(
                        source.id(),
                        cents,
                        gpu,
                        cpu,
                        value.get().gpuHourCents(),
                        value.get().cpuHourCents(),
                        share.basisPoints()));
            }
        }
        return Outcome.done(aids);
    }

    /** Locks the undertaking and reads what a grant to it rests on. */
    private Outcome<Ground> ground(OrganisationId organisation, LocalDate day) {
        return ground(links.lockUndertaking(organisation, day), organisation, day);
    }

    private Outcome<Ground> ground(Set<OrganisationId> undertaking, OrganisationId organisation, LocalDate day) {
        Optional<Ceiling> ceiling = Ceiling.on(sources.ceilings(), day);
        if (ceiling.isEmpty()) {
            return Outcome.refused(Refusal.conflict("aid-no-ceiling", day.toString()));
        }
        List<Declaration> declared = declarations.latest(undertaking);
        Optional<Declaration> own = declared.stream()
                .filter(d -> d.organisation().equals(organisation) && d.isValidOn(today()))
                .findFirst();
        if (own.isEmpty()) {
            return Outcome.refused(Refusal.conflict(
                    "aid-declaration-needed",
                    organisations.summary(organisation).name()));
        }
        return Outcome.done(new Ground(
                undertaking,
                ceiling.get(),
                own.get(),
                table.standing(undertaking),
                declared.stream().flatMap(d -> d.lines().stream()).toList()));
    }

    private Optional<Refusal> refusal(Ground ground, List<Intended> aids, LocalDate day) {
        Map<String, Long> needs = new LinkedHashMap<>();
        for (Intended aid : aids) {
            FundingSource source = sources.find(aid.source()).orElseThrow();
            Optional<Refusal> notForIt = refusal(source, ground.declaration().organisation());
            if (notForIt.isPresent()) {
                return notForIt;
            }
            if (source.regime() == Regime.DE_MINIMIS) {
                needs.merge(String.valueOf(source.memberState()), aid.cents(), Math::addExact);
            }
        }
        return refusal(ground, needs, day);
    }

    /** Why a source may give a company nothing: innovation aid is for small and medium-sized enterprises alone. */
    private Optional<Refusal> refusal(FundingSource source, OrganisationId organisation) {
        return source.regime() != Regime.GBER_28
                        || organisations
                                .smeStatus(organisation)
                                .filter(SmeStatus::sme)
                                .isPresent()
                ? Optional.empty()
                : Optional.of(Refusal.conflict(
                        "aid-sme-only",
                        source.name(),
                        organisations.summary(organisation).name()));
    }

    /** Why de minimis aid of so many cents by Member State may not be granted. */
    private Optional<Refusal> refusal(Ground ground, Map<String, Long> needs, LocalDate day) {
        if (needs.isEmpty()) {
            return Optional.empty();
        }
        if (links.waits(ground.undertaking())) {
            return Optional.of(Refusal.conflict("aid-links-unconfirmed"));
        }
        if (Declaration.isExcluded(ground.declaration().sector())) {
            return Optional.of(
                    Refusal.conflict("aid-sector-excluded", ground.declaration().sector()));
        }
        for (Map.Entry<String, Long> need : needs.entrySet()) {
            long left = ground.headroom(day, need.getKey()).leftCents(day);
            if (need.getValue() > left) {
                return Optional.of(Refusal.conflict(
                        "aid-ceiling",
                        need.getKey(),
                        Euro.of(need.getValue()),
                        Euro.of(left),
                        Euro.of(ground.ceiling().cents()),
                        ground.ceiling().years()));
            }
        }
        return Optional.empty();
    }

    private AidEntry entry(
            Ground ground,
            OrganisationId organisation,
            FundingSource source,
            long cents,
            LocalDate day,
            LocalDate decidedOn,
            Instrument instrument,
            String reference,
            @Nullable AllocationId allocation,
            AidEntry.@Nullable Basis basis,
            @Nullable PersonId by,
            Instant now) {
        UUID id = TimeOrderedUuid.next();
        return new AidEntry(
                id,
                0,
                AidEntry.Kind.GRANT,
                id,
                organisation,
                organisations.summary(organisation).name(),
                ground.declaration().taxId(),
                source.regime(),
                source.regime() == Regime.DE_MINIMIS
                        ? ground.ceiling().regulation()
                        : source.regime().act(),
                String.valueOf(source.memberState()),
                day,
                cents,
                source.authority(),
                instrument,
                ground.declaration().sector(),
                reference,
                source.id(),
                allocation,
                basis,
                null,
                by,
                now,
                calendar.after(decidedOn, AidEntry.REGISTER_WORKING_DAYS),
                null);
    }

    /** What an officer enters of aid that was granted otherwise than by an award: a service, or a call of before. */
    record NewGrant(
            @Nullable OrganisationId organisation,
            @Nullable UUID source,
            @Nullable BigDecimal amountEuros,
            @Nullable LocalDate grantedOn,
            @Nullable Instrument instrument,
            @Nullable String reference) {}

    @Transactional
    Outcome<AidEntry> record(Actor actor, NewGrant typed) {
        AidRights.requireOfficer(actor);
        LocalDate today = today();
        Long cents = Euro.cents(typed.amountEuros());
        Optional<FundingSource> source = typed.source() == null ? Optional.empty() : sources.find(typed.source());
        Optional<Refusal> refusal = new Fields()
                .present("organisation", typed.organisation())
                .rule("source", source.filter(s -> s.active() && s.carriesAid()).isPresent(), "aid-source-unknown")
                .rule("amountEuros", cents != null && cents > 0, "aid-amount")
                .rule(
                        "grantedOn",
                        typed.grantedOn() != null
                                && !typed.grantedOn().isAfter(today)
                                && !typed.grantedOn().isBefore(EARLIEST),
                        "aid-day")
                .present("instrument", typed.instrument())
                .text("reference", typed.reference(), 100)
                .refusal();
        if (refusal.isPresent()
                || typed.organisation() == null
                || cents == null
                || typed.grantedOn() == null
                || typed.instrument() == null
                || typed.reference() == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instrument instrument = typed.instrument();
        String reference = typed.reference().strip();
        OrganisationId organisation = typed.organisation();
        organisations.summary(organisation); // 404 where there is none
        LocalDate day = typed.grantedOn();
        return ground(organisation, day).then(ground -> {
            FundingSource payer = source.orElseThrow();
            Map<String, Long> needs =
                    payer.regime() == Regime.DE_MINIMIS ? Map.of(String.valueOf(payer.memberState()), cents) : Map.of();
            Optional<Refusal> why = refusal(payer, organisation).or(() -> refusal(ground, needs, day));
            return why.isPresent()
                    ? Outcome.refused(why.get())
                    : Outcome.done(write(
                            entry(
                                    ground,
                                    organisation,
                                    payer,
                                    cents,
                                    day,
                                    day.isBefore(AidEntry.REGISTER_SINCE) ? today : day,
                                    instrument,
                                    reference,
                                    null,
                                    null,
                                    actor.person(),
                                    now()),
                            actor,
                            "aid.granted"));
        });
    }

    /** Sets what a grant comes to by a line beside it; more is refused where it would go over the ceiling. */
    @Transactional
    Outcome<AidEntry> correct(Actor actor, UUID grant, @Nullable BigDecimal amountEuros, @Nullable String reason) {
        AidRights.requireOfficer(actor);
        AidEntry first = grantOf(grant);
        Long cents = Euro.cents(amountEuros);
        Optional<Refusal> refusal = new Fields()
                .rule("amountEuros", cents != null && cents > 0, "aid-amount")
                .text("reason", reason, 1_000)
                .refusal();
        if (refusal.isPresent() || cents == null || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        LocalDate day = first.grantedOn();
        Set<OrganisationId> undertaking = links.lockUndertaking(first.organisation(), day);
        long standing = standing(grant);
        if (standing == 0) {
            return Outcome.refused(Refusal.conflict("aid-withdrawn"));
        }
        long change = cents - standing;
        if (change == 0) {
            return Outcome.refused(Refusal.conflict("aid-unchanged", Euro.of(standing)));
        }
        if (change > 0 && first.regime() == Regime.DE_MINIMIS) {
            Ceiling ceiling = Ceiling.on(sources.ceilings(), day).orElseThrow();
            Headroom headroom = headroom(undertaking, ceiling, day, first.memberState());
            long left = headroom.leftCents(day);
            if (change > left) {
                return Outcome.refused(Refusal.conflict(
                        "aid-ceiling",
                        first.memberState(),
                        Euro.of(change),
                        Euro.of(left),
                        Euro.of(ceiling.cents()),
                        ceiling.years()));
            }
        }
        return Outcome.done(change(actor, first, AidEntry.Kind.CORRECTION, change, reason.strip()));
    }

    /** Takes a grant back as a whole, by a line beside it. */
    @Transactional
    Outcome<AidEntry> withdraw(Actor actor, UUID grant, @Nullable String reason) {
        AidRights.requireOfficer(actor);
        AidEntry first = grantOf(grant);
        Optional<Refusal> refusal = new Fields().text("reason", reason, 1_000).refusal();
        if (refusal.isPresent() || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        links.lockUndertaking(first.organisation(), first.grantedOn());
        long standing = standing(grant);
        return standing == 0
                ? Outcome.refused(Refusal.conflict("aid-withdrawn"))
                : Outcome.done(change(actor, first, AidEntry.Kind.WITHDRAWAL, -standing, reason.strip()));
    }

    private AidEntry change(Actor actor, AidEntry grant, AidEntry.Kind kind, long cents, String reason) {
        return write(
                grant.changedBy(
                        kind,
                        TimeOrderedUuid.next(),
                        cents,
                        reason,
                        actor.person(),
                        now(),
                        calendar.after(today(), AidEntry.REGISTER_WORKING_DAYS)),
                actor,
                kind == AidEntry.Kind.WITHDRAWAL ? "aid.withdrawn" : "aid.corrected");
    }

    FundingTable.Funding fundingOf(Actor actor, AllocationId id) {
        requireSight(actor, id);
        return fundings.of(id);
    }

    List<FundingTable.Funding> fundingHistory(Actor actor, AllocationId id) {
        requireSight(actor, id);
        return fundings.history(id);
    }

    Allocation requireSight(Actor actor, AllocationId id) {
        return AidRights.seesAll(actor)
                ? allocations.get(id)
                : allocations.reach(actor, id).allocation();
    }

    List<AidEntry> entriesOf(Actor actor, AllocationId id) {
        requireSight(actor, id);
        return table.ofAllocation(id);
    }

    /**
     * Names other sources for an allocation: what was granted for it is withdrawn, and what it is now is granted, as of the day
     * on which the right was conferred.
     */
    @Transactional
    Outcome<FundingTable.Funding> assign(
            Actor actor, AllocationId id, List<FundingShare> shares, @Nullable String reason) {
        AidRights.requireOfficer(actor);
        Optional<Refusal> missing = new Fields()
                .text("reason", reason, 1_000)
                .refusal()
                .or(() -> FundingShare.refusal(shares, sourceBook.active()));
        if (missing.isPresent() || reason == null) {
            return Outcome.refused(missing.orElseThrow());
        }
        Allocation allocation = allocations.lock(id);
        OrganisationId organisation = projects.summary(allocation.project()).organisation();
        LocalDate day = LocalDate.ofInstant(allocation.period().from(), settings.zone());
        FundingTable.Funding before = fundings.of(id);
        if (new HashSet<>(before.shares()).equals(new HashSet<>(shares))) {
            return Outcome.refused(Refusal.conflict("aid-same-funding"));
        }
        return intended(organisation, allocation.gpuHours(), allocation.cpuHours(), shares, day, true)
                .then(aids -> replace(actor, allocation, organisation, before, shares, aids, day, reason.strip()));
    }

    private Outcome<FundingTable.Funding> replace(
            Actor actor,
            Allocation allocation,
            OrganisationId organisation,
            FundingTable.Funding before,
            List<FundingShare> shares,
            List<Intended> aids,
            LocalDate day,
            String reason) {
        links.lockUndertaking(organisation, day);
        Map<UUID, Long> standing = new LinkedHashMap<>();
        table.ofAllocation(allocation.id()).forEach(e -> standing.merge(e.grant(), e.cents(), Math::addExact));
        standing.values().removeIf(cents -> cents == 0);
        Ground ground = null;
        if (!aids.isEmpty()) {
            Outcome<Ground> found = ground(organisation, day);
            if (found instanceof Outcome.Refused<Ground>(Refusal refusal)) {
                return Outcome.refused(refusal);
            }
            ground = found.orThrow();
            Optional<Refusal> refusal = refusal(ground.without(standing.keySet()), aids, day);
            if (refusal.isPresent()) {
                return Outcome.refused(refusal.get());
            }
        }
        standing.forEach((grant, cents) -> change(actor, grantOf(grant), AidEntry.Kind.WITHDRAWAL, -cents, reason));
        fundings.insert(allocation.id(), before.revision() + 1, shares, reason, actor.person(), now());
        for (Intended aid : aids) {
            FundingSource source = sources.find(aid.source()).orElseThrow();
            write(
                    entry(
                            java.util.Objects.requireNonNull(ground),
                            organisation,
                            source,
                            aid.cents(),
                            day,
                            today(),
                            Instrument.ACCESS_TIME,
                            allocation.proposalCode(),
                            allocation.id(),
                            aid.basis(),
                            actor.person(),
                            now()),
                    actor,
                    "aid.granted");
        }
        audit.record(
                actor,
                "allocation.funding-assigned",
                "allocation",
                allocation.id(),
                Map.of(
                        "from",
                        sourceBook.inWords(before.shares()),
                        "to",
                        sourceBook.inWords(shares),
                        "reason",
                        reason));
        return Outcome.done(fundings.of(allocation.id()));
    }

    /** Writes a line with its letter, takes it down and tells the company; warns where the ceiling is near. */
    private AidEntry write(AidEntry draft, @Nullable Actor actor, String action) {
        AidEntry entry = table.insert(draft);
        Long ceilingCents = null;
        long used = 0;
        Headroom.Level level = Headroom.Level.FREE;
        Headroom.Level before = level;
        if (entry.regime() == Regime.DE_MINIMIS) {
            LocalDate today = today();
            Set<OrganisationId> undertaking = links.members(entry.organisation(), today);
            Optional<Ceiling> ceiling = Ceiling.on(sources.ceilings(), today);
            if (ceiling.isPresent()) {
                Headroom headroom = headroom(undertaking, ceiling.get(), today, entry.memberState());
                ceilingCents = ceiling.get().cents();
                used = headroom.usedCents();
                level = headroom.level();
                before = headroom.level(used - entry.cents());
            }
        }
        Map<PersonId, People.Summary> owners = people.summaries(organisations.owners(entry.organisation()));
        String language = owners.values().stream()
                .findFirst()
                .map(o -> o.language().getLanguage())
                .orElse("en");
        letters.queue(new EntryTable.Letter(entry.id(), language, used, ceilingCents, null));
        Map<String, Object> details = new LinkedHashMap<>(Map.of(
                "code", entry.code(),
                "organisation", entry.organisation(),
                "euros", Euro.of(entry.cents()).toPlainString(),
                "memberState", entry.memberState(),
                "regime", entry.regime().name(),
                "reference", entry.reference()));
        if (entry.reason() != null) {
            details.put("reason", entry.reason());
        }
        if (actor == null) {
            audit.recordByRule(action, "aid", entry.id(), details);
        } else {
            audit.record(actor, action, "aid", entry.id(), details);
        }
        String letter = "/aid/letters/" + entry.id();
        notifications.tell(
                owners.keySet(),
                "aid.told." + entry.kind().name(),
                letter,
                Euro.of(Math.abs(entry.cents())),
                entry.reference());
        if (level.compareTo(before) > 0) {
            String page = "/organisations/" + entry.organisation() + "/aid";
            Object[] values = {
                entry.beneficiary(),
                Euro.of(used),
                Euro.of(java.util.Objects.requireNonNull(ceilingCents)),
                entry.memberState()
            };
            notifications.tell(owners.keySet(), "aid.told.near", page, values);
            notifications.tell(people.withRole(CentreRole.ACCESS_OFFICER), "aid.told.near", page, values);
        }
        return entry;
    }

    private Headroom headroom(Set<OrganisationId> undertaking, Ceiling ceiling, LocalDate day, String memberState) {
        return Headroom.of(
                day,
                memberState,
                ceiling,
                table.standing(undertaking),
                declarations.latest(undertaking).stream()
                        .flatMap(d -> d.lines().stream())
                        .toList());
    }

    private AidEntry grantOf(UUID id) {
        return table.find(id)
                .filter(e -> e.kind() == AidEntry.Kind.GRANT)
                .orElseThrow(() -> new NotFoundException("aid"));
    }

    private long standing(UUID grant) {
        return table.ofGrant(grant).stream().mapToLong(AidEntry::cents).sum();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
