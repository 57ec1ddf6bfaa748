package org.farga.people;

import java.time.Clock;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Country;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Founds, shows and keeps organisations. */
@Service
public class Organisations {
    private final OrganisationTable table;
    private final AuditLog audit;
    private final Clock clock;

    Organisations(OrganisationTable table, AuditLog audit, Clock clock) {
        this.table = table;
        this.audit = audit;
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
    public java.util.Optional<SmeStatus> smeStatus(OrganisationId id) {
        return java.util.Optional.empty();
    }

    /** Who speaks for an organisation: those to be told of its decisions. */
    public List<org.farga.shared.PersonId> owners(OrganisationId id) {
        return table.members(id).stream()
                .filter(m -> m.role() == OrganisationRole.OWNER)
                .map(Member::person)
                .toList();
    }

    /** Everyone who belongs to an organisation, owners first. */
    public List<org.farga.shared.PersonId> people(OrganisationId id) {
        return table.members(id).stream().map(Member::person).toList();
    }

    private static Summary summary(Organisation organisation) {
        return new Summary(organisation.id(), organisation.name(), organisation.country(), organisation.foundedOn());
    }
}
