package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.farga.platform.SafeCell;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.Test;

class UsageRecordTest {
    private static UsageRecord record(String jobName, String from, String to) {
        return UsageRecord.of(new JobUsage(
                new JobId(7),
                jobName,
                AllocationId.create(),
                "local",
                PersonId.create(),
                Instant.parse(from),
                Instant.parse(to),
                3,
                8,
                1_024));
    }

    @Test
    void aLineIsCountTimesDurationInMilliseconds() {
        UsageRecord record = record("train", "2026-11-22T10:00:00.100Z", "2026-11-22T10:00:12.445Z");
        assertThat(record.duration().toMillis()).isEqualTo(12_345);
        assertThat(record.gpuHours().milliseconds()).isEqualTo(37_035);
        assertThat(record.cpuHours().milliseconds()).isEqualTo(98_760);
    }

    @Test
    void startAndEndAreCutToMillisecondsBeforeTheyAreSubtracted() {
        UsageRecord record = record("train", "2026-11-22T10:00:00.000999999Z", "2026-11-22T10:00:00.002000001Z");
        assertThat(record.startedAt()).isEqualTo("2026-11-22T10:00:00.000Z");
        assertThat(record.duration().toMillis()).isEqualTo(2);
    }

    @Test
    void nothingEndsBeforeItStarts() {
        assertThat(record("train", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z")
                        .duration())
                .isZero();
        assertThatThrownBy(() -> record("train", "2026-11-22T10:00:00.001Z", "2026-11-22T10:00:00Z"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLineThatReversesAnotherTakesBackExactlyWhatThatOneCharged() {
        UsageRecord first = record("train", "2026-11-22T10:00:00.100Z", "2026-11-22T10:00:12.445Z");
        UsageRecord back = new UsageRecord(
                2,
                -1,
                first.job(),
                first.jobName(),
                first.allocation(),
                first.cluster(),
                first.person(),
                first.startedAt(),
                first.endedAt(),
                first.charged(),
                first.gpus(),
                first.cpus(),
                first.memoryMebibytes(),
                EngineRun.of("39_0"));
        assertThat(first.gpuHours().plus(back.gpuHours()).milliseconds()).isZero();
        assertThat(first.cpuHours().plus(back.cpuHours()).milliseconds()).isZero();
        assertThat(back.duration()).isNegative();
    }

    @Test
    void noRunIsChargedForLongerThanItTook() {
        UsageRecord r = record("train", "2026-11-22T10:00:00Z", "2026-11-22T10:00:10Z");
        assertThatThrownBy(() -> new UsageRecord(
                        0,
                        1,
                        r.job(),
                        r.jobName(),
                        r.allocation(),
                        r.cluster(),
                        r.person(),
                        r.startedAt(),
                        r.endedAt(),
                        Duration.ofMillis(10_001),
                        1,
                        1,
                        1,
                        null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSpreadsheetTakesNoTypedTextForAFormula() throws IOException {
        for (String start : new String[] {"=", "+", "-", "@", "\t", "\r"}) {
            assertThat(SafeCell.of(start + "cmd|' /C calc'!A0")).startsWith("'" + start);
        }
        assertThat(SafeCell.of("train-v2")).isEqualTo("train-v2");
        assertThat(SafeCell.of("")).isEmpty();

        StringBuilder csv = new StringBuilder();
        new StatementCsv(csv)
                .write(new Statements.Line(
                        record("=1+1", "2026-11-22T10:00:00Z", "2026-11-22T10:00:01.500Z"),
                        "Ana \"la Gran\", Pi",
                        Map.of()));
        String[] rows = csv.toString().split("\r\n");
        assertThat(rows).hasSize(2);
        assertThat(rows[1])
                .startsWith("7,'=1+1,")
                .contains(",\"Ana \"\"la Gran\"\", Pi\",")
                .endsWith(",local,2026-11-22T10:00:00Z,2026-11-22T10:00:01.500Z,1.500,3,8,1024,4500,12000,0.0013,0.0033"
                        + ",0,1,,,,,,,,,,");
    }
}
