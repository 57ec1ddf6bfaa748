package org.farga.slurm;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class EntranceTable {
    private final JdbcClient jdbc;

    EntranceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An allocation's account, and how one person stands to it. */
    record Row(String account, @Nullable String user, UnixAccount.@Nullable State state, boolean associated) {}

    /** Those of these allocations that have an account in Slurm. */
    Map<AllocationId, Row> list(Collection<AllocationId> allocations, PersonId person) {
        Map<AllocationId, Row> rows = new HashMap<>();
        jdbc.sql("""
                SELECT a.allocation_id, a.name, u.user_name, c.state,
                       EXISTS (SELECT FROM slurm_association s
                               WHERE s.allocation_id = a.allocation_id AND s.person_id = :person) AS associated
                FROM slurm_account a
                LEFT JOIN unix_account u ON u.person_id = :person
                LEFT JOIN unix_account_on_cluster c ON c.person_id = :person AND c.cluster = a.cluster
                WHERE a.allocation_id = ANY(:allocations)""")
                .param("person", person.value())
                .param(
                        "allocations",
                        allocations.stream().map(AllocationId::value).toArray(UUID[]::new))
                .query(row -> {
                    String state = row.getString("state");
                    rows.put(
                            new AllocationId(row.getObject("allocation_id", UUID.class)),
                            new Row(
                                    row.getString("name"),
                                    row.getString("user_name"),
                                    state == null ? null : UnixAccount.State.valueOf(state),
                                    row.getBoolean("associated")));
                });
        return rows;
    }
}
