package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.slurm.Ladder.Books;
import org.farga.slurm.Ladder.Step;
import org.junit.jupiter.api.Test;

class LadderTest {
    private static final Ladder USUAL = new Ladder(80, 100, 120, 0);
    private static final Books FRESH = new Books(100_000, 0);

    @Test
    void theFurtherOfTheTwoBooksCounts() {
        assertThat(USUAL.step(FRESH, FRESH)).isEqualTo(Step.NONE);
        assertThat(USUAL.step(new Books(100_000, 79_999), FRESH)).isEqualTo(Step.NONE);
        assertThat(USUAL.step(new Books(100_000, 80_000), FRESH)).isEqualTo(Step.NOTICE);
        assertThat(USUAL.step(FRESH, new Books(100_000, 100_000))).isEqualTo(Step.SLOW);
        assertThat(USUAL.step(new Books(100_000, 119_999), new Books(100_000, 80_000)))
                .isEqualTo(Step.SLOW);
        assertThat(USUAL.step(FRESH, new Books(100_000, 120_000))).isEqualTo(Step.STOP);
    }

    @Test
    void aBudgetOfNothingHasNoSteps() {
        assertThat(USUAL.step(new Books(0, 0), FRESH)).isEqualTo(Step.NONE);
        assertThat(USUAL.mostMinutes(0)).isZero();
        assertThat(USUAL.mostMinutes(-5)).isZero();
    }

    @Test
    void slurmAllowsTheMinutesUpToWhereItStops() {
        assertThat(USUAL.mostMinutes(3_600_000)).isEqualTo(72);
        assertThat(USUAL.mostMinutes(60_000)).isEqualTo(1);
        assertThat(new Ladder(80, 100, 100, 0).mostMinutes(59_999)).isZero();
        // Ten million GPU-hours for a century do not overflow.
        assertThat(USUAL.mostMinutes(Long.MAX_VALUE)).isEqualTo(184_467_440_737_095L);
        assertThat(USUAL.most(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(USUAL.most(100)).isEqualTo(120);
    }

    @Test
    void whatIsLeftIsCarriedOverInPartAndWhatWasOverusedAsAWhole() {
        assertThat(USUAL.carried(new Books(100, 40))).isZero();
        assertThat(USUAL.carried(new Books(100, 140))).isZero();
        Ladder half = new Ladder(80, 100, 120, 50);
        assertThat(half.carried(new Books(100, 40))).isEqualTo(30);
        assertThat(half.carried(new Books(100, 115))).isEqualTo(-15);
    }

    @Test
    void stepsRiseAndStayWithinReason() {
        assertThat(Ladder.refusal(80, 100, 120, 0)).isEmpty();
        assertThat(Ladder.refusal(100, 100, 100, 100)).isEmpty();
        assertThat(Ladder.refusal(101, 100, 120, 0)).isPresent();
        assertThat(Ladder.refusal(80, 130, 120, 0)).isPresent();
        assertThat(Ladder.refusal(80, 100, 1_001, 0)).isPresent();
        assertThat(Ladder.refusal(80, 100, 120, 101)).isPresent();
        assertThat(Ladder.refusal(0, 100, 120, 0)).isPresent();
        assertThat(Ladder.refusal(null, 100, 120, 0)).isPresent();
    }
}
