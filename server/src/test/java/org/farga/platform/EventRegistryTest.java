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
