package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobRequestTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static JobRequest of(@Nullable Long seconds) {
        return new JobRequest(null, "one", "#!/bin/sh", 1, 64L, 0, seconds, 64L, List.of(), Map.of(), null);
    }

    private static long inMinutes(@Nullable Long seconds) {
        return of(seconds).withTimeLimitIn(MINUTE).timeLimitOrDefault();
    }

    @Test
    void aTimeLimitBecomesTheNextLongerThatTheEngineKeeps() {
        assertThat(inMinutes(1L)).isEqualTo(60);
        assertThat(inMinutes(61L)).isEqualTo(120);
        assertThat(of(61L).withTimeLimitIn(MINUTE).name()).isEqualTo("one");
    }

    @Test
    void oneThatItKeepsAsItIsStays() {
        assertThat(of(120L).withTimeLimitIn(MINUTE)).isEqualTo(of(120L));
        assertThat(of(null).withTimeLimitIn(MINUTE)).isEqualTo(of(null));
        assertThat(of(61L).withTimeLimitIn(Duration.ofSeconds(1))).isEqualTo(of(61L));
    }

    @Test
    void whatIsNoTimeLimitIsLeftToBeRefused() {
        assertThat(inMinutes(0L)).isZero();
        assertThat(inMinutes(-5L)).isEqualTo(-5);
        assertThat(inMinutes(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }
}
