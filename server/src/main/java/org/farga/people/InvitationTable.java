package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.platform.Secret;
import org.farga.shared.EmailAddress;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class InvitationTable {
    private static final String COLUMNS = "id, organisation_id, email, role, invited_by, created_at, expires_at";
    private static final String OPEN = " accepted_at IS NULL AND revoked_at IS NULL";

    private final JdbcClient jdbc;

    InvitationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Invitation invitation, Secret secret) {
        jdbc.sql("""
                INSERT INTO invitation
                    (id, organisation_id, email, role, sha256, invited_by, created_at, expires_at)
                VALUES (:id, :organisation, :email, :role, :sha256, :by, :createdAt, :expiresAt)""")
                .param("id", invitation.id())
                .param("organisation", invitation.organisation().value())
                .param("email", invitation.email().value())
                .param("role", invitation.role().name())
                .param("sha256", secret.sha256())
                .param("by", invitation.invitedBy().value())
                .param("createdAt", utc(invitation.createdAt()))
                .param("expiresAt", utc(invitation.expiresAt()))
                .update();
    }

    /** An open and living one by its link's secret, locked until the transaction's end. */
    Optional<Invitation> findForUpdate(Secret secret, Instant now) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM invitation WHERE sha256 = :sha256 AND expires_at > :now AND" + OPEN
                        + " FOR UPDATE")
                .param("sha256", secret.sha256())
                .param("now", utc(now))
                .query(InvitationTable::invitation)
                .optional();
    }

    /** An open and living one by its link's secret. */
    Optional<Invitation> find(Secret secret, Instant now) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM invitation WHERE sha256 = :sha256 AND expires_at > :now AND"
                        + OPEN)
                .param("sha256", secret.sha256())
                .param("now", utc(now))
                .query(InvitationTable::invitation)
                .optional();
    }

    /** The open ones of an organisation, newest first, whether their time has run out or not. */
    List<Invitation> list(OrganisationId organisation, int most) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM invitation WHERE organisation_id = :organisation AND" + OPEN
                        + " ORDER BY created_at DESC, id DESC LIMIT :most")
                .param("organisation", organisation.value())
                .param("most", most)
                .query(InvitationTable::invitation)
                .list();
    }

    int countOpen(OrganisationId organisation) {
        return jdbc.sql("SELECT count(*) FROM invitation WHERE organisation_id = :organisation AND" + OPEN)
                .param("organisation", organisation.value())
                .query(Integer.class)
                .single();
    }

    /** Whether an open and living invitation waits for this address. */
    boolean waitsFor(EmailAddress email, Instant now) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM invitation WHERE email = :email AND expires_at > :now AND" + OPEN
                        + ")")
                .param("email", email.value())
                .param("now", utc(now))
                .query(Boolean.class)
                .single();
    }

    void accept(UUID id, PersonId by, Instant now) {
        jdbc.sql("UPDATE invitation SET accepted_at = :now, accepted_by = :by WHERE id = :id")
                .param("now", utc(now))
                .param("by", by.value())
                .param("id", id)
                .update();
    }

    /** Takes back an open one of this organisation; empty where there is none. */
    Optional<Invitation> revoke(OrganisationId organisation, UUID id, Instant now) {
        return jdbc.sql("UPDATE invitation SET revoked_at = :now WHERE organisation_id = :organisation AND id = :id AND"
                        + OPEN + " RETURNING " + COLUMNS)
                .param("now", utc(now))
                .param("organisation", organisation.value())
                .param("id", id)
                .query(InvitationTable::invitation)
                .optional();
    }

    /** Takes back all that is open. */
    void revokeAll(OrganisationId organisation, Instant now) {
        jdbc.sql("UPDATE invitation SET revoked_at = :now WHERE organisation_id = :organisation AND" + OPEN)
                .param("now", utc(now))
                .param("organisation", organisation.value())
                .update();
    }

    /** Takes back what is open for an address, before it is invited anew. */
    void revokeFor(OrganisationId organisation, EmailAddress email, Instant now) {
        jdbc.sql("UPDATE invitation SET revoked_at = :now WHERE organisation_id = :organisation AND email = :email AND"
                        + OPEN)
                .param("now", utc(now))
                .param("organisation", organisation.value())
                .param("email", email.value())
                .update();
    }

    private static Invitation invitation(ResultSet row, int number) throws SQLException {
        return new Invitation(
                row.getObject("id", UUID.class),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                new EmailAddress(row.getString("email")),
                OrganisationRole.valueOf(row.getString("role")),
                new PersonId(row.getObject("invited_by", UUID.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }
}
