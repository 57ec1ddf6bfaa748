package org.farga.review;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AssignmentTable {
    private static final int MOST = 1_000;
    private static final String SELECT = "SELECT proposal_id, person_id, state, since FROM review_assignment ";

    private final JdbcClient jdbc;

    AssignmentTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Assignment> ofProposal(ProposalId proposal) {
        return jdbc.sql(SELECT + "WHERE proposal_id = :proposal ORDER BY person_id LIMIT :most")
                .param("proposal", proposal.value())
                .param("most", MOST)
                .query(AssignmentTable::assignment)
                .list();
    }

    List<Assignment> ofReviewer(PersonId reviewer) {
        return jdbc.sql(SELECT + """
                        WHERE person_id = :person AND state <> 'PROPOSED'
                        ORDER BY since DESC, proposal_id LIMIT :most""")
                .param("person", reviewer.value())
                .param("most", MOST)
                .query(AssignmentTable::assignment)
                .list();
    }

    Optional<Assignment> find(ProposalId proposal, PersonId reviewer) {
        return jdbc.sql(SELECT + "WHERE proposal_id = :proposal AND person_id = :person")
                .param("proposal", proposal.value())
                .param("person", reviewer.value())
                .query(AssignmentTable::assignment)
                .optional();
    }

    private static Assignment assignment(ResultSet row, int number) throws SQLException {
        return new Assignment(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                new PersonId(row.getObject("person_id", UUID.class)),
                Assignment.State.valueOf(row.getString("state")),
                row.getObject("since", OffsetDateTime.class).toInstant());
    }
}
