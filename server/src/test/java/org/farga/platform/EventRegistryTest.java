package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
        Instant soon = Instant.now().plus(Duration.ofSeconds(20));
        while (completed(what) == 0 && Instant.now().isBefore(soon)) {
            Thread.sleep(100);
        }
        assertThat(completed(what)).isEqualTo(1);
        assertThat(listener.calls()).isGreaterThan(before);
        assertThat(registry.waits(id)).isFalse();
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
