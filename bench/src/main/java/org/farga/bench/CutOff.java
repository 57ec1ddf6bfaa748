package org.farga.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ten thousand proposals submitted in the last moments before a cut-off, each by its own draft, evenly until a little after it:
 * none is lost, none that the database began with in time is late, and none that it began with later is in time.
 */
final class CutOff {
    private static final int PROPOSALS = 10_000;
    private static final int CLIENTS = 48;
    private static final double AIM_P95_MILLISECONDS = 300;
    /** So much of the time lies before the cut-off. */
    private static final double BEFORE = 0.95;

    private final Server server;
    private final Centre centre;
    private final Bench.Plan plan;

    CutOff(Server server, Centre centre, Bench.Plan plan) {
        this.server = server;
        this.centre = centre;
        this.plan = plan;
    }

    private record Draft(String token, String id) {}

    boolean measure() throws IOException, SQLException, InterruptedException {
        int seconds = plan.seconds() * 6;
        UUID call = UUID.randomUUID();
        List<Draft> drafts = drafts(call);
        long start = System.nanoTime();
        Instant cutOff = Instant.now().plusMillis(Math.round(seconds * 1000 * BEFORE));
        Instant later = cutOff.plusSeconds(86_400);
        // A new version of the rules, because the cut-off is only known now.
        centre.execute("""
                INSERT INTO call_rules (call_id, version, since, parameters)
                SELECT call_id, 2, now(), jsonb_set(parameters, '{intake,cutOffs}', jsonb_build_array(%s, %s))
                FROM call_rules WHERE call_id = '%s' AND version = 1""".formatted(local(cutOff), local(later), call), """
                UPDATE call SET rules_version = 2, version = 2 WHERE id = '%s'""".formatted(call));
        ConcurrentLinkedQueue<Double> times = new ConcurrentLinkedQueue<>();
        Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<IOException> troubles = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (Wire wire = new Wire(server.port())) {
                    for (int n = next.getAndIncrement(); n < drafts.size(); n = next.getAndIncrement()) {
                        long due = start + TimeUnit.SECONDS.toNanos(seconds) * n / drafts.size();
                        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                        Draft draft = drafts.get(n);
                        long sent = System.nanoTime();
                        Wire.Answer answer = wire.send(
                                "PUT",
                                "/api/v1/proposals/" + draft.id() + "/submission",
                                "Authorization: Bearer " + draft.token() + "\r\nIf-Match: \"1\"\r\n",
                                "");
                        // From when it was due: whoever waits for a client to be free waits as well.
                        times.add((System.nanoTime() - Math.min(sent, due)) / 1e6);
                        statuses.computeIfAbsent(answer.status(), s -> new AtomicLong())
                                .incrementAndGet();
                    }
                } catch (IOException e) {
                    troubles.add(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        if (!troubles.isEmpty()) {
            throw troubles.peek();
        }
        double[] sorted = Bench.sorted(times.stream());
        long answered = statuses.getOrDefault(200, new AtomicLong()).get();
        long kept = count("TRUE", call);
        long wrong = count("(submitted_at < '%1$s') <> (cut_off_at = '%1$s')".formatted(instant(cutOff)), call);
        long inTime = count("cut_off_at = '" + instant(cutOff) + "'", call);
        Bench.say("");
        Bench.say(
                "Before a cut-off: %d proposals in %d s, %d clients; answers %s",
                drafts.size(), seconds, CLIENTS, statuses);
        Bench.say(
                "p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, longest %.1f ms",
                Bench.quantile(sorted, 0.5),
                Bench.quantile(sorted, 0.95),
                Bench.quantile(sorted, 0.99),
                sorted[sorted.length - 1]);
        Bench.say(
                "Kept: %d of %d that were answered; for the cut-off %d, for the next %d; on the wrong side: %d",
                kept, answered, inTime, kept - inTime, wrong);
        boolean well = kept == drafts.size()
                && answered == kept
                && wrong == 0
                && Bench.quantile(sorted, 0.95) < AIM_P95_MILLISECONDS;
        Bench.say(
                "Aim: none lost, none on the wrong side, p95 under %.0f ms: %s",
                AIM_P95_MILLISECONDS, well ? "ok" : "NOT REACHED");
        return well;
    }

    private long count(String what, UUID call) throws IOException, SQLException {
        return Long.parseLong(centre.text(
                "SELECT count(*) FROM proposal WHERE call_id = '" + call + "' AND state = 'SUBMITTED' AND " + what));
    }

    private static String instant(Instant at) {
        // What is kept has whole milliseconds.
        return at.truncatedTo(java.time.temporal.ChronoUnit.MILLIS).toString();
    }

    private static String local(Instant at) {
        return "(('" + instant(at) + "'::timestamptz AT TIME ZONE 'Europe/Brussels')::timestamp)";
    }

    /** A call of its own with steps and cut-offs, and as many drafts that lack nothing, in the order in which they are sent. */
    private List<Draft> drafts(UUID call) throws IOException, SQLException {
        String code = "CUTOFF-" + Long.toString(System.currentTimeMillis(), 36).toUpperCase(java.util.Locale.ROOT);
        int owners = centre.people() / 4;
        centre.execute("""
                INSERT INTO call (id, code, code_prefix, title, mode, summary, opens_at, published_at, rules_version)
                SELECT '%s', '%s', 'CO', 'Before a cut-off', 'LARGE_SCALE', summary, now() - interval '1 day', now(), 1
                FROM call WHERE code = 'PLAYGROUND'""".formatted(call, code), """
                INSERT INTO call_rules (call_id, version, since, parameters)
                SELECT '%s', 1, now(), r.parameters || jsonb_build_object(
                    'durationsMonths', '[3]'::jsonb, 'form', '["PROJECT", "RESOURCES", "DECLARATIONS"]'::jsonb,
                    'intake', '{"rolling": false, "cutOffs": ["2099-01-01T10:00:00"]}'::jsonb,
                    'rules', (SELECT jsonb_agg(rule) FROM jsonb_array_elements(r.parameters -> 'rules') rule
                              WHERE rule ->> 'rule' <> 'SME'))
                FROM call c JOIN call_rules r ON r.call_id = c.id AND r.version = 1 WHERE c.code = 'LARGE-SCALE'""".formatted(call), """
                INSERT INTO proposal (id, code, call_id, organisation_id, created_by, created_at, edited_at, state, title, abstract,
                    gpu_milliseconds, cpu_milliseconds, duration_months, civilian_use, no_prohibited_practice, personal_data)
                SELECT gen_random_uuid(), 'CO-2026-' || (extract(epoch FROM now())::bigint * 100000 + g.n), '%s', o.id, w.id,
                       now(), now(), 'DRAFT', 'In the last minute ' || g.n, 'What it is about', 216000000000, 216000000000, 3, true, true, false
                FROM generate_series(0, %d) AS g (n) JOIN bench.organisation o ON o.n = g.n %% %d
                     JOIN bench.person w ON w.n = o.n * 4""".formatted(call, PROPOSALS - 1, owners));
        return centre.texts("""
                        SELECT w.n || ' ' || p.id FROM proposal p JOIN bench.person w ON w.id = p.created_by
                        WHERE p.call_id = '%s' ORDER BY p.code""".formatted(call)).stream()
                .map(line -> line.split(" "))
                .map(parts -> new Draft(Centre.token(Integer.parseInt(parts[0])), parts[1]))
                .toList();
    }
}
