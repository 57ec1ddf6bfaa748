package org.farga.dataspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Fills, publishes, shows and retires versions of datasets. Bytes move outside of transactions; the row of the version is
 * locked only to write down what has happened.
 */
@Service
class DatasetVersions {
    private static final Duration LEFTOVERS_STAY = Duration.ofDays(1);

    private final Datasets datasets;
    private final DatasetVersionTable table;
    private final AgreementTable agreements;
    private final DatasetStore store;
    private final Previews previews;
    private final DatasetSettings settings;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    DatasetVersions(
            Datasets datasets,
            DatasetVersionTable table,
            AgreementTable agreements,
            DatasetStore store,
            Previews previews,
            DatasetSettings settings,
            AuditLog audit,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.datasets = datasets;
        this.table = table;
        this.agreements = agreements;
        this.store = store;
        this.previews = previews;
        this.settings = settings;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** A draft with the next number; a dataset has one draft at a time. */
    Outcome<DatasetVersion> draft(Actor actor, String slug) {
        Dataset dataset = datasets.get(actor, slug);
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        return inTransaction(() -> {
            Optional<DatasetVersion> open = table.list(dataset.id()).stream()
                    .filter(DatasetVersion::isDraft)
                    .findFirst();
            if (open.isPresent()) {
                return Outcome.refused(
                        Refusal.conflict("draft-exists", open.get().number()));
            }
            DatasetVersion version =
                    DatasetVersion.draft(dataset.id(), table.nextNumber(dataset.id()), actor.person(), clock.instant());
            table.insert(version);
            audit.record(
                    actor,
                    "dataset-version.drafted",
                    "dataset-version",
                    version.id(),
                    Map.of("dataset", slug, "number", version.number()));
            return Outcome.done(version);
        });
    }

    /** A file that was put, and whether its path was new. */
    record Put(DatasetFile file, boolean isNew) {}

    /**
     * Takes a file into a draft, over what stood at its path; {@code onlyNew} refuses that as {@code file-exists}.
     *
     * @param bytes read to its end, or not at all where it is refused beforehand
     * @throws IOException where the sender goes away or the disk fails; nothing is kept then
     */
    Outcome<Put> put(
            Actor actor,
            String slug,
            int number,
            String path,
            InputStream bytes,
            DatasetStore.Announced announced,
            boolean onlyNew)
            throws IOException {
        DatasetVersion version = forSteward(actor, slug, number);
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        Outcome<FilePath> parsed = FilePath.parse(path).then(p -> fits(version, p, onlyNew));
        if (!(parsed instanceof Outcome.Done<FilePath>(FilePath file))) {
            return parsed.map(p -> {
                throw new IllegalStateException();
            });
        }
        Outcome<DatasetStore.Content> taken =
                store.take(bytes, announced, settings.largestFile().toBytes());
        return taken.then(content -> inTransaction(() -> {
            DatasetVersion locked = table.lock(version.id()).orElseThrow(() -> new NotFoundException("version"));
            // Asked again under the lock: another upload or the publication may have come first.
            return fits(locked, file, onlyNew).then(fitting -> {
                DatasetFile row = DatasetFile.of(fitting, content, actor.person(), clock.instant());
                boolean isNew = table.findFile(locked.id(), fitting).isEmpty();
                table.put(locked.id(), row);
                table.countRevision(locked.id());
                // A sweep that ran since the bytes were taken may have found them unneeded; from here on it does not.
                return store.holds(content.sha256())
                        ? Outcome.done(new Put(row, isNew))
                        : Outcome.refused(Refusal.conflict("upload-swept"));
            });
        }));
    }

    private Outcome<FilePath> fits(DatasetVersion version, FilePath path, boolean onlyNew) {
        return version.openForFiles().then(draft -> {
            boolean exists = table.findFile(draft.id(), path).isPresent();
            if (exists) {
                return onlyNew ? Outcome.refused(Refusal.conflict("file-exists", path)) : Outcome.done(path);
            }
            Optional<String> collision = table.findCollision(draft.id(), path);
            if (collision.isPresent()) {
                return Outcome.refused(Refusal.conflict("path-collides", path, collision.get()));
            }
            if (table.countFiles(draft.id()) >= settings.mostFiles()) {
                return Outcome.refused(Refusal.conflict("too-many-files", settings.mostFiles()));
            }
            return Outcome.done(path);
        });
    }

    Outcome<FilePath> remove(Actor actor, String slug, int number, String path) {
        DatasetVersion version = forSteward(actor, slug, number);
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        return FilePath.parse(path)
                .then(file -> inTransaction(() -> {
                    DatasetVersion locked =
                            table.lock(version.id()).orElseThrow(() -> new NotFoundException("version"));
                    return locked.openForFiles().map(draft -> {
                        if (!table.remove(draft.id(), file)) {
                            throw new NotFoundException("file");
                        }
                        table.countRevision(draft.id());
                        return file;
                    });
                }));
    }

    /**
     * Publishes a draft: its folder is laid out beside the others, forced to disk, and put in its place in the transaction
     * that says so. Publishing what is published changes nothing.
     */
    Outcome<DatasetVersion> publish(Actor actor, String slug, int number) {
        DatasetVersion version = forSteward(actor, slug, number);
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        if (version.isPublished()) {
            return Outcome.done(version);
        }
        List<DatasetFile> files = table.files(version.id());
        Long rows = files.stream()
                .filter(DatasetFile::isTable)
                .findFirst()
                .map(previews::of)
                .filter(Preview::whole)
                .map(Preview::rowsRead)
                .orElse(null);
        Instant now = clock.instant();
        return version.publish(files, rows, actor.person(), now).then(published -> {
            try {
                return store.layOut(version.id(), files).then(layout -> place(actor, slug, published, layout));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Outcome<DatasetVersion> place(
            Actor actor, String slug, DatasetVersion published, DatasetStore.Layout layout) {
        boolean[] placed = {false};
        try {
            return inTransaction(() -> {
                DatasetVersion locked = table.lock(published.id()).orElseThrow(() -> new NotFoundException("version"));
                if (locked.isPublished()) {
                    return Outcome.done(locked);
                }
                if (!locked.isDraft() || locked.revision() != published.revision()) {
                    return Outcome.refused(Refusal.conflict("draft-changed", published.number()));
                }
                var state = java.util.Objects.requireNonNull(published.published());
                table.publish(published.id(), state);
                audit.record(
                        actor,
                        "dataset-version.published",
                        "dataset-version",
                        published.id(),
                        Map.of(
                                "dataset", slug,
                                "number", published.number(),
                                "files", state.contents().files(),
                                "bytes", state.contents().bytes(),
                                "manifestSha256", state.contents().manifest().hex()));
                // Last, when the database has taken all of it: what can still fail is the commit, and then the folder
                // of a
                // draft stands there, which nobody is shown and the next publication replaces.
                placed[0] = true;
                putInPlace(layout);
                return Outcome.done(table.find(published.id()).orElseThrow());
            });
        } finally {
            if (!placed[0]) {
                discard(layout);
            }
        }
    }

    private void putInPlace(DatasetStore.Layout layout) {
        try {
            store.place(layout);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void discard(DatasetStore.Layout layout) {
        try {
            store.discard(layout);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Outcome<DatasetVersion> retire(Actor actor, String slug, int number, @Nullable String reason) {
        DatasetVersion version = forSteward(actor, slug, number);
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        return inTransaction(() -> {
            DatasetVersion locked = table.lock(version.id()).orElseThrow(() -> new NotFoundException("version"));
            return locked.retire(reason, actor.person(), clock.instant()).map(retired -> {
                if (locked.isPublished() && retired.state() instanceof DatasetVersion.State.Retired state) {
                    table.retire(retired.id(), state);
                    audit.record(
                            actor,
                            "dataset-version.retired",
                            "dataset-version",
                            retired.id(),
                            Map.of("dataset", slug, "number", number, "reason", state.reason()));
                }
                return retired;
            });
        });
    }

    /** Its files in order of path. Their names and digests are part of the description, and open to all who see it. */
    List<DatasetFile> files(DatasetVersion version) {
        return table.files(version.id());
    }

    /** A file's bytes on disk. */
    record Download(DatasetFile file, Path bytes) {}

    /** For those whose organisation has accepted the terms: refused as {@code terms-not-accepted} for others. */
    Outcome<Download> download(Actor actor, String slug, int number, String path) throws IOException {
        Dataset dataset = datasets.get(actor, slug);
        DatasetVersion version = datasets.version(actor, dataset, number);
        if (version.state() instanceof DatasetVersion.State.Retired retired) {
            return Outcome.refused(Refusal.conflict("version-retired", number, retired.reason()));
        }
        if (!mayHaveFiles(actor, dataset)) {
            return Outcome.refused(Refusal.forbidden("terms-not-accepted", dataset.title(), slug));
        }
        Outcome<FilePath> parsed = FilePath.parse(path);
        if (!(parsed instanceof Outcome.Done<FilePath>(FilePath wanted))) {
            throw new NotFoundException("file");
        }
        DatasetFile file = table.findFile(version.id(), wanted).orElseThrow(() -> new NotFoundException("file"));
        return Outcome.done(new Download(file, store.content(file.sha256())));
    }

    /** Whether the actor's organisations have accepted the terms; stewards and auditors look after the data anyway. */
    boolean mayHaveFiles(@Nullable Actor actor, Dataset dataset) {
        return actor != null
                && (Datasets.seesDrafts(actor)
                        || !agreements
                                .live(actor.organisations().keySet(), dataset.id())
                                .isEmpty());
    }

    /** A file and how it begins. */
    record Shown(DatasetFile file, Preview preview) {}

    /**
     * The first rows of a file, or of the version's first table where none is named; empty where it has none. Refused as
     * {@code preview-not-public} where the provider shows rows only to those who have accepted the terms.
     */
    Outcome<Optional<Shown>> preview(
            @Nullable Actor actor, Dataset dataset, DatasetVersion version, @Nullable String path) {
        if (version.state() instanceof DatasetVersion.State.Retired retired) {
            return Outcome.refused(Refusal.conflict("version-retired", version.number(), retired.reason()));
        }
        if (!dataset.previewPublic() && !mayHaveFiles(actor, dataset)) {
            return Outcome.refused(Refusal.forbidden("preview-not-public", dataset.title(), dataset.slug()));
        }
        if (path == null || path.isEmpty()) {
            return Outcome.done(table.files(version.id()).stream()
                    .filter(DatasetFile::isTable)
                    .findFirst()
                    .map(file -> new Shown(file, previews.of(file))));
        }
        DatasetFile file = FilePath.parse(path) instanceof Outcome.Done<FilePath>(FilePath wanted)
                ? table.findFile(version.id(), wanted).orElseThrow(() -> new NotFoundException("file"))
                : missing();
        return file.isTable()
                ? Outcome.done(Optional.of(new Shown(file, previews.of(file))))
                : Outcome.refused(Refusal.invalid("no-table", file.path()));
    }

    private static DatasetFile missing() {
        throw new NotFoundException("file");
    }

    /** Removes what crashes and replaced uploads have left behind for a day. */
    void sweep() throws IOException {
        Instant before = clock.instant().minus(LEFTOVERS_STAY);
        store.sweep(before);
        for (Sha256 content : store.contentsBefore(before)) {
            if (table.usesContent(content)) {
                continue;
            }
            transaction.executeWithoutResult(status -> {
                table.lockFiles();
                if (!table.usesContent(content)) {
                    try {
                        store.remove(content);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
        }
    }

    private DatasetVersion forSteward(Actor actor, String slug, int number) {
        return datasets.version(actor, datasets.get(actor, slug), number);
    }

    /** A refusal rolls back what was written on the way to it. */
    private <T> Outcome<T> inTransaction(java.util.function.Supplier<Outcome<T>> work) {
        return java.util.Objects.requireNonNull(transaction.execute(status -> {
            Outcome<T> outcome = work.get();
            if (outcome instanceof Outcome.Refused<T>) {
                status.setRollbackOnly();
            }
            return outcome;
        }));
    }
}
