package org.farga.dataspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Previews of files, the latest ones remembered: content never changes, and reading one takes a while. */
@Component
class Previews {
    private static final int REMEMBERED = 32;

    private final DatasetStore store;
    private final Map<Key, Preview> latest = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Preview> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Key(Sha256 content, Preview.Form form) {}

    Previews(DatasetStore store) {
        this.store = store;
    }

    /** How a table begins; the file must be one. */
    Preview of(DatasetFile file) {
        Key key = new Key(file.sha256(), Objects.requireNonNull(Preview.Form.of(file.mediaType())));
        synchronized (latest) {
            Preview known = latest.get(key);
            if (known != null) {
                return known;
            }
        }
        try {
            Preview read = Preview.read(store.content(key.content()), key.form());
            synchronized (latest) {
                latest.put(key, read);
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
