package org.farga.slurm;

import java.util.Optional;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.farga.slurm.Associations.Association;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AssociationTable {
    private final JdbcClient jdbc;

    AssociationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Association> find(String cluster, AllocationId allocation, PersonId person) {
        return jdbc.sql("""
                        SELECT a.name, u.user_name
                        FROM slurm_association s
                        JOIN slurm_account a ON a.allocation_id = s.allocation_id
                        JOIN unix_account u ON u.person_id = s.person_id
                        WHERE s.allocation_id = :allocation AND s.person_id = :person AND a.cluster = :cluster""")
                .param("allocation", allocation.value())
                .param("person", person.value())
                .param("cluster", cluster)
                .query((row, n) -> new Association(row.getString("name"), row.getString("user_name")))
                .optional();
    }

    Optional<AllocationId> allocationOf(String cluster, String account) {
        return jdbc.sql("""
                        SELECT allocation_id FROM slurm_account
                        WHERE cluster = :cluster AND name = :name AND allocation_id IS NOT NULL""")
                .param("cluster", cluster)
                .param("name", account)
                .query((row, n) -> new AllocationId(row.getObject(1, UUID.class)))
                .optional();
    }

    Optional<PersonId> personOf(String unixUser) {
        return jdbc.sql("SELECT person_id FROM unix_account WHERE user_name = :name")
                .param("name", unixUser)
                .query((row, n) -> new PersonId(row.getObject(1, UUID.class)))
                .optional();
    }
}
