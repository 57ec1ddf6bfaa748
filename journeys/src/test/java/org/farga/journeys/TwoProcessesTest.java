package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two Farga processes on one database and one data folder are one Farga. */
class TwoProcessesTest {
    private static final int JOBS_EACH = 6;
    /** Within which others take up what a killed process left; it takes a second, on a machine that has time. */
    private static final Duration TAKEN_UP = Duration.ofSeconds(20);

    private static FargaProcess a;
    private static FargaProcess b;
    private static Story story;

    @BeforeAll
    static void start(@TempDir Path data) {
        a = FargaProcess.start(data);
        story = Story.begin(a);
        b = a.startAnother();
    }

    @AfterAll
    static void stop() {
        if (b != null) {
            b.close();
        }
        if (story != null) {
            story.end();
        }
        if (a != null) {
            a.close();
        }
    }

    @Test
    void jobsSubmittedThroughBothRunExactlyOnce() {
        List<String> jobs = new ArrayList<>();
        Api atB = story.ana.at(b);
        for (int i = 0; i < JOBS_EACH; i++) {
            jobs.add(story.submit("at A", counting(1)));
            jobs.add(story.submit(atB, "at B", counting(1)));
        }
        assertEachRanOnce(jobs, atB);
    }

    @Test
    void someoneSignedInAtOneIsSignedInAtTheOther() {
        try (Browser browser = Browser.start()) {
            Page atA = browser.desktop(a);
            Story.signIn(atA, Story.ANA);
            // Browsers keep cookies by host, whatever the port; two processes stand behind one address in earnest.
            Page atB = browser.desktop(b);
            atB.context()
                    .addCookies(atA.context().cookies().stream()
                            .map(c -> new Cookie(c.name, c.value).setUrl(b.address()))
                            .toList());
            atB.navigate("/projects");
            assertThat(atB.locator(".who .name").innerText()).isEqualTo(Story.ANA.name());
            assertThat(atB.locator("main").innerText()).contains("Reading meters from photographs");

            atB.navigate("/account");
            atB.locator(".who form[action='/sign-out'] button").click();
            atA.navigate("/projects");
            assertThat(atA.url()).as("after signing out at the other").contains("/sign-in");
            browser.assertNothingWentWrong();
        }
    }

    @Test
    void nothingIsLostWhenOneOfThemIsKilled() {
        FargaProcess c = a.startAnother();
        List<String> jobs = new ArrayList<>();
        try {
            Api atC = story.ana.at(c);
            for (int i = 0; i < JOBS_EACH; i++) {
                jobs.add(story.submit(atC, "at C", counting(2)));
            }
        } finally {
            c.killNine();
        }
        assertEachRanOnce(jobs, story.ana);
    }

