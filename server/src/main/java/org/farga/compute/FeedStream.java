package org.farga.compute;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.farga.compute.JobFeed.Position;
import org.farga.compute.JobFeed.Said;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One follower's stream of server-sent events: {@code state}, {@code log}, {@code metric} and at last {@code end}. Each
 * event's id is the position after it, so that a stream that broke goes on where it was.
 */
final class FeedStream implements JobFeed.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(FeedStream.class);
    private static final int MOST_WAITING = 64;
    private static final int LONGEST_METRIC_NAME = 200;
    /** Now and then a stream ends without {@code end}: who comes back shows their token or session again. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final PersonId person;
    private final JobFeed feed;
    private final JobFiles files;
    private final Job job;
    private final Function<Job, @Nullable String> explanation;
    private final JsonMapper json;
    private final BooleanSupplier mayStill;
    private final Duration heartbeat;
    private final Consumer<FeedStream> gone;
    private final SseEmitter emitter = new SseEmitter(0L);
    private final LinkedBlockingQueue<Said> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private volatile boolean joined;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;
    private Position at;
    private @Nullable String lastState;

    FeedStream(
            PersonId person,
            JobFeed feed,
            JobFiles files,
            Position from,
            Job job,
            Function<Job, @Nullable String> explanation,
            JsonMapper json,
            BooleanSupplier mayStill,
            Duration heartbeat,
            Consumer<FeedStream> gone) {
        this.person = person;
        this.feed = feed;
        this.files = files;
        this.at = from;
        this.job = job;
        this.explanation = explanation;
        this.json = json;
        this.mayStill = mayStill;
        this.heartbeat = heartbeat;
        this.gone = gone;
    }

    PersonId person() {
        return person;
    }

    BooleanSupplier right() {
        return mayStill;
    }

    JobFeed feed() {
        return feed;
    }

    SseEmitter emitter() {
        return emitter;
    }

    void start(String name) {
        emitter.onCompletion(this::close);
        emitter.onError(e -> close());
        emitter.onTimeout(this::close);
        // Known before it runs, so that whoever closes the stream from its first moment on finds it.
        Thread made = Thread.ofVirtual().name(name).unstarted(this::work);
        thread = made;
        made.start();
    }

    void close() {
        closed = true;
        Thread sending = thread;
        if (sending != null) {
            sending.interrupt();
        }
    }

    @Override
    public boolean tell(Said said) {
        if (!waiting.offer(said)) {
            joined = false;
            return false;
        }
        return true;
    }

    private void work() {
        try {
            send(new Said.State(job));
            run();
            emitter.complete();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("a follower of job {} went away", job.id(), e);
            emitter.complete();
        } catch (RuntimeException e) {
            LOG.warn("a follower of job {} is lost", job.id(), e);
            emitter.complete();
        } finally {
            feed.leave(this);
            gone.accept(this);
        }
    }

    private void run() throws IOException {
        long started = System.nanoTime();
        long checked = started;
        while (!closed && System.nanoTime() - started < LONGEST_NANOS) {
            try {
                Said said = waiting.poll(joined ? heartbeat.toMillis() : 0, TimeUnit.MILLISECONDS);
                if (said != null) {
                    send(said);
                    if (said instanceof Said.End) {
                        return;
                    }
                } else if (joined) {
                    emitter.send(SseEmitter.event().comment("still here"));
                } else {
                    catchUp();
                }
            } catch (InterruptedException e) {
                return;
            }
            if (System.nanoTime() - checked > heartbeat.toNanos()) {
                checked = System.nanoTime();
                if (!mayStill.getAsBoolean()) {
                    return;
                }
            }
        }
    }

    /** Reads by itself up to where the feed is, then joins it. */
    private void catchUp() throws IOException {
        Position goal = feed.position();
        if (at.log() < goal.log()) {
            int most = (int) Math.min(JobFeed.PIECE_BYTES, goal.log() - at.log());
            GrowingFile.Piece piece = GrowingFile.text(files::openLog, at.log(), most, most < JobFeed.PIECE_BYTES);
            send(new Said.Log(piece.text(), at.log(), piece.next()));
            passOver(piece.next() == at.log(), goal.log(), at.metrics());
        } else if (at.metrics() < goal.metrics()) {
            int most = (int) Math.min(JobFeed.PIECE_BYTES, goal.metrics() - at.metrics());
            GrowingFile.Piece piece = GrowingFile.lines(files::openMetrics, at.metrics(), most, false);
            send(new Said.Metrics(piece.text(), at.metrics(), piece.next()));
            passOver(piece.next() == at.metrics(), at.log(), goal.metrics());
        } else {
            // Set first: the feed may tell us of what we cannot take as soon as we are in.
            joined = true;
            if (!feed.join(this, at)) {
                joined = false;
            }
        }
    }

    /** A file that was cut short must not keep its follower reading for ever. */
    private void passOver(boolean stuck, long log, long metrics) {
        if (stuck) {
            at = new Position(log, metrics);
        }
    }

    private void send(Said said) throws IOException {
        switch (said) {
            case Said.State(Job now) -> {
                String state = state(now);
                if (!state.equals(lastState)) {
                    lastState = state;
                    send("state", state);
                }
            }
            case Said.Log(String text, long from, long next) -> {
                if (next > at.log()) {
                    String unseen = from == at.log()
                            ? text
                            : GrowingFile.text(files::openLog, at.log(), (int) (next - at.log()), true)
                                    .text();
                    long since = at.log();
                    at = new Position(next, at.metrics());
                    ObjectNode node = json.createObjectNode();
                    node.put("text", unseen);
                    node.put("offset", since);
                    node.put("next", next);
                    send("log", node.toString());
                }
            }
            case Said.Metrics(String lines, long from, long next) -> {
                if (next > at.metrics()) {
                    String unseen = from == at.metrics()
                            ? lines
                            : GrowingFile.lines(files::openMetrics, at.metrics(), (int) (next - at.metrics()), true)
                                    .text();
                    metrics(unseen, next);
                }
            }
            case Said.End(Job now) -> send("end", state(now));
        }
    }

    /** Each with the position behind its own line: a stream that breaks between two goes on with the second. */
    private void metrics(String lines, long next) throws IOException {
        long reached = at.metrics();
        // Bytes that are no UTF-8 count otherwise as characters; then the position moves with the last line.
        boolean exact = lines.getBytes(UTF_8).length == next - reached;
        for (int from = 0, to; from < lines.length(); from = to) {
            to = lines.indexOf('\n', from) + 1;
            to = to == 0 ? lines.length() : to;
            String line = lines.substring(from, to);
            reached = to == lines.length() ? next : exact ? reached + line.getBytes(UTF_8).length : reached;
            at = new Position(at.log(), reached);
            String metric = metric(line);
            if (metric != null) {
                send("metric", metric);
            }
        }
        at = new Position(at.log(), next);
    }

    private void send(String event, String data) throws IOException {
        emitter.send(SseEmitter.event().id(at.toString()).name(event).data(data));
    }

    private String state(Job now) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("state", now.state());
        values.put("reason", now.reason());
        values.put("explanation", explanation.apply(now));
        values.put("startedAt", now.startedAt());
        values.put("endedAt", now.endedAt());
        values.put("exitCode", now.stage() instanceof Job.Stage.Ended ended ? ended.exitCode() : null);
        values.values().removeIf(java.util.Objects::isNull);
        return json.writeValueAsString(values);
    }

    /** A line of the metrics file as it is passed on, or null for one that is not of the known form. */
    private @Nullable String metric(String line) {
        try {
            JsonNode node = json.readTree(line);
            JsonNode name = node.path("name");
            JsonNode value = node.path("value");
            ObjectNode metric = json.createObjectNode();
            if (name.isString()
                    && name.asString().length() <= LONGEST_METRIC_NAME
                    && node.path("step").isIntegralNumber()
                    && value.isNumber()) {
                metric.put("name", name.asString());
                metric.put("step", node.path("step").asLong());
                metric.set("value", value);
                return metric.toString();
            }
            JsonNode parameter = node.path("param");
            if (parameter.isString() && parameter.asString().length() <= LONGEST_METRIC_NAME && value.isValueNode()) {
                metric.put("param", parameter.asString());
                metric.put("value", value.asString());
                return metric.toString();
            }
            return null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
