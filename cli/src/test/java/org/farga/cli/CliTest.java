package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final String PROJECTS = """
            {"items": [{"id": "p1", "slug": "forja", "name": "Forja", "allocations": [
              {"id": "a1", "proposalCode": "PG-2026-0001", "state": "ACTIVE", "gpuHours": 10, "cpuHours": 20,
               "to": "2027-01-01T00:00:00Z"},
              {"id": "a0", "proposalCode": "PG-2025-0009", "state": "EXPIRED", "gpuHours": 1, "cpuHours": 2,
               "to": "2025-12-31T00:00:00Z"}]}]}""";

    @TempDir
    Path folder;

    private final FakeFarga farga = new FakeFarga();
    private TestScreen test = new TestScreen("", Map.of());
    private final Map<String, String> environment = new HashMap<>();

    @AfterEach
    void stop() {
        farga.close();
    }

    private int run(String... arguments) {
        test = new TestScreen("", environment);
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("XDG_CONFIG_HOME", folder.toString());
        all.putIfAbsent("FARGA_SERVER", farga.address());
        return Cli.run(test.screen, all, CLOCK, arguments);
    }

    private int signedIn(String... arguments) {
        environment.put("FARGA_TOKEN", "farga_secret");
        return run(arguments);
    }

    private Path script() throws IOException {
        return Files.writeString(folder.resolve("train"), "#!/bin/sh\necho hello\n");
    }

    @Test
    void jobsAreListedAsATable() {
        farga.on("GET /api/v1/jobs?limit=20", 200, """
                {"items": [{"id": 17, "name": "digits", "state": "FAILED", "submittedByName": "Ana",
                "submittedAt": "2026-11-22T11:57:00Z", "startedAt": "2026-11-22T11:57:01Z",
                "endedAt": "2026-11-22T11:57:05.2Z", "cpus": 2, "gpus": 0, "reason": "NonZeroExitCode"}]}""");
        assertThat(signedIn("jobs")).isZero();
        assertThat(test.out()).isEqualTo("""
                JOB  NAME    STATE   BY   SUBMITTED   TIME  CPUS  GPUS  REASON
                 17  digits  FAILED  Ana  3 min ago  4.2 s     2     0  NonZeroExitCode
                """);
        assertThat(farga.asked.getFirst().header("Authorization")).isEqualTo("Bearer farga_secret");
    }

    @Test
    void whatProjectsKeepIsSaidInTerabyteHoursWhereTheyKeepSomething() {
        farga.on("GET /api/v1/projects", 200, """
                {"items": [{"id": "1", "slug": "cracks"}, {"id": "2", "slug": "empty"}]}""");
        farga.on("GET /api/v1/usage?project=1", 200, """
                {"allocations": [], "storage": {"bytes": 5200000000000, "terabyteHours": 26732.095000,
                "byteSeconds": "96235542000000000000", "charges": {"EUR": 732.379207}}}""");
        farga.on("GET /api/v1/usage?project=2", 200, """
                {"allocations": [], "storage": {"bytes": 0, "terabyteHours": 0.000000, "byteSeconds": "0", "charges": {}}}""");
        assertThat(signedIn("usage")).isZero();
        assertThat(test.out())
                .contains("10^12 bytes", "cracks", "26732.095", "732.379207 EUR")
                .doesNotContain("empty");
    }

    @Test
    void aJobThatWaitsSaysWhyInTheServersWords() {
        farga.on("GET /api/v1/jobs?limit=20", 200, """
                {"items": [{"id": 18, "name": "train", "state": "PENDING", "submittedByName": "Ana",
                "submittedAt": "2026-11-22T11:57:00Z", "cpus": 2, "gpus": 4, "reason": "Priority",
                "explanation": "It stands in line: 3 jobs are before it."}]}""");
        assertThat(signedIn("jobs")).isZero();
        assertThat(test.out())
                .contains("It stands in line: 3 jobs are before it.")
                .doesNotContain("Priority");
        assertThat(farga.asked.getFirst().header("Accept-language")).isEqualTo("en");
    }

    @Test
    void aClusterIsShownWithItsNodesAndItsQueue() {
        farga.on("GET /api/v1/clusters", 200, """
                {"items": [{"name": "mare"}]}""");
        farga.on("GET /api/v1/clusters/mare", 200, """
                {"name": "mare", "answers": true, "running": 2, "inLine": 1, "heldBack": 0, "nodes": 2, "nodesTakingJobs": 1,
                "cpus": {"all": 128, "used": 8, "free": 56}, "memoryMebibytes": {"all": 2048, "used": 0, "free": 1024},
                "gpus": {"all": 4, "used": 4, "free": 0},
                "partitions": [{"name": "gpu", "standard": true, "open": true, "longestSeconds": 172800, "nodes": 2,
                "nodesTakingJobs": 1, "cpusFree": 56, "gpus": 4, "gpusFree": 0, "running": 2, "waiting": 1}]}""");
        farga.on("GET /api/v1/clusters/mare/nodes?limit=200", 200, """
                {"items": [{"name": "n1", "state": "PARTLY", "cpus": {"all": 64, "used": 8, "free": 56},
                "memoryMebibytes": {"all": 1024, "used": 0, "free": 1024}, "gpus": [{"model": "h100", "count": 4, "used": 4}],
                "jobs": [{"job": 17, "name": "train", "engineJob": "45", "cpus": 8, "gpus": 4}], "otherJobs": 1},
                {"name": "n2", "state": "DRAINED", "reason": "disk", "cpus": {"all": 64, "used": 0, "free": 0},
                "memoryMebibytes": {"all": 1024, "used": 0, "free": 0}, "gpus": [], "jobs": [], "otherJobs": 0}]}""");
        farga.on("GET /api/v1/clusters/mare/queue?limit=200", 200, """
                {"items": [{"jobs": 3, "cpus": 12, "gpus": 0, "inLine": true},
                {"job": 18, "name": "sweep", "engineJob": "46", "jobs": 1, "cpus": 8, "gpus": 4, "inLine": true, "ahead": 3,
                "reason": "Priority", "explanation": "It stands in line: 3 jobs are before it."}]}""");
        assertThat(signedIn("cluster")).isZero();
        assertThat(test.out()).isEqualTo("""
                mare  2 running, 1 in line, 0 waiting for something else
                  cores free   56 of 128
                  memory free  1 GiB of 2 GiB
                  GPUs free    0 of 4
                  nodes        2, 1 taking jobs

                PARTITION      STATE  LONGEST   NODES  CORES FREE  GPUS FREE  RUNNING  WAITING
                gpu (default)  open   2 d      1 of 2          56     0 of 4        2        1

                NODE  STATE    CORES FREE  MEMORY FREE  GPUS FREE  RUNS                WHY
                n1    partly     56 of 64        1 GiB     0 of 4  train, 1 of others
                n2    drained     0 of 64        0 MiB          -                      disk

                BEFORE IT  JOB        JOBS  CPUS  GPUS  EXPECTED  WHY
                        -  of others     3    12     0  -
                        3  18 sweep      1     8     4  -         It stands in line: 3 jobs are before it.
                """);
    }

    @Test
    void allPagesAreReadWhenAllAreWanted() {
        farga.on("GET /api/v1/jobs?limit=200", 200, """
                {"items": [{"id": 2}], "next": "abc"}""");
        farga.on("GET /api/v1/jobs?limit=200&cursor=abc", 200, """
                {"items": [{"id": 1}]}""");
        assertThat(signedIn("jobs", "--all", "--json")).isZero();
        assertThat(test.out()).isEqualTo("{\"items\":[{\"id\":2},{\"id\":1}]}\n");
    }

    @Test
    void aRefusalIsOneSentenceWithItsFieldsAndExitCodeOne() throws IOException {
        farga.on("GET /api/v1/projects", 200, PROJECTS);
        farga.on("POST /api/v1/jobs", 422, """
                {"type": "/problems/invalid-fields", "detail": "Some fields need another look.",
                 "errors": [{"field": "script", "problem": "no-interpreter", "detail": "There is no /bin/shh here."}]}""");
        assertThat(signedIn("submit", script().toString())).isEqualTo(1);
        assertThat(test.err()).isEqualTo("""
                farga: Some fields need another look.
                  script: There is no /bin/shh here.
                """);
        assertThat(test.out()).isEmpty();
    }

    @Test
    void thePlanForSlurmIsShownOnceItWasReadAnew() {
        farga.on("GET /api/v1/slurm-clusters", 200, "{\"items\": [{\"name\": \"nit\"}]}");
        farga.on("POST /api/v1/slurm-clusters/nit/readings", 202, "{\"readingWaits\": true}");
        farga.on("GET /api/v1/slurm-clusters/nit", 200, "{\"readingWaits\": true}");
        farga.on("GET /api/v1/slurm-clusters/nit", 200, """
                {"readingWaits": false, "held": false,
                 "read": {"changes": 1, "stops": 1, "associations": 7, "troubles": [{"kind": "NAME_TAKEN", "subject": "physics"}]},
                 "waiting": [{"userName": "fg00007", "complaint": "no entry"}]}""");
        farga.on("GET /api/v1/slurm-clusters/nit/plan?limit=200", 200, """
                {"items": [{"kind": "SET_LIMITS", "subject": "folding-1", "reason": "SUSPENDED", "from": "", "to": "GrpJobs=0"}]}""");
        assertThat(signedIn("slurm", "plan")).isEqualTo(1);
        assertThat(test.out())
                .contains(
                        "set limits",
                        "folding-1",
                        "suspended",
                        "GrpJobs=0",
                        "1 change to be made, 1 of them stop somebody.")
                .contains("somebody else's: physics", "waits for a Unix account: fg00007 no entry");
    }

    @Test
    void whatIsWrongIsToldWithWhatToDoAndExitCodeOne() {
        farga.on("GET /api/v1/operations", 200, """
                {"status": "WARNING", "at": "2026-11-23T03:00:00Z", "processes": [],
                 "findings": [{"name": "disk-full", "severity": "WARNING", "sentence": "The disk is nearly full.",
                   "advice": "Find what grows.", "since": "2026-11-23T02:00:00Z", "hosts": ["a:8080"],
                   "commands": ["df -h /data"]}]}""");
        farga.on("GET /api/v1/operations", 200, """
                {"status": "OK", "at": "2026-11-23T03:00:00Z", "processes": [], "findings": []}""");
        assertThat(signedIn("operations")).isEqualTo(1);
        assertThat(test.out())
                .contains("warning  The disk is nearly full.", "1 h", "a:8080", "Find what grows.", "df -h /data");
        assertThat(signedIn("operations")).isZero();
        assertThat(test.out()).isEqualTo("Nothing is wrong.\n");
    }

    @Test
    void wrongUseIsExitCodeTwo() throws IOException {
        assertThat(run("jbos")).isEqualTo(2);
        assertThat(test.err()).contains("there is no command \"jbos\"");
        assertThat(run()).isEqualTo(2);
        assertThat(run("submit")).isEqualTo(2);
        assertThat(signedIn("submit", script().toString(), "--time", "5x")).isEqualTo(2);
        assertThat(test.err()).contains("10m, 1h30m or 2-00:00:00");
        assertThat(signedIn("submit", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(test.err()).contains("there is no file");
        assertThat(run("whoami", "--server", "ftp://x")).isEqualTo(2);
        assertThat(farga.asked).isEmpty();
    }

    @Test
    void aServerThatIsNotThereIsExitCodeThree() {
        farga.close();
        assertThat(signedIn("jobs")).isEqualTo(3);
        assertThat(test.err()).contains("cannot reach " + farga.address() + ": nothing answers there");
    }

    @Test
    void notBeingSignedInIsExitCodeFour() {
        assertThat(run("jobs")).isEqualTo(4);
        assertThat(farga.asked).isEmpty();
        farga.on("GET /api/v1/me", 401, """
                {"type": "/problems/invalid-token", "detail": "The token is not known."}""");
        assertThat(signedIn("whoami")).isEqualTo(4);
        assertThat(test.err()).contains("The token is not known.", "farga login");
    }

    @Test
    void whatIsNotThereIsExitCodeFive() {
        assertThat(signedIn("job", "99")).isEqualTo(5);
        farga.on("GET /api/v1/models", 200, "{\"items\": [{\"id\": \"m1\", \"name\": \"digits\"}]}");
        assertThat(signedIn("model", "letters")).isEqualTo(5);
        assertThat(test.err()).contains("there is no model \"letters\"; there is digits");
    }

    @Test
    void anAnswerThatIsNoJsonIsToldAsSuch() {
        farga.on("GET /api/v1/jobs/1", 500, "<html>proxy</html>");
        assertThat(signedIn("job", "1")).isEqualTo(1);
        assertThat(test.err()).contains("status 500");
    }

    @Test
    void aJobIsSubmittedOnTheOnlyActiveAllocation() throws IOException {
        farga.on("GET /api/v1/projects", 200, PROJECTS);
        farga.on("POST /api/v1/jobs", 201, "{\"id\": 17, \"state\": \"PENDING\"}");
        environment.put("SEED", "7");
        assertThat(signedIn(
                        "submit",
                        script().toString(),
                        "-d",
                        "digits",
                        "-d",
                        "iris@2",
                        "-m",
                        "1.5G",
                        "-t",
                        "1:30:00",
                        "-e",
                        "EPOCHS=50",
                        "-e",
                        "SEED",
                        "--model",
                        "reader"))
                .isZero();
        assertThat(test.out()).isEqualTo("Job 17 is submitted.\n");
        FakeFarga.Asked asked = farga.asked.getLast();
        assertThat(Api.JSON.readTree(asked.body())).isEqualTo(Api.JSON.readTree("""
                {"name": "train", "script": "#!/bin/sh\\necho hello\\n", "cpus": 1, "memoryMebibytes": 1536, "gpus": 0,
                 "timeLimitSeconds": 5400, "datasets": ["digits", "iris@2"],
                 "environment": {"EPOCHS": "50", "SEED": "7"}, "model": "reader", "allocation": "a1"}"""));
        assertThat(asked.header("Idempotency-key")).hasSize(36);
    }

    @Test
    void withoutAnAllocationNothingIsSubmitted() throws IOException {
        farga.on("GET /api/v1/projects", 200, "{\"items\": []}");
        assertThat(signedIn("submit", script().toString())).isEqualTo(5);
        assertThat(test.err()).contains("farga propose");
        assertThat(signedIn("submit", script().toString(), "--project", "nope")).isEqualTo(5);
    }

    @Test
    void theClusterNarrowsTheAllocations() throws IOException {
        farga.on("GET /api/v1/projects", 200, """
                {"items": [{"id": "p1", "slug": "forja", "name": "Forja", "allocations": [
                  {"id": "a1", "proposalCode": "PG-1", "state": "ACTIVE", "cluster": "local"},
                  {"id": "a2", "proposalCode": "PG-2", "state": "ACTIVE", "cluster": "lab"}]}]}""");
        farga.on("POST /api/v1/jobs", 201, "{\"id\": 17}");
        assertThat(signedIn("submit", script().toString(), "--cluster", "lab")).isZero();
        assertThat(farga.asked.getLast().body()).contains("\"allocation\":\"a2\"");
        assertThat(signedIn("submit", script().toString(), "--cluster", "sea")).isEqualTo(5);
        assertThat(test.err()).contains("no allocation on the cluster sea");
        assertThat(signedIn("submit", script().toString())).isNotZero();
    }

    @Test
    void aLostAnswerIsAskedForAgainUnderTheSameKey() throws IOException {
        farga.on("GET /api/v1/projects", 200, PROJECTS);
        farga.hangUpOn("POST /api/v1/jobs").on("POST /api/v1/jobs", 201, "{\"id\": 17}");
        assertThat(signedIn("submit", script().toString())).isZero();
        assertThat(farga.asked.stream()
                        .filter(a -> a.method().equals("POST"))
                        .map(a -> a.header("Idempotency-key"))
                        .toList())
                .hasSize(2)
                .allSatisfy(
                        key -> assertThat(key).isEqualTo(farga.asked.getLast().header("Idempotency-key")));
    }

    @Test
    void followingGoesOnWhereTheStreamBrokeAndEndsWithTheJobsFate() {
        farga.events("/api/v1/jobs/17/events", """
                id: 0-0
                event: state
                data: {"state":"RUNNING"}

                id: 6-0
                event: log
                data: {"text":"hello\\n"}

                """);
        farga.events("/api/v1/jobs/17/events", """
                id: 12-0
                event: log
                data: {"text":"world\\n"}

                event: state
                data: {"state":"FAILED","endedAt":"2026-11-22T12:00:00Z"}

                event: end
                data: {"state":"FAILED","exitCode":1,"explanation":"It ended with exit code 1."}

                """);
        assertThat(signedIn("logs", "17", "--follow")).isEqualTo(10);
        assertThat(test.out()).isEqualTo("hello\nworld\n");
        assertThat(test.err())
                .contains("job 17 is RUNNING", "job 17 FAILED: It ended with exit code 1.")
                .doesNotContain("is FAILED");
        assertThat(farga.asked.getLast().header("Last-event-id")).isEqualTo("6-0");
    }

    @Test
    void aJobsEfficiencyIsToldWithAdviceAndWhatWasNotMeasured() {
        farga.on("GET /api/v1/jobs/17/efficiency", 200, """
                {"job": 17, "state": "COMPLETED", "seconds": 3600,
                 "cpu": {"cores": 64, "coresUsed": 3.1, "percent": 4.8},
                 "memory": {"mebibytes": 65536, "peakMebibytes": 16384, "percent": 25.0},
                 "time": {"limitSeconds": 36000, "seconds": 3600, "percent": 10.0},
                 "gpus": {"count": 2, "each": []},
                 "energy": {"kind": "PARTLY_MEASURED", "joules": 1944000, "parts": [], "unknown": ["MEMORY"]},
                 "advice": [{"name": "cores", "sentence": "Asked for 64 cores, used 3.1: ask for 4."}]}""");
        assertThat(signedIn("job", "efficiency", "17")).as(test.err()).isZero();
        assertThat(test.out())
                .contains("cores", "3.1", "4.8 %", "not measured")
                .contains("Energy: at least 540 Wh, partly measured")
                .endsWith("* Asked for 64 cores, used 3.1: ask for 4.\n");
        assertThat(signedIn("job")).isEqualTo(2);
        assertThat(test.err()).contains("which job?");
    }

    @Test
    void aLogIsReadPieceByPiece() {
        farga.on("GET /api/v1/jobs/17/log?offset=0", 200, "one\n", "Farga-Log-Next", "4");
        farga.on("GET /api/v1/jobs/17/log?offset=4", 200, "two\n", "Farga-Log-Next", "8");
        farga.on("GET /api/v1/jobs/17/log?offset=8", 200, "", "Farga-Log-Next", "8");
        assertThat(signedIn("logs", "17")).isZero();
        assertThat(test.out()).isEqualTo("one\ntwo\n");
    }

    @Test
    void theTokenOfASignInIsKeptForItsUserAlone() throws IOException {
        farga.on("POST /api/v1/sign-in", 201, """
                {"secret": "farga_secret", "token": {"id": "t1", "expiresAt": "2026-12-22T12:00:00Z"}}""");
        farga.on("GET /api/v1/me", 200, """
                {"name": "Ana Puig", "email": "ana@example.org", "organisations": {}, "scopes": ["READ"]}""");
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("correct horse battery\n".getBytes(UTF_8)));
        try {
            assertThat(run("login", "--email", "ana@example.org", "--password-stdin"))
                    .isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(farga.asked.getFirst().body()).contains("\"password\":\"correct horse battery\"");
        assertThat(test.out() + test.err()).contains("Ana Puig").doesNotContain("farga_secret");
        Path file = folder.resolve("farga/credentials.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");

        environment.put("FARGA_SERVER", "");
        assertThat(run("whoami")).isZero();
        assertThat(farga.asked.getLast().header("Authorization")).isEqualTo("Bearer farga_secret");

        farga.on("DELETE /api/v1/tokens/t1", 204, "");
        assertThat(run("logout")).isZero();
        assertThat(farga.asked.getLast().method()).isEqualTo("DELETE");
        assertThat(Files.readString(file)).doesNotContain("farga_secret");
        assertThat(run("whoami")).isEqualTo(4);
    }

    @Test
    void aSignInWithABrowserWaitsUntilSomebodyTypedTheCode() throws IOException {
        farga.on("POST /api/v1/device-logins", 201, """
                {"deviceCode": "farga_device_x", "userCode": "BCDF-GHJK", "verificationUri": "https://farga.example.org/device",
                 "expiresInSeconds": 600, "intervalSeconds": 0}""");
        farga.on("POST /api/v1/device-logins/token", 409, """
                {"type": "/problems/device-login-pending", "detail": "Nobody confirmed yet."}""");
        farga.on("POST /api/v1/device-logins/token", 201, """
                {"secret": "farga_secret", "token": {"id": "t1", "expiresAt": "2026-12-22T12:00:00Z"}}""");
        farga.on("GET /api/v1/me", 200, """
                {"name": "Ana Puig", "email": "ana@example.org", "organisations": {}, "scopes": ["READ"]}""");
        assertThat(run("login", "--browser")).isZero();
        assertThat(test.err())
                .contains("https://farga.example.org/device", "BCDF-GHJK", "10 minutes")
                .doesNotContain("farga_device_x");
        assertThat(test.out()).contains("Ana Puig").doesNotContain("farga_secret");
        assertThat(Files.readString(folder.resolve("farga/credentials.json"))).contains("farga_secret");
    }

    @Test
    void aSignInWithABrowserThatWasRefusedSaysSo() {
        farga.on("POST /api/v1/device-logins", 201, """
                {"deviceCode": "x", "userCode": "BCDF-GHJK", "verificationUri": "https://farga.example.org/device",
                 "expiresInSeconds": 600, "intervalSeconds": 0}""");
        farga.on("POST /api/v1/device-logins/token", 403, """
                {"type": "/problems/device-login-denied", "detail": "This sign-in was refused on the page."}""");
        assertThat(run("login", "--browser")).isNotZero();
        assertThat(test.err()).contains("refused on the page");
    }

    @Test
    void aSecondFactorIsSentWithTheSignIn() {
        farga.on("POST /api/v1/sign-in", 403, """
                {"type": "/problems/second-factor-required", "detail": "This account has a second factor."}""");
        farga.on("POST /api/v1/sign-in", 201, """
                {"secret": "farga_secret", "token": {"id": "t1", "expiresAt": "2026-12-22T12:00:00Z"}}""");
        farga.on("GET /api/v1/me", 200, """
                {"name": "Ana Puig", "email": "ana@example.org", "organisations": {}, "scopes": ["READ"]}""");
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("correct horse battery\n".getBytes(UTF_8)));
            assertThat(run("login", "--email", "ana@example.org", "--password-stdin"))
                    .isNotZero();
            assertThat(test.err()).contains("This account has a second factor.");
            System.setIn(new ByteArrayInputStream("correct horse battery\n".getBytes(UTF_8)));
            assertThat(run("login", "--email", "ana@example.org", "--password-stdin", "--code", "123456"))
                    .isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(farga.asked.get(0).body()).doesNotContain("code");
        assertThat(farga.asked.get(1).body()).contains("\"code\":\"123456\"");
    }

    @Test
    void aTokenIsSentToItsOwnServerOnly() {
        new Credentials(Map.of("XDG_CONFIG_HOME", folder.toString()))
                .keep(new Credentials.Token(
                        Api.address("https://elsewhere.example.org"), "ana@example.org", "t", "farga_secret"));
        assertThat(run("jobs")).isEqualTo(4);
        assertThat(farga.asked).isEmpty();
    }

    @Test
    void aProposalIsFilledAndSubmittedByOptions() {
        farga.on("GET /api/v1/calls", 200, """
                {"items": [{"id": "c1", "code": "PG-2026", "title": "Playground", "state": "OPEN"},
                 {"id": "c0", "code": "PG-2025", "title": "Old", "state": "CLOSED"},
                 {"id": "c2", "code": "LS-2026", "title": "Over", "state": "OPEN", "intake": {"rolling": false}}]}""");
        farga.on("GET /api/v1/organisations", 200, "{\"items\": [{\"id\": \"o1\", \"name\": \"Forja\"}]}");
        farga.on("POST /api/v1/proposals", 201, "{\"id\": \"x1\", \"code\": \"PG-2026-0001\"}");
        farga.on(
                "GET /api/v1/proposals/x1",
                200,
                "{\"id\": \"x1\", \"missing\": [{\"field\": \"title\"}]}",
                "ETag",
                "\"1\"");
        farga.on("PATCH /api/v1/proposals/x1", 200, "{\"id\": \"x1\", \"missing\": []}", "ETag", "\"2\"");
        farga.on("PUT /api/v1/proposals/x1/submission", 200, "{}");
        farga.on("GET /api/v1/proposals/x1", 200, """
                {"id": "x1", "code": "PG-2026-0001", "title": "Digits", "state": "AWARDED", "holder": "NOBODY",
                 "decision": {"by": "RULES", "reason": "All rules hold."}, "decidedAt": "2026-11-22T12:00:00Z",
                 "eligibility": [{"answer": "MET", "reason": "It is an SME."}]}""");
        assertThat(signedIn(
                        "propose",
                        "--title",
                        "Digits",
                        "--cpu-hours",
                        "20",
                        "--civilian",
                        "--answer",
                        "sections.jobs=Ten.",
                        "--answer",
                        "sections.STORAGE.inTb=2",
                        "--answer",
                        "sections.ETHICS.agency=no",
                        "--answer",
                        "sections.TEAM={\"people\": [{\"name\": \"Ana\"}]}",
                        "--submit"))
                .isZero();
        FakeFarga.Asked patch = farga.asked.stream()
                .filter(a -> a.method().equals("PATCH"))
                .findFirst()
                .orElseThrow();
        assertThat(Api.JSON.readTree(patch.body())).isEqualTo(Api.JSON.readTree("""
                        {"title": "Digits", "cpuHours": 20, "civilianUse": true, "sections": {"JOBS": "Ten.", "STORAGE": {"inTb": "2"},
                         "ETHICS": {"agency": false}, "TEAM": {"people": [{"name": "Ana"}]}}}"""));
        assertThat(patch.header("If-match")).isEqualTo("\"1\"");
        assertThat(farga.asked.stream()
                        .filter(a -> a.path().endsWith("/submission"))
                        .findFirst()
                        .orElseThrow()
                        .header("If-match"))
                .isEqualTo("\"2\"");
        assertThat(test.out()).contains("AWARDED", "by the rules", "met", "It is an SME.");
    }

    @Test
    void aQuestionIsAnsweredAndAnOfferAccepted() {
        farga.on("GET /api/v1/proposals", 200, "{\"items\": [{\"id\": \"x1\", \"code\": \"LS-2026-0007\"}]}");
        farga.on("PUT /api/v1/proposals/x1/answer", 200, "{}");
        farga.on("PUT /api/v1/proposals/x1/acceptance", 200, "{}");
        farga.on("GET /api/v1/proposals/x1", 200, """
                {"id": "x1", "code": "LS-2026-0007", "title": "Speech", "state": "WAITING", "holder": "EXPERTS",
                 "step": "EXPERT_REVIEW", "timeline": [{"event": "ASKED", "note": "Whose data is it?"}],
                 "rulesChanges": [{"what": "Durations in months", "before": "3", "after": "6"}]}""");
        assertThat(signedIn("proposals", "LS-2026-0007", "--answer", "Ours.")).isZero();
        assertThat(test.out()).contains("expert review", "the experts", "Whose data is it?", "3 -> 6");
        assertThat(signedIn("proposals", "LS-2026-0007", "--accept")).isZero();
        assertThat(farga.asked.stream().filter(a -> a.method().equals("PUT")).map(a -> a.path() + a.body()))
                .containsExactly(
                        "/api/v1/proposals/x1/answer{\"answer\":\"Ours.\"}",
                        "/api/v1/proposals/x1/acceptance{\"accept\":true}");
        assertThat(signedIn("proposals", "--accept")).isEqualTo(2);
    }

    @Test
    void theCallThatFitsIsNamedWithItsReasons() {
        farga.on(
                "GET /api/v1/call-advice?who=STARTUP_OR_SME&purpose=TRAIN&gpuHours=20000&withinWorkingDays=4",
                200,
                """
                [{"call": "FAST-LANE", "title": "Fast Lane", "fit": "BEST", "reasons": [
                   {"reason": "size", "holds": true, "sentence": "It grants 0 to 50,000 GPU-hours."}]},
                 {"call": "PLAYGROUND", "title": "Playground", "fit": "NO", "reasons": [
                   {"reason": "size", "holds": false, "sentence": "It grants 0 to 5,000 GPU-hours."}]}]""");
        // Strangers ask as well.
        assertThat(run("calls", "--who", "startup-or-sme", "--gpu-hours", "20000", "--within", "4"))
                .isZero();
        assertThat(test.out()).contains("fits best", "FAST-LANE", "+ It grants 0 to 50,000", "- It grants 0 to 5,000");
    }

    private static final String EDITION = """
            {"id": "c1", "code": "FL-27", "title": "Fast Lane 2027", "mode": "FAST_LANE", "state": "UNPUBLISHED",
             "rulesVersion": 1, "opensAt": "2026-11-22T00:00:00Z", "durationsMonths": [1, 2], "audience": ["STARTUP_OR_SME"],
             "partitions": [{"key": "mn5/acc", "minGpuHours": 0, "maxGpuHours": 50000, "minCpuHours": 0, "maxCpuHours": 10,
                             "open": true}],
             "parameters": {"startup": {"mostYears": 10, "fewerEmployees": 20}, "sectors": ["health"],
                            "funds": [{"partition": "mn5/acc", "gpuHours": 200000}]},
             "rules": [{"rule": "CALL_OPEN", "kind": "MUST", "sentence": "The call is open", "source": "s"},
                       {"rule": "SME", "kind": "MUST", "sentence": "An SME", "source": "s"}]}""";

    private void edition(String etag) {
        farga.on("GET /api/v1/calls/FL-27", 200, EDITION, "ETag", etag);
    }

    @Test
    void anEditionIsShownWithWhatItsRulesCompareWith() {
        edition("\"1\"");
        farga.on("GET /api/v1/calls", 200, "{\"items\": [" + EDITION + "]}");
        assertThat(signedIn("call", "show", "FL-27")).isZero();
        assertThat(test.out())
                .contains("at most 10 years, fewer than 20 staff", "health", "mn5/acc", "200,000", "SME", "must");
        assertThat(signedIn("call", "list")).isZero();
        assertThat(test.out()).contains("FL-27", "fast lane", "UNPUBLISHED", "v1");
        assertThat(signedIn("call", "list", "--json")).isZero();
        assertThat(test.out()).startsWith("{");
        assertThat(run("call")).isEqualTo(Cli.Exit.USAGE);
        assertThat(test.err()).contains("list, show, copy, change, publish and diff");
    }

    @Test
    void anEditionIsCopiedChangedComparedAndPublished() {
        edition("\"1\"");
        farga.on("POST /api/v1/calls", 201, EDITION);
        assertThat(signedIn("call", "copy", "FL-27", "FL-28", "--title", "Next"))
                .isZero();
        assertThat(farga.asked.getLast().body())
                .contains("\"copyOf\":\"FL-27\"", "\"code\":\"FL-28\"", "\"title\":\"Next\"");
        farga.on("PATCH /api/v1/calls/FL-27", 200, EDITION.replace("\"rulesVersion\": 1", "\"rulesVersion\": 2"));
        farga.on("GET /api/v1/calls/FL-27/versions", 200, """
                [{"version": 2, "since": "2026-11-22T11:00:00Z", "byFarga": false,
                  "changes": [{"what": "A startup", "after": "unless justified"}]},
                 {"version": 1, "since": "2026-11-01T00:00:00Z", "byFarga": true, "changes": []}]""");
        assertThat(signedIn(
                        "call",
                        "change",
                        "FL-27",
                        "--rule",
                        "STARTUP=exception",
                        "--rule",
                        "sme=off",
                        "--startup",
                        "10/20",
                        "--sectors",
                        "health,energy",
                        "--fund",
                        "mn5/acc=100/-",
                        "--fund",
                        "500"))
                .isZero();
        String body = farga.asked.stream()
                .filter(a -> a.method().equals("PATCH"))
                .findFirst()
                .orElseThrow()
                .body();
        assertThat(body)
                .contains(
                        "{\"rule\":\"CALL_OPEN\",\"kind\":\"MUST\"},{\"rule\":\"STARTUP\",\"kind\":\"EXCEPTION\"}",
                        "\"startup\":{\"mostYears\":10,\"fewerEmployees\":20}",
                        "\"sectors\":[\"health\",\"energy\"]",
                        "{\"partition\":\"mn5/acc\",\"gpuHours\":100},{\"gpuHours\":500}")
                .doesNotContain("SME");
        assertThat(signedIn("call", "diff", "FL-27")).isZero();
        assertThat(test.out()).contains("version 2", "A startup: nothing -> unless justified", "came with Farga");
        assertThat(signedIn("call", "diff", "FL-27", "--version", "9")).isNotZero();
        assertThat(signedIn("call", "change", "FL-27")).isEqualTo(Cli.Exit.USAGE);
        assertThat(signedIn("call", "change", "FL-27", "--startup", "ten")).isEqualTo(Cli.Exit.USAGE);
        assertThat(signedIn("call", "change", "FL-27", "--fund", "much")).isEqualTo(Cli.Exit.USAGE);
        farga.on("PUT /api/v1/calls/FL-27/publication", 200, EDITION.replace("UNPUBLISHED", "OPEN"));
        assertThat(signedIn("call", "publish", "FL-27", "--yes")).isZero();
        assertThat(test.out()).contains("is published: open.");
        assertThat(farga.asked.getLast().header("If-match")).isEqualTo("\"1\"");
    }

    @Test
    void everyCommandHasHelpWithExamples() {
        for (String command : Cli.commands()) {
            assertThat(run("help", command)).as(command).isZero();
            assertThat(test.out()).as(command).contains("Usage: farga " + command, "Examples:", "--json");
        }
        assertThat(run("help")).isZero();
        assertThat(test.out()).contains("Exit codes:", "10", "FARGA_TOKEN");
    }

    @Test
    void completionKnowsAllCommands() {
        assertThat(run("completion")).isZero();
        assertThat(test.out()).contains(Cli.commands());
    }

    private static final String GRAPH = """
            {"centre": {"kind": "job", "id": "17", "title": "train", "detail": "17 · COMPLETED", "deleted": false},
             "nodes": [{"kind": "project", "id": "p1", "title": "Forja", "detail": "forja", "deleted": false},
              {"kind": "allocation", "id": "a1", "title": "local", "detail": "PG-2026-0001", "deleted": false},
              {"kind": "job", "id": "17", "title": "train", "detail": "17 · COMPLETED", "deleted": false},
              {"kind": "run", "id": "r1", "title": "fold 1", "detail": "FINISHED", "deleted": true},
              {"kind": "model", "id": "m1@1", "title": "digits", "detail": "v1", "deleted": false}],
             "edges": [{"from": {"kind": "project", "id": "p1"}, "to": {"kind": "allocation", "id": "a1"}},
              {"from": {"kind": "allocation", "id": "a1"}, "to": {"kind": "job", "id": "17"}},
              {"from": {"kind": "job", "id": "17"}, "to": {"kind": "run", "id": "r1"}},
              {"from": {"kind": "run", "id": "r1"}, "to": {"kind": "model", "id": "m1@1"}}],
             "more": [{"kind": "run", "count": 3, "exact": true, "before": "run:r1"}]}""";

    @Test
    void lineageIsDrawnBothWays() {
        farga.on("GET /api/v1/lineage/job/17", 200, GRAPH);
        farga.on("GET /api/v1/lineage/job/17?before=run%3Ar1", 200, GRAPH);
        assertThat(signedIn("lineage", "17")).isZero();
        assertThat(test.out()).isEqualTo("""
                job train, 17 · COMPLETED

                came from
                └─ allocation local, PG-2026-0001
                   └─ project Forja, forja

                led to
                └─ run fold 1, FINISHED (deleted)
                   └─ model digits, v1
                """);
        assertThat(test.err()).contains("And 3 more of kind run: farga lineage job:17 --before run:r1");
        assertThat(signedIn("lineage", "job:17", "--before", "run:r1", "--json"))
                .isZero();
        assertThat(test.out()).startsWith("{\"centre\":{\"kind\":\"job\"");
    }

    @Test
    void whatLineageIsAskedForIsNamedAsItIsKnown() {
        String nothing = "{\"type\": \"/problems/not-found\", \"detail\": \"It is not there.\"}";
        farga.on("GET /api/v1/models", 200, """
                {"items": [{"id": "m1", "name": "Digits", "newest": 3}]}""");
        farga.on("GET /api/v1/models", 200, """
                {"items": [{"id": "m1", "name": "Digits", "newest": 3}]}""");
        farga.on("GET /api/v1/models", 200, """
                {"items": [{"id": "m1", "name": "Digits", "newest": 3}]}""");
        farga.on("GET /api/v1/models", 200, "{\"items\": []}");
        farga.on("GET /api/v1/lineage/model/m1%403", 200, GRAPH);
        farga.on("GET /api/v1/lineage/model/m1%402", 200, GRAPH);
        farga.on("GET /api/v1/lineage/dataset/digits", 404, nothing);
        farga.on("GET /api/v1/lineage/dataset/digits", 200, GRAPH);
        farga.on("GET /api/v1/lineage/dataset/nothing", 404, nothing);
        assertThat(signedIn("lineage", "model:digits@2")).isZero();
        assertThat(signedIn("lineage", "digits")).isZero();
        assertThat(signedIn("lineage", "digits")).isEqualTo(2);
        assertThat(test.err()).contains("write model:digits or dataset:digits");
        assertThat(signedIn("lineage", "nothing")).isEqualTo(5);
        assertThat(test.err()).contains("there is no model or dataset \"nothing\"");
    }
}
