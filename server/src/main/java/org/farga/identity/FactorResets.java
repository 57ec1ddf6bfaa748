package org.farga.identity;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The last way back for who lost every second factor: two administrators, of whom neither is that person. */
@Service
class FactorResets {
    private static final int LONGEST_REASON = 500;

    private final FactorResetTable table;
    private final SecondFactors factors;
    private final PasskeyTable passkeys;
    private final AccountNotices notices;
    private final People people;
    private final AuditLog audit;
    private final Clock clock;

    FactorResets(
            FactorResetTable table,
            SecondFactors factors,
            PasskeyTable passkeys,
            AccountNotices notices,
            People people,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.factors = factors;
        this.passkeys = passkeys;
        this.notices = notices;
        this.people = people;
        this.audit = audit;
        this.clock = clock;
    }

    /** An open request as a page shows it. */
    record Open(FactorReset reset, People.Summary person, String requestedBy) {}

    List<Open> list(Actor actor) {
        requireAdministrator(actor);
        return table.list(clock.instant()).stream()
                .map(r -> new Open(
                        r,
                        people.summary(r.person()),
                        people.summary(r.requestedBy()).name()))
                .toList();
    }

    /** Asks for it; whom it is about is told by mail, so that they can object. */
    @Transactional
    Outcome<FactorReset> request(Actor actor, @Nullable String email, @Nullable String reason) {
        requireAdministrator(actor);
        Optional<Person> person =
                email == null ? Optional.empty() : Person.parse(email).flatMap(people::findPerson);
        Optional<Refusal> refusal = new Fields()
                .rule("email", person.isPresent(), "nobody-with-email")
                .text("reason", reason, LONGEST_REASON)
                .refusal();
        if (refusal.isPresent() || reason == null || person.isEmpty()) {
            return Outcome.refused(refusal.orElseThrow());
        }
        PersonId id = person.get().id();
        if (id.equals(actor.person())) {
            return Outcome.refused(Refusal.forbidden("own-factor-reset"));
        }
        if (!factors.isOn(id)) {
            return Outcome.refused(Refusal.conflict("nothing-to-reset"));
        }
        Instant now = clock.instant();
        FactorReset reset = new FactorReset(
                TimeOrderedUuid.next(), id, reason.strip(), actor.person(), now, now.plus(FactorReset.LIFE));
        if (!table.insert(reset)) {
            return Outcome.refused(Refusal.conflict("factor-reset-open"));
        }
        audit.record(actor, "factor-reset.requested", "person", id, Map.of("reason", reset.reason()));
        notices.tell(id, "factor-reset-requested");
        return Outcome.done(reset);
    }

    /** Agrees or declines. Only another administrator than who asked can agree, and not the person themselves. */
    @Transactional
    Outcome<FactorReset> decide(Actor actor, UUID id, boolean granted) {
        requireAdministrator(actor);
        Instant now = clock.instant();
        FactorReset reset =
                table.findOpenForUpdate(id, now).orElseThrow(() -> new NotFoundException("factor reset"));
        if (granted
                && (reset.requestedBy().equals(actor.person())
                        || reset.person().equals(actor.person()))) {
            return Outcome.refused(Refusal.forbidden("second-person-needed"));
        }
        table.decide(id, actor.person(), granted, now);
        if (granted) {
            factors.clear(reset.person(), passkeys);
        }
        audit.record(
                actor,
                granted ? "factor-reset.granted" : "factor-reset.declined",
                "person",
                reset.person(),
                Map.of("requestedBy", reset.requestedBy()));
        return Outcome.done(reset);
    }

    private static void requireAdministrator(Actor actor) {
        if (!actor.is(CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("factor resets");
        }
    }
}
