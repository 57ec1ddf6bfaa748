package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.farga.Browser;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The cluster's page and its API, of this machine with real jobs on it. */
class ClusterPagesTest extends ComputeTest {
    @Autowired
    private JobTable jobs;

    private static JsonNode awaitItems(Client client, String path, String words) throws InterruptedException {
        Instant until = Instant.now().plusSeconds(60);
        JsonNode page = client.get(path).expect(200);
        while (!page.toString().contains(words) && Instant.now().isBefore(until)) {
            Thread.sleep(100);
            page = client.get(path).expect(200);
        }
        assertThat(page.toString()).contains(words);
        return page;
    }

    @Test
    void whatRunsAndWaitsIsNamedToItsProjectAndCountedToOthers() throws InterruptedException {
        Client ana = signUp("Ana");
        Client eve = signUp("Eve");
        String local = "/api/v1/clusters/local";
        int all = ana.get(local).expect(200).path("cpus").path("all").asInt();
        AllocationId rich = allocationOf(ana, 1000);
        String name = "secret-" + UUID.randomUUID().toString().substring(0, 8);
        String holder = path(
                submit(ana, job(rich, "#!/bin/sh\nsleep 100\n").put("cpus", all).put("name", name)));
        await(ana, holder, "RUNNING");
        String next =
                path(submit(ana, job(rich, "#!/bin/sh\ntrue\n").put("cpus", all).put("name", name + "-next")));
        try {
            JsonNode queue = awaitItems(ana, local + "/queue", name + "-next");
            assertThat(queue.toString()).contains("It is its turn");
            awaitItems(ana, local + "/nodes", name);
            JsonNode others = eve.get(local + "/nodes").expect(200);
            assertThat(others.toString()).doesNotContain(name);
            assertThat(others.path("items").get(0).path("otherJobs").asInt()).isPositive();
            JsonNode counted = eve.get(local + "/queue").expect(200);
            assertThat(counted.toString()).doesNotContain(name).doesNotContain("explanation");
            assertThat(counted.path("items").get(0).path("jobs").asInt()).isPositive();
            assertThat(ana.get(local).expect(200).path("cpus").path("free").asInt())
                    .isZero();

            Browser page = new Browser(address()).signIn(ana.email(), PASSWORD);
            assertThat(page.get("/clusters/local").body())
                    .contains(name, name + "-next", "It is its turn", "hx-trigger");
            assertThat(page.get("/clusters").body()).contains("/clusters/local");
            assertThat(page.get("/jobs").body()).contains("It is its turn");
            assertThat(page.get(next.replace("/api/v1", "")).body())
                    .contains("It is its turn", "Expected start", "not known", "/clusters/local");
            assertThat(page.get(holder.replace("/api/v1", "")).body()).contains("Ends at the latest", "after waiting");
            Browser stranger = new Browser(address()).signIn(eve.email(), PASSWORD);
            assertThat(stranger.get("/clusters/local").body())
                    .doesNotContain(name)
                    .contains("job of others");
            // Who may see every project's jobs sees them here too.
            assertThat(staff(CentreRole.OPERATOR).get(local + "/nodes").body()).contains(name);
        } finally {
            for (String job : List.of(next, holder)) {
                ana.put(job + "/cancellation", null).expect(202);
                await(ana, job, "CANCELLED", "COMPLETED");
            }
        }
    }

    @Test
    void aClusterThatIsNotThereIsNotFoundAndOneThatDoesNotAnswerSaysSo() {
        Client ana = signUp("Ana");
        ana.get("/api/v1/clusters/nowhere").expectProblem(404, "not-found");
        ana.get("/api/v1/clusters/nowhere/queue").expectProblem(404, "not-found");
        stranger().get("/api/v1/clusters/local").expectProblem(401, "sign-in-required");
        String silent = "silent-" + UUID.randomUUID().toString().substring(0, 8);
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'SLURM')")
                .param("name", silent)
                .update();
        assertThat(ana.get("/api/v1/clusters/" + silent)
                        .expect(200)
                        .path("answers")
                        .asBoolean(true))
                .isFalse();
        ana.get("/api/v1/clusters/" + silent + "/nodes").expectProblem(409, "cluster-silent");
        Browser page = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(page.get("/clusters/" + silent).body()).contains("does not answer");
        assertThat(page.get("/clusters/nowhere").statusCode()).isEqualTo(404);
    }

    @Test
    void waitsAreCountedByPartitionAndDayOfTheStart() {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 10);
        String cluster = "waits-" + UUID.randomUUID().toString().substring(0, 8);
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'SLURM')")
                .param("name", cluster)
                .update();
        LocalDate first = LocalDate.of(2026, 11, 1);
        started(ana, allocation, cluster, "gpu", "2026-11-02T00:30:00Z", 10);
        started(ana, allocation, cluster, "gpu", "2026-11-02T08:00:00Z", 20);
        started(ana, allocation, cluster, "gpu", "2026-11-02T23:59:00Z", 600);
        started(ana, allocation, cluster, null, "2026-11-03T08:00:00Z", 0);
        started(ana, allocation, cluster, "gpu", "2026-10-31T08:00:00Z", 5);
        var days = jobs.waits(cluster, first, ZoneOffset.UTC);
        assertThat(days).hasSize(2);
        assertThat(days.getFirst().partition()).isEmpty();
        WaitTimes.Day gpu = days.getLast();
        assertThat(gpu.partition()).isEqualTo("gpu");
        assertThat(gpu.day()).isEqualTo(LocalDate.of(2026, 11, 2));
        assertThat(gpu.jobs()).isEqualTo(3);
        assertThat(gpu.median()).hasSeconds(20);
        assertThat(gpu.p90()).hasSeconds(600);
        // In Barcelona the last of them started on the next day.
        assertThat(jobs.waits(cluster, first, ZoneId.of("Europe/Madrid"))).hasSize(3);
    }

    private void started(
            Client who, AllocationId allocation, String cluster, @Nullable String partition, String at, int waited) {
        jdbc.sql("""
                        INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,
                            script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage,
                            state, started_at, ended_at, held_nodes, held_cpus, held_memory_mebibytes, held_gpus,
                            held_gpu_indexes, held_partition)
                        SELECT nextval('job_number'), 'x', a.project_id, a.id, :cluster, :who,
                            CAST(:at AS timestamptz) - make_interval(secs => :waited), '#!/bin/sh', sha256('x'), 1, 1, 0, 60, 1,
                            '{}', 'ENDED', 'COMPLETED', CAST(:at AS timestamptz), CAST(:at AS timestamptz), 'n', 1, 1, 0, '{}',
                            :partition
                        FROM allocation a WHERE a.id = :allocation""")
                .param("cluster", cluster)
                .param("who", who.person().value())
                .param("at", at)
                .param("waited", waited)
                .param("partition", partition)
                .param("allocation", allocation.value())
                .update();
    }
}
