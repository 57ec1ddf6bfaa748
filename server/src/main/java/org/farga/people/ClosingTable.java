package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ClosingTable {
    private final JdbcClient jdbc;

    ClosingTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Closing closing) {
        jdbc.sql("""
                INSERT INTO organisation_closing (organisation_id, begun_at, begun_by, reason, closes_at)
                VALUES (:organisation, :begunAt, :by, :reason, :closesAt)""")
                .param("organisation", closing.organisation().value())
                .param("begunAt", utc(closing.begunAt()))
                .param("by", closing.begunBy().value())
                .param("reason", closing.reason())
                .param("closesAt", utc(closing.closesAt()))
                .update();
    }

    /** The one under way, or done. */
    Optional<Closing> find(OrganisationId organisation) {
        return jdbc.sql("""
                        SELECT begun_at, begun_by, reason, closes_at, closed_at FROM organisation_closing
                        WHERE organisation_id = :organisation AND called_off_at IS NULL""")
                .param("organisation", organisation.value())
                .query((row, n) -> {
                    OffsetDateTime closedAt = row.getObject("closed_at", OffsetDateTime.class);
                    return new Closing(
                            organisation,
                            row.getObject("begun_at", OffsetDateTime.class).toInstant(),
                            new PersonId(row.getObject("begun_by", UUID.class)),
                            row.getString("reason"),
                            row.getObject("closes_at", OffsetDateTime.class).toInstant(),
                            closedAt == null ? null : closedAt.toInstant());
                })
                .optional();
    }

    void callOff(OrganisationId organisation, PersonId by, Instant now) {
        jdbc.sql("""
                UPDATE organisation_closing SET called_off_at = :now, called_off_by = :by
                WHERE organisation_id = :organisation AND called_off_at IS NULL AND closed_at IS NULL""")
                .param("now", utc(now))
                .param("by", by.value())
                .param("organisation", organisation.value())
                .update();
    }

    void close(OrganisationId organisation, Instant now) {
        jdbc.sql("""
                UPDATE organisation_closing SET closed_at = greatest(:now, closes_at)
                WHERE organisation_id = :organisation AND called_off_at IS NULL AND closed_at IS NULL""")
                .param("now", utc(now))
                .param("organisation", organisation.value())
                .update();
    }
}
