package org.farga.dataspace;

import java.time.Instant;
import org.farga.shared.PersonId;

/**
 * A file of a dataset version.
 *
 * @param mediaType by its name; what the uploader said of it is not believed
 */
record DatasetFile(
        FilePath path, long bytes, Sha256 sha256, String mediaType, PersonId uploadedBy, Instant uploadedAt) {

    static DatasetFile of(FilePath path, DatasetStore.Content content, PersonId by, Instant now) {
        return new DatasetFile(path, content.bytes(), content.sha256(), path.mediaType(), by, now);
    }

    /** Whether rows of it can be shown. */
    boolean isTable() {
        return Preview.Form.of(mediaType) != null;
    }
}
