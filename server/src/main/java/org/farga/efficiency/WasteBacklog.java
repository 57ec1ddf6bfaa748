package org.farga.efficiency;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.compute.JobWork;
import org.farga.compute.JobWorks;
import org.farga.platform.Rounds;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finds jobs that ended while nobody counted them, before there were sums of waste or under an older program: by their numbers, from
 * where the last process stopped. Of several processes one does a batch.
 */
@Component
class WasteBacklog extends Rounds {
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final Duration DONE = Duration.ofHours(1);
    private static final Duration BREATH = Duration.ofMillis(50);
    private static final int BATCH = 500;

    private final WasteTable table;
    private final WasteCount counts;
    private final JobWorks works;
    private final TransactionTemplate transaction;
    private final Clock clock;

    WasteBacklog(
            WasteTable table, WasteCount counts, JobWorks works, PlatformTransactionManager transactions, Clock clock) {
        super("waste-backlog", Duration.ZERO, AGAIN);
        this.table = table;
        this.counts = counts;
        this.works = works;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    @Override
    protected Duration round() {
        boolean more = Boolean.TRUE.equals(transaction.execute(status -> {
            List<Long> at = table.lockBacklog();
            if (at.isEmpty()) {
                return false;
            }
            List<JobWork> batch = works.endedBeyond(at.getFirst(), BATCH);
            // Those that have only just ended are told of, with their GPUs' last moments.
            Instant before = clock.instant().minus(WasteCount.GPUS_WRITTEN.multipliedBy(4));
            counts.count(batch.stream()
                    .filter(work -> work.endedAt() != null && work.endedAt().isBefore(before))
                    .toList());
            if (!batch.isEmpty()) {
                table.moveBacklog(batch.getLast().id().value());
            }
            return batch.size() == BATCH;
        }));
        return more ? BREATH : DONE;
    }
}
