package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.NOW;

import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static Partition grants(String gpu, String cpu) {
        return grants(gpu, cpu, null);
    }

    private static Partition grants(String gpu, String cpu, @org.jspecify.annotations.Nullable String closed) {
        String[] g = gpu.split("-", 2);
        String[] c = cpu.split("-", 2);
        return new Partition(
                "mn5",
                "acc",
                GpuHours.ofHours(new BigDecimal(g[0])),
                GpuHours.ofHours(new BigDecimal(g[1])),
                CpuHours.ofHours(new BigDecimal(c[0])),
                CpuHours.ofHours(new BigDecimal(c[1])),
                List.of(),
                closed);
    }

    private static List<String> holes(Partition... open) {
        return Coverage.holes(List.of(open), List.of(open)).stream()
                .map(h -> h.fromGpu() + "-" + h.toGpu() + " x " + h.fromCpu() + "-" + h.toCpu())
                .toList();
    }

    @Test
    void rangesThatMeetToTheHundredthLeaveNoHole() {
        assertThat(holes(grants("0-50000", "0-100"), grants("50000.01-90000", "0-100")))
                .isEmpty();
        assertThat(holes(grants("0-50000", "0-100"), grants("50000.02-90000", "0-100")))
                .containsExactly("50000.01-50000.01 x 0-100");
    }

    @Test
    void nothingAtAllIsNoRequest() {
        assertThat(holes(grants("0-10", "0.01-5"))).containsExactly("0.01-10 x 0-0");
        assertThat(holes(grants("0-0", "0.01-5"))).isEmpty();
    }

    /** Each kind of hours has no hole by itself, and yet many GPU-hours with few CPU-hours are served by nobody. */
    @Test
    void aHoleOfBothTogetherIsFound() {
        assertThat(holes(grants("0-10", "0-10"), grants("10-20", "10-20")))
                .containsExactly("0-9.99 x 10.01-20", "10.01-20 x 0-9.99");
    }

    @Test
    void aPartitionThatIsClosedServesNothingButItsSizesAreStillAskedFor() {
        Call closed = call(grants("0-5000", "0-100", "Closed for demand"));
        Call open = call(grants("0-10", "0-100"));
        List<Coverage> coverage = Coverage.of(List.of(closed, open), NOW, ZoneOffset.UTC);
        assertThat(coverage).hasSize(1);
        assertThat(coverage.getFirst().partition()).isEqualTo("mn5/acc");
        assertThat(coverage.getFirst().served()).hasSize(1);
        assertThat(coverage.getFirst().holes())
                .containsExactly(new Coverage.Hole(
                        GpuHours.ofHours(new BigDecimal("10.01")),
                        GpuHours.ofHours(5_000),
                        CpuHours.ZERO,
                        CpuHours.ofHours(100)));
    }

    /** What one partition does not grant another may: only what none does is out of reach. */
    @Test
    void severalPartitionsAreLookedAtTogetherFirst() {
        Partition gpp = new Partition(
                "mn5",
                "gpp",
                GpuHours.ofHours(10),
                GpuHours.ofHours(90),
                CpuHours.ZERO,
                CpuHours.ofHours(100),
                List.of(),
                null);
        List<Coverage> coverage =
                Coverage.of(List.of(call(grants("0-9.99", "0-100"), gpp)), NOW, ZoneOffset.UTC);
        assertThat(coverage).extracting(Coverage::partition).containsExactly(null, "mn5/acc", "mn5/gpp");
        assertThat(coverage.getFirst().served()).hasSize(2);
        assertThat(coverage.getFirst().holes()).isEmpty();
        assertThat(coverage.getLast().holes()).isNotEmpty();
        List<Coverage> gap = Coverage.of(List.of(call(grants("0-9.98", "0-100"), gpp)), NOW, ZoneOffset.UTC);
        assertThat(gap.getFirst().holes())
                .containsExactly(new Coverage.Hole(
                        GpuHours.ofHours(new BigDecimal("9.99")),
                        GpuHours.ofHours(new BigDecimal("9.99")),
                        CpuHours.ZERO,
                        CpuHours.ofHours(100)));
    }

    /** Against counting every single size one by one. */
    @Test
    void holesAreExactlyWhatNobodyGrants() {
        Random random = new Random(20_261_123);
        for (int round = 0; round < 300; round++) {
            List<Partition> open = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                int g = random.nextInt(12);
                int c = random.nextInt(12);
                open.add(grants(
                        hundredths(g) + "-" + hundredths(g + random.nextInt(8)),
                        hundredths(c) + "-" + hundredths(c + random.nextInt(8))));
            }
            List<Coverage.Hole> holes = Coverage.holes(open, open);
            long mostGpu = open.stream()
                            .mapToLong(p -> p.maxGpuHours().milliseconds())
                            .max()
                            .orElseThrow()
                    / 36_000;
            long mostCpu = open.stream()
                            .mapToLong(p -> p.maxCpuHours().milliseconds())
                            .max()
                            .orElseThrow()
                    / 36_000;
            for (long g = 0; g <= mostGpu; g++) {
                for (long c = 0; c <= mostCpu; c++) {
                    GpuHours gpu = new GpuHours(g * 36_000);
                    CpuHours cpu = new CpuHours(c * 36_000);
                    boolean served = open.stream().anyMatch(p -> p.grants(gpu, cpu));
                    long inHoles = holes.stream()
                            .filter(h -> gpu.compareTo(h.fromGpu()) >= 0
                                    && gpu.compareTo(h.toGpu()) <= 0
                                    && cpu.compareTo(h.fromCpu()) >= 0
                                    && cpu.compareTo(h.toCpu()) <= 0)
                            .count();
                    assertThat(inHoles)
                            .as("round %d, %s and %s", round, gpu, cpu)
                            .isEqualTo(served || (g == 0 && c == 0) ? 0 : 1);
                }
            }
        }
    }

    private static String hundredths(int n) {
        return BigDecimal.valueOf(n, 2).toPlainString();
    }

    private static Call call(Partition... partitions) {
        Call sample = Samples.call(NOW.minusSeconds(1), null);
        CallRules r = sample.rules();
        return sample.under(
                1,
                new CallRules(
                        Arrays.asList(partitions),
                        r.durationsMonths(),
                        r.intake(),
                        r.form(),
                        r.steps(),
                        r.review(),
                        r.awardAtOnce(),
                        r.liveAwardsPerOrganisation(),
                        Set.of(Audience.STARTUP_OR_SME),
                        r.countries(),
                        r.rules()));
    }
}
