package org.farga.compute;

import java.util.Collection;
import java.util.stream.Stream;
import org.farga.usage.EngineJobs;
import org.springframework.stereotype.Component;

/** Tells the ledger of usage which of an engine's jobs are ours. */
@Component
class LiveEngineJobs implements EngineJobs {
    private final JobTable table;

    LiveEngineJobs(JobTable table) {
        this.table = table;
    }

    @Override
    public Collection<Own> live(String cluster) {
        return table.withEngine(cluster).stream()
                .flatMap(job -> Stream.ofNullable(job.engineJobId())
                        .map(number ->
                                new Own(number, job.id(), job.allocation(), job.submittedBy(), job.submittedAt())))
                .toList();
    }
}
