package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;
import org.farga.FargaTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@FargaTest
class EventRegistryTest {
    @Autowired
    private ApplicationEventPublisher events;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private FlakyListener listener;

    @Autowired
    private EventRegistry registry;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private HikariDataSource pool;

    @Test
    void anEventWhoseListenerFailedIsGivenToItAgain() throws InterruptedException {
        String what = UUID.randomUUID().toString();
        new TransactionTemplate(transactions)
                .executeWithoutResult(s -> events.publishEvent(new FlakyListener.SomethingHappened(what)));
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (completed(what) == 0 && Instant.now().isBefore(deadline)) {
            Thread.sleep(200);
        }
        assertThat(completed(what)).isEqualTo(1);
        assertThat(listener.calls()).isGreaterThanOrEqualTo(2);
        assertThat(jdbc.sql("SELECT summary FROM failure WHERE kind = 'EVENT' AND name = :name")
                        .param("name", FlakyListener.class.getName() + ".on")
                        .query(String.class)
                        .single())
                .as("why it failed, for the operator")
                .isEqualTo("IllegalStateException: not yet");
    }

    @Test
    void anEventThatAProcessDiedWithIsDeliveredAgainWhenAskedFor() throws InterruptedException {
        String what = UUID.randomUUID().toString();
        new TransactionTemplate(transactions)
                .executeWithoutResult(s -> events.publishEvent(new FlakyListener.SomethingHappened(what)));
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (completed(what) == 0 && Instant.now().isBefore(deadline)) {
            Thread.sleep(200);
        }
        // Older than a minute, so that it is told; younger than two, so that nobody delivers it of themselves.
        jdbc.sql("""
                UPDATE event_publication SET completion_date = NULL, status = 'PUBLISHED',
                       publication_date = now() - interval '70 seconds'
                WHERE serialized_event LIKE :what""").param("what", "%" + what + "%").update();
        UUID id = registry.waiting(Instant.now().minusSeconds(60), 50).stream()
                .filter(e -> e.event().equals("SomethingHappened"))
                .findFirst()
                .orElseThrow()
                .id();
        int before = listener.calls();
        registry.resubmit(id);
        Instant soon = Instant.now().plus(Duration.ofSeconds(60));
        while (completed(what) == 0 && Instant.now().isBefore(soon)) {
            Thread.sleep(100);
        }
        assertThat(completed(what)).isEqualTo(1);
        assertThat(listener.calls()).isGreaterThan(before);
        assertThat(registry.waits(id)).isFalse();
    }

    /** Also one that it died with while it gave it out again, which no longer failed and was not taken either. */
    @Test
    void anEventOfAProcessThatIsGoneIsDeliveredByAnotherAndOneOfALivingProcessIsNot() throws Exception {
        String what = UUID.randomUUID().toString();
        new TransactionTemplate(transactions)
                .executeWithoutResult(s -> events.publishEvent(new FlakyListener.SomethingHappened(what)));
        awaitCompleted(what);
        Properties other = new Properties();
        other.setProperty("user", pool.getUsername());
        other.setProperty("password", pool.getPassword());
        other.setProperty("ApplicationName", "farga 1 " + what);
        try (Connection session = DriverManager.getConnection(pool.getJdbcUrl(), other);
                Statement statement = session.createStatement()) {
            // As it is in the midst of things, long enough ago to be looked at, too short for its age to count.
            statement.execute("UPDATE event_publication SET completion_date = NULL, status = 'RESUBMITTED',"
                    + " publication_date = now() - interval '10 seconds' WHERE serialized_event LIKE '%" + what + "%'");
            registry.takeOver(Instant.now());
            assertThat(completed(what)).as("while its process lives").isZero();
            assertThat(jdbc.sql("SELECT held_by FROM event_publication WHERE serialized_event LIKE :what")
                            .param("what", "%" + what + "%")
                            .query(String.class)
                            .single())
                    .isEqualTo("farga 1 " + what);
        }
        awaitCompleted(what);
    }

    private void awaitCompleted(String what) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (completed(what) == 0 && Instant.now().isBefore(deadline)) {
            Thread.sleep(50);
        }
        assertThat(completed(what)).isEqualTo(1);
    }

    @Test
    void anEventOfATransactionThatFailedIsNotPublished() {
        String what = UUID.randomUUID().toString();
        new TransactionTemplate(transactions).executeWithoutResult(s -> {
            events.publishEvent(new FlakyListener.SomethingHappened(what));
            s.setRollbackOnly();
        });
        assertThat(jdbc.sql("SELECT count(*) FROM event_publication WHERE serialized_event LIKE :what")
                        .param("what", "%" + what + "%")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private int completed(String what) {
        return jdbc.sql("""
                        SELECT count(*) FROM event_publication
                        WHERE serialized_event LIKE :what AND completion_date IS NOT NULL""")
                .param("what", "%" + what + "%")
                .query(Integer.class)
                .single();
    }
}
