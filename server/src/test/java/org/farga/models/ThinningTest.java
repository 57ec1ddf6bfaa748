package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.farga.models.Thinning.Sample;
import org.junit.jupiter.api.Test;

class ThinningTest {
    private static List<Sample> thin(List<Sample> all, int most) {
        Thinning thinning = new Thinning(all.size(), most);
        all.forEach(thinning::add);
        return thinning.samples();
    }

    private static List<Sample> series(int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> new Sample(i, Math.sin(i / 50.0), i))
                .toList();
    }

    @Test
    void aShortSeriesStaysAsItIs() {
        assertThat(thin(series(100), 100)).isEqualTo(series(100));
        assertThat(thin(List.of(), 100)).isEmpty();
    }

    @Test
    void aLongSeriesKeepsItsEndsItsPeaksAndItsOrder() {
        List<Sample> all = new java.util.ArrayList<>(series(100_000));
        all.set(54_321, new Sample(54_321, 99, 0));
        all.set(54_322, new Sample(54_322, -99, 0));
        List<Sample> thinned = thin(all, 1_000);
        assertThat(thinned).hasSizeBetween(500, 1_000);
        assertThat(thinned.getFirst()).isEqualTo(all.getFirst());
        assertThat(thinned.getLast()).isEqualTo(all.getLast());
        assertThat(thinned).contains(all.get(54_321), all.get(54_322));
        assertThat(thinned).isSortedAccordingTo(java.util.Comparator.comparingLong(Sample::step));
        assertThat(thinned).doesNotHaveDuplicates();
    }
}
