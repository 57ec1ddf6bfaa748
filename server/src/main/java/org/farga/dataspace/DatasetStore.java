package org.farga.dataspace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of datasets are kept: content by its digest, and published versions as folders of such content. All
 * of it is safe to call from several Farga processes on one store.
 */
interface DatasetStore {
    /** Bytes that are in the store for good. */
    record Content(Sha256 sha256, long bytes) {}

    /** What the sender said of the bytes beforehand. */
    record Announced(OptionalLong bytes, @Nullable Sha256 sha256) {
        static final Announced NOTHING = new Announced(OptionalLong.empty(), null);
    }

    /** A version's folder that is complete but not yet in its place. */
    record Layout(DatasetVersionId version, Path folder) {}

    /**
     * Takes bytes to the end of the stream, with bounded memory; they are durable when it returns. Refused as
     * {@code file-too-large}, {@code length-mismatch}, {@code digest-mismatch} or {@code store-full}, and then, as also
     * when the stream fails, nothing is left of them.
     */
    Outcome<Content> take(InputStream bytes, Announced announced, long most) throws IOException;

    boolean holds(Sha256 content);

    /** The file that holds the content; throws {@link java.nio.file.NoSuchFileException}. */
    Path content(Sha256 content) throws IOException;

    /** Makes the folder of a version, durable, beside where it will stand. Refused as {@code store-full}. */
    Outcome<Layout> layOut(DatasetVersionId version, List<DatasetFile> files) throws IOException;

    /** Puts a layout in its place, over what a crash may have left there; quick enough for a transaction. */
    void place(Layout layout) throws IOException;

    /** Forgets a layout that is not to be placed. */
    void discard(Layout layout) throws IOException;

    /** The read-only folder of a published version. */
    Path folder(DatasetVersionId version);

    /** The contents that were last taken before the instant. */
    List<Sha256> contentsBefore(Instant instant) throws IOException;

    /** Removes a content; folders of versions that hold it keep it. */
    void remove(Sha256 content) throws IOException;

    /** Removes what crashes left of uploads and layouts before the instant. */
    void sweep(Instant before) throws IOException;
}
