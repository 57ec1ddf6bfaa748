package org.farga.people;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Country;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Founds, shows and keeps organisations. */
@Service
public class Organisations {
    private final OrganisationTable table;
    private final SizeDeclarationTable sizes;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Organisations(
            OrganisationTable table,
            SizeDeclarationTable sizes,
            AuditLog audit,
            ApplicationEventPublisher events,
            Clock clock) {
        this.table = table;
        this.sizes = sizes;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** What other modules may know of an organisation. */
    public record Summary(
            OrganisationId id,
            String name,
            Country country,
            @Nullable LocalDate foundedOn) {}

    /** Founds an organisation with the actor as its first owner. */
    @Transactional
    Outcome<Organisation> found(
            Actor actor, @Nullable String name, @Nullable String country, @Nullable LocalDate foundedOn) {
        return Organisation.found(name, country, foundedOn, actor.person(), clock.instant())
                .map(organisation -> {
                    table.insert(organisation);
                    table.insertMembership(
                            organisation.id(), actor.person(), OrganisationRole.OWNER, organisation.createdAt());
                    audit.record(
                            actor,
                            "organisation.founded",
                            "organisation",
                            organisation.id(),
                            Map.of("name", organisation.name(), "country", organisation.country()));
                    return organisation;
                });
    }

    @Transactional
    Outcome<Organisation> rename(Actor actor, OrganisationId id, long version, @Nullable String name) {
        Organisation organisation = get(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        if (organisation.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        return organisation.rename(name).then(renamed -> {
            if (!table.update(renamed)) {
                return Outcome.refused(Refusal.stale());
            }
            audit.record(
                    actor,
                    "organisation.renamed",
                    "organisation",
                    id,
                    Map.of("from", organisation.name(), "to", renamed.name()));
            return Outcome.done(get(actor, id));
        });
    }

    /** One that the actor may see: their own, or any for the centre's staff. */
    Organisation get(Actor actor, OrganisationId id) {
        if (!actor.isMemberOf(id) && !seesAll(actor)) {
            throw new NotFoundException("organisation");
        }
        return table.find(id).orElseThrow(() -> new NotFoundException("organisation"));
    }

    Page<Organisation> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        int size = Cursor.size(limit);
        List<Organisation> rows = table.list(
                seesAll(actor) ? null : actor.organisations().keySet(),
                Cursor.decode(cursor, OrganisationTable.NameKey::parse),
                size + 1);
        return Cursor.page(rows, size, OrganisationTable.NameKey::of);
    }

    List<Member> members(Actor actor, OrganisationId id) {
        get(actor, id);
        return table.members(id);
    }

    /** Gives a member another role; refused where no owner would be left. */
    @Transactional
    Outcome<Member> changeRole(Actor actor, OrganisationId id, PersonId person, @Nullable OrganisationRole role) {
        Organisation organisation = get(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        var missing = new Fields().present("role", role).refusal();
        if (missing.isPresent() || role == null) {
            return Outcome.refused(missing.orElseThrow());
        }
        table.lock(id);
        Member member = table.findMember(id, person).orElseThrow(() -> new NotFoundException("member"));
        if (member.role() == role) {
            return Outcome.done(member);
        }
        if (!member.email().isDeliverable()) {
            return Outcome.refused(Refusal.conflict("no-person"));
        }
        if (role != OrganisationRole.OWNER && isLastOwner(id, person)) {
            return Outcome.refused(Refusal.conflict("last-owner"));
        }
        table.updateMembership(id, person, role);
        audit.record(
                actor,
                "member.role-changed",
                "organisation",
                id,
                Map.of(
                        "organisation",
                        organisation.name(),
                        "person",
                        person,
                        "email",
                        member.email(),
                        "from",
                        member.role(),
                        "to",
                        role));
        return Outcome.done(table.findMember(id, person).orElseThrow());
    }

    /** Takes a person out, or lets them leave; refused where no owner would be left. */
    @Transactional
    Outcome<Member> remove(Actor actor, OrganisationId id, PersonId person) {
        Organisation organisation = get(actor, id);
        boolean leaving = actor.person().equals(person) && actor.isMemberOf(id);
        if (!actor.isOwnerOf(id) && !leaving) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        table.lock(id);
        Member member = table.findMember(id, person).orElseThrow(() -> new NotFoundException("member"));
        if (!member.email().isDeliverable()) {
            return Outcome.refused(Refusal.conflict("service-account-member"));
        }
        if (isLastOwner(id, person)) {
            return Outcome.refused(Refusal.conflict("last-owner"));
        }
        table.deleteMembership(id, person);
        audit.record(
                actor,
                leaving ? "member.left" : "member.removed",
                "organisation",
                id,
                Map.of("organisation", organisation.name(), "person", person, "email", member.email()));
        events.publishEvent(new MemberRemoved(TimeOrderedUuid.next(), id, person, actor.person()));
        return Outcome.done(member);
    }

    /** Makes somebody a member because a sign-in provider's claims say so, and an owner allowed it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void joinByProvider(PersonId person, OrganisationId id, String provider) {
        if (table.insertMembershipBy(provider, id, person, clock.instant())) {
            audit.recordByRule(
                    "member.joined-by-provider", "organisation", id, Map.of("person", person, "provider", provider));
        }
    }

    /** Ends the memberships that this provider's claims gave and no longer give; those that a person gave stay. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void leaveByProvider(PersonId person, String provider, Collection<OrganisationId> kept) {
        for (OrganisationId id : table.listMembershipsBy(provider, person)) {
            if (kept.contains(id)) {
                continue;
            }
            table.lock(id);
            table.deleteMembership(id, person);
            audit.recordByRule(
                    "member.left-by-provider", "organisation", id, Map.of("person", person, "provider", provider));
            events.publishEvent(new MemberRemoved(TimeOrderedUuid.next(), id, person, person));
        }
    }

    /** Makes an account that no person is behind a member; whoever asks. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void admit(OrganisationId id, PersonId account) {
        table.insertMembership(id, account, OrganisationRole.MEMBER, clock.instant());
    }

    /** Takes such an account out again; where it is gone already, nothing happens. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void dismiss(OrganisationId id, PersonId account, PersonId by) {
        if (table.findMember(id, account).isPresent()) {
            table.deleteMembership(id, account);
            events.publishEvent(new MemberRemoved(TimeOrderedUuid.next(), id, account, by));
        }
    }

    private boolean isLastOwner(OrganisationId id, PersonId person) {
        return owners(id).equals(List.of(person));
    }

    private static boolean seesAll(Actor actor) {
        return actor.isAny(
                CentreRole.ADMINISTRATOR, CentreRole.ACCESS_OFFICER, CentreRole.OPERATOR, CentreRole.AUDITOR);
    }

    /** What other modules may know of an organisation, whoever asks; throws {@link NotFoundException}. */
    public Summary summary(OrganisationId id) {
        return table.find(id).map(Organisations::summary).orElseThrow(() -> new NotFoundException("organisation"));
    }

    /** The same for many at once. */
    public Map<OrganisationId, Summary> summaries(Collection<OrganisationId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : table.list(ids).stream()
                        .map(Organisations::summary)
                        .collect(Collectors.toMap(Summary::id, Function.identity()));
    }

    /** What the organisation is by the size it last declared; empty where it never did. Whoever asks. */
    public Optional<SmeStatus> smeStatus(OrganisationId id) {
        return sizes.findLatest(id).map(SizeDeclaration::status);
    }

    /**
     * Whether the organisation is an SME by what it declared of several years, with the figures as evidence; empty where it
     * never declared. Whoever asks.
     */
    public Optional<SmeVerdict> smeVerdict(OrganisationId id) {
        return SizeHistory.of(sizes.list(id, SizeHistory.MOST_DECLARATIONS), clock.instant());
    }

    /** Who speaks for an organisation: those to be told of its decisions. */
    public List<PersonId> owners(OrganisationId id) {
        return table.members(id).stream()
                .filter(m -> m.role() == OrganisationRole.OWNER)
                .map(Member::person)
                .toList();
    }

    /** Everyone who belongs to an organisation, owners first. */
    public List<org.farga.shared.PersonId> people(OrganisationId id) {
        return table.members(id).stream().map(Member::person).toList();
    }

    /** The same of many organisations at once, in one statement. */
    public Map<OrganisationId, Set<PersonId>> people(Collection<OrganisationId> ids) {
        return ids.isEmpty() ? Map.of() : table.people(ids);
    }

    /** Who left each of these organisations since then and did not come back, with the day of it. */
    public Map<OrganisationId, Map<PersonId, Instant>> formerPeople(Collection<OrganisationId> ids, Instant since) {
        return ids.isEmpty() ? Map.of() : table.formerPeople(ids, since);
    }

    private static Summary summary(Organisation organisation) {
        return new Summary(organisation.id(), organisation.name(), organisation.country(), organisation.foundedOn());
    }
}
