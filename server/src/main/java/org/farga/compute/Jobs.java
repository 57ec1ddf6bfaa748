package org.farga.compute;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.allocation.Projects;
import org.farga.allocation.VisibleProjects;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What is asked of jobs, here and by other modules. */
@Service
public class Jobs {
    private final JobTable table;
    private final Clusters clusters;
    private final Projects projects;

    Jobs(JobTable table, Clusters clusters, Projects projects) {
        this.table = table;
        this.clusters = clusters;
        this.projects = projects;
    }

    /** A dataset version a job mounts, and the agreement that allows it. */
    public record Input(DatasetVersionId version, AgreementId agreement) {}

    /** A file that a job left in its output folder: its path there, with {@code /}, and its size. */
    public record OutputFile(String path, long bytes) {}

    /**
     * A job as other modules see it.
     *
     * @param state Slurm's word for it
     * @param scriptSha256 null for a job that was given to its engine without Farga
     * @param model the name under which its output is to be registered as a model, where it asked for that
     * @param outputFolder what it leaves behind; not to be trusted, so read it by {@link #output} and {@link #openOutput}
     * @param metricsFile JSON lines it writes: {@code {"name":"loss","step":3,"value":0.12}} and {@code {"param":"seed","value":"42"}}
     */
    public record Summary(
            JobId id,
            String name,
            ProjectId project,
            AllocationId allocation,
            PersonId submittedBy,
            String state,
            boolean ended,
            Instant submittedAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String scriptSha256,
            List<Input> inputs,
            @Nullable String model,
            Path outputFolder,
            Path metricsFile) {}

    /** Whoever asks; throws {@link NotFoundException}. */
    public Summary summary(JobId job) {
        return table.find(job).map(this::summary).orElseThrow(() -> new NotFoundException("job"));
    }

    /** One that the actor may see; throws {@link NotFoundException} otherwise. */
    public Summary visible(Actor actor, JobId job) {
        return summary(get(actor, job));
    }

    public Map<JobId, Summary> summaries(Collection<JobId> jobs) {
        return jobs.isEmpty()
                ? Map.of()
                : table.list(jobs).stream()
                        .map(this::summary)
                        .collect(Collectors.toMap(Summary::id, Function.identity()));
    }

    /** The jobs that run now, on the clusters whose files this process can read. */
    public List<JobId> running() {
        return table.running(clusters.names());
    }

    /** The plain files that a job left in its output folder, at most so many; links are never followed. */
    public List<OutputFile> output(JobId job, int atMost) throws IOException {
        return files(find(job)).listOutput(atMost).stream()
                .map(file -> new OutputFile(file.path(), file.bytes()))
                .toList();
    }

    /**
     * One of those files. Throws {@link java.nio.file.FileSystemException} where there is none by that path, or a part
     * of the path is a link.
     */
    public SeekableByteChannel openOutput(JobId job, String path) throws IOException {
        return files(find(job)).openOutput(path);
    }

    /** The metrics so far; throws {@link java.nio.file.NoSuchFileException} before the job started. */
    public SeekableByteChannel openMetrics(JobId job) throws IOException {
        return files(find(job)).openMetrics();
    }

    /** The script as it was submitted, whoever asks; throws {@link NotFoundException}. */
    public String script(JobId job) {
        return table.script(job);
    }

    /** The script as it was submitted; empty for a job that was given to its engine without Farga. */
    Optional<String> findScript(Job job) {
        return table.findScript(job.id());
    }

    Job get(Actor actor, JobId id) {
        return table.find(id)
                .filter(job -> projects.visibleTo(actor).include(job.project()))
                .orElseThrow(() -> new NotFoundException("job"));
    }

    /** Those of the numbers that are no job's, and no array's, which the actor may see. */
    Set<Long> unknown(Actor actor, Set<JobId> numbers) {
        VisibleProjects visible = projects.visibleTo(actor);
        Set<Long> unknown = numbers.stream().map(JobId::value).collect(Collectors.toCollection(HashSet::new));
        for (Job job : table.jobsOrTasks(numbers)) {
            if (visible.include(job.project())) {
                unknown.remove(job.id().value());
                if (job.options().task() != null) {
                    unknown.remove(job.options().task().array().value());
                }
            }
        }
        return unknown;
    }

    /** Those of the numbers waited for that are arrays'. */
    Set<Long> arrays(List<Dependency> after) {
        if (after.isEmpty()) {
            return Set.of();
        }
        Set<Long> parents =
                after.stream().map(one -> one.parent().value()).collect(Collectors.toCollection(HashSet::new));
        table.list(after.stream().map(Dependency::parent).toList())
                .forEach(job -> parents.remove(job.id().value()));
        return parents;
    }

    private Job find(JobId id) {
        return table.find(id).orElseThrow(() -> new NotFoundException("job"));
    }

    /** The newest first. */
    Page<Job> list(
            Actor actor,
            @Nullable ProjectId project,
            @Nullable JobState state,
            @Nullable JobId array,
            @Nullable String cursor,
            @Nullable Integer limit) {
        VisibleProjects visible = projects.visibleTo(actor);
        if (project != null && !visible.include(project)) {
            throw new NotFoundException("project");
        }
        int size = Cursor.size(limit);
        List<Job> rows = table.list(
                visible,
                new JobTable.Filter(project, state, null, array),
                Cursor.decode(cursor, Long::valueOf),
                size + 1);
        return Cursor.page(rows, size, job -> job.id().toString());
    }

    /** A person's own, newest first. */
    List<Job> ofPerson(Actor actor, int most) {
        return table.list(projects.visibleTo(actor), new JobTable.Filter(null, null, actor.person()), null, most);
    }

    /** A project's, newest first; of one that the caller may show. */
    List<Job> ofProject(ProjectId project, int most) {
        return table.list(new VisibleProjects(true, Set.of()), new JobTable.Filter(project, null, null), null, most);
    }

    List<Job> unseenFailures(Actor actor, Instant since, int most) {
        return table.unseenFailures(actor.person(), since, most);
    }

    /** Where a job's files are; nowhere where this process does not serve its cluster, as after one was taken away. */
    JobFiles files(Job job) {
        return clusters.find(job.cluster())
                .map(scheduler -> scheduler.files(job.id()))
                .orElseGet(() -> JobFiles.NOWHERE);
    }

    private Summary summary(Job job) {
        JobFiles files = files(job);
        return new Summary(
                job.id(),
                job.name(),
                job.project(),
                job.allocation(),
                job.submittedBy(),
                job.state().name(),
                job.hasEnded(),
                job.submittedAt(),
                job.startedAt(),
                job.endedAt(),
                job.scriptSha256(),
                job.inputs(),
                job.model(),
                files.output(),
                files.metrics());
    }
}
