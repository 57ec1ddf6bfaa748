package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.farga.shared.AllocationId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is said of real jobs that wait on this machine. */
class WaitingJobsTest extends ComputeTest {
    @Test
    void aJobThatWaitsSaysWhatForAndHowManyAreBeforeIt() throws InterruptedException {
        Client ana = signUp("Ana");
        int all = ana.get("/api/v1/clusters")
                .expect(200)
                .path("items")
                .valueStream()
                .filter(cluster -> cluster.path("name").asString().equals("local"))
                .findFirst()
                .orElseThrow()
                .path("cpus")
                .asInt();
        AllocationId rich = allocationOf(ana, 1000);
        String holder = path(submit(ana, job(rich, "#!/bin/sh\nsleep 100\n").put("cpus", all)));
        await(ana, holder, "RUNNING");
        String next = path(submit(ana, job(rich, "#!/bin/sh\ntrue\n").put("cpus", all)));
        String last = path(submit(ana, job(rich, "#!/bin/sh\ntrue\n").put("cpus", all)));
        try {
            awaitSaid(ana, next, "It is its turn, and it asks for " + all + " CPU");
            JsonNode behind = awaitSaid(ana, last, "1 job is before it");
            assertThat(behind.path("jobsAhead").asInt()).isEqualTo(1);
            assertThat(behind.path("reason").asString()).isEqualTo("Priority");
            assertThat(ana.get(last, "Accept-Language", "ca")
                            .expect(200)
                            .path("explanation")
                            .asString())
                    .contains("1 treball al davant");
        } finally {
            for (String job : List.of(last, next, holder)) {
                ana.put(job + "/cancellation", null).expect(202);
                await(ana, job, "CANCELLED", "COMPLETED");
            }
        }
    }

    private JsonNode awaitSaid(Client ana, String path, String words) throws InterruptedException {
        Instant until = Instant.now().plusSeconds(60);
        JsonNode job = ana.get(path).expect(200);
        while (!job.path("explanation").asString("").contains(words)
                && Instant.now().isBefore(until)) {
            Thread.sleep(100);
            job = ana.get(path).expect(200);
        }
        assertThat(job.path("explanation").asString("")).contains(words);
        return job;
    }
}
