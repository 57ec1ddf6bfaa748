package org.farga.aid;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.people.Organisations;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Shows the register of aid: to the centre all of it, to a company its own. */
@Service
class Register {
    private static final int BATCH = 1_000;

    private final EntryTable table;
    private final LinkTable links;
    private final DeclarationTable declarations;
    private final SourceTable sources;
    private final Organisations organisations;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;

    Register(
            EntryTable table,
            LinkTable links,
            DeclarationTable declarations,
            SourceTable sources,
            Organisations organisations,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.links = links;
        this.declarations = declarations;
        this.sources = sources;
        this.organisations = organisations;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone());
    }

    /** Newest first. */
    Page<AidEntry> list(Actor actor, EntryTable.Filter filter, @Nullable String cursor, @Nullable Integer limit) {
        AidRights.requireReader(actor);
        int size = Cursor.size(limit);
        return Cursor.page(
                table.list(filter, Cursor.decode(cursor, Long::valueOf), today(), size + 1),
                size,
                e -> String.valueOf(e.number()));
    }

    EntryTable.Open open(Actor actor) {
        AidRights.requireReader(actor);
        return table.open(today());
    }

    /** The organisation that somebody named, if there is one; for the form in which they did. */
    Optional<Organisations.Summary> named(Actor actor, Optional<OrganisationId> id) {
        AidRights.requireReader(actor);
        return id.flatMap(
                i -> organisations.summaries(Set.of(i)).values().stream().findFirst());
    }

    /** Writes all that the filter lets through, newest first. */
    void writeCsv(Actor actor, EntryTable.Filter filter, Appendable to) throws IOException {
        AidRights.requireReader(actor);
        RegisterCsv csv = new RegisterCsv(to);
        Long before = null;
        List<AidEntry> batch;
        do {
            batch = table.list(filter, before, today(), BATCH);
            for (AidEntry entry : batch) {
                csv.write(entry);
                before = entry.number();
            }
        } while (batch.size() == BATCH);
    }

    /** A grant with all that put it right, and what stands of it. */
    record Grant(List<AidEntry> lines, Map<UUID, EntryTable.Letter> letters, FundingSource source) {
        AidEntry first() {
            return lines.getFirst();
        }

        long cents() {
            return lines.stream().mapToLong(AidEntry::cents).sum();
        }
    }

    /** Of a grant or of a line that puts one right. */
    Grant get(Actor actor, UUID id) {
        AidRights.requireReader(actor);
        AidEntry entry = table.find(id).orElseThrow(() -> new NotFoundException("aid"));
        List<AidEntry> lines = table.ofGrant(entry.grant());
        return new Grant(
                lines,
                table.letters(lines.stream().map(AidEntry::id).toList()),
                sources.find(entry.source()).orElseThrow());
    }

    /** Takes down that a line was entered into the central register. */
    @Transactional
    Outcome<AidEntry> enter(Actor actor, UUID id, @Nullable LocalDate on, @Nullable String reference) {
        AidRights.requireOfficer(actor);
        AidEntry entry = table.find(id).orElseThrow(() -> new NotFoundException("aid"));
        String number = reference == null || reference.isBlank() ? null : reference.strip();
        Optional<Refusal> refusal = new Fields()
                .present("enteredOn", on)
                .rule(
                        "enteredOn",
                        on == null || !on.isAfter(today()) && !on.isBefore(entry.grantedOn()),
                        "aid-entered-on",
                        entry.grantedOn().toString())
                .optionalText("reference", number, 100)
                .refusal();
        if (refusal.isPresent() || on == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (!table.insert(id, new AidEntry.Registration(on, number, actor.person(), now))) {
            return Outcome.refused(Refusal.conflict("aid-entered"));
        }
        Map<String, Object> details = new HashMap<>(Map.of("code", entry.code(), "on", on.toString()));
        if (number != null) {
            details.put("reference", number);
        }
        audit.record(actor, "aid.registered", "aid", id, details);
        return Outcome.done(table.find(id).orElseThrow());
    }

    /** An undertaking that is near the ceiling in a Member State, or over it. */
    record Warning(List<Organisations.Summary> members, Headroom headroom) {}

    /** All that are today, those with the most aid first. */
    List<Warning> warnings(Actor actor) {
        AidRights.requireReader(actor);
        LocalDate day = today();
        Optional<Ceiling> inForce = Ceiling.on(sources.ceilings(), day);
        if (inForce.isEmpty()) {
            return List.of();
        }
        Ceiling ceiling = inForce.get();
        Map<UUID, List<Headroom.Line>> ledger = byOrganisation(table.standingSince(ceiling.windowFrom(day)));
        Map<UUID, List<Headroom.Line>> declared = byOrganisation(declarations.declaredSince(ceiling.windowFrom(day)));
        Set<UUID> aided = new TreeSet<>(ledger.keySet());
        aided.addAll(declared.keySet());
        Map<Headroom, Set<UUID>> near = new HashMap<>();
        for (Set<UUID> group : new Groups(links.pairs(day)).of(aided)) {
            List<Headroom.Line> granted = of(group, ledger);
            List<Headroom.Line> others = of(group, declared);
            Set<String> states = new TreeSet<>();
            granted.forEach(l -> states.add(l.memberState()));
            others.forEach(l -> states.add(l.memberState()));
            for (String state : states) {
                Headroom headroom = Headroom.of(day, state, ceiling, granted, others);
                if (headroom.level() != Headroom.Level.FREE) {
                    near.put(headroom, group);
                }
            }
        }
        Map<OrganisationId, Organisations.Summary> names = organisations.summaries(near.values().stream()
                .flatMap(Set::stream)
                .map(OrganisationId::new)
                .toList());
        return near.entrySet().stream()
                .map(e -> new Warning(
                        e.getValue().stream()
                                .map(id -> names.get(new OrganisationId(id)))
                                .filter(java.util.Objects::nonNull)
                                .toList(),
                        e.getKey()))
                .sorted(Comparator.comparing((Warning w) -> -w.headroom().usedCents())
                        .thenComparing(w -> w.members().getFirst().name()))
                .toList();
    }

    private static Map<UUID, List<Headroom.Line>> byOrganisation(List<Headroom.Line> lines) {
        return lines.stream()
                .collect(Collectors.groupingBy(l -> l.organisation().value()));
    }

    private static List<Headroom.Line> of(Set<UUID> group, Map<UUID, List<Headroom.Line>> lines) {
        return group.stream()
                .flatMap(id -> lines.getOrDefault(id, List.of()).stream())
                .toList();
    }

    /**
     * A company's standing.
     *
     * @param members those that are one undertaking with it on the day, itself among them
     * @param headrooms one for each Member State that it has had aid from or that the centre gives aid of; none where no ceiling
     *     is in force
     * @param entries what this centre granted to this company alone, newest first
     */
    record Standing(
            Organisations.Summary organisation,
            LocalDate day,
            @Nullable Ceiling ceiling,
            Map<OrganisationId, Organisations.Summary> members,
            List<Headroom> headrooms,
            List<AidEntry> entries,
            Map<UUID, EntryTable.Letter> letters,
            @Nullable Declaration declaration) {}

    /** As it is on a day, from what is known now; today where none is named. */
    Standing standing(Actor actor, OrganisationId id, @Nullable LocalDate asked) {
        AidRights.requireSight(actor, id);
        Organisations.Summary organisation = organisations.summary(id);
        LocalDate day = asked == null ? today() : asked;
        Set<OrganisationId> members = links.members(id, day);
        Ceiling ceiling = Ceiling.on(sources.ceilings(), day).orElse(null);
        List<Declaration> declared = declarations.latest(members);
        List<Headroom> headrooms = new ArrayList<>();
        if (ceiling != null) {
            List<Headroom.Line> ledger = table.standing(members);
            List<Headroom.Line> others =
                    declared.stream().flatMap(d -> d.lines().stream()).toList();
            Set<String> states = new TreeSet<>();
            ledger.forEach(l -> states.add(l.memberState()));
            others.forEach(l -> states.add(l.memberState()));
            sources.list().stream()
                    .filter(s -> s.active() && s.regime() == Regime.DE_MINIMIS && s.memberState() != null)
                    .forEach(s -> states.add(String.valueOf(s.memberState())));
            states.forEach(state -> headrooms.add(Headroom.of(day, state, ceiling, ledger, others)));
        }
        List<AidEntry> entries = table.ofOrganisation(id);
        return new Standing(
                organisation,
                day,
                ceiling,
                organisations.summaries(members),
                headrooms,
                entries,
                table.letters(entries.stream().map(AidEntry::id).toList()),
                declared.stream()
                        .filter(d -> d.organisation().equals(id))
                        .findFirst()
                        .orElse(null));
    }
}
