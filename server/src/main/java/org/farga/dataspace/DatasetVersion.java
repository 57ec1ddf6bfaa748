package org.farga.dataspace;

import java.time.Instant;
import java.util.List;
import org.farga.shared.DatasetId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * One edition of a dataset's files. While it is a draft its files come and go; once published they never change, so that
 * a model can name what it learned from.
 *
 * @param number counted from 1 within the dataset
 * @param revision counts the changes of a draft's files
 */
record DatasetVersion(
        DatasetVersionId id,
        DatasetId dataset,
        int number,
        int revision,
        PersonId createdBy,
        Instant createdAt,
        State state) {

    sealed interface State {
        /** Files may still be put and removed; only data stewards see it. */
        record Draft() implements State {}

        /** To be seen, agreed on, downloaded and mounted. */
        record Published(Contents contents, Instant at, PersonId by) implements State {}

        /** A tombstone: lineage still names it, but nobody gets its files any more. */
        record Retired(Published was, Instant at, PersonId by, String reason) implements State {}
    }

    /**
     * What was published.
     *
     * @param rows of its first table, where that was small enough to be counted
     * @param manifest digest over all paths and digests; it alone tells whether two copies are the same
     */
    record Contents(int files, long bytes, @Nullable Long rows, Sha256 manifest) {
        static Contents of(List<DatasetFile> files, @Nullable Long rows) {
            return new Contents(
                    files.size(),
                    files.stream().mapToLong(DatasetFile::bytes).sum(),
                    rows,
                    Sha256.ofText(DatasetVersion.manifest(files)));
        }
    }

    static DatasetVersion draft(DatasetId dataset, int number, PersonId by, Instant now) {
        return new DatasetVersion(DatasetVersionId.create(), dataset, number, 1, by, now, new State.Draft());
    }

    /** The lines that {@code sha256sum --check} reads, in order of path. */
    static String manifest(List<DatasetFile> files) {
        StringBuilder lines = new StringBuilder();
        files.stream()
                .sorted(java.util.Comparator.comparing(f -> f.path().value()))
                .forEach(f ->
                        lines.append(f.sha256()).append("  ").append(f.path()).append('\n'));
        return lines.toString();
    }

    boolean isDraft() {
        return state instanceof State.Draft;
    }

    boolean isPublished() {
        return state instanceof State.Published;
    }

    /** What was published, also where it is retired by now; null for a draft. */
    State.@Nullable Published published() {
        return switch (state) {
            case State.Draft() -> null;
            case State.Published published -> published;
            case State.Retired retired -> retired.was();
        };
    }

    /** Whether files may be put and removed. */
    Outcome<DatasetVersion> openForFiles() {
        return isDraft() ? Outcome.done(this) : Outcome.refused(Refusal.conflict("version-published", number));
    }

    /** This draft, published with these files. */
    Outcome<DatasetVersion> publish(List<DatasetFile> files, @Nullable Long rows, PersonId by, Instant now) {
        if (!isDraft()) {
            return Outcome.refused(Refusal.conflict("version-published", number));
        }
        if (files.isEmpty()) {
            return Outcome.refused(Refusal.conflict("version-empty", number));
        }
        return Outcome.done(in(new State.Published(Contents.of(files, rows), now, by)));
    }

    Outcome<DatasetVersion> retire(@Nullable String reason, PersonId by, Instant now) {
        return switch (state) {
            case State.Draft() -> Outcome.refused(Refusal.conflict("version-not-published", number));
            case State.Retired retired -> Outcome.done(this);
            case State.Published published -> {
                var refusal = new Fields()
                        .text("reason", reason, Agreement.LONGEST_REASON)
                        .refusal();
                yield refusal.isPresent() || reason == null
                        ? Outcome.refused(refusal.orElseThrow())
                        : Outcome.done(in(new State.Retired(published, now, by, reason.strip())));
            }
        };
    }

    private DatasetVersion in(State next) {
        return new DatasetVersion(id, dataset, number, revision, createdBy, createdAt, next);
    }
}
