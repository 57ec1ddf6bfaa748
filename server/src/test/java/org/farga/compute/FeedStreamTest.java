package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.farga.FargaTest;
import org.farga.compute.Job.Stage;
import org.farga.compute.JobFeed.Position;
import org.farga.compute.JobFeed.Said;
import org.farga.platform.Messages;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

@FargaTest
class FeedStreamTest {
    private static final Stage RUNNING =
            new Stage.Running(Instant.parse("2026-11-22T10:00:00Z"), new Allocation("node1", 1, 1, 0, List.of()));

    @TempDir
    Path folder;

    @Autowired
    private Messages messages;

    @Autowired
    private JsonMapper json;

    private JobFiles files;
    private final Job job = JobTest.at(RUNNING, null);

    @BeforeEach
    void files() throws IOException {
        files = new JobFiles(folder.resolve("log"), folder.resolve("output"), folder.resolve("metrics"));
        Files.writeString(files.log(), "one\ntwo\n");
    }

    @Test
    void aStreamEndsSoonAfterItsReaderMayNotSeeTheJobAnyMore() throws Exception {
        AtomicBoolean may = new AtomicBoolean(true);
        CountDownLatch gone = new CountDownLatch(1);
        FeedStream stream = new FeedStream(
                PersonId.create(),
                new JobFeed(job, files, Position.START),
                files,
                Position.START,
                job,
                Job::reason,
                json,
                may::get,
                Duration.ofMillis(50),
                s -> gone.countDown());
        stream.start("test");
        assertThat(gone.await(300, TimeUnit.MILLISECONDS)).isFalse();
        may.set(false);
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoeverJoinsLaterReadsUpToTheFeedAndIsGivenTheRestOnce() throws IOException {
        JobFeed feed = new JobFeed(job, files, Position.START);
        List<Said> first = new ArrayList<>();
        List<Said> second = new ArrayList<>();
        assertThat(feed.join(first::add, Position.START)).isTrue();
        feed.advance(job);
        assertThat(feed.position()).isEqualTo(new Position(8, 0));
        // Not before it has read what the feed has told already.
        assertThat(feed.join(second::add, Position.START)).isFalse();
        assertThat(feed.join(second::add, new Position(8, 0))).isTrue();
        Files.writeString(files.log(), "one\ntwo\nthree\n");
        feed.advance(job);
        assertThat(second).containsExactly(new Said.State(job), new Said.Log("three\n", 8, 14));
        assertThat(first).contains(new Said.Log("one\ntwo\n", 0, 8), new Said.Log("three\n", 8, 14));
    }

    @Test
    void theEndComesAfterAllThatWasSaidAndToLatecomersAtOnce() throws IOException {
        JobFeed feed = new JobFeed(job, files, Position.START);
        List<Said> said = new ArrayList<>();
        feed.join(said::add, Position.START);
        Job over = job.at(Stage.Ended.unstarted(JobState.FAILED, "NodeFail", null, Instant.EPOCH));
        Files.writeString(files.metrics(), "{\"name\":\"loss\",\"step\":1,\"value\":1}");
        feed.advance(over);
        assertThat(said.getLast()).isEqualTo(new Said.End(over));
        assertThat(said).contains(new Said.Log("one\ntwo\n", 0, 8)).hasSize(5);
        List<Said> late = new ArrayList<>();
        assertThat(feed.join(late::add, feed.position())).isTrue();
        assertThat(late).containsExactly(new Said.State(over), new Said.End(over));
    }

    @Test
    void aFollowerWithoutRoomIsLetGo() throws IOException {
        JobFeed feed = new JobFeed(job, files, Position.START);
        feed.join(said -> said instanceof Said.State, Position.START);
        assertThat(feed.hasFollowers()).isTrue();
        feed.advance(job);
        assertThat(feed.hasFollowers()).isFalse();
    }

    @Test
    void whoClaimsToHaveReadMoreThanThereIsTakesNothingFromOthers() throws IOException {
        JobFeed feed = new JobFeed(job, files, new Position(1_000_000, 1_000_000));
        List<Said> said = new ArrayList<>();
        assertThat(feed.join(said::add, new Position(8, 0))).isTrue();
        Files.writeString(files.log(), "one\ntwo\nthree\n");
        feed.advance(job);
        assertThat(said).contains(new Said.Log("three\n", 8, 14));
    }
}
