package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A centre is copied while it works, and comes back as it was at any moment since; by the commands of docs/operations.md. */
class BackUpTest {
    private static final Path RUNBOOK = FargaProcess.ROOT.resolve("docs/operations.md");

    @TempDir
    private Path folder;

    @Test
    void aCentreOnThePrivateDatabaseComesBackAsItWasAtAMomentAfterTheBackUp() throws Exception {
        Path data = folder.resolve("data");
        Path archive = folder.resolve("log");
        Path copy = folder.resolve("monday");
        Path restored = folder.resolve("data2");
        Path launcher = Shell.launcher(folder.resolve("checkout"));
        History history = new History();
        FargaProcess farga = FargaProcess.start(data, Map.of("FARGA_DATABASE_ARCHIVE", archive.toString()));
        try {
            history.begin(farga);
            assertDone(launcher, "backup", copy.toString(), "--data", data.toString());
            assertRefused(launcher, "a folder of its own", "backup", copy.toString(), "--data", data.toString());
            history.goOn();
            history.wanted = clock(farga);
            history.goWrong();
            assertDone(launcher, "backup", "--files", copy.toString(), "--data", data.toString());
        } finally {
            farga.close();
        }
        String to = history.wanted.toString();
        assertRefused(launcher, "--archive", "restore", copy.toString(), "--data", restored.toString(), "--to", to);
        assertRefused(
                launcher,
                "take an earlier one",
                "restore",
                copy.toString(),
                "--data",
                restored.toString(),
                "--archive",
                archive.toString(),
                "--to",
                "2020-01-01T00:00:00Z");
        assertDone(
                launcher,
                "restore",
                copy.toString(),
                "--data",
                restored.toString(),
                "--archive",
                archive.toString(),
                "--to",
                to);
        assertRefused(launcher, "not empty", "restore", copy.toString(), "--data", restored.toString());

        FargaProcess again = FargaProcess.start(restored);
        try {
            history.assertIsAsItWas(again);
        } finally {
            again.close();
        }
    }

    /**
     * Debian's PostgreSQL as a centre runs it, apart from systemd, whose one word is a function here; the lines that the
     * runbook marks are run as they stand there, with the test's folders in place of the runbook's.
     */
    @Test
    void aCentreOnAServerOfItsOwnComesBackByWhatTheRunbookSays() throws Exception {
        Path programs = debiansPostgres();
        Path backup = Files.createDirectory(folder.resolve("backup"));
        Path data = folder.resolve("farga");
        Path home = Files.createDirectory(folder.resolve("database"));
        int port = FargaProcess.freePort();
        boolean root = ProcessHandle.current().info().user().orElse("").equals("root");
        if (root) {
            // PostgreSQL refuses to run as root, and its user must reach what is below the test's folder.
            for (Path passed = folder; passed != null && Files.isWritable(passed); passed = passed.getParent()) {
                Shell.run(Map.of(), List.of("chmod", "a+x", passed.toString()));
            }
            Shell.run(Map.of(), List.of("chown", "postgres", home.toString(), backup.toString()));
        }
        Operator operator = new Operator(root, home, backup, data, port, programs);
        operator.database("initdb --auth-local=trust --auth-host=trust \"$PGDATA\" >/dev/null\n"
                + "systemctl start postgresql\n"
                + "createuser farga && createdb --owner farga farga\n");
        History history = new History();
        Map<String, String> settings = Map.of(
                "FARGA_DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + port + "/farga", "FARGA_DATABASE_USER", "farga");
        try {
            operator.database(runbook("archive", backup, data));
            FargaProcess farga = FargaProcess.start(data, settings);
            try {
                history.begin(farga);
                operator.database(runbook("base", backup, data));
                operator.farga(runbook("files", backup, data));
                assertThat(data.resolve("last-backup")).isNotEmptyFile();
                history.goOn();
                history.wanted = Instant.parse(operator.database("psql -AtXc \"SELECT to_char(clock_timestamp() AT TIME"
                                + " ZONE 'UTC', 'YYYY-MM-DD\\\"T\\\"HH24:MI:SS.US\\\"Z\\\"')\"")
                        .strip());
                history.goWrong();
                operator.farga(runbook("files", backup, data));
            } finally {
                farga.close();
            }
            String moment = history.wanted.toString().replace('T', ' ').replace("Z", "+00");
            operator.database(runbook("restore", backup, data).replace("2026-11-23 14:05:00+00", moment));
            operator.farga(runbook("files-back", backup, data));
            FargaProcess again = FargaProcess.start(data, settings);
            try {
                history.assertIsAsItWas(again);
            } finally {
                again.close();
            }
        } finally {
            operator.database("systemctl stop postgresql || true");
        }
    }

    private static Path debiansPostgres() throws IOException {
        try (Stream<Path> versions = Files.exists(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            List<Path> found = versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("pg_basebackup"))
                            && Files.isExecutable(bin.resolve("initdb")))
                    .sorted()
                    .toList();
            assumeTrue(!found.isEmpty(), "no PostgreSQL server is installed (apt-get install postgresql)");
            return found.getLast();
        }
    }

