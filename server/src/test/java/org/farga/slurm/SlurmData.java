package org.farga.slurm;

import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.springframework.jdbc.core.simple.JdbcClient;

/** People, projects and allocations for tests that are not about how those come to be. */
record SlurmData(JdbcClient jdbc) {
    PersonId person() {
        PersonId id = PersonId.create();
        jdbc.sql("""
                INSERT INTO person (id, email, name, language, created_at)
                VALUES (:id, :email, 'Ana', 'en', now())""")
                .param("id", id.value())
                .param("email", id + "@example.org")
                .update();
        return id;
    }

    /** A project of a new organisation that its lead owns. */
    ProjectId project(PersonId lead) {
        OrganisationId organisation = OrganisationId.create();
        jdbc.sql("""
                INSERT INTO organisation (id, name, country, created_by, created_at)
                VALUES (:id, 'Forja Vision SL', 'ES', :lead, now())""")
                .param("id", organisation.value())
                .param("lead", lead.value())
                .update();
        member(organisation, lead, "OWNER");
        ProjectId project = ProjectId.create();
        jdbc.sql("""
                INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                VALUES (:id, :slug, 'Folding', :organisation, :proposal, now())""")
                .param("id", project.value())
                .param("slug", "folding-" + UUID.randomUUID().toString().substring(0, 8))
                .param("organisation", organisation.value())
                .param("proposal", UUID.randomUUID())
                .update();
        join(project, lead, "LEAD");
        return project;
    }

    OrganisationId organisationOf(ProjectId project) {
        return new OrganisationId(jdbc.sql("SELECT organisation_id FROM project WHERE id = :id")
                .param("id", project.value())
                .query(UUID.class)
                .single());
    }

    void member(OrganisationId organisation, PersonId person, String role) {
        jdbc.sql("""
                INSERT INTO membership (organisation_id, person_id, role, since)
                VALUES (:organisation, :person, :role, now())""")
                .param("organisation", organisation.value())
                .param("person", person.value())
                .param("role", role)
                .update();
    }

    void join(ProjectId project, PersonId person, String role) {
        jdbc.sql("""
                INSERT INTO project_member (project_id, person_id, role, since)
                VALUES (:project, :person, :role, now())""")
                .param("project", project.value())
                .param("person", person.value())
                .param("role", role)
                .update();
    }

    /** One of a hundred GPU-hours that has run for a month and goes on for a year. */
    AllocationId allocation(ProjectId project, String cluster) {
        AllocationId id = AllocationId.create();
        jdbc.sql("""
                INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at,
                                        proposal_id, proposal_code, call_title)
                VALUES (:id, :project, :cluster, 360000000, 3600000000, now() - interval '1 month',
                        now() + interval '1 year', :proposal, 'P-1', 'Open call')""")
                .param("id", id.value())
                .param("project", project.value())
                .param("cluster", cluster)
                .param("proposal", UUID.randomUUID())
                .update();
        return id;
    }

    /** So many GPU-hours by a job of one GPU that ended just now. */
    void used(AllocationId allocation, PersonId person, String cluster, int hours) {
        jdbc.sql("""
                INSERT INTO usage_record (engine_job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                                          duration_milliseconds, gpus, cpus, memory_mebibytes, gpu_milliseconds,
                                          cpu_milliseconds)
                VALUES (:job, 'train', :allocation, :cluster, :person, date_trunc('second', now()) - make_interval(hours => :hours),
                        date_trunc('second', now()), :hours * 3600000::bigint, 1, 1, 1000, :hours * 3600000::bigint,
                        :hours * 3600000::bigint)""")
                .param("job", UUID.randomUUID().toString())
                .param("allocation", allocation.value())
                .param("cluster", cluster)
                .param("person", person.value())
                .param("hours", hours)
                .update();
    }
}
