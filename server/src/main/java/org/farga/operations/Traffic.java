package org.farga.operations;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The requests of the last whole minute: how many, how quick, how many failed. */
@Component
class Traffic implements HealthCheck {
    private static final String REQUESTS = "http.server.requests";

    private final MeterRegistry meters;
    private final Figures figures;
    private Totals before = new Totals(0, 0, 0, new TreeMap<>());
    private volatile Minute last = new Minute(0, 0, null, 0);

    Traffic(MeterRegistry meters, Figures figures) {
        this.meters = meters;
        this.figures = figures;
    }

    private record Totals(long requests, long errors, long jobStarts, TreeMap<Double, Double> buckets) {}

    /**
     * One minute.
     *
     * @param errors answered with 5xx
     * @param p95Milliseconds null where there was no request; the upper bound of the histogram's bucket it lies in
     */
    record Minute(long requests, long errors, @Nullable Double p95Milliseconds, long jobStarts) {}

    /** Closes a minute; called once a minute. */
    synchronized Minute turn() {
        TreeMap<Double, Double> buckets = new TreeMap<>();
        long requests = 0;
        long errors = 0;
        for (Timer timer : meters.find(REQUESTS).timers()) {
            String uri = String.valueOf(timer.getId().getTag("uri"));
            if (uri.startsWith("/actuator") || uri.endsWith("/events")) {
                continue; // collectors, and streams that are meant to last
            }
            requests += timer.count();
            if (String.valueOf(timer.getId().getTag("status")).startsWith("5")) {
                errors += timer.count();
            }
            for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
                buckets.merge(bucket.bucket(TimeUnit.MILLISECONDS), bucket.count(), Double::sum);
            }
        }
        long starts = Math.round(meters.find("farga.job.starts").counters().stream()
                .mapToDouble(Counter::count)
                .sum());
        Totals now = new Totals(requests, errors, starts, buckets);
        Minute minute = new Minute(
                Math.max(0, now.requests() - before.requests()),
                Math.max(0, now.errors() - before.errors()),
                p95(before.buckets(), buckets, requests - before.requests()),
                Math.max(0, now.jobStarts() - before.jobStarts()));
        before = now;
        last = minute;
        return minute;
    }

    /** The upper bound, in milliseconds, of the bucket in which the 95th of 100 requests lies, or null without requests. */
    static @Nullable Double p95(TreeMap<Double, Double> before, TreeMap<Double, Double> now, long requests) {
        if (requests <= 0 || now.isEmpty()) {
            return null;
        }
        double wanted = requests * 0.95;
        for (var bucket : now.entrySet()) {
            // Counts are cumulative: all requests up to this bound.
            if (bucket.getValue() - before.getOrDefault(bucket.getKey(), 0.0) >= wanted) {
                return bucket.getKey();
            }
        }
        return now.lastKey();
    }

    @Override
    public String name() {
        return "requests";
    }

    @Override
    public String title() {
        return "operations.check.requests";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        Minute minute = last;
        figures.set("farga.requests.minute", minute.requests());
        return judge(minute);
    }

    static List<HealthFinding> judge(Minute minute) {
        if (minute.errors() >= 5 && minute.errors() * 100 > minute.requests()) {
            return List.of(HealthFinding.of(
                            minute.errors() * 10 > minute.requests() ? Severity.CRITICAL : Severity.WARNING,
                            "requests-failing",
                            "operations.finding.requests-failing",
                            minute.errors(),
                            minute.requests())
                    .with(new Remedy.Command("grep '\"log.level\":\"ERROR\"' data/log/farga.json | tail -n 5")));
        }
        Double p95 = minute.p95Milliseconds();
        if (minute.requests() >= 20
                && p95 != null
                && p95 >= Duration.ofSeconds(2).toMillis()) {
            return List.of(HealthFinding.of(
                    Severity.WARNING, "requests-slow", "operations.finding.requests-slow", Math.round(p95)));
        }
        return List.of();
    }
}
