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

    /**
     * @param job none for a run outside any job
     * @param deleted whether it was deleted; then it is here because a model rests on it
     */
    public record RunNode(
            RunId id,
            String name,
            @Nullable JobId job,
            ProjectId project,
            String state,
            Instant startedAt,
            boolean deleted) {}

    /**
     * @param run none for a model that was logged outside any run
     * @param job none outside any job
     * @param deleted whether it is no longer offered; it stays in the record
     */
    public record VersionNode(
            ModelId model,
            int number,
            String name,
            ProjectId project,
            @Nullable RunId run,
            @Nullable JobId job,
            Instant registeredAt,
            boolean deleted) {}

    public Optional<RunNode> run(VisibleProjects visible, RunId id) {
        return table.run(id).filter(run -> visible.include(run.project()));
    }

    public Optional<VersionNode> version(VisibleProjects visible, ModelId model, int number) {
        return table.version(model, number).filter(version -> visible.include(version.project()));
    }

    /** The runs of these jobs, and of these projects those of no job; newest first, from before a run on. */
    public List<RunNode> runs(
            VisibleProjects visible,
            Collection<JobId> jobs,
            Collection<ProjectId> projects,
            @Nullable RunId before,
            int most) {
        return jobs.isEmpty() && projects.isEmpty() ? List.of() : table.runs(visible, jobs, projects, before, most);
    }

    /** How many those are, counted no further than a bound. */
    public int countRuns(VisibleProjects visible, Collection<JobId> jobs, Collection<ProjectId> projects, int upTo) {
        return jobs.isEmpty() && projects.isEmpty() ? 0 : table.countRuns(visible, jobs, projects, upTo);
    }

    /** What came of these, the latest first: of a job or project only the model versions that came of none of its runs. */
    public List<VersionNode> versions(
            VisibleProjects visible,
            Collection<RunId> runs,
            Collection<JobId> jobs,
            Collection<ProjectId> projects,
            int most) {
        return runs.isEmpty() && jobs.isEmpty() && projects.isEmpty()
                ? List.of()
                : table.versions(visible, runs, jobs, projects, most);
    }

    public int countVersions(
            VisibleProjects visible,
            Collection<RunId> runs,
            Collection<JobId> jobs,
            Collection<ProjectId> projects,
            int upTo) {
        return table.countVersions(visible, runs, jobs, projects, upTo);
    }
}
