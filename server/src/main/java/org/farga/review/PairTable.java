package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

@Component
class PairTable {
    private static final String SELECT = """
            SELECT proposal_id, person_id, round_id, state, since, pinned, by_hand, affinity, explanation, changed_by, reason
            FROM review_assignment
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    PairTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** What was ever between these proposals and anybody. */
    List<Pair> of(Collection<ProposalId> proposals) {
        return jdbc.sql(SELECT + "WHERE proposal_id = ANY(:proposals) ORDER BY proposal_id, person_id")
                .param("proposals", proposals.stream().map(ProposalId::value).toArray(UUID[]::new))
                .query(this::pair)
                .list();
    }

    /** All that a reviewer was told of, the latest first. */
    List<Pair> ofReviewer(PersonId reviewer, int most) {
        return jdbc.sql(SELECT + """
                        WHERE person_id = :person AND state <> 'PROPOSED' ORDER BY since DESC, proposal_id LIMIT :most""")
                .param("person", reviewer.value())
                .param("most", most)
                .query(this::pair)
                .list();
    }

    /** How many each of these is to review now, over all rounds. */
    Map<PersonId, Integer> loads(Collection<PersonId> people) {
        Map<PersonId, Integer> loads = new HashMap<>();
        jdbc.sql("""
                        SELECT person_id, count(*) AS load FROM review_assignment
                        WHERE person_id = ANY(:people) AND state = 'ACTIVE' GROUP BY person_id""")
                .param("people", people.stream().map(PersonId::value).toArray(UUID[]::new))
                .query(row -> {
                    loads.put(new PersonId(row.getObject("person_id", UUID.class)), row.getInt("load"));
                });
        return loads;
    }

    /** What a run proposed before, where nobody keeps it. */
    void dropProposed(UUID round) {
        jdbc.sql("DELETE FROM review_assignment WHERE round_id = :round AND state = 'PROPOSED' AND NOT pinned")
                .param("round", round)
                .update();
    }

    /** Writes proposed pairs, over what ended between the same two. */
    void propose(List<Pair> pairs) {
        jdbc.sql("""
                INSERT INTO review_assignment (proposal_id, person_id, round_id, state, since, pinned, by_hand, affinity, explanation,
                    changed_by)
                SELECT n.proposal, n.person, n.round, 'PROPOSED', n.since, n.pinned, n.by_hand, n.affinity, n.explanation, n.by
                FROM unnest(:proposals::uuid[], :people::uuid[], :rounds::uuid[], :sinces::timestamptz[], :pinned::boolean[],
                            :byHand::boolean[], :affinities::int[], :explanations::jsonb[], :by::uuid[])
                     AS n (proposal, person, round, since, pinned, by_hand, affinity, explanation, by)
                ON CONFLICT (proposal_id, person_id) DO UPDATE SET round_id = excluded.round_id, state = 'PROPOSED',
                    since = excluded.since, pinned = excluded.pinned, by_hand = excluded.by_hand, affinity = excluded.affinity,
                    explanation = excluded.explanation, changed_by = excluded.changed_by, reason = NULL""")
                .param(
                        "proposals",
                        pairs.stream().map(p -> p.proposal().value()).toArray(UUID[]::new))
                .param("people", pairs.stream().map(p -> p.reviewer().value()).toArray(UUID[]::new))
                .param("rounds", pairs.stream().map(Pair::round).toArray(UUID[]::new))
                .param(
                        "sinces",
                        pairs.stream().map(p -> utc(p.since()).toString()).toArray(String[]::new))
                .param("pinned", pairs.stream().map(Pair::pinned).toArray(Boolean[]::new))
                .param("byHand", pairs.stream().map(Pair::byHand).toArray(Boolean[]::new))
                .param("affinities", pairs.stream().map(Pair::affinity).toArray(Integer[]::new))
                .param(
                        "explanations",
                        pairs.stream()
                                .map(p -> json.writeValueAsString(p.why()))
                                .toArray(String[]::new))
                .param(
                        "by",
                        pairs.stream()
                                .map(p -> p.changedBy() == null
                                        ? null
                                        : p.changedBy().value())
                                .toArray(UUID[]::new))
                .update();
    }

    void pin(ProposalId proposal, PersonId reviewer, boolean pinned, PersonId by) {
        jdbc.sql("""
                UPDATE review_assignment SET pinned = :pinned, changed_by = :by
                WHERE proposal_id = :proposal AND person_id = :person AND state = 'PROPOSED'""")
                .param("pinned", pinned)
                .param("by", by.value())
                .param("proposal", proposal.value())
                .param("person", reviewer.value())
                .update();
    }

    /** Ends what is between two; whether there was something. */
    boolean end(
            ProposalId proposal,
            PersonId reviewer,
            Assignment.State as,
            @Nullable PersonId by,
            @Nullable String reason,
            Instant now) {
        return jdbc.sql("""
                        UPDATE review_assignment SET state = :state, since = greatest(:now, since), changed_by = :by, reason = :reason
                        WHERE proposal_id = :proposal AND person_id = :person AND state IN ('PROPOSED', 'ACTIVE')""")
                        .param("state", as.name())
                        .param("now", utc(now))
                        .param("by", by == null ? null : by.value(), Types.OTHER)
                        .param("reason", reason)
                        .param("proposal", proposal.value())
                        .param("person", reviewer.value())
                        .update()
                == 1;
    }

    /** Ends all that a reviewer has; answers the proposals that they were to review, not those that were only proposed. */
    List<ProposalId> releaseAll(PersonId reviewer, PersonId by, String reason, Instant now) {
        jdbc.sql("DELETE FROM review_assignment WHERE person_id = :person AND state = 'PROPOSED'")
                .param("person", reviewer.value())
                .update();
        return jdbc.sql("""
                        UPDATE review_assignment SET state = 'RELEASED', since = greatest(:now, since), changed_by = :by, reason = :reason
                        WHERE person_id = :person AND state = 'ACTIVE' RETURNING proposal_id""")
                .param("now", utc(now))
                .param("by", by.value())
                .param("reason", reason)
                .param("person", reviewer.value())
                .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                .list();
    }

    /** Makes what is proposed of these real: how many each reviewer was given. */
    Map<PersonId, Integer> activate(Collection<ProposalId> proposals, PersonId by, Instant now) {
        Map<PersonId, Integer> given = new HashMap<>();
        jdbc.sql("""
                        UPDATE review_assignment SET state = 'ACTIVE', since = greatest(:now, since), changed_by = :by
                        WHERE proposal_id = ANY(:proposals) AND state = 'PROPOSED' RETURNING person_id""")
                .param("now", utc(now))
                .param("by", by.value())
                .param("proposals", proposals.stream().map(ProposalId::value).toArray(UUID[]::new))
                .query(row -> {
                    given.merge(new PersonId(row.getObject(1, UUID.class)), 1, Integer::sum);
                });
        return given;
    }

    private Pair pair(ResultSet row, int number) throws SQLException {
        UUID by = row.getObject("changed_by", UUID.class);
        return new Pair(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getObject("round_id", UUID.class),
                Assignment.State.valueOf(row.getString("state")),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                row.getBoolean("pinned"),
                row.getBoolean("by_hand"),
                row.getInt("affinity"),
                json.readValue(row.getString("explanation"), Pair.Explanation.class),
                by == null ? null : new PersonId(by),
                row.getString("reason"));
    }
}
