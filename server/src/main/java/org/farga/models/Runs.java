package org.farga.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.farga.allocation.Projects;
import org.farga.allocation.VisibleProjects;
import org.farga.compute.Jobs;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Follows runs while their jobs report, and shows them to those who may see their project. */
@Service
class Runs {
    /** How much of a metrics file is read at once; one transaction takes one piece. */
    static final int PIECE_BYTES = 1 << 20;
    /** How much of one is read in all: what a million lines need, and no more of a file without end. */
    static final long MOST_METRICS_BYTES = 256L << 20;

    static final int DEFAULT_POINTS = 5_000;
    static final int MOST_POINTS_SHOWN = 100_000;

    private final RunTable table;
    private final Experiments experiments;
    private final Projects projects;
    private final FileStore store;
    private final Clock clock;

    Runs(RunTable table, Experiments experiments, Projects projects, FileStore store, Clock clock) {
        this.table = table;
        this.experiments = experiments;
        this.projects = projects;
        this.store = store;
        this.clock = clock;
    }

    /** The run of a job, begun where it has none yet; nothing for a job that never started. */
    @Transactional
    Optional<Run> begin(Jobs.Summary job) {
        Optional<Run> known = table.find(job.id());
        Run fresh = known.isPresent() ? null : Run.of(job);
        if (fresh == null) {
            return known;
        }
        experiments.ensureDefault(fresh.project());
        table.insert(fresh);
        return table.find(job.id());
    }

    /**
     * Takes the next piece of what the job has reported, once: what was read and how far move in one transaction, and a
     * run that another process reads just now is left to it. Whether there may be more to read at once.
     */
    @Transactional
    boolean follow(RunId id, Path metricsFile) throws IOException {
        Optional<RunTable.Place> place =
                table.lockIfFree(id).filter(p -> p.run().state() == RunState.RUNNING);
        return place.isPresent() && readOn(place.get(), metricsFile, false);
    }

    /** The same once the job has ended, to the last byte; a last line needs no end. */
    @Transactional
    boolean finishReading(RunId id, Path metricsFile) throws IOException {
        Optional<RunTable.Place> place =
                table.lock(id).filter(p -> !p.run().state().isOver());
        if (place.isPresent() && place.get().offset() >= MOST_METRICS_BYTES) {
            remark(place.get(), List.of(new Run.Remark("metrics-too-large", String.valueOf(MOST_METRICS_BYTES >> 20))));
        }
        return place.isPresent() && readOn(place.get(), metricsFile, true);
    }

    private boolean readOn(RunTable.Place place, Path metricsFile, boolean last) throws IOException {
        if (MetricsIntake.isFull(place.run()) || place.offset() >= MOST_METRICS_BYTES) {
            return false;
        }
        byte[] piece = piece(metricsFile, place.offset());
        boolean more = piece.length == PIECE_BYTES;
        MetricsLines lines = MetricsLines.read(piece, place.offset(), last && !more);
        if (lines.nextOffset() == place.offset()) {
            return false;
        }
        Run run = place.run();
        MetricsIntake intake = MetricsIntake.of(run, table.numbered(run.id()), lines);
        if (!intake.rows().isEmpty()) {
            table.put(run.id(), intake.changed(), clock.instant());
            table.insertPoints(run.id(), intake.rows(), clock.instant());
        }
        if (!lines.parameters().isEmpty()) {
            table.insertParameters(run.id(), lines.parameters(), MetricsIntake.MOST_PARAMETERS);
        }
        table.advance(intake.after(run), lines.nextOffset());
        return more;
    }

