package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.farga.HttpTest;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What sacct prints, sent to the API, as it stands in statements and balances afterwards. */
class UsageImportsApiTest extends HttpTest {
    private static final String HEADER =
            "JobIDRaw|JobID|Account|User|Partition|QOS|State|Start|End|ElapsedRaw|AllocTRES|JobName\n";
    /** 2026-11-22T10:00:00Z. */
    private static final long START = 1_795_341_600L;

    @Autowired
    private Usage usage;

    @Autowired
    private UsageImports imports;

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private PlatformTransactionManager transactions;

    private final String cluster = "c" + UUID.randomUUID().toString().substring(0, 8);
    private final String account = "a" + UUID.randomUUID().toString().substring(0, 8);
    private Client operator;
    private Client ana;
    private AllocationId allocation;

    @BeforeEach
    void anAllocationWithAnAccount() {
        operator = staff(CentreRole.OPERATOR);
        ana = signUp("Ana");
        allocation = allocation();
        known(account, allocation);
    }

    private AllocationId allocation() {
        OrganisationId organisation = OrganisationId.valueOf(organisationOf(ana));
        ProjectId project = new TransactionTemplate(transactions)
                .execute(status -> projects.open(new Projects.Award(
                        "Crack detection",
                        organisation,
                        ana.person(),
                        ProposalId.create(),
                        "PG-2026-0001",
                        "Playground",
                        cluster,
                        GpuHours.ofHours(1_000),
                        CpuHours.ofHours(1_000),
                        new Period(
                                Instant.now().minus(Duration.ofDays(10)),
                                Instant.now().plus(Duration.ofDays(20))))));
        return allocations.ofProject(project).getFirst().id();
    }

    private void known(String name, AllocationId of) {
        jdbc.sql("""
                INSERT INTO slurm_account (cluster, name, allocation_id, adopted, made_at)
                VALUES (:cluster, :name, :allocation, true, now())""")
                .param("cluster", cluster)
                .param("name", name)
                .param("allocation", of.value())
                .update();
    }

    private String line(long job, long start, int seconds, String tres) {
        return line(job, account, start, seconds, tres);
    }

    private static String line(long job, String account, long start, int seconds, String tres) {
        return job + "|" + job + "|" + account + "|ana|gpu|normal|COMPLETED|" + start + "|" + (start + seconds) + "|"
                + seconds + "|" + tres + "|train\n";
    }

    private String open() {
        return operator.post("/api/v1/usage-imports", "{\"cluster\":\"" + cluster + "\",\"zone\":\"UTC\"}")
                .expect(201)
                .path("id")
                .asString();
    }

    private JsonNode send(String lines) {
        return send(open(), 0, lines).expect(200);
    }

    private Answered send(String id, long from, String lines) {
        return operator.put("/api/v1/usage-imports/" + id + "/lines?from=" + from, lines, "Content-Type", "text/plain");
    }

    private GpuHours settled() {
        return usage.balance(allocation).gpuSettled();
    }

    private static GpuHours gpuSeconds(long seconds) {
        return new GpuHours(seconds * 1_000);
    }

    private static void counts(
            JsonNode done, int entered, int corrected, int unchanged, int unattributed, int rejected) {
        assertThat(List.of("entered", "corrected", "unchanged", "unattributed", "rejected"))
                .extracting(name -> done.path(name).intValue())
                .as(done.toString())
                .containsExactly(entered, corrected, unchanged, unattributed, rejected);
    }

    private void doing(Consumer<Usage> work) {
        new TransactionTemplate(transactions).executeWithoutResult(s -> work.accept(usage));
    }

