package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What Farga keeps outlives the process that keeps it, and jobs outlive both. */
class UpgradeTest {
    private static FargaProcess farga;
    private static Story story;

    @BeforeAll
    static void start(@TempDir Path data) {
        farga = FargaProcess.start(data);
        story = Story.begin(farga);
    }

    @AfterAll
    static void stop() {
        if (farga != null) {
            farga.close();
        }
    }

    @Test
    void everythingIsThereAfterAStopAndAStart() {
        String job = story.submitTraining("before the stop", 5);
        story.awaitEnd(job);
        story.ana.await("/models", Story.SOON, models -> !models.path("items").isEmpty());
        List<String> places = List.of(
                "/me",
                "/organisations/" + story.organisation,
                "/organisations/" + story.organisation + "/size-declaration",
                "/proposals/" + story.proposal,
                "/projects/" + story.project,
                "/allocations/" + story.allocation + "/statement",
                "/datasets/digits",
                "/datasets/digits/versions/1",
                "/jobs/" + job,
                "/models",
                "/notifications");
        List<JsonNode> before =
                places.stream().map(place -> story.ana.get(place).done()).toList();
        String log = story.ana.text("/jobs/" + job + "/log");

        farga.close();
        farga.start();

        for (int i = 0; i < places.size(); i++) {
            assertThat(story.ana.get(places.get(i)).done()).as(places.get(i)).isEqualTo(before.get(i));
        }
        assertThat(story.ana.text("/jobs/" + job + "/log")).isEqualTo(log).contains("held-out accuracy");
        assertThat(farga.data().resolve("setup-link")).doesNotExist();
    }

    @Test
    void aJobThatRanWhileFargaWasDeadIsAccountedForWhatItReallyRan() throws IOException {
        String job = story.submit("through the night", """
                #!/bin/sh
                echo "started $(date +%s%3N)"
                sleep 4
                echo "ended $(date +%s%3N)"
                """);
        story.ana.await(
                "/jobs/" + job,
                Story.SOON,
                j -> story.ana.text("/jobs/" + job + "/log").contains("started"));
        farga.killNine();
        // It goes on without Farga, and ends without Farga.
        awaitEndWithoutFarga("ended ");
        Instant back = Instant.now();
        farga.start();

        JsonNode ended = story.awaitEnd(job);
        assertThat(ended.path("state").asString()).isEqualTo("COMPLETED");
        List<Instant> said = story.ana
                .text("/jobs/" + job + "/log")
                .lines()
                .map(line -> Instant.ofEpochMilli(Long.parseLong(line.replaceFirst("^(started|ended) ", ""))))
                .toList();
        assertThat(said).hasSize(2);
        Instant from = Instant.parse(ended.path("startedAt").asString());
        Instant to = Instant.parse(ended.path("endedAt").asString());
        assertThat(to).as("it ended while Farga was away").isBefore(back);
        assertThat(from).isBetween(said.getFirst().minusSeconds(10), said.getFirst());
        // The kernel's clock of the time since it started ticks in hundredths of a second.
        assertThat(to).isAfterOrEqualTo(said.getLast().minusMillis(50));

        JsonNode line = story.ana
                .await("/allocations/" + story.allocation + "/statement", Story.SOON, s -> lineOf(s, job) != null)
                .path("lines")
                .valueStream()
                .filter(l -> l.path("job").asString().equals(job))
                .toList()
                .getFirst();
        BigDecimal seconds = BigDecimal.valueOf(Duration.between(from, to).toMillis(), 3);
        assertThat(new BigDecimal(line.path("seconds").asString())).isEqualByComparingTo(seconds);
        assertThat(Instant.parse(line.path("startedAt").asString())).isEqualTo(from);
        assertThat(Instant.parse(line.path("endedAt").asString())).isEqualTo(to);
    }

    /** Waits until the folder of the job whose log says so has the note of its end. */
    private static void awaitEndWithoutFarga(String last) throws IOException {
        Instant deadline = Instant.now().plus(Story.JOB_LIMIT);
        while (true) {
            try (Stream<Path> files = Files.walk(farga.data().resolve("cluster"))) {
                for (Path log : files.filter(f -> f.endsWith("log.txt")).toList()) {
                    if (Files.readString(log).contains(last) && Files.exists(log.resolveSibling("end"))) {
                        return;
                    }
                }
            } catch (UncheckedIOException e) {
                // What was listed a moment ago may be gone.
            }
            assertThat(Instant.now()).as("no job ended").isBefore(deadline);
            FargaProcess.pause(200);
        }
    }

    private static JsonNode lineOf(JsonNode statement, String job) {
        return statement
                .path("lines")
                .valueStream()
                .filter(line -> line.path("job").asString().equals(job))
                .findFirst()
                .orElse(null);
    }
}
