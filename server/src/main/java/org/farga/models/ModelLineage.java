package org.farga.models;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.farga.allocation.VisibleProjects;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Where runs and model versions stand in lineage, for those who may see their projects. */
@Service
public class ModelLineage {
    private final ModelLineageTable table;

    ModelLineage(ModelLineageTable table) {
        this.table = table;
    }

    /** @param job none for a run outside any job */
    public record RunNode(
            RunId id, String name, @Nullable JobId job, ProjectId project, String state, Instant startedAt) {}

    public record VersionNode(
            ModelId model, int number, String name, ProjectId project, RunId run, Instant registeredAt) {}

    public Optional<RunNode> run(VisibleProjects visible, RunId id) {
        return table.run(id).filter(run -> visible.include(run.project()));
    }

    public Optional<VersionNode> version(VisibleProjects visible, ModelId model, int number) {
        return table.version(model, number).filter(version -> visible.include(version.project()));
    }

    /** The runs of these jobs, newest first, from before a run on. */
    public List<RunNode> runs(VisibleProjects visible, Collection<JobId> jobs, @Nullable RunId before, int most) {
        return jobs.isEmpty() ? List.of() : table.runs(visible, jobs, before, most);
    }

    /** How many those are, counted no further than a bound. */
    public int countRuns(VisibleProjects visible, Collection<JobId> jobs, int upTo) {
        return jobs.isEmpty() ? 0 : table.countRuns(visible, jobs, upTo);
    }

    /** The model versions that these runs were registered as, the latest first. */
    public List<VersionNode> versions(VisibleProjects visible, Collection<RunId> runs, int most) {
        return runs.isEmpty() ? List.of() : table.versions(visible, runs, most);
    }

    public int countVersions(VisibleProjects visible, Collection<RunId> runs, int upTo) {
        return runs.isEmpty() ? 0 : table.countVersions(visible, runs, upTo);
    }
}
