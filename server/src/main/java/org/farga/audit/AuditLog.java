package org.farga.audit;

import java.time.Clock;
import java.util.Map;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Takes down decisions and changes of rights. */
@Component
public class AuditLog {
    private final AuditEntryTable table;
    private final Clock clock;

    AuditLog(AuditEntryTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /**
     * Takes down what a person did; must be called in the transaction that does it.
     *
     * @param action noun and past tense, such as {@code proposal.awarded}; its text is the message {@code audit.<action>},
     *     in which details stand by their names: {@code Awarded {code}}
     * @param subjectType the kind of thing, such as {@code proposal}
     * @param subject its identifier
     * @param details what a reader needs to understand it; never a secret
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(Actor actor, String action, String subjectType, Object subject, Map<String, ?> details) {
        table.insert(clock.instant(), actor.person(), action, subjectType, subject.toString(), details);
    }

    /** Takes down what Farga did by rule, without a person. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordByRule(String action, String subjectType, Object subject, Map<String, ?> details) {
        table.insert(clock.instant(), null, action, subjectType, subject.toString(), details);
    }

    /** Takes down what somebody did before they were known as an actor, such as signing up. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordBy(PersonId person, String action, String subjectType, Object subject, Map<String, ?> details) {
        table.insert(clock.instant(), person, action, subjectType, subject.toString(), details);
    }
}
