package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ConflictTable {
    private static final String SELECT = """
            SELECT c.id, c.proposal_id, c.person_id, c.kind, c.subject_id, c.until, c.found_at, c.state, c.decided_by, c.decided_at,
                   c.reason, c.version
            FROM review_conflict c
            """;

    private final JdbcClient jdbc;

    ConflictTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keeps those that were not known, and when ties of known ones ended. */
    void found(List<Conflict> conflicts) {
        jdbc.sql("""
                INSERT INTO review_conflict (id, proposal_id, person_id, kind, subject_id, until, found_at, state)
                SELECT f.id, f.proposal, f.person, f.kind, f.subject, f.until, :now, 'OPEN'
                FROM unnest(:ids::uuid[], :proposals::uuid[], :people::uuid[], :kinds::text[], :subjects::uuid[], :untils::timestamptz[])
                     AS f (id, proposal, person, kind, subject, until)
                ON CONFLICT (proposal_id, person_id, kind, subject_id) DO UPDATE SET until = excluded.until
                WHERE review_conflict.until IS DISTINCT FROM excluded.until""")
                .param(
                        "now",
                        utc(
                                conflicts.isEmpty()
                                        ? Instant.EPOCH
                                        : conflicts.getFirst().foundAt()))
                .param("ids", conflicts.stream().map(Conflict::id).toArray(UUID[]::new))
                .param(
                        "proposals",
                        conflicts.stream().map(c -> c.proposal().value()).toArray(UUID[]::new))
                .param(
                        "people",
                        conflicts.stream().map(c -> c.reviewer().value()).toArray(UUID[]::new))
                .param("kinds", conflicts.stream().map(c -> c.kind().name()).toArray(String[]::new))
                .param("subjects", conflicts.stream().map(Conflict::subject).toArray(UUID[]::new))
                .param("untils", conflicts.stream().map(c -> text(c.until())).toArray(String[]::new))
                .update();
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : OffsetDateTime.ofInstant(at, ZoneOffset.UTC).toString();
    }

    /** Takes back what is not found any more and nobody decided on. */
    void drop(Collection<UUID> ids) {
        jdbc.sql("DELETE FROM review_conflict WHERE id = ANY(:ids) AND state = 'OPEN'")
                .param("ids", ids.toArray(UUID[]::new))
                .update();
    }

    boolean update(Conflict conflict) {
        Conflict.Decision decision = conflict.decision();
        return jdbc.sql("""
                        UPDATE review_conflict SET state = :state, decided_by = :by, decided_at = :at, reason = :reason,
                            version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("state", conflict.state().name())
                        .param("by", decision == null ? null : decision.by().value())
                        .param("at", decision == null ? null : utc(decision.at()))
                        .param("reason", decision == null ? null : decision.reason())
                        .param("id", conflict.id())
                        .param("version", conflict.version())
                        .update()
                == 1;
    }

    Optional<Conflict> lock(UUID id) {
        return jdbc.sql(SELECT + "WHERE c.id = :id FOR UPDATE")
                .param("id", id)
                .query(ConflictTable::conflict)
                .optional();
    }

    List<Conflict> between(Collection<ProposalId> proposals, Collection<PersonId> people) {
        return jdbc.sql(SELECT + """
                        WHERE c.proposal_id = ANY(:proposals) AND c.person_id = ANY(:people)
                        ORDER BY c.proposal_id, c.person_id, c.kind""")
                .param("proposals", proposals.stream().map(ProposalId::value).toArray(UUID[]::new))
                .param("people", people.stream().map(PersonId::value).toArray(UUID[]::new))
                .query(ConflictTable::conflict)
                .list();
    }

    /** In one state, or in any where it is null; the latest first, after the given one. */
    List<Conflict> list(Conflict.@Nullable State state, @Nullable PersonId reviewer, @Nullable UUID after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE (:anyState OR c.state = :state) AND (:anybody OR c.person_id = :person)
                          AND (:fromTop OR c.id < :after)
                        ORDER BY c.id DESC LIMIT :most""")
                .param("anyState", state == null)
                .param("state", state == null ? "" : state.name())
                .param("anybody", reviewer == null)
                .param("person", reviewer == null ? new UUID(0, 0) : reviewer.value())
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after)
                .param("most", most)
                .query(ConflictTable::conflict)
                .list();
    }

    int countOpen() {
        return jdbc.sql("SELECT count(*) FROM review_conflict WHERE state = 'OPEN'")
                .query(Integer.class)
                .single();
    }

    void declare(Interest interest) {
        jdbc.sql("""
                INSERT INTO reviewer_declaration (id, person_id, organisation, proposal_id, reason, declared_at)
                VALUES (:id, :person, :organisation, :proposal, :reason, :at)""")
                .param("id", interest.id())
                .param("person", interest.reviewer().value())
                .param("organisation", interest.organisation())
                .param(
                        "proposal",
                        interest.proposal() == null ? null : interest.proposal().value(),
                        java.sql.Types.OTHER)
                .param("reason", interest.reason())
                .param("at", utc(interest.declaredAt()))
                .update();
    }

    /** Whether it was there and is withdrawn now. */
    boolean withdraw(UUID id, PersonId reviewer, Instant now) {
        return jdbc.sql("""
                        UPDATE reviewer_declaration SET withdrawn_at = greatest(:now, declared_at)
                        WHERE id = :id AND person_id = :person AND withdrawn_at IS NULL AND organisation IS NOT NULL""")
                        .param("now", utc(now))
                        .param("id", id)
                        .param("person", reviewer.value())
                        .update()
                == 1;
    }

    /** Those in force, the latest first. */
    List<Interest> interests(Collection<PersonId> people) {
        return jdbc.sql("""
                        SELECT id, person_id, organisation, proposal_id, reason, declared_at FROM reviewer_declaration
                        WHERE person_id = ANY(:people) AND withdrawn_at IS NULL ORDER BY id DESC""")
                .param("people", people.stream().map(PersonId::value).toArray(UUID[]::new))
                .query((row, n) -> {
                    UUID proposal = row.getObject("proposal_id", UUID.class);
                    return new Interest(
                            row.getObject("id", UUID.class),
                            new PersonId(row.getObject("person_id", UUID.class)),
                            row.getString("organisation"),
                            proposal == null ? null : new ProposalId(proposal),
                            row.getString("reason"),
                            row.getObject("declared_at", OffsetDateTime.class).toInstant());
                })
                .list();
    }

    private static Conflict conflict(ResultSet row, int number) throws SQLException {
        UUID by = row.getObject("decided_by", UUID.class);
        OffsetDateTime until = row.getObject("until", OffsetDateTime.class);
        return new Conflict(
                row.getObject("id", UUID.class),
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                new PersonId(row.getObject("person_id", UUID.class)),
                Conflict.Kind.valueOf(row.getString("kind")),
                row.getObject("subject_id", UUID.class),
                until == null ? null : until.toInstant(),
                row.getObject("found_at", OffsetDateTime.class).toInstant(),
                Conflict.State.valueOf(row.getString("state")),
                by == null
                        ? null
                        : new Conflict.Decision(
                                new PersonId(by),
                                row.getObject("decided_at", OffsetDateTime.class)
                                        .toInstant(),
                                row.getString("reason")),
                row.getInt("version"));
    }
}
