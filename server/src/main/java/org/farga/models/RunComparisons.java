package org.farga.models;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Puts runs side by side for those who may see all of them, across projects too. */
@Service
class RunComparisons {
    private final Runs runs;
    private final RunSeriesTable series;

    RunComparisons(Runs runs, RunSeriesTable series) {
        this.runs = runs;
        this.series = series;
    }

    /** Throws {@link NotFoundException} where one of them is not there for the actor. */
    Outcome<RunComparison> compare(Actor actor, @Nullable Collection<RunId> asked) {
        return RunComparison.choose(asked).map(ids -> {
            List<Run> found = runs.list(actor, ids);
            return RunComparison.of(found, runs.parameters(ids), runs.metrics(ids));
        });
    }

    /** One metric of one or several runs; a run that does not have it is left out. */
    List<RunSeries> series(Actor actor, Collection<RunId> asked, String metric, RunSeries.Window window) {
        List<RunId> ids =
                asked.stream().distinct().limit(RunComparison.MOST_RUNS).toList();
        List<RunSeries> all = new ArrayList<>();
        for (Run run : runs.list(actor, ids)) {
            series.metric(run.id(), metric).ifPresent(number -> all.add(series.read(run.id(), number, window)));
        }
        if (all.isEmpty()) {
            throw new NotFoundException("metric");
        }
        return all;
    }
}
