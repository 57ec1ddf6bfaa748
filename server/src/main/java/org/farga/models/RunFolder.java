package org.farga.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A folder of a run's files, as it is browsed.
 *
 * @param path without a slash at its end; empty for the top
 */
record RunFolder(String path, List<Sub> folders, List<RunFile> files) {
    RunFolder {
        folders = List.copyOf(folders);
        files = List.copyOf(files);
    }

    /** A folder in it, with all that lies below. */
    record Sub(String path, int files, long bytes) {
        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** Nothing where no file lies below the path; the top is always there. */
    static Optional<RunFolder> of(List<RunFile> all, String path) {
        String prefix = path.isEmpty() ? "" : path + "/";
        Map<String, Sub> folders = new TreeMap<>();
        List<RunFile> files = new ArrayList<>();
        for (RunFile file : all) {
            if (!file.path().startsWith(prefix)) {
                continue;
            }
            int slash = file.path().indexOf('/', prefix.length());
            if (slash < 0) {
                files.add(file);
            } else {
                folders.merge(
                        file.path().substring(0, slash),
                        new Sub(file.path().substring(0, slash), 1, file.bytes()),
                        (a, b) -> new Sub(a.path(), a.files() + 1, a.bytes() + b.bytes()));
            }
        }
        return path.isEmpty() || !files.isEmpty() || !folders.isEmpty()
                ? Optional.of(new RunFolder(path, List.copyOf(folders.values()), files))
                : Optional.empty();
    }

    /** The folders that it lies in, from the top on, and itself; none for the top. */
    List<Sub> trail() {
        List<Sub> trail = new ArrayList<>();
        for (int end = path.indexOf('/'); !path.isEmpty(); end = path.indexOf('/', end + 1)) {
            trail.add(new Sub(end < 0 ? path : path.substring(0, end), 0, 0));
            if (end < 0) {
                break;
            }
        }
        return trail;
    }
}
