package org.farga.models;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Files that programs send to runs and to logged models: streamed to disk, bounded, and kept by their content beside
 * what jobs leave. A large one may come in pieces.
 */
@Service
public class TrackedFiles {
    /** How long an upload in pieces may take. */
    private static final Duration LONGEST_UPLOAD = Duration.ofDays(1);

    /** How many uploads in pieces one run may have at once. */
    private static final int MOST_UPLOADS = 100;

    /** How many pieces a file may come in; as many as Amazon's S3 takes. */
    public static final int MOST_PIECES = 10_000;

    private static final Pattern UNSAFE = Pattern.compile("(^|/)\\.{0,2}(/|$)|[\\x00-\\x1f\\x7f\\\\]");

    private final TrackedFileTable table;
    private final TrackedRunTable runs;
    private final LoggedModelTable models;
    private final FileStore store;
    private final RunLimits limits;
    private final ProjectFiles projectFiles;
    private final TransactionTemplate transaction;
    private final Clock clock;

    TrackedFiles(
            TrackedFileTable table,
            TrackedRunTable runs,
            LoggedModelTable models,
            FileStore store,
            RunLimits limits,
            ProjectFiles projectFiles,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.table = table;
        this.runs = runs;
        this.models = models;
        this.store = store;
        this.limits = limits;
        this.projectFiles = projectFiles;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** Whose files: a run's, or a logged model's. */
    public record Owner(@Nullable RunId run, @Nullable UUID model) {
        public Owner {
            if ((run == null) == (model == null)) {
                throw new IllegalArgumentException("files belong to a run or to a logged model");
            }
        }

        UUID id() {
            return run != null ? run.value() : java.util.Objects.requireNonNull(model);
        }
    }

    /** A file, or a folder, which has no size. */
    public record Entry(String path, @Nullable Long bytes) {}

    /** A kept file, and where its content lies. */
    public record Content(String path, long bytes, String sha256, Path place) {}

    /** Whether a file may lie there: no step up, nothing hidden, at most 500 characters. */
    public static boolean isPath(String path) {
        return !path.isEmpty() && path.length() <= 500 && !UNSAFE.matcher(path).find();
    }

    /** Throws {@link NotFoundException} where the project has no such run or logged model. */
    private Optional<Run> seen(Tracker by, Owner owner) {
        RunId run = owner.run();
        if (run != null) {
            return Optional.of(runs.find(by.project(), run).orElseThrow(() -> new NotFoundException("run")));
        }
        LoggedModel model =
                models.find(by.project(), owner.id()).orElseThrow(() -> new NotFoundException("logged model"));
        return model.run() == null ? Optional.empty() : runs.find(by.project(), model.run());
    }

    private Optional<Refusal> refusal(Tracker by, Owner owner) {
        Optional<Run> run = seen(by, owner);
        return run.isPresent()
                ? TrackedRuns.refusal(by, run.get(), owner.run() != null)
                : models.find(by.project(), owner.id()).flatMap(model -> LoggedModels.outsideRuns(by, model));
    }

    /** What lies in a folder, in order; the empty path is the whole. A file's own path gives the file. */
    public List<Entry> list(Tracker by, Owner owner, String folder) {
        seen(by, owner);
        return entries(table.files(owner), folder);
    }

    static List<Entry> entries(List<RunFile> files, String folder) {
        String prefix = folder.isEmpty() ? "" : folder + "/";
        Map<String, Entry> entries = new TreeMap<>();
        for (RunFile file : files) {
            if (file.path().startsWith(prefix)) {
                int end = file.path().indexOf('/', prefix.length());
                String path = end < 0 ? file.path() : file.path().substring(0, end);
                entries.put(path, new Entry(path, end < 0 ? file.bytes() : null));
            }
        }
        return List.copyOf(entries.values());
    }

    /** Throws {@link NotFoundException} where there is none by that path. */
    public Content get(Tracker by, Owner owner, String path) {
        seen(by, owner);
        RunFile file = table.find(owner, path).orElseThrow(() -> new NotFoundException("file"));
        return new Content(file.path(), file.bytes(), file.sha256(), store.place(file.sha256()));
    }

    /**
     * Keeps a file, in place of the one that was there.
     *
     * @param length how many bytes its sender announced; -1 where unknown
     */
    public Outcome<Content> put(Tracker by, Owner owner, String path, ReadableByteChannel content, long length)
            throws IOException {
        Optional<Refusal> refusal = refusal(by, owner).or(() -> tooMany(owner, path));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Room room = room(by, owner, path, 0);
        if (length > room.bytes()) {
            return Outcome.refused(room.refusal());
        }
        if (!projectFiles.fitsOnDisk(Math.max(0, length))) {
            return Outcome.refused(Refusal.noRoom("file-store-full"));
        }
        RunFile file;
        try {
            file = store.keep(path, content, room.bytes());
        } catch (FileStore.TooLargeException e) {
            return Outcome.refused(room.refusal());
        }
        if (length >= 0 && file.bytes() != length) {
            return Outcome.refused(Refusal.invalid("file-cut-short", length, file.bytes()));
        }
        return keep(by, owner, file, 0);
    }

    /** @param freed bytes that the project holds no more once the file is kept */
    private Outcome<Content> keep(Tracker by, Owner owner, RunFile file, long freed) {
        return java.util.Objects.requireNonNull(transaction.<Outcome<Content>>execute(status -> {
            lock(by, owner);
            projectFiles.lock(by.project());
            Optional<Refusal> refusal =
                    refusal(by, owner).or(() -> refusalFor(by, owner, file.path(), file.bytes(), freed));
            if (refusal.isPresent()) {
                return Outcome.refused(refusal.get());
            }
            table.put(owner, file);
            return Outcome.done(new Content(file.path(), file.bytes(), file.sha256(), store.place(file.sha256())));
        }));
    }

    private void lock(Tracker by, Owner owner) {
        RunId run = owner.run();
        if (run != null) {
            runs.lock(by.project(), run);
        } else {
            models.lock(owner.id());
        }
    }

    private Optional<Refusal> tooMany(Owner owner, String path) {
        return table.heldBeside(owner, path).files() >= limits.mostFiles()
                ? Optional.of(Refusal.invalid("tracking-too-many", limits.mostFiles(), "files"))
                : Optional.empty();
    }

    private Optional<Refusal> refusalFor(Tracker by, Owner owner, String path, long bytes, long freed) {
        return tooMany(owner, path).or(() -> {
            Room room = room(by, owner, path, freed);
            return bytes > room.bytes() ? Optional.of(room.refusal()) : Optional.empty();
        });
    }

    /** How many bytes a file may hold, and what to say of a larger one. */
    private record Room(long bytes, Refusal refusal) {}

    private Room room(Tracker by, Owner owner, String path, long freed) {
        long run = Math.max(
                0, limits.mostSize().toBytes() - table.heldBeside(owner, path).bytes());
        ProjectFiles.Use use = projectFiles.use(by.project());
        return use.room() + freed < run
                ? new Room(
                        use.room() + freed,
                        Refusal.noRoom(
                                "project-files-full",
                                use.used() >> 20,
                                limits.mostPerProject().toMegabytes()))
                : new Room(
                        run,
                        Refusal.tooLarge("files-too-large", limits.mostSize().toMegabytes()));
    }

    /** Removes a file, or a folder with all in it; throws {@link NotFoundException} where there is neither. */
    public Outcome<Boolean> remove(Tracker by, Owner owner, String path) {
        return java.util.Objects.requireNonNull(transaction.<Outcome<Boolean>>execute(status -> {
            lock(by, owner);
            Optional<Refusal> refusal = refusal(by, owner);
            if (refusal.isPresent()) {
                return Outcome.refused(refusal.get());
            }
            if (table.remove(owner, path) == 0) {
                throw new NotFoundException("file");
            }
            return Outcome.done(true);
        }));
    }

    /** Begins a file that comes in so many pieces; the upload's identifier. */
    public Outcome<UUID> begin(Tracker by, Owner owner, String path, int pieces) {
        Optional<Refusal> refusal = refusal(by, owner).or(() -> refusalFor(by, owner, path, 0, 0));
        if (refusal.isEmpty() && table.countUploads(owner) >= MOST_UPLOADS) {
            refusal = Optional.of(Refusal.invalid("tracking-too-many", MOST_UPLOADS, "uploads"));
        }
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        UUID id = TimeOrderedUuid.next();
        table.insert(
                new TrackedFileTable.Upload(id, by.project(), owner, path, pieces),
                by.actor().person(),
                clock.instant());
        return Outcome.done(id);
    }

    private static long sum(List<TrackedFileTable.Piece> pieces) {
        return pieces.stream().mapToLong(TrackedFileTable.Piece::bytes).sum();
    }

    private TrackedFileTable.Upload upload(Tracker by, UUID id) {
        return table.findUpload(by.project(), id).orElseThrow(() -> new NotFoundException("upload"));
    }

    /** Keeps a piece, in place of the one that was there; its SHA-256 in hexadecimal. */
    public Outcome<String> piece(Tracker by, UUID id, int number, ReadableByteChannel content, long length)
            throws IOException {
        TrackedFileTable.Upload upload = upload(by, id);
        Optional<Refusal> refusal = refusal(by, upload.owner());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (number < 1 || number > upload.pieces()) {
            throw new NotFoundException("piece");
        }
        long sent = sum(table.pieces(id));
        long others =
                sum(table.pieces(id).stream().filter(p -> p.number() != number).toList());
        // What was sent of it counts as the project's already, and will as the run's.
        Room whole = room(by, upload.owner(), upload.path(), sent);
        long room = Math.max(0, whole.bytes() - others);
        if (length > room) {
            return Outcome.refused(whole.refusal());
        }
        if (!projectFiles.fitsOnDisk(Math.max(0, length))) {
            return Outcome.refused(Refusal.noRoom("file-store-full"));
        }
        FileStore.Part part;
        try {
            part = store.keepPart(id, number, content, room);
        } catch (FileStore.TooLargeException e) {
            return Outcome.refused(whole.refusal());
        }
        if (length >= 0 && part.bytes() != length) {
            return Outcome.refused(Refusal.invalid("file-cut-short", length, part.bytes()));
        }
        boolean there = Boolean.TRUE.equals(transaction.execute(
                status -> table.put(id, new TrackedFileTable.Piece(number, part.bytes(), part.sha256()))));
        if (!there) {
            store.forgetParts(id);
            throw new NotFoundException("upload");
        }
        return Outcome.done(part.sha256());
    }

    /**
     * Puts the file together from its pieces.
     *
     * @param told the SHA-256 of each piece by its number, as the sender knows them
     */
    public Outcome<Content> complete(Tracker by, Owner owner, String path, UUID id, Map<Integer, String> told)
            throws IOException {
        TrackedFileTable.Upload upload = upload(by, id);
        if (!upload.owner().equals(owner) || !upload.path().equals(path)) {
            throw new NotFoundException("upload");
        }
        Optional<Refusal> refusal = refusal(by, owner);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        List<TrackedFileTable.Piece> pieces = table.pieces(id);
        boolean whole = pieces.size() == upload.pieces()
                && told.size() == pieces.size()
                && pieces.stream().allMatch(p -> p.sha256().equals(told.get(p.number())));
        if (!whole) {
            return Outcome.refused(Refusal.invalid("upload-incomplete", pieces.size(), upload.pieces()));
        }
        long sent = sum(pieces);
        if (!projectFiles.fitsOnDisk(sent)) {
            return Outcome.refused(Refusal.noRoom("file-store-full"));
        }
        Room room = room(by, owner, path, sent);
        RunFile file;
        List<InputStream> open = new java.util.ArrayList<>();
        try {
            for (TrackedFileTable.Piece piece : pieces) {
                open.add(new LazyInput(store.part(id, piece.number())));
            }
            try (ReadableByteChannel content =
                    Channels.newChannel(new SequenceInputStream(Collections.enumeration(open)))) {
                file = store.keep(path, content, room.bytes());
            }
        } catch (FileStore.TooLargeException e) {
            return Outcome.refused(room.refusal());
        } catch (java.nio.file.NoSuchFileException e) {
            throw new NotFoundException("upload");
        }
        Outcome<Content> kept = keep(by, owner, file, sent);
        if (kept instanceof Outcome.Done<Content>) {
            abort(id);
        }
        return kept;
    }

    /** A file that is opened when its turn comes: ten thousand pieces are not open at once. */
    private static final class LazyInput extends InputStream {
        private final Path file;
        private @Nullable InputStream content;

        LazyInput(Path file) {
            this.file = file;
        }

        private InputStream content() throws IOException {
            InputStream opened = content;
            if (opened == null) {
                opened = Files.newInputStream(file);
                content = opened;
            }
            return opened;
        }

        @Override
        public int read() throws IOException {
            return content().read();
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            return content().read(into, from, most);
        }

        @Override
        public void close() throws IOException {
            InputStream opened = content;
            if (opened != null) {
                opened.close();
            }
        }
    }

    /** Gives an upload up. */
    public Outcome<Boolean> abort(Tracker by, Owner owner, UUID id) throws IOException {
        TrackedFileTable.Upload upload = upload(by, id);
        if (!upload.owner().equals(owner)) {
            throw new NotFoundException("upload");
        }
        Optional<Refusal> refusal = refusal(by, owner);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        abort(id);
        return Outcome.done(true);
    }

    private void abort(UUID id) throws IOException {
        transaction.executeWithoutResult(status -> table.removeUpload(id));
        store.forgetParts(id);
    }

    /** Gives up what was begun more than a day ago, and removes what is a day old and that nobody names any more. */
    void sweep() throws IOException {
        Instant then = clock.instant().minus(LONGEST_UPLOAD);
        for (UUID id : table.uploadsBefore(then)) {
            abort(id);
        }
        store.forgetUnfinishedBefore(then);
        store.sweep(then, table::named);
    }

    @Configuration(proxyBeanMethods = false)
    static class SweepTask {
        @Bean
        RecurringTask<Void> sweepUploads(@Lazy TrackedFiles files) {
            return Tasks.recurring("sweep-uploads", FixedDelay.ofHours(1)).execute((instance, context) -> {
                try {
                    files.sweep();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
