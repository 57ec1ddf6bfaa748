package org.farga.platform;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.FailedEventPublications;
import org.springframework.modulith.events.ResubmissionOptions;
import org.springframework.scheduling.annotation.EnableAsync;

/**
 * Work that is remote, slow or later: db-scheduler's queue in the database, shared by all Farga processes. Modules
 * declare tasks as beans and schedule them in the transaction of the change that calls for them.
 */
@Configuration(proxyBeanMethods = false)
@EnableAsync
class WorkQueueConfiguration {
    /** Events whose listener failed are given to it again. */
    @Bean
    RecurringTask<Void> resubmitEvents(FailedEventPublications failed) {
        return Tasks.recurring("resubmit-events", FixedDelay.ofSeconds(10))
                .execute((instance, context) -> failed.resubmit(
                        ResubmissionOptions.defaults().withBatchSize(100).withMinAge(Duration.ofSeconds(5))));
    }

    /** Events that a process died with are given to their listeners by another, within seconds. */
    @Bean
    RecurringTask<Void> takeOverEvents(EventRegistry registry, Clock clock) {
        return Tasks.recurring("take-over-events", FixedDelay.ofSeconds(2))
                .execute((instance, context) -> registry.takeOver(clock.instant()));
    }

    /** Keys are kept for a day, as long as a client may reasonably repeat a request; delivered events for a week. */
    @Bean
    RecurringTask<Void> forgetOldKeys(JdbcClient jdbc, Clock clock) {
        return Tasks.recurring("forget-old-keys", FixedDelay.ofHours(1)).execute((instance, context) -> {
            OffsetDateTime now = OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
            jdbc.sql("DELETE FROM idempotency_key WHERE created_at < :limit")
                    .param("limit", now.minusDays(1))
                    .update();
            jdbc.sql("DELETE FROM event_publication WHERE completion_date < :limit")
                    .param("limit", now.minusDays(7))
                    .update();
        });
    }
}
