package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.farga.usage.SacctReading.Reason;
import org.farga.usage.SacctReading.Rule;
import org.junit.jupiter.api.Test;

class SacctExportTest {
    private static final ZoneId MADRID = ZoneId.of("Europe/Madrid");
    private static final String HEADER =
            "JobID|JobIDRaw|JobName|User|Account|Partition|QOS|State|Start|End|ElapsedRaw|AllocTRES";

    private static SacctExport export(String header, ZoneId zone) {
        if (!(SacctExport.open(header, zone) instanceof SacctExport.Opened.Readable(SacctExport export))) {
            throw new AssertionError("not readable: " + header);
        }
        return export;
    }

    private static SacctReading read(String line) {
        return export(HEADER, ZoneOffset.UTC).read(line);
    }

    /** A sound line with one column, by its place, as given. */
    private static SacctReading with(int column, String value) {
        String[] fields = {
            "7",
            "7",
            "train",
            "ana",
            "alpha",
            "gpu",
            "normal",
            "COMPLETED",
            "1795420393",
            "1795420493",
            "100",
            "billing=2,cpu=4,gres/gpu=2,mem=1000M,node=1"
        };
        fields[column] = value;
        return read(String.join("|", fields));
    }

    private static SacctRun run(SacctReading reading) {
        if (!(reading instanceof SacctReading.Taken(SacctRun run))) {
            throw new AssertionError("not taken: " + reading);
        }
        return run;
    }

