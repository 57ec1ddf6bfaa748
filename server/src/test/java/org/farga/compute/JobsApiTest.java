package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs from submission to the statement, as real processes on this machine. */
class JobsApiTest extends ComputeTest {
    @Test
    void aJobRunsAndItsUsageLogAndFilesAreThere() throws InterruptedException {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 10);
        JsonNode submitted = submit(ana, job(allocation, "#!/bin/sh\necho hello from job $FARGA_JOB_ID\nsleep 1\n"));
        assertThat(submitted.path("state").asString()).isEqualTo("PENDING");
        JsonNode ended = await(ana, path(submitted), "COMPLETED", "FAILED");
        assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("COMPLETED");
        assertThat(ended.path("exitCode").asInt()).isZero();
        assertThat(ended.path("usage").path("seconds").asLong()).isBetween(1L, 30L);
        assertThat(ended.path("usage").path("cpuHours").decimalValue()).isPositive();
        var log = ana.get(path(submitted) + "/log");
        assertThat(log.body())
                .isEqualTo("hello from job " + submitted.path("id").asLong() + "\n");
        assertThat(log.header("Farga-Log-Next"))
                .isEqualTo(String.valueOf(log.body().length()));
        assertThat(ana.get(path(submitted) + "/log?offset=6").body()).startsWith("from job");
        assertThat(ana.get(path(submitted) + "/script").body()).startsWith("#!/bin/sh\n");
        JsonNode statement =
                ana.get("/api/v1/allocations/" + allocation + "/statement").expect(200);
        assertThat(statement.path("lines")).hasSize(1);
        assertThat(statement.path("lines").get(0).path("job").asLong())
                .isEqualTo(submitted.path("id").asLong());
        assertThat(statement.path("balance").path("cpuCommitted").decimalValue())
                .isZero();
    }

    @Test
    void aFailedJobSaysWhy() throws InterruptedException {
        Client ana = signUp("Ana");
        JsonNode submitted = submit(ana, job(allocationOf(ana, 10), "#!/bin/sh\nexit 7\n"));
        JsonNode ended = await(ana, path(submitted), "COMPLETED", "FAILED");
        assertThat(ended.path("state").asString()).isEqualTo("FAILED");
        assertThat(ended.path("exitCode").asInt()).isEqualTo(7);
        assertThat(ended.path("explanation").asString()).contains("exit code 7");
    }

    @Test
    void strangersAndOthersFindNoJobAndMembersOfTheOrganisationMayNotCancelIt() {
        Client ana = signUp("Ana");
        JsonNode submitted = submit(ana, job(allocationOf(ana, 10), "#!/bin/sh\nsleep 30\n"));
        String path = path(submitted);
        Client eve = signUp("Eve");
        for (String what : List.of("", "/log", "/script", "/events")) {
            stranger().get(path + what).expectProblem(401, "sign-in-required");
            eve.get(path + what).expectProblem(404, "not-found");
        }
        eve.put(path + "/cancellation", "").expectProblem(404, "not-found");
        eve.post("/api/v1/jobs", job(allocationOf(ana, 1), "#!/bin/sh\n").toString())
                .expectProblem(404, "not-found");
        assertThat(eve.get("/api/v1/jobs").expect(200).path("items")).isEmpty();
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.get(path).expect(200);
        auditor.put(path + "/cancellation", "").expectProblem(403, "job-members-only");
        staff(CentreRole.OPERATOR).put(path + "/cancellation", "").expect(202);
    }

    @Test
    void whatCannotRunIsRefusedWithReasonAndFix() {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 10);
        ObjectNode body = job(allocation, "#!/no/such/interpreter\n");
        body.put("gpus", 4000);
        JsonNode problem = ana.post("/api/v1/jobs", body.toString()).expectProblem(422, "invalid-fields");
        assertThat(problem.path("errors")).hasSize(2);
        assertThat(problem.path("errors").get(0).path("detail").asString()).contains("/no/such/interpreter");
        assertThat(problem.path("errors").get(1).path("fix").asString()).startsWith("Set GPUs to");
        JsonNode preflight = ana.post("/api/v1/jobs/preflight", body.toString()).expect(200);
        assertThat(preflight.path("ok").asBoolean()).isFalse();
        assertThat(ana.post(
                                "/api/v1/jobs/preflight",
                                job(allocation, "#!/bin/sh\n").toString())
                        .expect(200)
                        .path("ok")
                        .asBoolean())
                .isTrue();
        ana.post("/api/v1/jobs", "{}").expectProblem(422, "invalid-fields");
        assertThat(ana.get("/api/v1/jobs").expect(200).path("items")).isEmpty();
    }

    @Test
    void overBudgetIsRefusedWithTheNumbers() {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 1);
        ObjectNode body = job(allocation, "#!/bin/sh\n");
        body.put("timeLimitSeconds", 7200);
        JsonNode problem = ana.post("/api/v1/jobs", body.toString()).expectProblem(409, "over-budget");
        assertThat(problem.path("detail").asString()).contains("2 CPU-hours", "1");
        assertThat(ana.post("/api/v1/jobs/preflight", body.toString())
                        .expect(200)
                        .path("ok")
                        .asBoolean())
                .isFalse();
        // Nothing of the refused job is held against the budget.
        body.put("timeLimitSeconds", 3600);
        submit(ana, body);
    }

    @Test
    void oneIdempotencyKeyIsOneJob() {
        Client ana = signUp("Ana");
        String body = job(allocationOf(ana, 10), "#!/bin/sh\n").toString();
        JsonNode first =
                ana.post("/api/v1/jobs", body, "Idempotency-Key", "one").expect(201);
        JsonNode second =
                ana.post("/api/v1/jobs", body, "Idempotency-Key", "one").expect(201);
        assertThat(second.path("id").asLong()).isEqualTo(first.path("id").asLong());
        assertThat(ana.get("/api/v1/jobs").expect(200).path("items")).hasSize(1);
    }

    @Test
    void aCancelledJobIsKilledAndPaysForWhatItUsed() throws InterruptedException {
        Client ana = signUp("Ana");
        JsonNode submitted = submit(ana, job(allocationOf(ana, 10), "#!/bin/sh\nsleep 50 &\nsleep 50\n"));
        await(ana, path(submitted), "RUNNING");
        assertThat(ana.put(path(submitted) + "/cancellation", "")
                        .expect(202)
                        .path("reason")
                        .asString())
                .isEqualTo("Cancelling");
        ana.put(path(submitted) + "/cancellation", "").expect(202);
        JsonNode ended = await(ana, path(submitted), "CANCELLED");
        assertThat(ended.path("usage").path("seconds").asLong()).isLessThan(45);
        ana.put(path(submitted) + "/cancellation", "").expect(202);
    }

    private record Event(String id, String name, String data) {}

    private static List<Event> events(String body) {
        List<Event> events = new ArrayList<>();
        for (String block : body.split("\n\n")) {
            String id = "";
            String name = "";
            String data = "";
            for (String line : block.split("\n")) {
                if (line.startsWith("id:")) {
                    id = line.substring(3);
                } else if (line.startsWith("event:")) {
                    name = line.substring(6);
                } else if (line.startsWith("data:")) {
                    data = line.substring(5);
                }
            }
            if (!name.isEmpty()) {
                events.add(new Event(id, name, data));
            }
        }
        return events;
    }

    private static String logOf(List<Event> events) {
        return events.stream()
                .filter(event -> event.name().equals("log"))
                .map(event -> JSON.readTree(event.data()).path("text").asString())
                .collect(Collectors.joining());
    }

    @Test
    void aJobIsFollowedLiveAndTakenUpAgainWhereItBroke() {
        Client ana = signUp("Ana");
        JsonNode submitted = submit(ana, job(allocationOf(ana, 10), """
                #!/bin/sh
                for i in 1 2 3 4; do
                  echo "línia $i"
                  echo "{\\"name\\":\\"loss\\",\\"step\\":$i,\\"value\\":0.$i}" >> $FARGA_METRICS
                  sleep 0.5
                done
                echo not json >> $FARGA_METRICS
                """));
        List<Event> all = events(ana.get(path(submitted) + "/events").body());
        assertThat(logOf(all)).isEqualTo("línia 1\nlínia 2\nlínia 3\nlínia 4\n");
        assertThat(all.stream().filter(event -> event.name().equals("metric")).map(Event::data))
                .containsExactly(
                        "{\"name\":\"loss\",\"step\":1,\"value\":0.1}",
                        "{\"name\":\"loss\",\"step\":2,\"value\":0.2}",
                        "{\"name\":\"loss\",\"step\":3,\"value\":0.3}",
                        "{\"name\":\"loss\",\"step\":4,\"value\":0.4}");
        assertThat(all.stream()
                        .filter(e -> e.name().equals("state"))
                        .map(e -> JSON.readTree(e.data()).path("state").asString()))
                .contains("RUNNING", "COMPLETED");
        assertThat(all.getLast().name()).isEqualTo("end");
        // Live, so in several pieces: from each of them on, the rest is the same.
        List<Event> logs = all.stream().filter(e -> e.name().equals("log")).toList();
        assertThat(logs).hasSizeGreaterThan(1);
        List<Event> rest = events(ana.get(
                        path(submitted) + "/events",
                        "Last-Event-ID",
                        logs.getFirst().id())
                .body());
        String first = JSON.readTree(logs.getFirst().data()).path("text").asString();
        assertThat(first + logOf(rest)).isEqualTo(logOf(all));
        assertThat(rest.getLast().name()).isEqualTo("end");
    }

    @Test
    void aStreamIsTakenUpBehindAnyOfItsEventsWithoutLossAndWithoutDoubles() throws InterruptedException {
        Client ana = signUp("Ana");
        // All at once, so that they come in one piece; the second is as long in bytes as no string is.
        JsonNode submitted = submit(ana, job(allocationOf(ana, 10), """
                #!/bin/sh
                printf '{"name":"loss","step":1,"value":1}\\n{"name":"precisió","step":1,"value":2}\\nno\\n{"name":"loss","step":2,"value":3}\\n' >> $FARGA_METRICS
                echo done
                """));
        await(ana, path(submitted), "COMPLETED");
        List<Event> all = events(ana.get(path(submitted) + "/events").body());
        List<String> told = news(all);
        assertThat(told).hasSize(4);
        for (Event event : all) {
            int seen = news(all.subList(0, all.indexOf(event) + 1)).size();
            List<String> unseen = told.subList(seen, told.size());
            assertThat(news(events(ana.get(path(submitted) + "/events", "Last-Event-ID", event.id())
                            .body())))
                    .as("behind %s", event)
                    .isEqualTo(unseen);
            assertThat(news(events(ana.get(path(submitted) + "/events?tail=true&after=" + event.id())
                            .body())))
                    .as("behind %s, for those who cannot set a header", event)
                    .isEqualTo(unseen);
        }
    }

    private static List<String> news(List<Event> events) {
        return events.stream()
                .filter(e -> e.name().equals("metric") || e.name().equals("log"))
                .map(Event::data)
                .toList();
    }

    @Test
    void aSuspendedAllocationTakesNoJobsAndStopsThoseThatRun() throws InterruptedException {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 10);
        JsonNode submitted = submit(ana, job(allocation, "#!/bin/sh\nsleep 50\n"));
        await(ana, path(submitted), "RUNNING");
        staff(CentreRole.OPERATOR)
                .put("/api/v1/allocations/" + allocation + "/suspension", "{\"reason\": \"under review\"}")
                .expect(200);
        JsonNode ended = await(ana, path(submitted), "CANCELLED");
        assertThat(ended.path("reason").asString()).isEqualTo("AllocationSuspended");
        ana.post("/api/v1/jobs", job(allocation, "#!/bin/sh\n").toString()).expectProblem(422, "invalid-fields");
    }

    @Test
    void listsAreFilteredAndPaged() {
        Client ana = signUp("Ana");
        Allocation allocation =
                world.allocation(OrganisationId.valueOf(organisationOf(ana)), ana.person(), "local", 10);
        for (int i = 0; i < 3; i++) {
            submit(ana, job(allocation.id(), "#!/bin/sh\n"));
        }
        JsonNode page =
                ana.get("/api/v1/jobs?limit=2&project=" + allocation.project()).expect(200);
        assertThat(page.path("items")).hasSize(2);
        assertThat(ana.get("/api/v1/jobs?limit=2&cursor=" + page.path("next").asString())
                        .expect(200)
                        .path("items"))
                .hasSize(1);
        assertThat(ana.get("/api/v1/jobs?state=TIMEOUT").expect(200).path("items"))
                .isEmpty();
        signUp("Eve").get("/api/v1/jobs?project=" + allocation.project()).expectProblem(404, "not-found");
    }

    @Test
    void clustersSayWhatTheyHave() {
        JsonNode clusters = signUp("Ana").get("/api/v1/clusters").expect(200);
        // Other tests leave clusters of theirs beside it.
        JsonNode local = clusters.path("items")
                .valueStream()
                .filter(cluster -> cluster.path("name").asString().equals("local"))
                .findFirst()
                .orElseThrow();
        assertThat(local.path("cpus").asInt()).isPositive();
        assertThat(local.path("answers").asBoolean()).isTrue();
        stranger().get("/api/v1/clusters").expectProblem(401, "sign-in-required");
    }

    @Test
    void theExampleTrainsOnItsDatasetToWhatIsKnownOfIt() throws InterruptedException {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        AllocationId allocation = allocationOf(ana, organisation, 10);
        String slug = publishedDigits();
        ObjectNode body = job(allocation, read(EXAMPLE.resolve("train")).replace("FARGA_DATASET_DIGITS", "DIGITS"));
        body.putArray("datasets").add(slug);
        body.put("memoryMebibytes", 1024);
        body.putObject("environment").put("EPOCHS", "20");
        body.put(
                "script",
                body.path("script")
                        .asString()
                        .replace(
                                "\"DIGITS\"",
                                "\"FARGA_DATASET_"
                                        + slug.toUpperCase(java.util.Locale.ROOT)
                                                .replace('-', '_') + "\""));
        JsonNode refused = ana.post("/api/v1/jobs", body.toString()).expectProblem(409, "terms-not-accepted");
        assertThat(refused.path("detail").asString()).contains("Handwritten digits");
        accept(ana, organisation, slug);
        JsonNode submitted = submit(ana, body);
        JsonNode ended = await(ana, path(submitted), "COMPLETED", "FAILED");
        String log = ana.get(path(submitted) + "/log").body();
        assertThat(ended.path("state").asString()).as(log).isEqualTo("COMPLETED");
        assertThat(log).contains("held-out accuracy 0.9");
        assertThat(ended.path("datasets").get(0).path("slug").asString()).isEqualTo(slug);
        assertThat(ended.path("datasets").get(0).path("number").asInt()).isEqualTo(1);
    }

    @Test
    void aJobIsStoppedWhenTheAgreementOnItsDatasetEnds() throws InterruptedException {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        AllocationId allocation = allocationOf(ana, organisation, 10);
        String slug = publishedDigits();
        String agreement = accept(ana, organisation, slug);
        ObjectNode body = job(allocation, "#!/bin/sh\nls datasets/*\nsleep 50\n");
        body.putArray("datasets").add(slug);
        JsonNode submitted = submit(ana, body);
        await(ana, path(submitted), "RUNNING");
        ana.delete("/api/v1/agreements/" + agreement);
        JsonNode ended = await(ana, path(submitted), "CANCELLED");
        assertThat(ended.path("reason").asString()).isEqualTo("AgreementEnded");
        assertThat(ended.path("usage").path("seconds").asLong()).isLessThan(45);
        assertThat(ana.get(path(submitted) + "/log").body()).contains("digits.csv");
    }

    @Test
    void anArrayIsOneJobForEachIndexAndWhatWaitsForItComesAfter() throws InterruptedException {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 10);
        JsonNode first = submit(
                ana,
                job(allocation, "#!/bin/sh\necho \"index $FARGA_ARRAY_INDEX $SLURM_ARRAY_TASK_ID\"\n")
                        .put("array", "2,4,6%1"));
        long array = first.path("array").asLong();
        assertThat(first.path("arrayIndex").asInt()).isEqualTo(2);
        JsonNode after = submit(ana, job(allocation, "#!/bin/sh\n").put("dependency", "afterok:" + array));
        JsonNode never = submit(
                ana,
                job(allocation, "#!/bin/sh\n")
                        .put("dependency", "afternotok:" + first.path("id").asLong()));
        assertThat(await(ana, path(after), "COMPLETED").path("dependency").asString())
                .isEqualTo("afterok:" + array);
        JsonNode tasks = ana.get("/api/v1/jobs?array=" + array).expect(200).path("items");
        assertThat(tasks).hasSize(3);
        for (JsonNode task : tasks) {
            assertThat(task.path("state").asString()).isEqualTo("COMPLETED");
            String index = task.path("arrayIndex").asString();
            assertThat(ana.get(path(task) + "/log").body()).isEqualTo("index " + index + " " + index + "\n");
        }
        JsonNode ended = await(ana, path(never), "CANCELLED");
        assertThat(ended.path("reason").asString()).isEqualTo("DependencyNeverSatisfied");
        assertThat(ended.path("explanation").asString()).contains("can never be");
    }

    @Test
    void anArrayIsCancelledWhole() throws InterruptedException {
        Client ana = signUp("Ana");
        JsonNode first =
                submit(ana, job(allocationOf(ana, 10), "#!/bin/sh\nsleep 50\n").put("array", "0-5%1"));
        JsonNode tasks = ana.get("/api/v1/jobs?array=" + first.path("array").asLong())
                .expect(200)
                .path("items");
        await(ana, path(first), "RUNNING");
        ana.put(path(first) + "/cancellation?array=true", "").expect(202);
        for (JsonNode task : tasks) {
            await(ana, path(task), "CANCELLED");
        }
    }

    @Test
    void whatIsOnlySlurmsOrNobodysIsRefusedHereAndAnArrayFitsIntoTheBudgetWholeOrNotAtAll() {
        Client ana = signUp("Ana");
        AllocationId allocation = allocationOf(ana, 1);
        Client eve = signUp("Eve");
        JsonNode strangers = submit(eve, job(allocationOf(eve, 1), "#!/bin/sh\n"));
        ObjectNode body = job(allocation, "#!/bin/sh\n")
                .put("partition", "gpu")
                .put("qos", "gold")
                .put("gpuType", "h100")
                .put("array", "x")
                .put("dependency", "afterok:" + strangers.path("id").asLong());
        JsonNode problem = ana.post("/api/v1/jobs", body.toString()).expectProblem(422, "invalid-fields");
        assertThat(problem.path("errors")
                        .valueStream()
                        .map(error -> error.path("field").asString()))
                .containsExactlyInAnyOrder("gpuType", "partition", "qos", "array", "dependency");
        ana.post(
                        "/api/v1/jobs",
                        job(allocation, "#!/bin/sh\n").put("array", "0-60").toString())
                .expectProblem(422, "invalid-fields");
        assertThat(ana.get("/api/v1/jobs").expect(200).path("items")).isEmpty();
        assertThat(ana.post(
                                "/api/v1/jobs",
                                job(allocation, "#!/bin/sh\n")
                                        .put("array", "0-59")
                                        .toString())
                        .expect(201)
                        .path("arrayIndex")
                        .asInt())
                .isZero();
    }

    @Test
    void theLogOfAJobWhoseClusterIsNotServedAnyMoreSaysSo() {
        Client ana = signUp("Ana");
        JsonNode job = submit(ana, job(allocationOf(ana, 1), "#!/bin/sh\n"));
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES ('gone-away', 'SLURM') ON CONFLICT DO NOTHING")
                .update();
        jdbc.sql("UPDATE job SET cluster = 'gone-away' WHERE number = :number")
                .param("number", job.path("id").asLong())
                .update();
        ana.get(path(job) + "/log").expectProblem(409, "job-files-away");
        ana.get(path(job)).expect(200);
    }
}