    @Test
    void behindOneAddressOneIsKilledUnderLoadAndTheOthersGoOn() throws Exception {
        FargaProcess c = a.startAnother();
        FargaProcess d = a.startAnother();
        List<String> jobs = Collections.synchronizedList(new ArrayList<>());
        try (LoadBalancer balancer = new LoadBalancer(c, d)) {
            // The one that is killed is the one that hands jobs over, so that this has to pass to another.
            FargaProcess victim = holderAmong(c, d);
            Api ana = story.ana.at(balancer);
            AtomicInteger sent = new AtomicInteger();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    for (int n = 0; n < JOBS_EACH; n++) {
                        String key = "under load " + sent.incrementAndGet();
                        Api.Reply reply = ana.post("/jobs", story.job(key, counting(0)), key);
                        // A client repeats what got no answer; the key makes that harmless.
                        while (reply.status() == 502) {
                            FargaProcess.pause(100);
                            reply = ana.post("/jobs", story.job(key, counting(0)), key);
                        }
                        jobs.add(reply.id());
                    }
                }));
            }
            while (sent.get() < JOBS_EACH) {
                FargaProcess.pause(10);
            }
            victim.killNine();
            Instant killed = Instant.now();
            for (Thread client : clients) {
                client.join();
            }
            assertThat(jobs).as("accepted, each once").hasSize(3 * JOBS_EACH).doesNotHaveDuplicates();
            awaitHandedOver(TAKEN_UP);
            System.out.printf(
                    "jobs of a killed process and under load: handed over after %d ms%n",
                    Duration.between(killed, Instant.now()).toMillis());
            assertEachRanOnce(jobs, ana);
        } finally {
            c.close();
            d.close();
        }
    }

    /** Nobody else may know of an event that a process died with, but the row that says so. */
    @Test
    void anEventThatAProcessWasKilledWithIsDeliveredByAnotherWithinSeconds() throws Exception {
        story.signUp(Story.PAU);
        Api pau = Api.signIn(a, Story.PAU.email(), Story.PAU.password());
        String link = story.ana
                .post(
                        "/organisations/" + story.organisation + "/invitations",
                        Map.of("email", Story.PAU.email(), "role", "MEMBER"))
                .done()
                .path("link")
                .asString();
        int told = story.ana.get("/notifications").done().path("items").size();
        FargaProcess c = a.startAnother();
        try (Connection database = DriverManager.getConnection(a.databaseUrl(), "farga", a.databasePassword());
                Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            // Its listener wants to write here, and has to wait until its process is dead.
            statement.execute("LOCK TABLE notification IN SHARE MODE");
            pau.at(c)
                    .post("/invitations/acceptance", Map.of("token", link.replaceFirst(".*[=/]", "")))
                    .done();
            Instant deadline = Instant.now().plus(Story.SOON);
            while (PrivateDatabase.count(
                            a.data(),
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query ILIKE '%insert into notification%'")
                    == 0) {
                assertThat(Instant.now()).as("the listener waits").isBefore(deadline);
                FargaProcess.pause(50);
            }
            c.killNine();
            database.rollback();
        }
        Instant killed = Instant.now();
        story.ana.await("/notifications", TAKEN_UP, n -> n.path("items").size() > told);
        System.out.printf(
                "an event of a killed process: delivered after %d ms%n",
                Duration.between(killed, Instant.now()).toMillis());
    }

    /** Which of these hands jobs over; makes it one of them where another does. */
    private static FargaProcess holderAmong(FargaProcess... wanted) throws SQLException {
        Instant deadline = Instant.now().plus(Story.JOB_LIMIT);
        while (Instant.now().isBefore(deadline)) {
            try (Connection database = DriverManager.getConnection(a.databaseUrl(), "farga", a.databasePassword());
                    Statement statement = database.createStatement();
                    ResultSet rows = statement.executeQuery("""
                            SELECT s.application_name, s.pid FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid
                            WHERE l.locktype = 'advisory' AND l.granted AND s.application_name LIKE 'farga %'""")) {
                while (rows.next()) {
                    for (FargaProcess farga : wanted) {
                        if (farga.owns(rows.getString(1))) {
                            return farga;
                        }
                    }
                    int session = rows.getInt(2);
                    try (Statement end = database.createStatement()) {
                        end.execute("SELECT pg_terminate_backend(" + session + ")");
                    }
                }
            }
            FargaProcess.pause(500);
        }
        throw new AssertionError("none of them takes its turn at handing jobs over");
    }

    /** Waits until no accepted job waits to be handed over. */
    private static void awaitHandedOver(Duration limit) throws Exception {
        Instant deadline = Instant.now().plus(limit);
        while (PrivateDatabase.count(a.data(), "SELECT count(*) FROM job WHERE stage IN ('ACCEPTED', 'SUBMITTING')")
                > 0) {
            assertThat(Instant.now())
                    .as("jobs still wait for a process to take them")
                    .isBefore(deadline);
            FargaProcess.pause(100);
        }
    }

    /** A job that leaves a trace of each time it runs, and takes so long. */
    private static String counting(int seconds) {
        return "#!/bin/sh\necho \"ran as $FARGA_JOB_ID\"\ndate +%s%N > \"$FARGA_OUTPUT/$(cat /proc/sys/kernel/random/uuid)\"\n"
                + "sleep " + seconds + "\n";
    }

    private static void assertEachRanOnce(List<String> jobs, Api reader) {
        for (String job : jobs) {
            JsonNode ended = reader.await("/jobs/" + job, Story.JOB_LIMIT, Story::hasEnded);
            assertThat(ended.path("state").asString()).as("job " + job).isEqualTo("COMPLETED");
            assertThat(story.ana.text("/jobs/" + job + "/log").lines().toList()).containsExactly("ran as " + job);
        }
        Set<String> wanted = new HashSet<>(jobs);
        JsonNode statement = reader.await(
                "/allocations/" + story.allocation + "/statement?limit=100",
                Story.SOON,
                s -> lines(s, wanted).size() >= wanted.size());
        assertThat(lines(statement, wanted)).as("lines of the statement").containsExactlyInAnyOrderElementsOf(jobs);
        for (String job : jobs) {
            JsonNode runs = reader.await(
                    "/runs?job=" + job, Story.SOON, r -> !r.path("items").isEmpty());
            assertThat(runs.path("items").size()).as("runs of job " + job).isEqualTo(1);
        }
    }

    private static List<String> lines(JsonNode statement, Set<String> wanted) {
        return statement
                .path("lines")
                .valueStream()
                .map(line -> line.path("job").asString())
                .filter(wanted::contains)
                .toList();
    }
}
