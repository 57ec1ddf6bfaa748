package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.farga.compute.Dependency.Kind;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;

/** What people write about arrays and dependencies, as Slurm reads it. */
class JobOptionsTest {

    private static List<Integer> indexes(String text) {
        return ArrayIndexes.parse(text).orElseThrow().indexes();
    }

    @Test
    void indexesAreRangesStepsAndListsEachOnce() {
        assertThat(indexes("0-3")).containsExactly(0, 1, 2, 3);
        assertThat(indexes("7,1,3-4,3")).containsExactly(1, 3, 4, 7);
        assertThat(indexes("0-20:5")).containsExactly(0, 5, 10, 15, 20);
        assertThat(ArrayIndexes.parse("0-9%2").orElseThrow().atOnce()).isEqualTo(2);
        assertThat(ArrayIndexes.parse("0-2%2").orElseThrow().words()).isEqualTo("0,1,2%2");
    }

    @Test
    void whatIsNoListOfIndexesIsNone() {
        for (String text : List.of("", "a", "3-1", "1-", "-1", "1,,2", "0-3%0", "0-3:0", "0-9999999", "1;2")) {
            assertThat(ArrayIndexes.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void aHugeArrayIsReadNoFurtherThanToSeeThatItIs() {
        assertThat(indexes("0-1000000")).hasSize(ArrayIndexes.MOST + 1);
    }

    @Test
    void dependenciesNameKindsAndNumbers() {
        assertThat(Dependency.parse("afterok:12:13,after:4").orElseThrow())
                .containsExactly(
                        new Dependency(Kind.AFTEROK, new JobId(12)),
                        new Dependency(Kind.AFTEROK, new JobId(13)),
                        new Dependency(Kind.AFTER, new JobId(4)));
        for (String text : List.of("", "12", "afterok", "afterok:", "afterok:0", "afterburst:3", "afterok:1?after:2")) {
            assertThat(Dependency.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void aDependencyBreaksWhereItsParentEndedInAnotherWay() {
        Dependency well = new Dependency(Kind.AFTEROK, new JobId(1));
        assertThat(well.isBroken(JobState.FAILED)).isTrue();
        assertThat(well.isBroken(JobState.COMPLETED)).isFalse();
        assertThat(well.isBroken(JobState.RUNNING)).isFalse();
        assertThat(new Dependency(Kind.AFTERNOTOK, new JobId(1)).isBroken(JobState.COMPLETED))
                .isTrue();
        assertThat(new Dependency(Kind.AFTERANY, new JobId(1)).isBroken(JobState.NODE_FAIL))
                .isFalse();
    }

    @Test
    void aTypeOfGpuIsAWordOfItsModel() {
        Resources h100 = new Resources(1, 1, 1, "h100", false, java.time.Duration.ofMinutes(1), 1);
        assertThat(h100.takes("NVIDIA H100 80GB HBM3")).isTrue();
        assertThat(h100.takes("h100")).isTrue();
        assertThat(h100.takes("NVIDIA A100-SXM4")).isFalse();
        assertThat(h100.takes("gh100x")).isFalse();
    }
}
