package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.farga.FargaTest;
import org.farga.shared.EmailAddress;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** What limits guessing, counted where all processes see it. */
@FargaTest
class SignInAttemptTableTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant NOON = Instant.parse("2031-05-04T12:00:00Z");

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private PasswordTable passwords;

    @Test
    @Transactional
    void twoProcessesCountTogetherAndEachWindowAnew() {
        String key = "test " + UUID.randomUUID();
        SignInAttemptTable one = new SignInAttemptTable(jdbc);
        SignInAttemptTable other = new SignInAttemptTable(jdbc);
        assertThat(one.count(key, MINUTE, NOON)).isEqualTo(new SignInAttemptTable.Counted(1, MINUTE));
        assertThat(other.count(key, MINUTE, NOON.plusSeconds(59)))
                .isEqualTo(new SignInAttemptTable.Counted(2, Duration.ofSeconds(1)));
        assertThat(one.count(key + "x", MINUTE, NOON).attempts()).isEqualTo(1);
        assertThat(one.count(key, MINUTE, NOON.plus(MINUTE)).attempts()).isEqualTo(1);
    }

    @Test
    @Transactional
    void countsAreForgottenAnHourAfterTheirWindowAndNameNobody() {
        String key = "sign-in 192.0.2.1 " + UUID.randomUUID();
        SignInAttemptTable attempts = new SignInAttemptTable(jdbc);
        attempts.count(key, MINUTE, NOON);
        assertThat(jdbc.sql("SELECT count(*) FROM sign_in_attempt a WHERE a::text LIKE '%192.0.2.1%'")
                        .query(Integer.class)
                        .single())
                .isZero();
        attempts.forget(NOON.plus(Duration.ofHours(1)));
        assertThat(attempts.count(key, MINUTE, NOON).attempts()).isEqualTo(2);
        attempts.forget(NOON.plus(Duration.ofHours(1)).plusSeconds(1));
        assertThat(attempts.count(key, MINUTE, NOON).attempts()).isEqualTo(1);
    }

    /** Not in a transaction: each try stands for one in a process of its own. */
    @Test
    void ofManyTriesAtOnceNoMoreGetInThanOneAfterAnother() throws Exception {
        EmailAddress address = new EmailAddress("raced-" + UUID.randomUUID() + "@example.org");
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        try (var threads = Executors.newFixedThreadPool(8)) {
            var tries = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> passwords.admitTry(address, now)))
                    .toList();
            int admitted = 0;
            for (var one : tries) {
                admitted += one.get() ? 1 : 0;
            }
            assertThat(admitted).isEqualTo(SignInThrottle.FREE_TRIES);
        } finally {
            passwords.forgetFailures(address);
        }
    }

    @Test
    @Transactional
    void theDatabaseAndTheRuleAgreeOnHowLongToWait() {
        EmailAddress address = new EmailAddress("slow-" + UUID.randomUUID() + "@example.org");
        Instant now = NOON;
        for (int failures = 0; failures < 20; failures++) {
            Instant free =
                    passwords.throttle(address).map(SignInThrottle::waitUntil).orElse(Instant.EPOCH);
            if (free.isAfter(now)) {
                assertThat(passwords.admitTry(address, free.minusMillis(1)))
                        .as("after " + failures)
                        .isFalse();
                now = free;
            }
            assertThat(passwords.admitTry(address, now)).as("after " + failures).isTrue();
            assertThat(passwords.throttle(address).orElseThrow().failures()).isEqualTo(failures + 1);
        }
        assertThat(passwords.throttle(address).orElseThrow().waitUntil()).isEqualTo(now.plus(Duration.ofMinutes(15)));
        passwords.forgetFailures(address);
        assertThat(passwords.admitTry(address, now)).isTrue();
    }
}
