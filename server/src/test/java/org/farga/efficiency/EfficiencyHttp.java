package org.farga.efficiency;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.farga.HttpTest;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;

/** What tests of efficiency over HTTP share: projects with a lead, and jobs that ran. */
abstract class EfficiencyHttp extends HttpTest {

    /** A project with its allocation, of a new organisation of this person's, who leads it. */
    protected record World(UUID project, String slug, UUID allocation) {}

    protected World worldOf(Client lead) {
        String organisation = organisationOf(lead);
        UUID project = ProjectId.create().value();
        UUID allocation = ProjectId.create().value();
        String slug = "p-" + project;
        jdbc.sql("""
                        INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                        VALUES (:project, :slug, :slug, :organisation, :project, now())""")
                .param("project", project)
                .param("slug", slug)
                .param("organisation", UUID.fromString(organisation))
                .update();
        join(project, lead, "LEAD");
        jdbc.sql("""
                        INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at,
                            proposal_id, proposal_code, call_title)
                        VALUES (:allocation, :project, 'local', 360000000, 360000000, now() - interval '1 day',
                            now() + interval '1 day', :project, 'PG-2026-0001', 'Playground')""").param("allocation", allocation).param("project", project).update();
        return new World(project, slug, allocation);
    }

    protected void join(UUID project, Client person, String role) {
        jdbc.sql(
                        "INSERT INTO project_member (project_id, person_id, role, since) VALUES (:project, :person, :role, now())")
                .param("project", project)
                .param("person", person.person().value())
                .param("role", role)
                .update();
    }

    /**
     * A job of a person's that ran from then for so long, of 64 cores, 64 GiB and so many GPUs, with a limit of ten hours; null CPU
     * time and memory are not measured.
     */
    protected JobId job(World world, Client person, Instant from, long seconds, int gpus, Long cpuMillis, Long peak) {
        return job(world, person, from, seconds, gpus, cpuMillis, peak, "ENDED");
    }

    protected JobId running(World world, Client person, Instant from, int gpus) {
        return job(world, person, from, 0, gpus, null, null, "RUNNING");
    }

    private JobId job(
            World world, Client person, Instant from, long seconds, int gpus, Long cpuMillis, Long peak, String stage) {
        long number = jdbc.sql("SELECT nextval('job_number')").query(Long.class).single();
        boolean ended = stage.equals("ENDED");
        jdbc.sql("""
                        INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,
                            script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage,
                            state, started_at, ended_at, exit_code, held_nodes, held_cpus, held_memory_mebibytes, held_gpus,
                            held_gpu_indexes, cpu_milliseconds, peak_memory_mebibytes, partition)
                        VALUES (:job, 'train', :project, :allocation, 'local', :person, :from, '#!/bin/sh', :sha, 64,
                            65536, :gpus, 36000, 1, '{}', :stage, :state, :from, :to, :code, 'node', 64, 65536, :gpus,
                            ARRAY(SELECT g FROM generate_series(0, :gpus - 1) g), :cpu, :peak, 'fat')""")
                .params(Map.of(
                        "job",
                        number,
                        "project",
                        world.project(),
                        "allocation",
                        world.allocation(),
                        "person",
                        person.person().value(),
                        "from",
                        utc(from),
                        "sha",
                        new byte[32],
                        "gpus",
                        gpus,
                        "stage",
                        stage,
                        "state",
                        ended ? "COMPLETED" : "RUNNING"))
                .param("to", ended ? utc(from.plusSeconds(seconds)) : null)
                .param("code", ended ? 0 : null)
                .param("cpu", cpuMillis)
                .param("peak", peak)
                .update();
        return new JobId(number);
    }

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
