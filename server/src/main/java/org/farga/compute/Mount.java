package org.farga.compute;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** A dataset shown to a job, read-only, at {@code datasets/<name>} in its working folder. */
record Mount(String name, Path source) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** Only letters, digits, dot, dash and underscore, so that a name is never a way to another folder. */
    boolean hasValidName() {
        return NAME.matcher(name).matches();
    }

    /** The environment variable that holds the dataset's folder. */
    String variable() {
        return "FARGA_DATASET_" + name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }
}
