package org.farga.usage;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Looks every ten minutes at what is kept, and continues the ledger of storage. What a sample saw holds until the next one sees something
 * else, however long that takes: bytes come and go only through Farga, so that none did while it stood still. A change counts from the
 * sample that sees it, at most ten minutes late, more and less bytes alike.
 *
 * <p>Samples take turns in the database and each is whole or not at all; time that is counted is never counted again. Where the clock
 * was set back, nothing is written until it has passed the last sample.
 */
@Component
class StorageSampler {
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final List<StoredBytes> keepers;
    private final StorageTable table;
    private final Clock clock;

    StorageSampler(List<StoredBytes> keepers, StorageTable table, Clock clock) {
        this.keepers = keepers;
        this.table = table;
        this.clock = clock;
    }

    /** One process at a time has the turn. */
    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        RecurringTask<Void> sampleStorage(@Lazy StorageSampler sampler) {
            return Tasks.recurring("sample-storage", FixedDelay.of(INTERVAL))
                    .execute((instance, context) -> sampler.sample());
        }
    }

    /** Takes a sample; false where it would not be later than the last one. */
    @Transactional
    public boolean sample() {
        Optional<Instant> last = table.lock();
        // Read under the lock, so that of two processes the second one is the later one.
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        if (last.isPresent() && !now.isAfter(last.get())) {
            return false;
        }
        for (StoredBytes keeper : keepers) {
            table.enter(keeper.kind(), keeper.holdings(), now);
        }
        table.sampled(now);
        return true;
    }
}
