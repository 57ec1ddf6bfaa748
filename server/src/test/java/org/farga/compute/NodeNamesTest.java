package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NodeNamesTest {
    @Test
    void aShortListIsWrittenOut() {
        assertThat(NodeNames.of("gpu[1-3,07],login")).containsExactly("gpu1", "gpu2", "gpu3", "gpu07", "login");
        assertThat(NodeNames.of("r[1-2]n[01-02]")).containsExactly("r1n01", "r1n02", "r2n01", "r2n02");
        assertThat(NodeNames.of("small1")).containsExactly("small1");
        assertThat(NodeNames.of("")).isEmpty();
    }

    @Test
    void whatCannotBeReadIsLeftAsItIs() {
        assertThat(NodeNames.of("gpu[1-")).containsExactly("gpu[1-");
        assertThat(NodeNames.of("gpu[a]")).containsExactly("gpu[a]");
    }

    @Test
    void aListThatNobodyCouldMeanEnds() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(NodeNames.of("n[0-999999999]")).hasSize(100_000));
    }
}
