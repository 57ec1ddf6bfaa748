package org.farga.slurm;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.slurm.UnixAccount.State;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class UnixAccountTable {
    private static final String COLUMNS =
            "c.person_id, u.user_name, u.adopted, c.state, c.since, c.attempts, c.next_attempt_at, c.complaint";

    private final JdbcClient jdbc;

    UnixAccountTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The names of those who have one. */
    Map<PersonId, String> names(Collection<PersonId> people) {
        Map<PersonId, String> names = new HashMap<>();
        jdbc.sql("SELECT person_id, user_name FROM unix_account WHERE person_id = ANY(:people)")
                .param("people", uuids(people))
                .query(row -> {
                    names.put(new PersonId(row.getObject("person_id", UUID.class)), row.getString("user_name"));
                });
        return names;
    }

    /** All names there are, whosever. */
    Set<String> allNames() {
        return new HashSet<>(jdbc.sql("SELECT user_name FROM unix_account")
                .query(String.class)
                .list());
    }

    /** Who has which name. */
    Map<String, PersonId> people() {
        Map<String, PersonId> people = new HashMap<>();
        jdbc.sql("SELECT person_id, user_name FROM unix_account").query(row -> {
            people.put(row.getString("user_name"), new PersonId(row.getObject("person_id", UUID.class)));
        });
        return people;
    }

    int nextNumber() {
        return jdbc.sql("SELECT nextval('unix_account_number')")
                .query(Integer.class)
                .single();
    }

    /** Whether it was inserted: false where the person has a name already, or another has this one. */
    boolean insert(PersonId person, String name, boolean adopted, Instant now) {
        return jdbc.sql("""
                        INSERT INTO unix_account (person_id, user_name, adopted, made_at)
                        VALUES (:person, :name, :adopted, :now) ON CONFLICT DO NOTHING""")
                        .param("person", person.value())
                        .param("name", name)
                        .param("adopted", adopted)
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    /** Those of a cluster, by person. */
    Map<PersonId, UnixAccount> onCluster(String cluster) {
        Map<PersonId, UnixAccount> accounts = new HashMap<>();
        jdbc.sql("SELECT " + COLUMNS + """
                         FROM unix_account_on_cluster c JOIN unix_account u ON u.person_id = c.person_id
                        WHERE c.cluster = :cluster""")
                .param("cluster", cluster)
                .query(UnixAccountTable::account)
                .list()
                .forEach(account -> accounts.put(account.person(), account));
        return accounts;
    }

    /** Those that the cluster does not know yet, the ones that failed first. */
    List<UnixAccount> waiting(String cluster, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM unix_account_on_cluster c JOIN unix_account u ON u.person_id = c.person_id
                        WHERE c.cluster = :cluster AND c.state IN ('WANTED', 'FAILED')
                        ORDER BY c.state, c.since, c.person_id LIMIT :most""")
                .param("cluster", cluster)
                .param("most", most)
                .query(UnixAccountTable::account)
                .list();
    }

    /** How many there are of each state. */
    Map<State, Long> counts(String cluster) {
        Map<State, Long> counts = new HashMap<>();
        jdbc.sql("SELECT state, count(*) AS n FROM unix_account_on_cluster WHERE cluster = :cluster GROUP BY state")
                .param("cluster", cluster)
                .query(row -> {
                    counts.put(State.valueOf(row.getString("state")), row.getLong("n"));
                });
        return counts;
    }

    /** Notes that these are needed on a cluster, where that is not known or they were taken away. */
    void want(String cluster, Collection<PersonId> people, Instant now) {
        jdbc.sql("""
                INSERT INTO unix_account_on_cluster AS c (cluster, person_id, state, since, next_attempt_at)
                SELECT :cluster, person, 'WANTED', :now, :now FROM unnest(:people) AS person ORDER BY person
                ON CONFLICT (cluster, person_id) DO UPDATE
                SET state = 'WANTED', since = :now, attempts = 0, next_attempt_at = :now WHERE c.state = 'GONE'""")
                .param("cluster", cluster)
                .param("people", uuids(people))
                .param("now", utc(now))
                .update();
    }

    void update(String cluster, UnixAccount account) {
        jdbc.sql("""
                UPDATE unix_account_on_cluster
                SET state = :state, since = :since, attempts = :attempts, next_attempt_at = :next, complaint = :complaint
                WHERE cluster = :cluster AND person_id = :person""")
                .param("state", account.state().name())
                .param("since", utc(account.since()))
                .param("attempts", account.attempts())
                .param("next", utc(account.nextAttempt()))
                .param("complaint", account.complaint())
                .param("cluster", cluster)
                .param("person", account.person().value())
                .update();
    }

    private static UUID[] uuids(Collection<PersonId> people) {
        return people.stream().map(PersonId::value).toArray(UUID[]::new);
    }

    private static UnixAccount account(ResultSet row, int number) throws SQLException {
        return new UnixAccount(
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getString("user_name"),
                row.getBoolean("adopted"),
                State.valueOf(row.getString("state")),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                row.getInt("attempts"),
                row.getObject("next_attempt_at", OffsetDateTime.class).toInstant(),
                row.getString("complaint"));
    }
}
