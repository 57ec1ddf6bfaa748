package org.farga.privacy;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.audit.Personal;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.PersonalData;
import org.farga.platform.PersonalData.Forgotten;
import org.farga.platform.PersonalData.Obstacle;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Forgets people who ask for it (GDPR, Article 17): after a while in which they may think better of it, name, address and
 * everything to sign in with go; ledgers, agreements and the audit log keep an identifier that names nobody any more.
 */
@Service
class Erasures {
    private static final Logger LOG = LoggerFactory.getLogger(Erasures.class);
    private static final int BATCH = 50;
    private static final int LONGEST_REASON = 1_000;
    private static final int MOST_REDACTIONS = 1_000;

    private final ErasureTable table;
    private final List<PersonalData> modules;
    private final DataExports exports;
    private final ErasurePlans plans;
    private final People people;
    private final OutgoingMail mail;
    private final Messages messages;
    private final AuditLog audit;
    private final PrivacySettings settings;
    private final Settings all;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Erasures(
            ErasureTable table,
            List<PersonalData> modules,
            DataExports exports,
            ErasurePlans plans,
            People people,
            OutgoingMail mail,
            Messages messages,
            AuditLog audit,
            PrivacySettings settings,
            Settings all,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.table = table;
        this.modules = modules;
        this.exports = exports;
        this.plans = plans;
        this.people = people;
        this.mail = mail;
        this.messages = messages;
        this.audit = audit;
        this.settings = settings;
        this.all = all;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** What stands against forgetting a person now; one's own, or anybody's for an administrator. */
    List<Obstacle> obstacles(Actor actor, PersonId person) {
        requireRight(actor, person);
        return obstacles(person);
    }

    private List<Obstacle> obstacles(PersonId person) {
        return modules.stream().flatMap(m -> m.obstacles(person).stream()).toList();
    }

    Optional<ErasureRequest> find(Actor actor, PersonId person) {
        requireRight(actor, person);
        return table.findOpen(person);
    }

    /** Requests of all people, newest first; for administrators. */
    Page<ErasureRequest> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        requireAdministrator(actor);
        int size = Cursor.size(limit);
        return Cursor.page(table.list(Cursor.decode(cursor, UUID::fromString), size + 1), size, r -> r.id().toString());
    }

    /** Those about a person, newest first, at most 20; for administrators. */
    List<ErasureRequest> listOf(Actor actor, PersonId person) {
        requireAdministrator(actor);
        return table.listOf(person);
    }

    ErasureRequest.State stateOf(ErasureRequest request) {
        return request.state(clock.instant());
    }

    int coolingOffDays() {
        return settings.coolingOffDays();
    }

    /**
     * Asks for a person to be forgotten. Refused as {@code erasure-obstacles} where something must be done first, and as
     * {@code erasure-open} where it was asked for already.
     *
     * @param confirmation the person's e-mail address, typed to show that it is meant
     * @param reason how the wish reached the centre; must be given by who enters it for another
     * @param redactions places in free text, as a search found them, where the name is taken out; for administrators
     */
    @Transactional
    Outcome<ErasureRequest> ask(
            Actor actor,
            PersonId person,
            @Nullable String confirmation,
            @Nullable String reason,
            List<String> redactions) {
        requireRight(actor, person);
        if (!redactions.isEmpty()) {
            requireAdministrator(actor);
        }
        People.Summary whom = people.summary(person);
        boolean meant = confirmation != null
                && confirmation.strip().equalsIgnoreCase(whom.email().value());
        Fields fields = new Fields()
                .rule("confirmation", meant, "erasure-confirmation")
                .rule(
                        "redactions",
                        redactions.size() <= MOST_REDACTIONS
                                && redactions.stream().allMatch(plans::isRedactable),
                        "erasure-redactions");
        boolean own = actor.person().equals(person);
        Optional<Refusal> refusal = (own
                        ? fields.optionalText("reason", reason, LONGEST_REASON)
                        : fields.text("reason", reason, LONGEST_REASON))
                .refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        List<Obstacle> obstacles = obstacles(person);
        if (!obstacles.isEmpty()) {
            return Outcome.refused(Refusal.conflict(
                    "erasure-obstacles",
                    messages.text(
                            whom.language(),
                            obstacles.getFirst().message(),
                            obstacles.getFirst().arguments().toArray())));
        }
        Instant now = clock.instant();
        ErasureRequest request = new ErasureRequest(
                TimeOrderedUuid.next(),
                person,
                actor.person(),
                now,
                now.plus(Duration.ofDays(settings.coolingOffDays())),
                null,
                null,
                reason == null || reason.isBlank() ? null : reason.strip(),
                redactions,
                null);
        if (!table.insert(request)) {
            return Outcome.refused(Refusal.conflict("erasure-open"));
        }
        Map<String, Object> details = new HashMap<>(Map.of("person", person));
        if (request.reason() != null) {
            details.put("reason", new Personal(person, request.reason()));
        }
        audit.record(actor, "erasure.requested", "person", person, details);
        // So that nobody is forgotten behind their back.
        mail.queue(
                whom.email(),
                messages.text(whom.language(), "privacy.mail.subject", all.centreName()),
                messages.text(
                        whom.language(),
                        "privacy.mail.text",
                        settings.coolingOffDays(),
                        all.publicUrl() + "/account/data"));
        return Outcome.done(request);
    }

    /** Throws {@link NotFoundException} where none is open. */
    @Transactional
    void cancel(Actor actor, PersonId person) {
        requireRight(actor, person);
        if (!table.cancel(person, actor.person(), clock.instant())) {
            throw new NotFoundException("erasure request");
        }
        audit.record(actor, "erasure.cancelled", "person", person, Map.of("person", person));
    }

    static void requireAdministrator(Actor actor) {
        if (!actor.isAny(CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("erasure requests");
        }
    }

    static void requireRight(Actor actor, PersonId person) {
        if (!actor.person().equals(person) && !actor.isAny(CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("person");
        }
    }

    /** Forgets those whose time has come; who must do something first is left, and looked at again at the next round. */
    void eraseDue() {
        for (ErasureRequest request : table.listDue(clock.instant(), BATCH)) {
            try {
                transactions.executeWithoutResult(status -> {
                    if (table.lock(request.id()) && obstacles(request.person()).isEmpty()) {
                        erase(request);
                    }
                });
            } catch (RuntimeException e) {
                LOG.error("the erasure {} failed and is tried again", request.id(), e);
            }
        }
    }

    private void erase(ErasureRequest request) {
        PersonId id = request.person();
        People.Summary person = people.summary(id);
        Map<String, Long> result = new HashMap<>(plans.count(id));
        result.put("redacted", plans.redact(request.redactions(), person));
        // Before the rest: the audit entry below must not bring anything back.
        audit.recordByRule("person.erased", "person", id, Map.of());
        exports.removeOf(id);
        Forgotten forgotten = new Forgotten(
                id,
                person.email(),
                person.name(),
                new EmailAddress("erased-" + id + "@erased.invalid"),
                "Erased person " + id.toString().substring(24));
        modules.forEach(m -> m.forget(forgotten));
        table.done(request.id(), result, clock.instant());
    }

    @Configuration(proxyBeanMethods = false)
    static class EraseTask {
        @Bean
        RecurringTask<Void> eraseDuePersons(@Lazy Erasures erasures) {
            return Tasks.recurring("erase-due-persons", FixedDelay.ofMinutes(10))
                    .execute((instance, context) -> erasures.eraseDue());
        }
    }
}
