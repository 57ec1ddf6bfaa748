package org.farga.audit;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Takes down decisions and changes of rights. */
@Component
public class AuditLog {
    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Clock clock;

    AuditLog(JdbcClient jdbc, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Takes down what a person did; must be called in the transaction that does it.
     *
     * @param action noun and past tense, such as {@code proposal.awarded}; its text is the message {@code audit.<action>}
     * @param subjectType the kind of thing, such as {@code proposal}
     * @param subject its identifier
     * @param details what a reader needs to understand it; never a secret
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(Actor actor, String action, String subjectType, Object subject, Map<String, ?> details) {
        write(actor.person(), action, subjectType, subject, details);
    }

    /** Takes down what Farga did by rule, without a person. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordByRule(String action, String subjectType, Object subject, Map<String, ?> details) {
        write(null, action, subjectType, subject, details);
    }

    /** Takes down what somebody did before they were known as an actor, such as signing up. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordBy(PersonId person, String action, String subjectType, Object subject, Map<String, ?> details) {
        write(person, action, subjectType, subject, details);
    }

    private void write(
            @Nullable PersonId person, String action, String subjectType, Object subject, Map<String, ?> details) {
        jdbc.sql("""
                INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
                VALUES (:at, :person, :action, :subjectType, :subject, :details::jsonb)""")
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("person", person == null ? null : person.value())
                .param("action", action)
                .param("subjectType", subjectType)
                .param("subject", subject.toString())
                .param("details", json.writeValueAsString(details))
                .update();
    }
}
