package org.farga.aid;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class LinkTable {
    private static final long LINKS = 4_200_001L;
    private static final String SELECT = """
            SELECT l.id, l.organisation_id, l.enterprise_id, l.named, e.country, e.tax_id, l.other_organisation_id, l.relation,
                l.criterion, l.evidence, l.since, l.until, l.declared_by, l.declared_at, l.state, l.decided_by, l.decided_at,
                l.reason
            FROM aid_link l JOIN aid_enterprise e ON e.id = l.enterprise_id
            """;

    private final JdbcClient jdbc;

    LinkTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lets nobody grant anything, and nobody else change a link, until this transaction's end. */
    void lockLinks() {
        lock("pg_advisory_xact_lock(:key)", LINKS);
    }

    /**
     * Lets no other transaction grant to, or declare for, the single undertaking of an organisation until this one's end; its
     * links stay as they are so long. Answers who belongs to it on a day.
     */
    Set<OrganisationId> lockUndertaking(OrganisationId organisation, LocalDate day) {
        // The links first, shared: they stand still, so that everyone finds the same least member to lock by.
        lock("pg_advisory_xact_lock_shared(:key)", LINKS);
        Set<OrganisationId> members = members(organisation, day);
        String least = members.stream()
                .map(OrganisationId::toString)
                .min(String::compareTo)
                .orElseThrow();
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:least, 420))")
                .param("least", least)
                .query((row, n) -> "")
                .list();
        return members;
    }

    private void lock(String how, long key) {
        jdbc.sql("SELECT " + how).param("key", key).query((row, n) -> "").list();
    }

    /**
     * The organisations of the single undertaking that one belongs to on a day, itself among them. {@code UNION} keeps each
     * enterprise once, so that a circle of links ends.
     */
    Set<OrganisationId> members(OrganisationId organisation, LocalDate day) {
        return jdbc
                .sql("""
                        WITH RECURSIVE link AS (
                            SELECT organisation_id, enterprise_id, other_organisation_id FROM aid_link
                            WHERE state = 'CONFIRMED' AND relation = 'LINKED' AND since <= :day
                              AND (until IS NULL OR until > :day)),
                        edge (one, other) AS (
                            SELECT organisation_id, enterprise_id FROM link
                            UNION ALL SELECT enterprise_id, organisation_id FROM link
                            UNION ALL SELECT other_organisation_id, enterprise_id FROM link
                                      WHERE other_organisation_id IS NOT NULL
                            UNION ALL SELECT enterprise_id, other_organisation_id FROM link
                                      WHERE other_organisation_id IS NOT NULL),
                        reached (id) AS (
                            SELECT CAST(:organisation AS uuid)
                            UNION SELECT e.other FROM reached r JOIN edge e ON e.one = r.id)
                        SELECT r.id FROM reached r
                        WHERE NOT EXISTS (SELECT FROM aid_enterprise e WHERE e.id = r.id)
                        ORDER BY r.id""")
                .param("organisation", organisation.value())
                .param("day", day)
                .query((row, n) -> new OrganisationId(row.getObject(1, UUID.class)))
                .list()
                .stream()
                .collect(Collectors.toCollection(
                        () -> new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()))));
    }

    /** All that make one undertaking of two on a day: organisations, and enterprises that are none here. */
    List<Groups.Pair> pairs(LocalDate day) {
        return jdbc.sql("""
                        SELECT organisation_id AS one, enterprise_id AS other FROM aid_link
                        WHERE state = 'CONFIRMED' AND relation = 'LINKED' AND since <= :day AND (until IS NULL OR until > :day)
                        UNION ALL
                        SELECT other_organisation_id, enterprise_id FROM aid_link
                        WHERE state = 'CONFIRMED' AND relation = 'LINKED' AND since <= :day AND (until IS NULL OR until > :day)
                          AND other_organisation_id IS NOT NULL""")
                .param("day", day)
                .query((row, n) ->
                        new Groups.Pair(row.getObject("one", UUID.class), row.getObject("other", UUID.class)))
                .list();
    }

    void insert(EnterpriseLink link) {
        jdbc.sql("""
                INSERT INTO aid_enterprise (id, name, country, tax_id) VALUES (:id, :name, :country, :tax)
                ON CONFLICT (country, tax_id) DO NOTHING""")
                .param("id", link.enterprise())
                .param("name", link.name())
                .param("country", link.country())
                .param("tax", link.taxId())
                .update();
        jdbc.sql("""
                INSERT INTO aid_link (id, organisation_id, enterprise_id, named, relation, criterion, evidence, since, declared_by,
                    declared_at, state)
                SELECT :id, :organisation, e.id, :name, :relation, :criterion, :evidence, :since, :by, :at, 'DECLARED'
                FROM aid_enterprise e WHERE e.country = :country AND e.tax_id = :tax""")
                .param("id", link.id())
                .param("organisation", link.organisation().value())
                .param("name", link.name())
                .param("country", link.country())
                .param("tax", link.taxId())
                .param("relation", link.relation().name())
                .param(
                        "criterion",
                        link.criterion() == null ? null : link.criterion().name(),
                        Types.VARCHAR)
                .param("evidence", link.evidence())
                .param("since", link.since())
                .param("by", link.declaredBy().value())
                .param("at", utc(link.declaredAt()))
                .update();
    }

    void decide(
            UUID id,
            EnterpriseLink.State state,
            @Nullable OrganisationId other,
            @Nullable String reason,
            PersonId by,
            Instant at) {
        jdbc.sql("""
                UPDATE aid_link SET state = :state, other_organisation_id = :other, reason = :reason, decided_by = :by,
                    decided_at = :at
                WHERE id = :id""")
                .param("state", state.name())
                .param("other", other == null ? null : other.value(), Types.OTHER)
                .param("reason", reason, Types.VARCHAR)
                .param("by", by.value())
                .param("at", utc(at))
                .param("id", id)
                .update();
    }

    void end(UUID id, LocalDate until) {
        jdbc.sql("UPDATE aid_link SET until = :until WHERE id = :id")
                .param("until", until)
                .param("id", id)
                .update();
    }

    Optional<EnterpriseLink> find(UUID id) {
        return jdbc.sql(SELECT + "WHERE l.id = :id")
                .param("id", id)
                .query(LinkTable::row)
                .optional();
    }

    /** All that these declared or that name them, newest first. */
    List<EnterpriseLink> list(Collection<OrganisationId> organisations) {
        return jdbc.sql(SELECT + """
                        WHERE l.organisation_id = ANY(:ids) OR l.other_organisation_id = ANY(:ids)
                        ORDER BY l.declared_at DESC, l.id DESC LIMIT 500""")
                .param("ids", organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query(LinkTable::row)
                .list();
    }

    /** What one declared, newest first. */
    List<EnterpriseLink> declaredBy(OrganisationId organisation, int most) {
        return jdbc.sql(SELECT + "WHERE l.organisation_id = :id ORDER BY l.declared_at DESC, l.id DESC LIMIT :most")
                .param("id", organisation.value())
                .param("most", most)
                .query(LinkTable::row)
                .list();
    }

    /** Those that nobody has decided on, the earliest first. */
    List<EnterpriseLink> waiting(int most) {
        return jdbc.sql(SELECT + "WHERE l.state = 'DECLARED' ORDER BY l.declared_at, l.id LIMIT :most")
                .param("most", most)
                .query(LinkTable::row)
                .list();
    }

    /** Whether a linked enterprise of any of these waits to be confirmed. */
    boolean waits(Collection<OrganisationId> organisations) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM aid_link WHERE state = 'DECLARED' AND relation = 'LINKED'
                                       AND organisation_id = ANY(:ids))""")
                .param("ids", organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query(Boolean.class)
                .single();
    }

    private static EnterpriseLink row(ResultSet row, int number) throws SQLException {
        UUID other = row.getObject("other_organisation_id", UUID.class);
        UUID decidedBy = row.getObject("decided_by", UUID.class);
        OffsetDateTime decidedAt = row.getObject("decided_at", OffsetDateTime.class);
        String criterion = row.getString("criterion");
        return new EnterpriseLink(
                row.getObject("id", UUID.class),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                row.getObject("enterprise_id", UUID.class),
                row.getString("named"),
                row.getString("country"),
                row.getString("tax_id"),
                other == null ? null : new OrganisationId(other),
                EnterpriseLink.Relation.valueOf(row.getString("relation")),
                criterion == null ? null : EnterpriseLink.Criterion.valueOf(criterion),
                row.getString("evidence"),
                row.getObject("since", LocalDate.class),
                row.getObject("until", LocalDate.class),
                new PersonId(row.getObject("declared_by", UUID.class)),
                row.getObject("declared_at", OffsetDateTime.class).toInstant(),
                EnterpriseLink.State.valueOf(row.getString("state")),
                decidedBy == null ? null : new PersonId(decidedBy),
                decidedAt == null ? null : decidedAt.toInstant(),
                row.getString("reason"));
    }
}
