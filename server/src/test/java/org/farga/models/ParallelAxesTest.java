package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParallelAxesTest {
    @Test
    void numbersLieByTheirSize() {
        ParallelAxes.Laid laid = ParallelAxes.lay(List.of("0", "5", "10"));
        assertThat(laid.scale()).isEqualTo(ParallelAxes.Scale.LINEAR);
        assertThat(laid.places()).containsExactly(0.0, 0.5, 1.0);
        assertThat(laid.ticks().getLast().label()).isEqualTo("10");
    }

    @Test
    void ratesOverTwoOrdersOfMagnitudeLieByTheirLogarithm() {
        ParallelAxes.Laid laid = ParallelAxes.lay(List.of("1e-4", "0.001", "0.01"));
        assertThat(laid.scale()).isEqualTo(ParallelAxes.Scale.LOGARITHMIC);
        assertThat(laid.places().get(1)).isCloseTo(0.5, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(laid.ticks()).extracting(ParallelAxes.Tick::label).containsExactly("0.0001", "0.001", "0.01");
        assertThat(ParallelAxes.lay(List.of("0", "1000")).scale()).isEqualTo(ParallelAxes.Scale.LINEAR);
    }

    @Test
    void oneWordAmongTheNumbersMakesCategories() {
        ParallelAxes.Laid laid = ParallelAxes.lay(Arrays.asList("10", "auto", null, "10"));
        assertThat(laid.scale()).isEqualTo(ParallelAxes.Scale.CATEGORIES);
        assertThat(laid.places()).containsExactly(0.0, 1.0, null, 0.0);
    }

    @Test
    void equalNumbersLieInTheMiddle() {
        assertThat(ParallelAxes.lay(List.of("3", "3.0")).places()).containsExactly(0.5, 0.5);
    }
}
