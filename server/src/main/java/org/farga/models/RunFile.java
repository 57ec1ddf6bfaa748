package org.farga.models;

import java.util.HexFormat;

/**
 * A file that a run left.
 *
 * @param path in the output folder, with {@code /}
 * @param sha256 in hexadecimal; the file's name in the store
 */
record RunFile(String path, long bytes, String sha256) {
    static RunFile of(String path, long bytes, byte[] sha256) {
        return new RunFile(path, bytes, HexFormat.of().formatHex(sha256));
    }

    /** The same as it is called seen from a folder that it lies in, or that is itself. */
    RunFile below(String folder) {
        return folder.isEmpty() || !path.startsWith(folder + "/")
                ? this
                : new RunFile(path.substring(folder.length() + 1), bytes, sha256);
    }

    byte[] sha256Bytes() {
        return HexFormat.of().parseHex(sha256);
    }

    /** The last part of its path. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
