package org.farga.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Many people who follow the log of one job that writes on, all at once. */
final class Followers {
    private static final int EACH = 10;
    private static final int SECONDS = 30;
    private static final int LINES_PER_SECOND = 5;
    private static final Pattern LINE = Pattern.compile("line [0-9]+ t=([0-9]+);");

    private final Server server;
    private final Centre centre;
    private final int followers;

    Followers(Server server, Centre centre, int followers) {
        this.server = server;
        this.centre = centre;
        this.followers = followers;
    }

    boolean measure() throws IOException, SQLException, InterruptedException {
        // The people whom the generator put into project 0; ten streams is what one person may have.
        int people = Math.min(200, centre.people() - 4);
        int count = Math.min(followers, people * EACH);
        Bench.say("");
        Bench.say(
                "%d followers of one live log, %d lines a second for %d s after all have come",
                count, LINES_PER_SECOND, SECONDS);
        if (count < followers) {
            Bench.say(
                    "Left out: the other %d; this centre has %d people in one project, who follow %d times each.",
                    followers - count, people, EACH);
        }
        String allocation = centre.text("SELECT id FROM bench.allocation WHERE n = 4");
        long job = start(allocation, people);
        double heapBefore = server.heap();
        List<Follower> all = new ArrayList<>();
        CountDownLatch connected = new CountDownLatch(count);
        CountDownLatch ended = new CountDownLatch(count);
        AtomicInteger failed = new AtomicInteger();
        ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Follower follower = new Follower();
            all.add(follower);
            String token = Centre.token(4 + i % people);
            Thread.ofVirtual().start(() -> follower.follow(token, job, connected, ended, failed, troubles));
        }
        boolean allCame = connected.await(120, TimeUnit.SECONDS);
        double came = (System.nanoTime() - begun) / 1e9;
        long from = System.currentTimeMillis() + 2_000;
        Thread.sleep(2_000);
        Cpu before = Cpu.now(server);
        long measured = System.nanoTime();
        double mostConnections = 0;
        for (int i = 0; i < SECONDS - 4; i++) {
            Thread.sleep(1_000);
            mostConnections = Math.max(mostConnections, server.figure("hikaricp_connections_active", ""));
        }
        long to = System.currentTimeMillis();
        double took = (System.nanoTime() - measured) / 1e9;
        Cpu used = Cpu.now(server).since(before);
        double heap = server.heap();
        cancel(job);
        boolean allEnded = ended.await(60, TimeUnit.SECONDS);

        long most = all.stream().mapToLong(f -> f.lines.get()).max().orElse(0);
        long complete = all.stream().filter(f -> f.lines.get() == most).count();
        double[] delays = Bench.sorted(all.stream().flatMap(f -> f.delaysBetween(from, to).stream()));
        Bench.say(
                "All had come after %.1f s%s; %d of %d received all %d lines, %d streams failed%s.",
                came,
                allCame ? "" : " (not all did)",
                complete,
                count,
                most,
                failed.get(),
                troubles.isEmpty() ? "" : " (" + troubles.peek() + ")");
        Bench.say(
                "%.0f lines/s delivered; from the line's writing to its receipt p50 %.0f ms, p95 %.0f ms, at most %.0f ms.",
                delays.length / took,
                Bench.quantile(delays, 0.5),
                Bench.quantile(delays, 0.95),
                Bench.quantile(delays, 1));
        Bench.say(
                "Heap after a collection: %.1f MiB before, %.1f MiB with all: %.1f KiB a follower.",
                heapBefore / (1 << 20), heap / (1 << 20), (heap - heapBefore) / 1024 / count);
        Bench.say("Database connections in use: at most %.0f seen, of all that Farga did.", mostConnections);
        Bench.say("Processors: %s.", used.of(took));
        boolean well = allCame && allEnded && complete == count && failed.get() == 0;
        Bench.say("Aim: %d followers, each with every line: %s", count, well ? "ok" : "NOT REACHED");
        return well;
    }

    private long start(String allocation, int people) throws IOException, InterruptedException {
        String lines = Integer.toString((SECONDS + 200) * LINES_PER_SECOND);
        try (Wire wire = new Wire(server.port())) {
            String token = "Authorization: Bearer " + Centre.token(4) + "\r\n";
            Wire.Answer answer = wire.send(
                    "POST", "/api/v1/jobs", token + "Idempotency-Key: " + UUID.randomUUID() + "\r\n", """
                    {"allocation": "%s", "name": "followed", "script": "#!/bin/sh\\ni=0\\nwhile [ $i -lt %s ]; do i=$((i+1)); echo \\"line $i t=$(date +%%s%%3N);\\"; sleep %s; done\\n",
                     "cpus": 1, "memoryMebibytes": 64, "gpus": 0, "timeLimitSeconds": 600, "diskMebibytes": 16}""".formatted(
                                    allocation, lines, 1.0 / LINES_PER_SECOND));
            if (answer.status() != 201) {
                throw new IOException("the job to follow is refused: " + answer.body());
            }
            long number = Long.parseLong(answer.body().replaceFirst("(?s).*?\"id\"\\s*:\\s*\"?([0-9]+).*", "$1"));
            for (int i = 0; i < 300; i++) {
                if (wire.send("GET", "/api/v1/jobs/" + number, token, null)
                        .body()
                        .contains("\"RUNNING\"")) {
                    return number;
                }
                Thread.sleep(100);
            }
            throw new IOException("the job to follow does not start");
        }
    }

    private void cancel(long job) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            wire.send(
                    "PUT",
                    "/api/v1/jobs/" + job + "/cancellation",
                    "Authorization: Bearer " + Centre.token(4) + "\r\n",
                    "{}");
        }
    }

    private final class Follower {
        private final AtomicLong lines = new AtomicLong();
        /** When a line was written, and how much later it was here; milliseconds. */
        private final List<long[]> received = new ArrayList<>();

        void follow(
                String token,
                long job,
                CountDownLatch connected,
                CountDownLatch ended,
                AtomicInteger failed,
                ConcurrentLinkedQueue<String> troubles) {
            try (Wire wire = new Wire(server.port())) {
                int status = wire.ask(
                        "GET",
                        "/api/v1/jobs/" + job + "/events",
                        "Accept: text/event-stream\r\nAuthorization: Bearer " + token + "\r\n",
                        null);
                if (status != 200) {
                    throw new IOException("answered " + status);
                }
                connected.countDown();
                StringBuilder rest = new StringBuilder();
                for (byte[] chunk = wire.nextChunk(); chunk != null; chunk = wire.nextChunk()) {
                    long now = System.currentTimeMillis();
                    rest.append(new String(chunk, StandardCharsets.UTF_8));
                    Matcher line = LINE.matcher(rest);
                    int end = 0;
                    while (line.find()) {
                        lines.incrementAndGet();
                        long written = Long.parseLong(line.group(1));
                        synchronized (received) {
                            received.add(new long[] {written, now - written});
                        }
                        end = line.end();
                    }
                    if (rest.indexOf("event:end") >= 0) {
                        ended.countDown();
                        return;
                    }
                    rest.delete(0, Math.max(end, rest.length() - 200));
                }
                throw new IOException("the stream ended before the job");
            } catch (IOException e) {
                failed.incrementAndGet();
                troubles.add(String.valueOf(e.getMessage()));
                connected.countDown();
                ended.countDown();
            }
        }

        List<Double> delaysBetween(long from, long to) {
            synchronized (received) {
                return received.stream()
                        .filter(line -> line[0] >= from && line[0] < to)
                        .map(line -> (double) line[1])
                        .toList();
            }
        }
    }
}
