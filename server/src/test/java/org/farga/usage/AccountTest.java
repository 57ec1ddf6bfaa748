package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccountTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static Account account(long gpuAwarded, long cpuAwarded, Commitment... commitments) {
        // As the table gives them: what waits is only in the sums.
        return new Account(
                GpuHours.ofHours(gpuAwarded),
                CpuHours.ofHours(cpuAwarded),
                GpuHours.ZERO,
                CpuHours.ZERO,
                new GpuHours(Stream.of(commitments)
                        .mapToLong(c -> c.gpuMost().milliseconds())
                        .sum()),
                new CpuHours(Stream.of(commitments)
                        .mapToLong(c -> c.cpuMost().milliseconds())
                        .sum()),
                Stream.of(commitments).filter(c -> c.startedAt() != null).toList());
    }

    private static Commitment job(int gpus, int cpus, Duration limit, @Nullable Instant startedAt) {
        return new Commitment(new JobId(1), gpus, cpus, limit, startedAt);
    }

    @Test
    void aWaitingJobIsCommittedInFull() {
        Balance balance =
                account(100, 100, job(2, 4, Duration.ofHours(3), null)).balance(NOW);
        assertThat(balance.gpuInFlight()).isEqualTo(GpuHours.ZERO);
        assertThat(balance.gpuCommitted()).isEqualTo(GpuHours.ofHours(6));
        assertThat(balance.cpuCommitted()).isEqualTo(CpuHours.ofHours(12));
        assertThat(balance.gpuLeft()).isEqualTo(GpuHours.ofHours(94));
    }

    @Test
    void aRunningJobMovesFromCommittedToInFlightToTheMillisecond() {
        Balance balance = account(100, 100, job(2, 0, Duration.ofHours(3), NOW.minusMillis(3_600_001)))
                .balance(NOW);
        assertThat(balance.gpuInFlight().milliseconds()).isEqualTo(2 * 3_600_001L);
        assertThat(balance.gpuCommitted().milliseconds()).isEqualTo(2 * (2 * 3_600_000L - 1));
        assertThat(balance.gpuLeft()).isEqualTo(GpuHours.ofHours(94));
    }

    @Test
    void aJobBeyondItsLimitIsInFlightForItsLimitOnly() {
        Balance balance = account(100, 100, job(1, 0, Duration.ofHours(1), NOW.minus(Duration.ofHours(5))))
                .balance(NOW);
        assertThat(balance.gpuInFlight()).isEqualTo(GpuHours.ofHours(1));
        assertThat(balance.gpuCommitted()).isEqualTo(GpuHours.ZERO);
    }

    @Test
    void aStartThatIsYetToComeCountsAsCommitted() {
        Balance balance = account(100, 100, job(1, 0, Duration.ofHours(1), NOW.plusSeconds(5)))
                .balance(NOW);
        assertThat(balance.gpuInFlight()).isEqualTo(GpuHours.ZERO);
        assertThat(balance.gpuCommitted()).isEqualTo(GpuHours.ofHours(1));
    }

    @Test
    void theLastMillisecondOfABudgetMayBeCommittedAndNotOneMore() {
        Account account = account(8, 100);
        Balance full = account.commit(job(1, 0, Duration.ofHours(8), null), NOW).orThrow();
        assertThat(full.gpuLeft()).isEqualTo(GpuHours.ZERO);
        assertThat(refusal(account.commit(job(1, 0, Duration.ofHours(8).plusMillis(1), null), NOW))
                        .name())
                .isEqualTo("over-budget");
    }

    @Test
    void aRefusalSaysTheNumbers() {
        Account account = account(100, 1_000, job(10, 0, Duration.ofMinutes(581), null));
        Refusal refusal = refusal(account.commit(job(1, 4, Duration.ofHours(8), null), NOW));
        assertThat(refusal.arguments().subList(0, 4))
                .containsExactly("gpu", decimal("8.0000"), decimal("3.1666"), decimal("100.0000"));
    }

    @Test
    void aRefusalByOneMillisecondDoesNotReadAsIfItFitted() {
        Refusal refusal =
                refusal(account(8, 0).commit(job(1, 0, Duration.ofHours(8).plusMillis(1), null), NOW));
        assertThat(refusal.arguments().subList(1, 3)).containsExactly(decimal("8.0001"), decimal("8.0000"));
    }

    @Test
    void cpuHoursAreABudgetOfTheirOwn() {
        Refusal refusal = refusal(account(100, 3).commit(job(1, 4, Duration.ofHours(1), null), NOW));
        assertThat(refusal.arguments()).startsWith("cpu").contains(decimal("4.0000"), decimal("3.0000"));
        assertThat(refusal(account(0, 3).commit(job(1, 4, Duration.ofHours(1), null), NOW))
                        .arguments())
                .startsWith("both");
    }

    @Test
    void aJobWithoutGpusRunsWhereGpuHoursAreOverdrawn() {
        Account overdrawn = new Account(
                GpuHours.ofHours(1),
                CpuHours.ofHours(10),
                GpuHours.ofHours(2),
                CpuHours.ZERO,
                GpuHours.ZERO,
                CpuHours.ZERO,
                List.of());
        assertThat(overdrawn.balance(NOW).gpuLeft()).isEqualTo(GpuHours.ofHours(-1));
        assertThat(overdrawn.commit(job(0, 1, Duration.ofHours(1), null), NOW)).isInstanceOf(Outcome.Done.class);
        assertThat(overdrawn.commit(job(1, 1, Duration.ofMillis(1), null), NOW)).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aCommitmentHasBounds() {
        assertThatThrownBy(() -> job(-1, 0, Duration.ofHours(1), null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> job(1, 0, Duration.ofNanos(10), null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> job(1, 0, Commitment.LONGEST.plusMillis(1), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static BigDecimal decimal(String text) {
        return new BigDecimal(text);
    }

    private static Refusal refusal(Outcome<Balance> outcome) {
        if (!(outcome instanceof Outcome.Refused<Balance>(Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        return refusal;
    }
}