    /** The marked lines of the runbook: the fenced block behind {@code <!-- tried by BackUpTest: NAME -->}. */
    private static String runbook(String name, Path backup, Path data) throws IOException {
        Matcher block = Pattern.compile("<!-- tried by BackUpTest: " + name + " -->\\s*```\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(RUNBOOK));
        assertThat(block.find()).as("the runbook's block %s", name).isTrue();
        return block.group(1).replace("/backup", backup.toString()).replace("/var/lib/farga", data.toString());
    }

    /** Types what is to be typed at the database's machine and at Farga's. */
    private record Operator(boolean root, Path home, Path backup, Path data, int port, Path programs) {
        String database(String lines) {
            String start =
                    "pg_ctl --wait --silent --log=\"$PGDATA.log\" --options='-p " + port + " -k " + home + "' start";
            String prelude = "set -eu\nsystemctl() { case $1 in\n"
                    + " start) " + start + " ;;\n"
                    + " stop) pg_ctl --wait --silent --mode=fast stop ;;\n"
                    + " restart) pg_ctl --wait --silent --mode=fast stop && " + start + " ;;\n esac; }\n";
            List<String> command = new ArrayList<>();
            if (root) {
                command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
            }
            command.addAll(List.of("bash", "-c", prelude + lines));
            Map<String, String> environment = new HashMap<>();
            environment.put("PGDATA", home.resolve("main").toString());
            environment.put("PGHOST", home.toString());
            environment.put("PGPORT", String.valueOf(port));
            environment.put("PGDATABASE", "postgres");
            environment.put("PATH", programs + ":" + System.getenv("PATH"));
            return assertDone(Shell.run(environment, command), lines);
        }

        void farga(String lines) {
            assertDone(Shell.run(Map.of(), List.of("bash", "-euc", "systemctl() { :; }\n" + lines)), lines);
        }
    }

    private static String assertDone(Shell.Said said, String what) {
        assertThat(said.exit()).as(what + "\nsaid: " + said.text()).isZero();
        return said.text();
    }

    private void assertDone(Path launcher, String... words) {
        assertDone(launch(launcher, words), String.join(" ", words));
    }

    private void assertRefused(Path launcher, String reason, String... words) {
        Shell.Said said = launch(launcher, words);
        assertThat(said.exit()).as(said.text()).isEqualTo(1);
        assertThat(said.text()).startsWith("farga: ").contains(reason).doesNotContain("Exception");
    }

    private Shell.Said launch(Path launcher, String... words) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(words));
        return Shell.run(Map.of("FARGA_CACHES", "off"), command);
    }

    /** The database's clock, by which it comes back. */
    private static Instant clock(FargaProcess farga) throws IOException, SQLException {
        long microseconds =
                PrivateDatabase.count(farga.data(), "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
        return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
    }

    /** What happened before the copy, after it, and after the moment that is wanted back. */
    private static final class History {
        private Story story;
        Instant wanted = Instant.EPOCH;
        private String before = "";
        private String after = "";
        private String mistake = "";
        private JsonNode statement;

        void begin(FargaProcess farga) {
            story = Story.begin(farga);
            before = job("before the copy");
        }

        void goOn() {
            story.signUp(Story.PAU);
            after = job("after the copy");
            statement = story.ana.await(
                    "/allocations/" + story.allocation + "/statement",
                    Story.SOON,
                    s -> s.path("lines").size() == 2);
            // What follows a job's end by itself has followed when its run is there.
            story.ana.await(
                    "/runs?job=" + after, Story.SOON, r -> !r.path("items").isEmpty());
        }

        void goWrong() {
            story.signUp(Story.ERIK);
            mistake = job("the mistake");
        }

        private String job(String says) {
            String id = story.submit(says, "#!/bin/sh\necho '" + says + "'\n");
            assertThat(story.awaitEnd(id).path("state").asString()).isEqualTo("COMPLETED");
            return id;
        }

        void assertIsAsItWas(FargaProcess farga) {
            Api ana = story.ana.at(farga);
            assertThat(ana.text("/jobs/" + before + "/log")).isEqualTo("before the copy\n");
            assertThat(ana.text("/jobs/" + after + "/log")).isEqualTo("after the copy\n");
            assertThat(ana.get("/jobs/" + mistake).status()).as("the mistake").isEqualTo(404);
            assertThat(ana.get("/allocations/" + story.allocation + "/statement")
                            .done()
                            .path("lines"))
                    .isEqualTo(statement.path("lines"));
            assertThat(ana.text("/datasets/digits/versions/1/files/digits.csv")).isEqualTo(Story.read("digits.csv"));
            Api.signIn(farga, Story.PAU.email(), Story.PAU.password());
            assertThat(Api.stranger(farga)
                            .post(
                                    "/sign-in",
                                    Map.of(
                                            "email", Story.ERIK.email(),
                                            "password", Story.ERIK.password(),
                                            "tokenName", "journeys"))
                            .status())
                    .as("who came later")
                    .isEqualTo(403);
            // The mistake's folder is still there; whoever submits the next job must not be given its log.
            String next = ana.post("/jobs", story.job("next", "#!/bin/sh\necho next\n"))
                    .id();
            assertThat(Long.parseLong(next)).isGreaterThan(Long.parseLong(mistake));
            ana.await("/jobs/" + next, Story.JOB_LIMIT, Story::hasEnded);
            assertThat(ana.text("/jobs/" + next + "/log")).isEqualTo("next\n");
        }
    }
}