    @Test
    void runsAreChargedByWhatTheyWereGivenTimesHowLongTheyRan() {
        JsonNode done = send(HEADER + line(1, START, 100, "billing=99,cpu=4,gres/gpu=2,mem=1000M,node=1")
                + "1.batch|1.batch|" + account + "||||COMPLETED|" + START + "|" + (START + 100) + "|100|cpu=4|batch\n"
                + line(2, START, 50, "cpu=8,mem=2G,node=2"));
        counts(done, 2, 0, 0, 0, 0);
        assertThat(done.path("skipped").path("steps").intValue()).isEqualTo(1);
        assertThat(done.path("lines").intValue()).isEqualTo(3);
        assertThat(done.path("state").asString()).isEqualTo("DONE");
        assertThat(settled()).isEqualTo(gpuSeconds(200));
        assertThat(usage.balance(allocation).cpuSettled().milliseconds()).isEqualTo((400 + 400) * 1_000L);
        JsonNode lines = ana.get("/api/v1/allocations/" + allocation + "/statement")
                .expect(200)
                .path("lines");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).path("engine").path("tres").asString()).contains("billing=99");
        assertThat(lines.get(0).path("personName").asString()).isEqualTo("ana");
        assertThat(ana.get("/allocations/" + allocation + "/statement").body()).contains("train");
    }

    @Test
    void theSameAgainChangesNothing() {
        String all = HEADER
                + line(1, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1")
                + line(2, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1");
        send(all);
        counts(send(all), 0, 0, 2, 0, 0);
        counts(send(all + all.substring(HEADER.length())), 0, 0, 4, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(200));
    }

    @Test
    void aChangedRecordIsReversedAndReplacedByLines() {
        send(HEADER + line(1, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1"));
        counts(send(HEADER + line(1, START, 60, "cpu=1,gres/gpu=2,mem=1G,node=1")), 0, 1, 0, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(120));
        counts(send(HEADER + line(1, START, 70, "cpu=1,gres/gpu=2,mem=1G,node=1")), 0, 1, 0, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(140));
        JsonNode lines = ana.get("/api/v1/allocations/" + allocation + "/statement")
                .expect(200)
                .path("lines");
        assertThat(lines).hasSize(5);
        long sum = 0;
        int reversing = 0;
        for (JsonNode line : lines) {
            sum += line.path("gpuMilliseconds").longValue();
            reversing += line.has("reverses") ? 1 : 0;
        }
        assertThat(reversing).isEqualTo(2);
        assertThat(sum).isEqualTo(140_000);
    }

    @Test
    void everyRunOfARequeuedJobCountsAndEachOnce() {
        String runs = HEADER
                + line(7, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1")
                + line(7, START + 220, 50, "cpu=1,gres/gpu=1,mem=1G,node=1");
        counts(send(runs), 2, 0, 0, 0, 0);
        counts(send(runs), 0, 0, 2, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(150));
    }

    @Test
    void whatFargaSawEndIsNotCountedAgainAndIsCorrectedWhereSlurmSaysOtherwise() {
        JobId job = new JobId(80_000_000_000L + System.nanoTime() % 1_000_000_000L);
        doing(u -> u.settle(new JobUsage(
                job,
                "train",
                allocation,
                cluster,
                ana.person(),
                Instant.ofEpochSecond(START),
                Instant.ofEpochSecond(START + 100),
                1,
                4,
                1_024,
                EngineRun.of("7"))));
        // The same by sacct, also under an account that stands for nothing: the ledger knows whose the job is.
        counts(send(HEADER + line(7, "elsewhere", START, 100, "cpu=4,gres/gpu=1,mem=1G,node=1")), 0, 0, 1, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(100));
        counts(send(HEADER + line(7, "elsewhere", START, 130, "cpu=4,gres/gpu=1,mem=1G,node=1")), 0, 1, 0, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(130));
        // An earlier run that Farga did not see.
        counts(send(HEADER + line(7, "elsewhere", START - 500, 20, "cpu=4,gres/gpu=1,mem=1G,node=1")), 1, 0, 0, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(150));
        JsonNode lines = ana.get("/api/v1/allocations/" + allocation + "/statement")
                .expect(200)
                .path("lines");
        assertThat(lines).allSatisfy(l -> assertThat(l.path("job").asString()).isEqualTo(job.toString()));
    }

    @Test
    void aStartThatFargaSawOtherwiseGivesWay() {
        JobId job = new JobId(81_000_000_000L + System.nanoTime() % 1_000_000_000L);
        doing(u -> u.settle(new JobUsage(
                job,
                "train",
                allocation,
                cluster,
                ana.person(),
                Instant.ofEpochSecond(START - 3),
                Instant.ofEpochSecond(START + 100),
                1,
                4,
                1_024,
                EngineRun.of("7"))));
        String line = HEADER + line(7, START, 100, "cpu=4,gres/gpu=1,mem=1G,node=1");
        counts(send(line), 1, 0, 0, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(100));
        counts(send(line), 0, 0, 1, 0, 0);
        assertThat(settled()).isEqualTo(gpuSeconds(100));
    }

    @Test
    void runsOfUnknownAccountsWaitAndAreChargedOnceTheAccountIsKnown() {
        String other = "b" + account;
        String lines = HEADER
                + line(1, other, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1")
                + line(2, other, START, 50, "cpu=1,gres/gpu=1,mem=1G,node=1");
        counts(send(lines), 0, 0, 0, 2, 0);
        counts(send(lines), 0, 0, 2, 0, 0);
        JsonNode waiting = operator.get("/api/v1/unattributed-usage?cluster=" + cluster)
                .expect(200)
                .path("items");
        assertThat(waiting).hasSize(1);
        assertThat(waiting.get(0).path("account").asString()).isEqualTo(other);
        assertThat(waiting.get(0).path("runs").intValue()).isEqualTo(2);
        AllocationId second = allocation();
        known(other, second);
        operator.post("/api/v1/unattributed-usage/attribution", "").expect(200);
        assertThat(usage.balance(second).gpuSettled()).isEqualTo(gpuSeconds(150));
        assertThat(operator.get("/api/v1/unattributed-usage?cluster=" + cluster)
                        .expect(200)
                        .path("items"))
                .isEmpty();
        counts(send(lines), 0, 0, 2, 0, 0);
        assertThat(usage.balance(second).gpuSettled()).isEqualTo(gpuSeconds(150));
    }

    @Test
    void aRunThatSlurmToldOfFirstIsChargedAsSlurmToldWhenItsJobTurnsUp() {
        send(HEADER + line(7, "shared", START, 100, "cpu=4,gres/gpu=1,mem=1G,node=1"));
        assertThat(settled()).isEqualTo(GpuHours.ZERO);
        JobId job = new JobId(82_000_000_000L + System.nanoTime() % 1_000_000_000L);
        doing(u -> u.settle(new JobUsage(
                job,
                "train",
                allocation,
                cluster,
                ana.person(),
                Instant.ofEpochSecond(START),
                Instant.ofEpochSecond(START + 101),
                1,
                4,
                1_024,
                EngineRun.of("7"))));
        assertThat(settled()).isEqualTo(gpuSeconds(100));
        assertThat(operator.get("/api/v1/unattributed-usage?cluster=" + cluster)
                        .expect(200)
                        .path("items"))
                .isEmpty();
    }

    @Test
    void everyRejectedLineIsToldWithItsNumberAndReason() {
        String id = open();
        JsonNode done = send(
                        id,
                        0,
                        HEADER + line(1, START, 100, "cpu=1,mem=1G,node=1") + "what is this\n"
                                + line(2, START, 100, "nonsense") + "\n" + line(3, START, 100, ""))
                .expect(200);
        counts(done, 1, 0, 0, 0, 3);
        assertThat(done.path("skipped").path("empty").intValue()).isEqualTo(1);
        String csv =
                operator.get("/api/v1/usage-imports/" + id + "/rejected.csv").body();
        assertThat(csv.split("\r\n")).hasSize(4);
        assertThat(csv).contains("3,columns,what is this", "4,tres,", "6,no-tres,");
        JsonNode listed = operator.get("/api/v1/usage-imports?limit=1")
                .expect(200)
                .path("items")
                .get(0);
        assertThat(listed.has("rejected")).isTrue();
    }

    @Test
    void whatWasBrokenOffGoesOnFromItsPosition() {
        String id = open();
        String first = HEADER + line(1, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1");
        String rest = line(2, START, 50, "cpu=1,gres/gpu=1,mem=1G,node=1") + "bad\n";
        // As if the one who sent it had gone away after the first piece.
        new TransactionTemplate(transactions)
                .executeWithoutResult(s -> jdbc.sql("""
                        UPDATE usage_import SET position_bytes = :position, header = :header, lines = 1, entered = 1
                        WHERE id = :id""")
                        .param("position", first.length())
                        .param("header", HEADER.strip())
                        .param("id", UUID.fromString(id))
                        .update());
        send(id, 0, first + rest).expectProblem(409, "import-position");
        JsonNode done = send(id, first.length(), rest).expect(200);
        assertThat(done.path("lines").intValue()).isEqualTo(3);
        assertThat(done.path("positionBytes").intValue()).isEqualTo(first.length() + rest.length());
        assertThat(operator.get("/api/v1/usage-imports/" + id + "/rejected.csv").body())
                .contains("4,columns,bad");
        send(id, first.length() + rest.length(), rest).expectProblem(409, "import-ended");
    }

    @Test
    void aFileWithoutTheColumnsIsRefusedWithWhatToPrint() {
        JsonNode problem =
                send(open(), 0, "JobID|JobName|State\n1|x|COMPLETED\n").expectProblem(422, "import-header");
        assertThat(problem.path("detail").asString()).contains("AllocTRES", "sacct -D -P");
        send(open(), 0, "").expectProblem(422, "import-header");
    }

    @Test
    void onlyOperatorsImportAndAuditorsRead() {
        String body = "{\"cluster\":\"" + cluster + "\"}";
        ana.post("/api/v1/usage-imports", body).expectProblem(404, "not-found");
        ana.get("/api/v1/usage-imports").expectProblem(404, "not-found");
        ana.get("/api/v1/unattributed-usage").expectProblem(404, "not-found");
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.post("/api/v1/usage-imports", body).expectProblem(403, "operators-only");
        auditor.get("/api/v1/usage-imports").expect(200);
        operator.post("/api/v1/usage-imports", "{\"cluster\":\"\",\"zone\":\"Mars/Olympus\"}")
                .expectProblem(422, "invalid-fields");
    }

    @Test
    void newAccountsAreFoundByRuleToo() {
        String other = "d" + account;
        send(HEADER + line(1, other, START, 100, "cpu=1,gres/gpu=1,mem=1G,node=1"));
        known(other, allocation());
        assertThat(imports.attributeWaiting()).isPositive();
        assertThat(imports.attributeWaiting()).isZero();
    }
}
