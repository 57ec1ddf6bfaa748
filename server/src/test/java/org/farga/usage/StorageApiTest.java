package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Storage in reports, its rates, and samplers beside each other. */
class StorageApiTest extends HttpTest {
    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private StorageSampler sampler;

    @Autowired
    private StorageTable table;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private PlatformTransactionManager transactions;

    private final String unit = "€" + UUID.randomUUID().toString().substring(0, 8);
    private final String call = "Call " + unit;
    private Client ana;
    private Client operator;
    private String organisation;
    private ProjectId project;
    private AllocationId allocation;

    @BeforeEach
    void aProjectThatKeptSomething() {
        ana = signUp("Ana");
        operator = staff(CentreRole.OPERATOR);
        organisation = organisationOf(ana);
        project = new TransactionTemplate(transactions)
                .execute(status -> projects.open(new Projects.Award(
                        "Crack detection",
                        OrganisationId.valueOf(organisation),
                        ana.person(),
                        ProposalId.create(),
                        "PG-2026-0001",
                        call,
                        "local",
                        GpuHours.ofHours(1_000),
                        CpuHours.ofHours(1_000),
                        new Period(
                                Instant.parse("2026-03-01T00:00:00Z"),
                                Instant.now().plus(Duration.ofDays(20))))));
        allocation = allocations.ofProject(project).getFirst().id();
        // Two terabytes over Madrid's end of February: 10 hours before it and 5 after, of which 4 are of the award.
        kept("PROJECT_FILES", "2000000000000", "2026-02-28T13:00:00Z", "2026-03-01T04:00:00Z", true);
        kept("DATASETS", "1000000000000", "2026-03-01T10:00:00Z", "2026-03-01T13:00:00Z", false);
    }

    private void kept(String kind, String bytes, String from, String to, boolean ofProject) {
        jdbc.sql("""
                        INSERT INTO storage_span (kind, project_id, organisation_id, bytes, begins_at, ends_at)
                        VALUES (:kind, :project, :organisation, CAST(:bytes AS bigint), CAST(:from AS timestamptz),
                            CAST(:to AS timestamptz))""")
                .param("kind", kind)
                .param("project", ofProject ? project.value() : null, java.sql.Types.OTHER)
                .param("organisation", ofProject ? null : UUID.fromString(organisation), java.sql.Types.OTHER)
                .param("bytes", bytes)
                .param("from", from)
                .param("to", to)
                .update();
    }

    private JsonNode report(Client who, String query) {
        return who.get("/api/v1/usage-reports?" + query).expect(200);
    }

    private static void hours(JsonNode of, String expected) {
        assertThat(of.path("terabyteHours").decimalValue()).isEqualByComparingTo(expected);
    }