    private static List<SacctReading> capture(String name, ZoneId zone) throws IOException {
        try (InputStream in = Objects.requireNonNull(SacctExportTest.class.getResourceAsStream(name))) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            SacctExport export = export(lines.getFirst(), zone);
            List<SacctReading> readings = new ArrayList<>();
            lines.stream().skip(1).map(export::read).forEach(readings::add);
            return readings;
        }
    }

    private static List<SacctRun> taken(List<SacctReading> readings) {
        return readings.stream()
                .filter(r -> r instanceof SacctReading.Taken)
                .map(SacctExportTest::run)
                .toList();
    }

    @Test
    void aRealClustersExportIsReadWhole() throws IOException {
        List<SacctReading> readings = capture("sacct-22.05.8-madrid.txt", MADRID);
        assertThat(readings).noneMatch(r -> r instanceof SacctReading.Rejected);
        assertThat(readings)
                .filteredOn(new SacctReading.Skipped(Rule.STEP)::equals)
                .hasSize(14);
        List<SacctRun> runs = taken(readings);
        assertThat(runs)
                .extracting(r -> r.job() + " " + (r.task() == null ? "-" : r.task()) + " " + r.name() + " " + r.state()
                        + " " + r.chargedSeconds() + " s " + r.held().gpus() + " GPU")
                .containsExactly(
                        "29 - plain COMPLETED 3 s 0 GPU",
                        "30 - a|b|c COMPLETED 2 s 0 GPU",
                        "31 - gpus COMPLETED 4 s 2 GPU",
                        "33 33+0 het COMPLETED 3 s 0 GPU",
                        "34 33+1 het COMPLETED 3 s 1 GPU",
                        "35 - requeued REQUEUED 3 s 0 GPU",
                        "37 - cancelled CANCELLED 3 s 0 GPU",
                        "38 - suspended COMPLETED 5 s 0 GPU",
                        "39 32_0 arr COMPLETED 2 s 0 GPU",
                        "40 32_1 arr COMPLETED 2 s 0 GPU",
                        "32 32_2 arr COMPLETED 2 s 0 GPU",
                        "35 - requeued COMPLETED 6 s 0 GPU");
        // It stood still for five of its ten seconds.
        assertThat(runs.get(7).endedAt() - runs.get(7).startedAt()).isEqualTo(10);
    }

    @Test
    void theSameInSecondsWithColumnsInAnotherOrderAndABarAtTheEndIsTheSame() throws IOException {
        assertThat(taken(capture("sacct-22.05.8-epoch.txt", ZoneOffset.UTC)))
                .containsExactlyElementsOf(taken(capture("sacct-22.05.8-madrid.txt", MADRID)));
    }

    @Test
    void aNewerSlurmsExportIsReadToo() throws IOException {
        List<SacctReading> readings = capture("sacct-24.11.5.txt", ZoneOffset.UTC);
        assertThat(readings).noneMatch(r -> r instanceof SacctReading.Rejected);
        assertThat(readings)
                .contains(new SacctReading.Skipped(Rule.NOT_ENDED), new SacctReading.Skipped(Rule.NEVER_STARTED));
        assertThat(taken(readings)).extracting(SacctRun::task).contains("11008_0", "11008_2");
    }

    @Test
    void whatAHeaderLacksIsNamed() {
        assertThat(SacctExport.open("JobName|User|Account|Partition|State|Start|End|Elapsed", MADRID))
                .isEqualTo(new SacctExport.Opened.Lacking(List.of("JobIDRaw", "ElapsedRaw", "AllocTRES")));
        assertThat(SacctExport.open("garbage", MADRID))
                .isInstanceOfSatisfying(
                        SacctExport.Opened.Lacking.class,
                        l -> assertThat(l.columns()).hasSize(9));
        assertThat(SacctExport.open(SacctExport.COLUMNS.replace(",", "|"), MADRID))
                .isInstanceOf(SacctExport.Opened.Readable.class);
    }

    @Test
    void stepsChargeNothing() {
        for (String step : List.of("7.batch", "7.extern", "7.0", "7.interactive")) {
            assertThat(with(1, step)).isEqualTo(new SacctReading.Skipped(Rule.STEP));
        }
        assertThat(with(1, ".batch")).isEqualTo(new SacctReading.Rejected(Reason.JOB_ID));
    }

    @Test
    void aTaskOfAnArrayWithoutItsOwnNumberIsNotGuessed() {
        SacctExport export = export(HEADER.replace("JobID|JobIDRaw", "JobID"), ZoneOffset.UTC);
        String rest = "|train|ana|alpha|gpu|normal|COMPLETED|1795420393|1795420493|100|cpu=1,mem=1M,node=1";
        assertThat(export.read("39_0" + rest)).isEqualTo(new SacctReading.Rejected(Reason.RAW_ID_MISSING));
        assertThat(run(export.read("34+1" + rest)).job()).isEqualTo(35);
        assertThat(run(export.read("40" + rest)).job()).isEqualTo(40);
    }

    @Test
    void barsInANameAreThePartOfTheName() {
        assertThat(run(with(2, "a|b|c")).name()).isEqualTo("a|b|c");
        assertThat(run(with(2, "|")).name()).isEqualTo("|");
        assertThat(read("7|7|train|ana")).isEqualTo(new SacctReading.Rejected(Reason.COLUMNS));
        // With two columns that people fill, the one that makes sense of the others.
        SacctExport export = export(HEADER + "|Comment", ZoneOffset.UTC);
        String line = "7|7|%s|ana|alpha|gpu|normal|COMPLETED|1795420393|1795420493|100|cpu=1,mem=1M,node=1|%s";
        assertThat(run(export.read(line.formatted("a|b", "c"))).name()).isEqualTo("a|b");
        assertThat(run(export.read(line.formatted("a", "b|c"))).name()).isEqualTo("a");
    }

    @Test
    void aStateIsItsFirstWord() {
        assertThat(run(with(7, "CANCELLED by 1000")).state()).isEqualTo("CANCELLED");
        assertThat(run(with(7, "CANCELLED+")).state()).isEqualTo("CANCELLED");
        assertThat(with(7, "")).isEqualTo(new SacctReading.Rejected(Reason.STATE));
    }

    @Test
    void whatNeverRanOrStillRunsChargesNothing() {
        for (String start : List.of("Unknown", "None", "")) {
            SacctReading reading = read("7|7|n|ana|alpha|gpu|normal|CANCELLED by 5|" + start + "|1795420493|0|");
            assertThat(reading).isEqualTo(new SacctReading.Skipped(Rule.NEVER_STARTED));
        }
        assertThat(read("7|7|n|ana|alpha|gpu|normal|CANCELLED by 5|1795420493|1795420493|0|"))
                .isEqualTo(new SacctReading.Skipped(Rule.NEVER_STARTED));
        assertThat(read("7|7|n|ana|alpha|gpu|normal|RUNNING|1795420493|Unknown|50|cpu=1,mem=1M,node=1"))
                .isEqualTo(new SacctReading.Skipped(Rule.NOT_ENDED));
        // It has ended and nobody knows when: not for a program to make up.
        assertThat(with(9, "Unknown")).isEqualTo(new SacctReading.Rejected(Reason.NO_END));
    }

    @Test
    void aJobThatRanIsNotWithoutResources() {
        assertThat(with(11, "")).isEqualTo(new SacctReading.Rejected(Reason.NO_TRES));
        assertThat(with(11, "cpu")).isEqualTo(new SacctReading.Rejected(Reason.TRES));
        assertThat(with(11, "cpu=-1,mem=1M")).isEqualTo(new SacctReading.Rejected(Reason.TRES));
        assertThat(with(11, "cpu=9999999999,mem=1M")).isEqualTo(new SacctReading.Rejected(Reason.TRES));
        assertThat(with(11, "cpu=1,mem=1e9999999M")).isEqualTo(new SacctReading.Rejected(Reason.TRES));
    }

    @Test
    void whatNobodyKnowsOfResourcesIsKept() {
        SacctRun run =
                run(with(11, "billing=9,bb/datawarp=5G,cpu=8,energy=77,fs/disk=1,license/matlab=2,mem=16G,node=2"));
        assertThat(run.held()).isEqualTo(new Tres(8, 0, 16_384, 2));
        assertThat(run.tres()).contains("bb/datawarp=5G", "license/matlab=2");
    }

    @Test
    void clocksThatWereSetChargeWhatSlurmMeasured() {
        SacctRun zero = run(read("7|7|n|ana|alpha|gpu|normal|COMPLETED|1795420493|1795420393|0|cpu=1,mem=1M,node=1"));
        assertThat(zero.chargedSeconds()).isZero();
        assertThat(zero.endedAt()).isEqualTo(zero.startedAt());
        SacctRun some = run(read("7|7|n|ana|alpha|gpu|normal|COMPLETED|1795420493|1795420393|30|cpu=1,mem=1M,node=1"));
        assertThat(some.endedAt() - some.startedAt()).isEqualTo(30);
        assertThat(with(10, "-5")).isEqualTo(new SacctReading.Rejected(Reason.ELAPSED));
        assertThat(with(10, "00:01:40")).isEqualTo(new SacctReading.Rejected(Reason.ELAPSED));
    }

    private static SacctRun between(String start, String end, int elapsed) {
        return run(export(HEADER, MADRID)
                .read("7|7|n|ana|alpha|gpu|normal|COMPLETED|" + start + "|" + end + "|" + elapsed
                        + "|cpu=1,mem=1M,node=1"));
    }

    @Test
    void localTimeIsOfTheZoneThatIsStated() {
        SacctRun winter = between("2026-11-22T21:13:31", "2026-11-23T00:13:31", 10_800);
        assertThat(Instant.ofEpochSecond(winter.startedAt())).isEqualTo("2026-11-22T20:13:31Z");
        SacctRun spring = between("2026-03-29T01:59:59", "2026-03-29T03:00:01", 2);
        assertThat(spring.endedAt() - spring.startedAt()).isEqualTo(2);
    }

    @Test
    void theHourThatComesTwiceIsToldByHowLongTheJobRan() {
        // 02:30 is at 00:30Z in summer time and at 01:30Z after it.
        SacctRun first = between("2026-10-25T02:30:00", "2026-10-25T02:40:00", 600);
        assertThat(first.endedAt() - first.startedAt()).isEqualTo(600);
        SacctRun across = between("2026-10-25T02:30:00", "2026-10-25T02:40:00", 4_200);
        assertThat(Instant.ofEpochSecond(across.startedAt())).isEqualTo("2026-10-25T00:30:00Z");
        assertThat(Instant.ofEpochSecond(across.endedAt())).isEqualTo("2026-10-25T01:40:00Z");
        SacctRun second = between("2026-10-25T02:30:00", "2026-10-25T03:30:00", 3_600);
        assertThat(Instant.ofEpochSecond(second.startedAt())).isEqualTo("2026-10-25T01:30:00Z");
    }

    @Test
    void aTimeThatNeverWasIsRejected() {
        SacctExport export = export(HEADER, MADRID);
        String line = "7|7|n|ana|alpha|gpu|normal|COMPLETED|%s|2026-03-29T03:00:01|2|cpu=1,mem=1M,node=1";
        for (String start :
                List.of("2026-03-29T02:30:00", "2026-13-01T00:00:00", "2026-02-30T00:00:00", "yesterday", "5")) {
            assertThat(export.read(line.formatted(start))).isEqualTo(new SacctReading.Rejected(Reason.START));
        }
        assertThat(with(9, "11/22-21:13")).isEqualTo(new SacctReading.Rejected(Reason.END));
    }

    @Test
    void oneFileIsOfOneCluster() {
        SacctExport export = export(SacctExport.COLUMNS.replace(",", "|"), ZoneOffset.UTC);
        String line =
                "%d|%d|%s|alpha|ana|gpu|normal|COMPLETED|1795420390|1795420393|1795420493|100|cpu=1,mem=1M,node=1|n";
        assertThat(export.read(line.formatted(1, 1, "lab"))).isInstanceOf(SacctReading.Taken.class);
        assertThat(export.read(line.formatted(2, 2, "other")))
                .isEqualTo(new SacctReading.Rejected(Reason.OTHER_CLUSTER));
        assertThat(export.cluster()).isEqualTo("lab");
    }

    @Test
    void numbersOfMemoryHaveUnits() {
        assertThat(Tres.parse("mem=1000M").memoryMebibytes()).isEqualTo(1_000);
        assertThat(Tres.parse("mem=2G").memoryMebibytes()).isEqualTo(2_048);
        assertThat(Tres.parse("mem=62.50G").memoryMebibytes()).isEqualTo(64_000);
        assertThat(Tres.parse("mem=1.5T").memoryMebibytes()).isEqualTo(1_572_864);
        assertThat(Tres.parse("mem=512000K").memoryMebibytes()).isEqualTo(500);
        assertThat(Tres.parse("mem=700").memoryMebibytes()).isEqualTo(700);
        assertThat(Tres.parse("mem=1P").memoryMebibytes()).isEqualTo(1L << 30);
    }

    @Test
    void gpusAreTheWholeAndOtherwiseTheSumOfTheirTypes() {
        assertThat(Tres.parse("gres/gpu:h100=2,gres/gpu=3").gpus()).isEqualTo(3);
        assertThat(Tres.parse("gres/gpu:h100=2,gres/gpu:a100=3").gpus()).isEqualTo(5);
        assertThat(Tres.parse("gres/gpumem=80G,gres/gpuutil=50,cpu=1").gpus()).isZero();
        assertThat(Tres.parse("cpu=1.5K").cpus()).isEqualTo(1_500);
    }
}
