package org.farga.people;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.audit.Personal;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Grants and withdraws roles at the centre; for administrators alone, but for the first of them. */
@Service
public class CentreRoles {
    private final CentreRoleTable table;
    private final AddressProof proof;
    private final AuditLog audit;
    private final Clock clock;

    CentreRoles(CentreRoleTable table, @Lazy AddressProof proof, AuditLog audit, Clock clock) {
        this.table = table;
        this.proof = proof;
        this.audit = audit;
        this.clock = clock;
    }

    /** Whether somebody can grant roles. */
    public boolean haveAdministrator() {
        return !table.listHolders(CentreRole.ADMINISTRATOR).isEmpty();
    }

    /** Makes somebody administrator who came by the one-time link of a Farga that has none. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void appointFirst(PersonId person) {
        table.insert(person, CentreRole.ADMINISTRATOR, null, clock.instant());
        audit.recordBy(
                person,
                "centre-role.granted",
                "person",
                person,
                Map.of(
                        "role",
                        CentreRole.ADMINISTRATOR,
                        "by",
                        "SETUP_LINK",
                        "email",
                        new Personal(
                                person, table.find(person).orElseThrow().email().value())));
    }

    @Transactional
    Outcome<StaffMember> grant(Actor actor, PersonId person, CentreRole role) {
        StaffMember member = get(actor, person);
        if (!member.email().isDeliverable()) {
            return Outcome.refused(Refusal.conflict("no-person"));
        }
        // Whoever is appointed is known by their address: anybody can sign up with it.
        if (proof.isMissing(person)) {
            return Outcome.refused(Refusal.conflict(
                    "address-of-holder-not-proven", member.email().value()));
        }
        if (actor.emergencyUntil() != null && actor.person().equals(person)) {
            return Outcome.refused(Refusal.forbidden("emergency-not-for-keeps"));
        }
        if (table.insert(person, role, actor.person(), clock.instant())) {
            audit.record(
                    actor,
                    "centre-role.granted",
                    "person",
                    person,
                    Map.of(
                            "role",
                            role,
                            "name",
                            new Personal(person, member.name()),
                            "email",
                            new Personal(person, member.email().value())));
        }
        return Outcome.done(get(actor, person));
    }

    /** Refused for the last administrator: nobody could grant a role any more. */
    @Transactional
    Outcome<StaffMember> withdraw(Actor actor, PersonId person, CentreRole role) {
        StaffMember member = get(actor, person);
        // Without the lock two administrators who withdraw each other's role at once would leave none.
        table.lock();
        if (role == CentreRole.ADMINISTRATOR && table.listHolders(role).equals(List.of(person))) {
            return Outcome.refused(Refusal.conflict("last-administrator"));
        }
        if (table.delete(person, role)) {
            audit.record(
                    actor,
                    "centre-role.withdrawn",
                    "person",
                    person,
                    Map.of(
                            "role",
                            role,
                            "name",
                            new Personal(person, member.name()),
                            "email",
                            new Personal(person, member.email().value())));
        }
        return table.find(person).map(Outcome::done).orElseThrow(() -> new NotFoundException("person"));
    }

    private StaffMember get(Actor actor, PersonId person) {
        requireAdministrator(actor);
        return table.find(person).orElseThrow(() -> new NotFoundException("person"));
    }

    /** The person with exactly this address. */
    Optional<StaffMember> find(Actor actor, @Nullable String email) {
        requireAdministrator(actor);
        return email == null ? Optional.empty() : Person.parse(email).flatMap(table::find);
    }

    /** The person that an administrator picked from a list; empty where there is none. */
    Optional<StaffMember> find(Actor actor, PersonId person) {
        requireAdministrator(actor);
        return table.find(person);
    }

    /** All who hold a role, by name; for those who hold one themselves. */
    Page<StaffMember> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        if (!actor.isAny(CentreRole.values())) {
            throw new NotFoundException("staff");
        }
        int size = Cursor.size(limit);
        List<StaffMember> rows = table.listStaff(Cursor.decode(cursor, CentreRoleTable.NameKey::parse), size + 1);
        return Cursor.page(rows, size, CentreRoleTable.NameKey::of);
    }

    private static void requireAdministrator(Actor actor) {
        if (!actor.is(CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("centre roles");
        }
    }
}
