package org.farga.people;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.people.EmergencyAccess.Verdict;
import org.farga.platform.Attention;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Opens, closes and reviews emergency access; only for those who hold some role at the centre. */
@Service
class EmergencyAccesses implements Attention {
    private final EmergencyAccessTable table;
    private final CentreRoleTable roles;
    private final People people;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    EmergencyAccesses(
            EmergencyAccessTable table,
            CentreRoleTable roles,
            People people,
            AuditLog audit,
            ApplicationEventPublisher events,
            Clock clock) {
        this.table = table;
        this.roles = roles;
        this.people = people;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** An emergency with the names of its people. */
    record Named(
            EmergencyAccess access, String person, @Nullable String reviewer) {}

    @Transactional
    Outcome<EmergencyAccess> open(
            Actor actor, @Nullable CentreRole role, @Nullable String reason, @Nullable Integer hours) {
        Set<CentreRole> held = requireStaff(actor);
        // One at a time: two requests at once wait for each other here.
        roles.lock();
        if (table.findOpen(actor.person(), clock.instant()).isPresent()) {
            return Outcome.refused(Refusal.conflict("emergency-open-already"));
        }
        return EmergencyAccess.open(actor.person(), held, role, reason, hours, clock.instant())
                .map(access -> {
                    table.insert(access);
                    audit.record(
                            actor,
                            "emergency.opened",
                            "emergency",
                            access.id(),
                            Map.of(
                                    "role", access.role(),
                                    "reason", access.reason(),
                                    "until", access.expiresAt()));
                    events.publishEvent(new EmergencyAccessOpened(
                            access.id(), access.person(), access.role(), access.reason(), access.expiresAt()));
                    return access;
                });
    }

    /** Ends it before its time: whoever opened it, or an administrator. */
    @Transactional
    Outcome<EmergencyAccess> close(Actor actor, UUID id) {
        EmergencyAccess access = get(actor, id);
        if (!access.person().equals(actor.person()) && !actor.is(CentreRole.ADMINISTRATOR)) {
            return Outcome.refused(Refusal.forbidden("emergency-not-yours"));
        }
        if (table.close(id, clock.instant())) {
            audit.record(actor, "emergency.closed", "emergency", id, Map.of());
        }
        return Outcome.done(get(actor, id));
    }

    @Transactional
    Outcome<EmergencyAccess> review(Actor actor, UUID id, @Nullable Verdict verdict, @Nullable String note) {
        EmergencyAccess access = get(actor, id);
        var refusal = access.refusalToReview(actor, roles.held(actor.person()), clock.instant());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return access.reviewed(verdict, note, actor.person(), clock.instant()).then(reviewed -> {
            EmergencyAccess.Review review = java.util.Objects.requireNonNull(reviewed.review());
            if (!table.review(id, review)) {
                return Outcome.refused(Refusal.conflict("emergency-reviewed"));
            }
            audit.record(
                    actor,
                    "emergency.reviewed",
                    "emergency",
                    id,
                    Map.of("verdict", review.verdict(), "note", review.note()));
            events.publishEvent(new EmergencyAccessReviewed(
                    id, access.person(), review.verdict() == Verdict.JUSTIFIED, review.note()));
            return Outcome.done(reviewed);
        });
    }

    /** All there were, newest first, for the centre's staff: nobody's emergency is a secret. */
    Page<Named> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        requireStaff(actor);
        int size = Cursor.size(limit);
        Page<EmergencyAccess> page = Cursor.page(
                table.list(Cursor.decode(cursor, UUID::fromString), size + 1),
                size,
                access -> access.id().toString());
        return new Page<>(named(page.items()), page.next());
    }

    Named named(Actor actor, UUID id) {
        return named(List.of(get(actor, id))).getFirst();
    }

    List<EmergencyAccessTable.Use> uses(Actor actor, UUID id) {
        get(actor, id);
        return table.uses(id);
    }

    /** Whether this actor could review this one now. */
    boolean mayReview(Actor actor, EmergencyAccess access) {
        return access.refusalToReview(actor, roles.held(actor.person()), clock.instant())
                .isEmpty();
    }

    /** Takes down a request that was made while an emergency was open. */
    @Transactional
    void used(PersonId person, Instant until, String method, String path, int status) {
        table.insertUse(
                person, until, clock.instant(), method, path.length() > 500 ? path.substring(0, 500) : path, status);
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        if (!actor.isAny(CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)) {
            return List.of();
        }
        Set<CentreRole> held = roles.held(actor.person());
        List<Item> items = new ArrayList<>();
        for (EmergencyAccess access : table.unreviewed(clock.instant(), 10)) {
            if (EmergencyAccess.mayReview(actor, held) && !access.person().equals(actor.person())) {
                items.add(new Item(
                        "people.attention.emergency",
                        List.of(people.summary(access.person()).name()),
                        "/centre/emergency-access/" + access.id(),
                        access.reviewDueAt()));
            }
        }
        return items;
    }

    private EmergencyAccess get(Actor actor, UUID id) {
        requireStaff(actor);
        return table.find(id).orElseThrow(() -> new NotFoundException("emergency access"));
    }

    private List<Named> named(List<EmergencyAccess> accesses) {
        List<PersonId> ids = new ArrayList<>();
        for (EmergencyAccess access : accesses) {
            ids.add(access.person());
            if (access.review() != null) {
                ids.add(access.review().by());
            }
        }
        Map<PersonId, People.Summary> known =
                people.summaries(ids.stream().distinct().toList());
        return accesses.stream()
                .map(access -> new Named(
                        access,
                        name(known, access.person()),
                        access.review() == null
                                ? null
                                : name(known, access.review().by())))
                .toList();
    }

    private static String name(Map<PersonId, People.Summary> known, PersonId person) {
        People.Summary summary = known.get(person);
        return summary == null ? person.toString() : summary.name();
    }

    /** The roles that this member of the staff holds without any emergency; throws where there are none. */
    private Set<CentreRole> requireStaff(Actor actor) {
        Set<CentreRole> held = actor.has(Scope.CENTRE) ? roles.held(actor.person()) : Set.of();
        if (held.isEmpty()) {
            throw new NotFoundException("emergency access");
        }
        return held;
    }
}
