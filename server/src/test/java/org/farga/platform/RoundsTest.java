package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger count = new AtomicInteger();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore may = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(1);
    private Rounds rounds;

    @AfterEach
    void stop() {
        may.release(1_000);
        if (rounds != null) {
            rounds.stop();
        }
    }

    @Test
    void aRoundThatFailsIsNotTheLastWhateverItFailedWith() throws InterruptedException {
        begin(Duration.ofMillis(1), () -> {
            if (count.get() == 1) {
                throw new IllegalStateException("the first");
            }
            if (count.get() == 2) {
                throw new StackOverflowError("the second");
            }
        });
        may.release(3);
        assertThat(begun.tryAcquire(3, 10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoWakesItInTheMidstOfARoundGetsAnother() throws InterruptedException {
        begin(LONG, () -> {});
        assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        rounds.wake();
        rounds.wake();
        may.release(2);
        assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).as("another").isTrue();
        // Woken twice before it began, that is once.
        may.release();
        assertThat(begun.tryAcquire(200, TimeUnit.MILLISECONDS)).as("a third").isFalse();
    }

    @Test
    void aStopWaitsForTheRoundAndEndsTheRest() throws InterruptedException {
        begin(LONG, () -> {});
        may.release();
        assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(rounds.isRunning()).isTrue();
        rounds.stop();
        assertThat(ended.await(0, TimeUnit.SECONDS))
                .as("ended when stop returned")
                .isTrue();
        assertThat(rounds.isRunning()).isFalse();
        rounds.wake();
        assertThat(begun.tryAcquire(200, TimeUnit.MILLISECONDS)).isFalse();
    }

    private void begin(Duration trouble, Runnable work) {
        rounds = new Rounds("test", Duration.ZERO, trouble) {
            @Override
            protected Duration round() throws InterruptedException {
                count.incrementAndGet();
                begun.release();
                may.acquire();
                work.run();
                return LONG;
            }

            @Override
            protected void ended() {
                ended.countDown();
            }
        };
        rounds.start();
    }
}
