package org.farga.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * How this machine keeps jobs apart.
 *
 * @param firstUser the first of the user numbers that jobs run under; null where jobs run as whoever runs Farga
 * @param ownUsers whether every job has a user of its own, rather than all sharing the first
 */
record Isolation(IsolationLevel level, @Nullable Long firstUser, boolean ownUsers) {

    /** Numbers that neither Linux distributions nor systemd hand out, and no file on a machine belongs to. */
    private static final long FIRST_OWN_USER = 1_900_000_000L;

    private static final long USERS_PER_ROOT = 100_000;
    private static final long ROOTS = 1_000;
    private static final long NOBODY = 65_534;

    /** What the level means for whoever runs this process, with jobs under {@code root}. */
    static Isolation of(IsolationLevel level, Path root) throws IOException {
        if (!isRoot()) {
            return new Isolation(level, null, false);
        }
        CRC32 sum = new CRC32();
        sum.update(root.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        long first = FIRST_OWN_USER + sum.getValue() % ROOTS * USERS_PER_ROOT;
        // A container may know few user numbers; then jobs share one.
        return mapsUser(first + USERS_PER_ROOT)
                ? new Isolation(level, first, true)
                : new Isolation(level, NOBODY, false);
    }

    /** The user number of a job: its own among a hundred thousand that follow each other. */
    @Nullable
    Long user(JobId job) {
        return firstUser == null || !ownUsers ? firstUser : Long.valueOf(firstUser + job.value() % USERS_PER_ROOT);
    }

    /**
     * What is laid over with what in a job's sight: {@code temporary} is the job's own, {@code shared} its own shared
     * memory, {@code hidden} empty. The one that holds the root comes last, because the way to it ends there.
     */
    Map<Path, String> covers(Path root, List<Path> hidden, List<Path> shown) {
        Map<Path, String> wanted = new LinkedHashMap<>();
        wanted.put(Path.of("/tmp"), "temporary");
        wanted.put(Path.of("/var/tmp"), "temporary");
        wanted.put(Path.of("/dev/shm"), "shared");
        List<Path> more = new ArrayList<>(hidden);
        more.add(root);
        if (firstUser != null) {
            for (Path path : shown) {
                Path closed = closedAncestor(path);
                if (closed != null) {
                    more.add(closed);
                }
            }
        }
        more.forEach(path -> wanted.putIfAbsent(path, "hidden"));
        Map<Path, String> outermost = new LinkedHashMap<>();
        String last = null;
        Path lastPath = root;
        for (Map.Entry<Path, String> one : wanted.entrySet()) {
            boolean inner = wanted.keySet().stream()
                    .anyMatch(
                            other -> !other.equals(one.getKey()) && one.getKey().startsWith(other));
            if (inner) {
                continue;
            }
            if (root.startsWith(one.getKey())) {
                last = one.getValue();
                lastPath = one.getKey();
            } else {
                outermost.put(one.getKey(), one.getValue());
            }
        }
        if (last != null) {
            outermost.put(lastPath, last);
        }
        return outermost;
    }

    /** The outermost folder on the way to a path that strangers may not pass through; null when there is none. */
    static @Nullable Path closedAncestor(Path path) {
        for (int names = 1; names < path.getNameCount(); names++) {
            Path ancestor = path.getRoot().resolve(path.subpath(0, names));
            try {
                if (!Files.getPosixFilePermissions(ancestor).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return ancestor;
                }
            } catch (IOException e) {
                return ancestor;
            }
        }
        return null;
    }

    /** Whether a job may read a folder: the way to it does not matter, the folder itself does. */
    boolean canRead(Path folder) {
        try {
            return firstUser == null
                    ? Files.isReadable(folder)
                    : Files.getPosixFilePermissions(folder)
                            .containsAll(List.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .anyMatch(line -> line.startsWith("Uid:") && line.split("\\s+", -1)[2].equals("0"));
    }

    private static boolean mapsUser(long user) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/uid_map")).stream()
                .map(line -> line.strip().split("\\s+", -1))
                .anyMatch(range ->
                        user >= Long.parseLong(range[0]) && user < Long.parseLong(range[0]) + Long.parseLong(range[2]));
    }
}
