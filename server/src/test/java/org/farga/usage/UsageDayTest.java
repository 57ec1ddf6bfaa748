package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.farga.shared.GpuHours;
import org.junit.jupiter.api.Test;

class UsageDayTest {
    private static final ZoneId MADRID = ZoneId.of("Europe/Madrid");

    private static UsageDay.Span span(String from, String to, int gpus, int cpus) {
        return new UsageDay.Span(Instant.parse(from), Instant.parse(to), gpus, cpus);
    }

    @Test
    void aJobOverMidnightIsCutAtTheCentresMidnight() {
        // Midnight in Madrid is 23:00 UTC in winter.
        List<UsageDay> days =
                UsageDay.of(List.of(span("2026-11-22T22:59:59.999Z", "2026-11-22T23:00:00.001Z", 2, 3)), MADRID);
        assertThat(days)
                .extracting(UsageDay::day)
                .containsExactly(LocalDate.parse("2026-11-22"), LocalDate.parse("2026-11-23"));
        assertThat(days).allSatisfy(d -> {
            assertThat(d.gpuHours().milliseconds()).isEqualTo(2);
            assertThat(d.cpuHours().milliseconds()).isEqualTo(3);
        });
    }

    @Test
    void aJobOverTheEndOfAMonthCountsInBoth() {
        List<UsageDay> days = UsageDay.of(List.of(span("2026-11-30T22:00:00Z", "2026-12-01T01:00:00Z", 1, 0)), MADRID);
        assertThat(days).extracting(d -> d.day() + " " + d.gpuHours()).containsExactly("2026-11-30 1", "2026-12-01 2");
    }

    @Test
    void theDayThatSummerTimeBeginsHas23HoursAndTheOneItEnds25() {
        List<UsageDay> days = UsageDay.of(
                List.of(
                        span("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", 1, 0),
                        span("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", 1, 0)),
                MADRID);
        assertThat(days)
                .extracting(d -> d.day() + " " + d.gpuHours())
                .containsExactly(
                        "2026-03-28 24",
                        "2026-03-29 23",
                        "2026-03-30 24",
                        "2026-10-24 24",
                        "2026-10-25 25",
                        "2026-10-26 24");
    }

    @Test
    void aZoneWhoseMidnightDoesNotExistLosesNothing() {
        // In Cairo the clocks went from 00:00 to 01:00 on 2026-04-24.
        ZoneId cairo = ZoneId.of("Africa/Cairo");
        UsageDay.Span span = span("2026-04-23T20:00:00Z", "2026-04-24T20:00:00Z", 1, 0);
        assertThat(total(UsageDay.of(List.of(span), cairo))).isEqualTo(GpuHours.ofHours(24));
    }

    @Test
    void theDaysTogetherAreExactlyTheWhole() {
        Random random = new Random(42);
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        List<UsageDay.Span> spans = new ArrayList<>();
        GpuHours whole = GpuHours.ZERO;
        for (int i = 0; i < 500; i++) {
            Instant from = start.plusMillis(random.nextLong(365L * 86_400_000));
            Instant to = from.plusMillis(random.nextLong(5L * 86_400_000));
            int gpus = random.nextInt(9);
            spans.add(new UsageDay.Span(from, to, gpus, 0));
            whole = whole.plus(GpuHours.of(gpus, Duration.between(from, to)));
        }
        assertThat(total(UsageDay.of(spans, MADRID))).isEqualTo(whole);
    }

    private static GpuHours total(List<UsageDay> days) {
        return days.stream().map(UsageDay::gpuHours).reduce(GpuHours.ZERO, GpuHours::plus);
    }
}
