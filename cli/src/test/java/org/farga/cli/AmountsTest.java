package org.farga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "10m, 600",
        "10min, 600",
        "90s, 90",
        "1h30m, 5400",
        "1h 30m, 5400",
        "2d, 172800",
        "1d1h1m1s, 90061",
        "2H, 7200",
        // as sbatch's manual page lists them
        "60, 3600",
        "10:30, 630",
        "01:02:03, 3723",
        "2-00, 172800",
        "2-01:30, 178200",
        "2-00:00:00, 172800"
    })
    void aTimeIsReadWithUnitsAndAsSlurmWritesIt(String typed, long seconds) {
        assertThat(Amounts.duration(typed)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0m", "5x", "m", "-5m", "1h-3", "1.5h", "1:2:3:4", "99999999999h", "30m1h"})
    void whatIsNoTimeIsRefusedWithAnExample(String typed) {
        assertThatThrownBy(() -> Amounts.duration(typed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + typed + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "2G, 2048",
        "512M, 512",
        "512, 512",
        "1.5GiB, 1536",
        "1T, 1048576",
        "2gb, 2048",
        "100K, 1",
        "1025K, 2",
        "2 G, 2048"
    })
    void memoryIsReadInPowersOf1024AndRoundedUp(String typed, long mebibytes) {
        assertThat(Amounts.mebibytes(typed)).isEqualTo(mebibytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "G", "2X", "-1G", "1e9"})
    void whatIsNoMemoryIsRefused(String typed) {
        assertThatThrownBy(() -> Amounts.mebibytes(typed)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "999, 999 B", "1000, 1.0 kB", "265358, 265 kB", "999999, 1.0 MB", "5000000000, 5.0 GB"})
    void bytesAreWrittenInPowersOf1000(long bytes, String written) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "20, 20", "1234.5, '1,234.5'", "0.00222, 0.0022", "100, 100"})
    void hoursHaveNoMoreDigitsThanTheyNeed(BigDecimal hours, String written) {
        assertThat(Amounts.hours(hours)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({
        "4200, 4.2 s",
        "42000, 42 s",
        "60000, 1 min",
        "90000, 1 min 30 s",
        "5400000, 1 h 30 min",
        "180000000, 2 d 2 h"
    })
    void aLengthOfTimeIsWrittenInItsTwoLargestUnits(long milliseconds, String written) {
        assertThat(Amounts.time(Duration.ofMillis(milliseconds))).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T11:59:58Z, now",
        "2026-11-22T11:57:00Z, 3 min ago",
        "2026-11-22T14:00:00Z, in 2 h",
        "2026-11-19T12:00:00Z, 3 d ago",
        "2026-11-01T12:00:00Z, 1 Nov",
        "2025-11-01T12:00:00Z, 1 Nov 2025"
    })
    void anInstantIsSeenFromNow(Instant at, String written) {
        assertThat(Amounts.when(at, NOW, ZoneOffset.UTC)).isEqualTo(written);
    }
}
