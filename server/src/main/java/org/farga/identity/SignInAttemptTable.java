package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.farga.platform.Secret;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts in the database what guesses secrets, so that a second process gives nobody a second set of tries. Windows begin
 * at fixed times: around the turn of one, twice as many tries can fall close together.
 */
@Component
class SignInAttemptTable {
    private static final Duration KEPT = Duration.ofHours(1);

    private final JdbcClient jdbc;

    SignInAttemptTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One window's count.
     *
     * @param attempts all in the window so far, this one among them
     * @param left until the next window begins
     */
    record Counted(int attempts, Duration left) {}

    /** Counts one more of what this key names; it is kept as its hash. */
    Counted count(String key, Duration window, Instant now) {
        long windowMs = window.toMillis();
        Instant start = Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), windowMs) * windowMs);
        int attempts = jdbc.sql("""
                        INSERT INTO sign_in_attempt (sha256, window_start, attempts) VALUES (:sha256, :start, 1)
                        ON CONFLICT (sha256, window_start) DO UPDATE SET attempts = sign_in_attempt.attempts + 1
                        RETURNING attempts""")
                .param("sha256", new Secret(key).sha256())
                .param("start", utc(start))
                .query(Integer.class)
                .single();
        return new Counted(attempts, Duration.between(now, start.plus(window)));
    }

    /** Forgets what counts no more. */
    int forget(Instant now) {
        return jdbc.sql("DELETE FROM sign_in_attempt WHERE window_start < :limit")
                .param("limit", utc(now.minus(KEPT)))
                .update();
    }

    @Configuration(proxyBeanMethods = false)
    static class Sweeping {
        @Bean
        RecurringTask<Void> forgetSignInAttempts(@Lazy SignInAttemptTable attempts, Clock clock) {
            return Tasks.recurring("forget-sign-in-attempts", FixedDelay.of(KEPT))
                    .execute((instance, context) -> attempts.forget(clock.instant()));
        }
    }
}
