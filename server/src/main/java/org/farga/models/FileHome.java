package org.farga.models;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.farga.shared.RunId;

/**
 * Whose files are shown: a run's, or a model version's, which stay as they were registered whatever becomes of the run's.
 *
 * @param base of the addresses of pages about its files
 * @param page about it
 * @param version the number of a model version; 0 for a run
 */
record FileHome(String base, String page, int version) {
    static FileHome of(RunId run) {
        return new FileHome("/runs/" + run, "/runs/" + run, 0);
    }

    static FileHome of(ModelVersion version) {
        String model = "/models/" + version.model();
        int number = version.number();
        return new FileHome(model + "/versions/" + number, model + "?version=" + number, number);
    }

    /** The address of a page about a file or folder; names that jobs choose cannot always stand in an address's path. */
    String address(String what, String path) {
        return "%s/%s?path=%s".formatted(base, what, URLEncoder.encode(path, StandardCharsets.UTF_8));
    }
}
