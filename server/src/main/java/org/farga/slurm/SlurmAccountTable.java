package org.farga.slurm;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which account stands for what, and who was seen in it. */
@Component
class SlurmAccountTable {
    private final JdbcClient jdbc;

    SlurmAccountTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An allocation's account. */
    record Own(String name, boolean adopted) {}

    /** The accounts of a cluster by what they stand for. */
    record Names(
            Map<OrganisationId, String> organisations,
            Map<ProjectId, String> projects,
            Map<AllocationId, Own> allocations) {
        Set<String> all() {
            Set<String> all = new HashSet<>(organisations.values());
            all.addAll(projects.values());
            allocations.values().forEach(own -> all.add(own.name()));
            return all;
        }
    }

    Names names(String cluster) {
        Names names = new Names(new HashMap<>(), new HashMap<>(), new HashMap<>());
        jdbc.sql("""
                SELECT name, organisation_id, project_id, allocation_id, adopted FROM slurm_account
                WHERE cluster = :cluster""").param("cluster", cluster).query(row -> {
            String name = row.getString("name");
            UUID organisation = row.getObject("organisation_id", UUID.class);
            UUID project = row.getObject("project_id", UUID.class);
            if (organisation != null) {
                names.organisations().put(new OrganisationId(organisation), name);
            } else if (project != null) {
                names.projects().put(new ProjectId(project), name);
            } else {
                names.allocations()
                        .put(
                                new AllocationId(row.getObject("allocation_id", UUID.class)),
                                new Own(name, row.getBoolean("adopted")));
            }
        });
        return names;
    }

    void insert(String cluster, String name, OrganisationId organisation, Instant now) {
        insert(cluster, name, organisation.value(), null, null, false, now);
    }

    void insert(String cluster, String name, ProjectId project, Instant now) {
        insert(cluster, name, null, project.value(), null, false, now);
    }

    void insert(String cluster, String name, AllocationId allocation, boolean adopted, Instant now) {
        insert(cluster, name, null, null, allocation.value(), adopted, now);
    }

    private void insert(
            String cluster,
            String name,
            @Nullable UUID organisation,
            @Nullable UUID project,
            @Nullable UUID allocation,
            boolean adopted,
            Instant now) {
        jdbc.sql("""
                INSERT INTO slurm_account (cluster, name, organisation_id, project_id, allocation_id, adopted, made_at)
                VALUES (:cluster, :name, :organisation::uuid, :project::uuid, :allocation::uuid, :adopted, :now)""")
                .param("cluster", cluster)
                .param("name", name)
                .param("organisation", organisation)
                .param("project", project)
                .param("allocation", allocation)
                .param("adopted", adopted)
                .param("now", utc(now))
                .update();
    }

    /** A person who may charge an allocation. */
    record Seen(AllocationId allocation, PersonId person) {}

    /** Whom Slurm was last seen to let charge the allocations of a cluster. */
    Set<Seen> seen(String cluster) {
        return new HashSet<>(jdbc.sql("""
                        SELECT s.allocation_id, s.person_id FROM slurm_association s
                        JOIN slurm_account a ON a.allocation_id = s.allocation_id WHERE a.cluster = :cluster""")
                .param("cluster", cluster)
                .query((row, n) -> new Seen(
                        new AllocationId(row.getObject("allocation_id", UUID.class)),
                        new PersonId(row.getObject("person_id", UUID.class))))
                .list());
    }

    void insertSeen(Collection<Seen> seen, Instant now) {
        List<Seen> all = List.copyOf(seen);
        jdbc.sql("""
                INSERT INTO slurm_association (allocation_id, person_id, applied_at)
                SELECT allocation, person, :now
                FROM unnest(:allocations::uuid[], :people::uuid[]) AS seen (allocation, person)
                ORDER BY allocation, person ON CONFLICT DO NOTHING""")
                .param(
                        "allocations",
                        all.stream().map(s -> s.allocation().value()).toArray(UUID[]::new))
                .param("people", all.stream().map(s -> s.person().value()).toArray(UUID[]::new))
                .param("now", utc(now))
                .update();
    }

    void deleteSeen(Collection<Seen> gone) {
        List<Seen> all = List.copyOf(gone);
        jdbc.sql("""
                DELETE FROM slurm_association s
                USING unnest(:allocations::uuid[], :people::uuid[]) AS gone (allocation, person)
                WHERE s.allocation_id = gone.allocation AND s.person_id = gone.person""")
                .param(
                        "allocations",
                        all.stream().map(s -> s.allocation().value()).toArray(UUID[]::new))
                .param("people", all.stream().map(s -> s.person().value()).toArray(UUID[]::new))
                .update();
    }
}