    @Test
    void aReportSaysWhatEachKeptByItsSecondsInEveryCut() {
        JsonNode ofProject = report(ana, "scope=PROJECT&id=" + project);
        assertThat(ofProject.path("periods")).hasSize(2);
        hours(ofProject.path("periods").get(0), "20");
        hours(ofProject.path("periods").get(1), "10");
        hours(ofProject.path("storage"), "30");
        assertThat(ofProject.path("storage").path("byteSeconds").asString()).isEqualTo("108000000000000000");
        JsonNode ofOrganisation = report(ana, "scope=ORGANISATION&id=" + organisation);
        hours(ofOrganisation.path("storage"), "33");
        assertThat(ofOrganisation.path("storage").path("holders")).hasSize(2);
        JsonNode largest = ofOrganisation.path("storage").path("holders").get(0);
        assertThat(largest.path("project").asString()).isEqualTo(project.toString());
        assertThat(largest.path("name").asString()).isEqualTo("Crack detection · Forja Vision SL");
        assertThat(largest.path("kind").asString()).isEqualTo("PROJECT_FILES");
        assertThat(ofOrganisation
                        .path("storage")
                        .path("holders")
                        .get(1)
                        .path("organisation")
                        .asString())
                .isEqualTo(organisation);
        // The award began at midnight UTC.
        hours(report(ana, "scope=ALLOCATION&id=" + allocation).path("storage"), "8");
        hours(
                report(
                                operator,
                                "scope=CALL&id="
                                        + java.net.URLEncoder.encode(call, java.nio.charset.StandardCharsets.UTF_8))
                        .path("storage"),
                "8");
        JsonNode centre = report(operator, "scope=CENTRE&from=2026-02-01&to=2026-03-31");
        assertThat(centre.path("storage").path("terabyteHours").decimalValue())
                .isGreaterThanOrEqualTo(new java.math.BigDecimal("33"));
        String csv =
                ana.get("/api/v1/usage-reports.csv?scope=PROJECT&id=" + project).body();
        assertThat(csv)
                .contains("terabyteHours,byteSeconds")
                .contains("2026-02,2026-02-01,0,0,0,0.0000,0.0000,20.000000,72000000000000000");
        String page =
                ana.get("/usage-report?scope=ORGANISATION&id=" + organisation).body();
        assertThat(page).contains("TB-hours", "Files of runs and models", "33.00");
        assertThat(ana.get("/usage-report?scope=PROJECT&id=" + project + "&lang=es")
                        .status())
                .isEqualTo(200);
        assertThat(ana.get("/organisations/" + organisation).body()).contains("/usage-report?scope=ORGANISATION");
        assertThat(signUp("Eve")
                        .get("/api/v1/usage-reports?scope=ORGANISATION&id=" + organisation)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aRateMakesChargesFromItsInstantOn() {
        String rate = "{\"since\":\"%s\",\"unit\":\"" + unit + "\",\"terabyteHour\":%s%s}";
        // Rates hold for all of the centre, so they begin at an instant that no other test has, and cut the time right
        // there.
        String middle = "2026-02-28T18:00:00Z";
        JsonNode set = operator.post("/api/v1/storage-rates", rate.formatted(middle, "0.5", ""))
                .expect(201);
        String id = set.path("id").asString();
        try {
            operator.post("/api/v1/storage-rates", rate.formatted(middle, "0.6", ""))
                    .expectProblem(409, "rate-exists");
            operator.post("/api/v1/storage-rates", rate.formatted("2026-03-01T00:00:00Z", "-1", ""))
                    .expectProblem(422, "invalid-fields");
            JsonNode ofProject = report(ana, "scope=PROJECT&id=" + project);
            assertThat(ofProject
                            .path("periods")
                            .get(0)
                            .path("charges")
                            .path(unit)
                            .decimalValue())
                    .isEqualByComparingTo("5");
            assertThat(ofProject.path("charges").path(unit).decimalValue()).isEqualByComparingTo("10");
            assertThat(ofProject
                            .path("storage")
                            .path("holders")
                            .get(0)
                            .path("charges")
                            .path(unit)
                            .decimalValue())
                    .isEqualByComparingTo("10");
            assertThat(report(ana, "scope=ORGANISATION&id=" + organisation)
                            .path("charges")
                            .path(unit)
                            .decimalValue())
                    .isEqualByComparingTo("11.5");
            sampler.sample();
            JsonNode storage =
                    ana.get("/api/v1/usage?project=" + project).expect(200).path("storage");
            hours(storage, "30");
            assertThat(storage.path("charges").path(unit).decimalValue()).isEqualByComparingTo("10");
            assertThat(storage.path("bytes").longValue()).isZero();
            assertThat(ana.get("/usage-report?scope=PROJECT&id=" + project).body())
                    .contains(unit);
            assertThat(ana.get("/projects/" + project).body()).contains(unit, "30.00", "/usage-report?scope=PROJECT");
            assertThat(operator.get("/operations/usage").body()).contains(unit, "0.500000");
            assertThat(operator.get("/api/v1/storage-rates").body()).contains(unit);
            ana.get("/api/v1/storage-rates").expectProblem(404, "not-found");
            staff(CentreRole.AUDITOR).delete("/api/v1/storage-rates/" + id).expectProblem(403, "operators-only");
            assertThat(jdbc.sql(
                                    "SELECT count(*) FROM audit_entry WHERE action = 'storage-rate.set' AND details::text LIKE :unit")
                            .param("unit", "%" + unit + "%")
                            .query(Long.class)
                            .single())
                    .isEqualTo(1);
        } finally {
            operator.delete("/api/v1/storage-rates/" + id).expect(204);
        }
        assertThat(report(ana, "scope=PROJECT&id=" + project).path("charges")).isEmpty();
    }

    @Test
    void theCentresPageSetsAndRemovesARateAndSaysWhatIsWrong() {
        Browser browser = new Browser(address()).signIn(operator.email(), PASSWORD);
        String page = "/operations/usage";
        String sets = page + "/storage-rates";
        String since = "2199-01-01"; // never in force while the tests run
        HttpResponse<String> refused =
                browser.submit(page, sets, "storage-since", since, "storage-unit", unit, "storage-terabyteHour", "-2");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("id=\"storage-terabyteHour-problem\"")
                .doesNotContain("id=\"cpuHour-problem\"");
        assertThat(browser.submit(
                                page, sets, "storage-since", "soon", "storage-unit", unit, "storage-terabyteHour", "2")
                        .body())
                .contains("id=\"storage-since-problem\"");
        String kind = "DATASETS";
        HttpResponse<String> set = browser.submit(
                page,
                sets,
                "storage-kind",
                kind,
                "storage-since",
                since,
                "storage-unit",
                unit,
                "storage-terabyteHour",
                "0,25");
        assertThat(set.statusCode()).isEqualTo(302);
        JsonNode rate = null;
        for (JsonNode each : operator.get("/api/v1/storage-rates").json().path("items")) {
            rate = each.path("unit").asString().equals(unit) ? each : rate;
        }
        assertThat(rate.path("kind").asString()).isEqualTo(kind);
        assertThat(rate.path("since").asString()).isEqualTo("2198-12-31T23:00:00Z");
        assertThat(rate.path("terabyteHour").decimalValue()).isEqualByComparingTo("0.25");
        assertThat(browser.submit(page, sets + "/" + rate.path("id").asString() + "/removal")
                        .statusCode())
                .isEqualTo(302);
        assertThat(operator.get("/api/v1/storage-rates").body()).doesNotContain(unit);
    }

    @Test
    void samplersBesideEachOtherCountEachSecondOnce() throws Exception {
        UUID run = UUID.randomUUID();
        jdbc.sql("INSERT INTO experiment (project_id, number, name, created_at, changed_at)"
                        + " VALUES (:project, 0, 'Default', now(), now())")
                .param("project", project.value())
                .update();
        jdbc.sql("""
                        INSERT INTO run (id, project_id, name, started_by, state, started_at, ended_at, own, experiment)
                        VALUES (:id, :project, 'r', :person, 'FINISHED', now(), now(), false, 0)""")
                .param("id", run)
                .param("project", project.value())
                .param("person", ana.person().value())
                .update();
        List<Callable<Boolean>> samples = Stream.generate(() -> (Callable<Boolean>) () -> sampler.sample())
                .limit(8)
                .toList();
        Instant first = null;
        int taken = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            // Each sample sees another number of bytes; they go on until three of them were taken, in seconds of their
            // own.
            for (int i = 1; taken < 3; i++) {
                jdbc.sql("""
                                INSERT INTO run_file (run_id, path, bytes, sha256)
                                VALUES (:run, :path, 10, sha256(CAST(:path AS bytea)))""").param("run", run).param("path", "f" + i).update();
                int winners = 0;
                for (Future<Boolean> sampled : threads.invokeAll(samples)) {
                    winners += sampled.get() ? 1 : 0;
                }
                taken += Math.min(winners, 1);
                if (first == null && winners > 0) {
                    first = jdbc.sql(
                                    "SELECT min(begins_at) FROM storage_span WHERE project_id = :p AND bytes < 1000000")
                            .param("p", project.value())
                            .query(java.time.OffsetDateTime.class)
                            .single()
                            .toInstant();
                }
            }
        }
        // Spans lie edge to edge from the first sample to the last: their seconds together are the time between.
        assertThat(jdbc.sql("""
                        SELECT sum(extract(epoch FROM coalesce(ends_at, (SELECT sampled_at FROM storage_sample)) - begins_at))::bigint
                        FROM storage_span WHERE project_id = :p AND begins_at >= :first""")
                        .param("p", project.value())
                        .param("first", org.farga.platform.Timestamps.utc(first))
                        .query(Long.class)
                        .single())
                .isEqualTo(
                        Duration.between(first, table.sampledAt().orElseThrow()).toSeconds());
        assertThat(jdbc.sql("SELECT count(*) FROM storage_span WHERE project_id = :p AND ends_at IS NULL")
                        .param("p", project.value())
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void aSampleThatIsCutOffLeavesNothing() {
        Instant before = table.sampledAt().orElse(Instant.EPOCH);
        long spans = spans();
        StoredBytes one = keeper(StoredBytes.Kind.DATASETS, () -> List.of());
        StoredBytes other = keeper(StoredBytes.Kind.PROJECT_FILES, () -> {
            throw new IllegalStateException("killed");
        });
        StorageSampler killed =
                new StorageSampler(List.of(one, other), table, Clock.offset(Clock.systemUTC(), Duration.ofDays(1)));
        assertThatThrownBy(() -> new TransactionTemplate(transactions).executeWithoutResult(s -> killed.sample()))
                .hasMessage("killed");
        assertThat(table.sampledAt().orElse(Instant.EPOCH))
                .isBefore(Instant.now().plusSeconds(60));
        assertThat(table.sampledAt().orElse(Instant.EPOCH)).isAfterOrEqualTo(before);
        assertThat(spans()).isEqualTo(spans);
    }

    private long spans() {
        return jdbc.sql("SELECT count(*) FROM storage_span WHERE project_id = :p")
                .param("p", project.value())
                .query(Long.class)
                .single();
    }

    private static StoredBytes keeper(
            StoredBytes.Kind kind, java.util.function.Supplier<List<StoredBytes.Holding>> held) {
        return new StoredBytes() {
            @Override
            public Kind kind() {
                return kind;
            }

            @Override
            public List<Holding> holdings() {
                return held.get();
            }
        };
    }
}