    /** A piece of a plain file from an offset on; empty where there is none, or a link or a pipe stands in its place. */
    private static byte[] piece(Path file, long offset) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return new byte[0];
        }
        try (SeekableByteChannel content =
                Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (content.size() <= offset) {
                return new byte[0];
            }
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, content.size() - offset));
            content.position(offset);
            while (piece.hasRemaining() && content.read(piece) >= 0) {
                // Reads on: one call may give less than there is.
            }
            return Arrays.copyOf(piece.array(), piece.position());
        } catch (FileSystemException e) {
            return new byte[0];
        }
    }

    /** The job has ended: what it left is to be taken now. False where that was noted before. */
    @Transactional
    boolean end(RunId id, Instant endedAt) {
        return table.move(id, RunState.RUNNING, RunState.COLLECTING, endedAt);
    }

    /** All is taken: the run stays as it is from now on. False where another process was first. */
    @Transactional
    boolean finish(RunId id, RunState state, Instant endedAt, List<RunFile> files, List<Run.Remark> leftOut) {
        Optional<RunTable.Place> place = table.lock(id).filter(p -> p.run().state() == RunState.COLLECTING);
        if (place.isEmpty()) {
            return false;
        }
        if (!files.isEmpty()) {
            table.insertFiles(id, files);
        }
        remark(place.get(), leftOut);
        JobId job = place.get().run().job();
        if (job != null) {
            table.endOthers(job, state, endedAt);
        }
        return table.move(id, RunState.COLLECTING, state, endedAt);
    }

    /** Adds to what was not taken. */
    @Transactional
    void remark(RunId id, Run.Remark remark) {
        table.lock(id).ifPresent(place -> remark(place, List.of(remark)));
    }

    private void remark(RunTable.Place place, List<Run.Remark> more) {
        Run run = place.run();
        List<Run.Remark> all = Stream.concat(run.remarks().stream(), more.stream())
                .distinct()
                .limit(Run.MOST_REMARKS)
                .toList();
        table.advance(run.with(run.points(), run.garbageLines(), all), place.offset());
    }

    Optional<Run> find(JobId job) {
        return table.find(job);
    }

    /** One that the actor may see: of a project that they see. */
    Run get(Actor actor, RunId id) {
        return table.find(id)
                .filter(run -> projects.visibleTo(actor).include(run.project()))
                .orElseThrow(() -> new NotFoundException("run"));
    }

    /** Of all projects that the actor sees, or of one; the newest first. */
    Page<Run> list(
            Actor actor,
            @Nullable ProjectId project,
            @Nullable JobId job,
            @Nullable String cursor,
            @Nullable Integer limit) {
        VisibleProjects visible = projects.visibleTo(actor);
        if (project != null && !visible.include(project)) {
            throw new NotFoundException("project");
        }
        int size = Cursor.size(limit);
        List<Run> rows = table.list(visible, project, job, Cursor.decode(cursor, RunId::valueOf), size + 1);
        return Cursor.page(rows, size, run -> run.id().toString());
    }

    /** Those of the named ones that the actor may see, oldest first; throws where one is missing. */
    List<Run> list(Actor actor, Collection<RunId> ids) {
        VisibleProjects visible = projects.visibleTo(actor);
        List<Run> runs = table.list(ids).stream()
                .filter(run -> visible.include(run.project()))
                .toList();
        if (runs.size() != ids.stream().distinct().count()) {
            throw new NotFoundException("run");
        }
        return runs;
    }

    Map<String, String> parameters(RunId run) {
        return table.parameters(run);
    }

    Map<RunId, Map<String, String>> parameters(Collection<RunId> runs) {
        return table.parameters(runs);
    }

    List<RunMetric> metrics(RunId run) {
        return metrics(List.of(run)).getOrDefault(run, List.of());
    }

    Map<RunId, List<RunMetric>> metrics(Collection<RunId> runs) {
        return table.metrics(runs);
    }

    List<RunFile> files(RunId run) {
        return table.files(run);
    }

    Map<RunId, List<RunFile>> files(Collection<RunId> runs) {
        return table.files(runs);
    }

    /** A metric's values, thinned where there are many; {@code total} counts all. */
    record Series(int total, List<Thinning.Sample> samples) {}

    /** A series of at most so many points; throws {@link NotFoundException} for a metric that is not there. */
    // In a transaction so that a million points come in batches.
    @Transactional(readOnly = true)
    Series series(Actor actor, RunId id, String metric, @Nullable Integer most) {
        get(actor, id);
        RunMetric known = metrics(id).stream()
                .filter(m -> m.name().equals(metric))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("metric"));
        Thinning thinning =
                new Thinning(known.points(), Math.clamp(most == null ? DEFAULT_POINTS : most, 4, MOST_POINTS_SHOWN));
        try (Stream<Thinning.Sample> points = table.points(id, metric)) {
            points.forEach(thinning::add);
        }
        return new Series(known.points(), thinning.samples());
    }

    /** A file of a run, and where its content lies. */
    record Kept(RunFile file, Path content) {}

    Kept file(Actor actor, RunId id, String path) {
        get(actor, id);
        RunFile file = table.findFile(id, path).orElseThrow(() -> new NotFoundException("file"));
        return new Kept(file, store.place(file.sha256()));
    }
}
