package org.farga.audit;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.farga.shared.Actor;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Takes down decisions and changes of rights. */
@Component
public class AuditLog {
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");

    private final AuditEntryTable table;
    private final PersonNames names;
    private final AuditSequencer sequencer;
    private final Clock clock;

    AuditLog(AuditEntryTable table, PersonNames names, AuditSequencer sequencer, Clock clock) {
        this.table = table;
        this.names = names;
        this.sequencer = sequencer;
        this.clock = clock;
    }

    /**
     * Takes down what a person did; must be called in the transaction that does it.
     *
     * @param action noun and past tense, such as {@code proposal.awarded}; its text is the message {@code audit.<action>},
     *     in which details stand by their names: {@code Awarded {code}}
     * @param subjectType the kind of thing, such as {@code proposal}
     * @param subject its identifier
     * @param details what a reader needs to understand it; never a secret. What says something about a person, such as
     *     a name, is given as {@link Personal}
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(Actor actor, String action, String subjectType, Object subject, Map<String, ?> details) {
        insert(actor.person(), action, subjectType, subject, details);
    }

    /** Takes down what Farga did by rule, without a person. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordByRule(String action, String subjectType, Object subject, Map<String, ?> details) {
        insert(null, action, subjectType, subject, details);
    }

    /** Takes down what somebody did before they were known as an actor, such as signing up. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordBy(PersonId person, String action, String subjectType, Object subject, Map<String, ?> details) {
        insert(person, action, subjectType, subject, details);
    }

    private void insert(
            @Nullable PersonId person, String action, String subjectType, Object subject, Map<String, ?> details) {
        Map<String, Object> kept = new LinkedHashMap<>();
        List<Disclosure> disclosures = new ArrayList<>();
        details.forEach((name, value) -> {
            switch (value) {
                case Personal personal -> disclosures.add(Disclosure.of(name, personal));
                case EmailAddress email -> disclosures.add(Disclosure.of(name, about(email.value())));
                case String text
                when EMAIL.matcher(text).matches() -> disclosures.add(Disclosure.of(name, about(text)));
                default -> kept.put(name, value);
            }
        });
        table.insert(clock.instant(), person, action, subjectType, subject.toString(), kept, disclosures);
        wakeAfterCommit();
    }

    private Personal about(String email) {
        return new Personal(names.find(email).orElse(null), email);
    }

    private void wakeAfterCommit() {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    sequencer.wake();
                }
            });
        }
    }
}
