package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.farga.HttpTest;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.compute.Jobs;
import org.farga.dataspace.Datasets;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Startups with trained runs, for tests of what is shown of them. */
public abstract class TrainedRuns extends HttpTest {
    protected static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    // Far above what a centre counts up to in other tests.
    private static final AtomicLong JOBS = new AtomicLong(70_000_000_000L + System.nanoTime() % 1_000_000_000L);

    @Autowired
    private Runs runs;

    @Autowired
    private RunCollection collection;

    @Autowired
    private Datasets datasets;

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private PlatformTransactionManager transactions;

    @TempDir
    private Path working;

    /** A startup with a project and its allocation. */
    protected record Startup(
            Client ana, OrganisationId organisation, ProjectId project, AllocationId allocation, ProposalId proposal) {}

    protected Startup startup() {
        Client ana = signUp("Ana");
        OrganisationId organisation = OrganisationId.valueOf(organisationOf(ana));
        ProposalId proposal = ProposalId.create();
        ProjectId project = java.util.Objects.requireNonNull(new TransactionTemplate(transactions)
                .execute(status -> projects.open(new Projects.Award(
                        "Crack detection",
                        organisation,
                        ana.person(),
                        proposal,
                        "PG-2026-0042",
                        "Playground",
                        "local",
                        GpuHours.ofHours(5),
                        CpuHours.ofHours(5),
                        new Period(NOW.minusSeconds(60), NOW.plus(Duration.ofDays(30)))))));
        return startup(ana, organisation, project, proposal);
    }

    /** One whose project is there already. */
    protected Startup startup(Client ana, OrganisationId organisation, ProjectId project, ProposalId proposal) {
        return new Startup(
                ana,
                organisation,
                project,
                allocations.ofProject(project).getFirst().id(),
                proposal);
    }

    /** A job that ended well after an hour on two GPUs, as the compute module remembers it. */
    protected Jobs.Summary job(Startup startup, @Nullable String model, List<Jobs.Input> inputs) throws IOException {
        JobId id = new JobId(JOBS.incrementAndGet());
        jdbc.sql("""
                INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,
                    script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage, state,
                    started_at, ended_at, exit_code, held_nodes, held_cpus, held_memory_mebibytes, held_gpus, held_gpu_indexes)
                VALUES (:number, 'train', :project, :allocation, 'local', :by, now() - interval '2 hours', 'true',
                    sha256('true'), 4, 8192, 2, 7200, 1024, '{}', 'ENDED', 'COMPLETED', now() - interval '90 minutes',
                    now() - interval '30 minutes', 0, 'local', 4, 8192, 2, '{0,1}')""")
                .param("number", id.value())
                .param("project", startup.project().value())
                .param("allocation", startup.allocation().value())
                .param("by", startup.ana().person().value())
                .update();
        for (int i = 0; i < inputs.size(); i++) {
            jdbc.sql("INSERT INTO job_input (job, position, dataset_version_id, agreement_id) VALUES (?, ?, ?, ?)")
                    .params(
                            id.value(),
                            i,
                            inputs.get(i).version().value(),
                            inputs.get(i).agreement().value())
                    .update();
        }
        Path folder = Files.createDirectories(working.resolve(id.toString()));
        return new Jobs.Summary(
                id,
                "train",
                startup.project(),
                startup.allocation(),
                startup.ana().person(),
                "COMPLETED",
                true,
                NOW.minusSeconds(20),
                NOW.minusSeconds(10),
                NOW,
                "b5bea41b6c623f7c09f1bf24dcae58ebab3c0cdd90ad966bc43a45b44867e12b",
                inputs,
                model,
                Files.createDirectories(folder.resolve("output")),
                folder.resolve("metrics.jsonl"));
    }

    protected Jobs.Summary job(Startup startup) throws IOException {
        return job(startup, null, List.of());
    }

    /** Its finished run: what it reported, and the files it left by their paths. */
    protected RunId trained(Jobs.Summary job, String metrics, Map<String, byte[]> files) throws IOException {
        Files.writeString(job.metricsFile(), metrics, StandardOpenOption.CREATE);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path place = job.outputFolder().resolve(file.getKey());
            Files.createDirectories(java.util.Objects.requireNonNull(place.getParent()));
            Files.write(place, file.getValue());
        }
        RunId run = runs.begin(job).orElseThrow().id();
        runs.end(run, NOW);
        collection.collect(job);
        return run;
    }

    /** A run with a loss that fell and a learning rate. */
    protected RunId trained(Startup startup, String rate, double loss) throws IOException {
        return trained(
                job(startup),
                """
                {"param":"rate","value":"%s"}
                {"param":"seed","value":"42"}
                {"name":"loss","step":1,"value":0.9}
                {"name":"loss","step":2,"value":%s}
                {"name":"odd","step":2,"value":1}
                """.formatted(rate, loss),
                Map.of("model.json", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** A published dataset whose terms the startup has accepted: how a job of theirs reads it. */
    protected Jobs.Input dataset(Startup startup, String slug) throws IOException, InterruptedException {
        Client steward = staff(CentreRole.DATA_STEWARD);
        String path = "/api/v1/datasets/" + slug;
        if (stranger().get(path).status() == 404) {
            steward.post("/api/v1/datasets", """
                            {"slug": "%s", "title": "Digits", "summary": "Handwritten", "licence": "CC-BY-4.0",
                             "terms": "Name the authors.", "card": "# Digits"}""".formatted(slug)).expect(201);
            steward.post(path + "/versions", null).expect(201);
            // The client of the tests speaks JSON; a file is bytes.
            assertThat(java.net.http.HttpClient.newHttpClient()
                            .send(
                                    java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                                                    address() + path + "/versions/1/files/digits.csv"))
                                            .header("Authorization", "Bearer " + steward.token())
                                            .PUT(java.net.http.HttpRequest.BodyPublishers.ofString("a,b\n1,2\n"))
                                            .build(),
                                    java.net.http.HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(201);
            steward.put(path + "/versions/1/publication", null).expect(200);
        }
        String terms =
                startup.ana().get(path).expect(200).path("terms").path("sha256").asString();
        startup.ana()
                .post(path + "/agreements", """
                {"organisation": "%s", "termsSha256": "%s"}""".formatted(startup.organisation(), terms))
                .expect(201);
        Datasets.Mountable mountable =
                datasets.mount(startup.organisation(), slug).orThrow();
        return new Jobs.Input(mountable.version(), mountable.agreement());
    }

    protected static String anySlug() {
        return "digits-" + UUID.randomUUID().toString().substring(0, 8).replaceAll("^[0-9]", "d");
    }
}
