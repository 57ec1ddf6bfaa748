package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ServiceAccountTable {
    private final JdbcClient jdbc;

    ServiceAccountTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** One without its name, which is the person's. */
    record Row(PersonId id, OrganisationId organisation, String purpose, PersonId createdBy, Instant createdAt) {}

    /** Makes two who add accounts to one organisation wait for each other, until the transaction's end. */
    void lock(OrganisationId organisation) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('service_account ' || :organisation::text, 0))")
                .param("organisation", organisation.value())
                .query((row, n) -> n)
                .list();
    }

    void insert(ServiceAccount account) {
        jdbc.sql("""
                INSERT INTO service_account (person_id, organisation_id, purpose, created_by, created_at)
                VALUES (:id, :organisation, :purpose, :by, :at)""")
                .param("id", account.id().value())
                .param("organisation", account.organisation().value())
                .param("purpose", account.purpose())
                .param("by", account.createdBy().value())
                .param("at", utc(account.createdAt()))
                .update();
    }

    /** The living ones of an organisation, the first first. */
    List<Row> list(OrganisationId organisation) {
        return jdbc.sql("""
                        SELECT person_id, purpose, created_by, created_at FROM service_account
                        WHERE organisation_id = :organisation AND closed_at IS NULL ORDER BY created_at, person_id""")
                .param("organisation", organisation.value())
                .query((row, n) -> new Row(
                        new PersonId(row.getObject("person_id", UUID.class)),
                        organisation,
                        row.getString("purpose"),
                        new PersonId(row.getObject("created_by", UUID.class)),
                        row.getObject("created_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Whether it was closed just now. */
    boolean close(PersonId id, PersonId by, Instant now) {
        return jdbc.sql("""
                        UPDATE service_account SET closed_at = :now, closed_by = :by
                        WHERE person_id = :id AND closed_at IS NULL""")
                        .param("now", utc(now))
                        .param("by", by.value())
                        .param("id", id.value())
                        .update()
                == 1;
    }
}
