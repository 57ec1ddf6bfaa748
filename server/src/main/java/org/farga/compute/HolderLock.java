package org.farga.compute;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes one scheduler of all that share a folder the one that starts jobs. The kernel frees it when its process dies. */
final class HolderLock implements AutoCloseable {

    /**
     * Files this process locks. A POSIX lock is the process's, not the channel's: opening and closing the file a second
     * time would silently give it up.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private @Nullable FileChannel channel;

    HolderLock(Path file) {
        this.file = file;
    }

    /** Whether it is held now, by this call or an earlier one. */
    synchronized boolean hold() throws IOException {
        if (channel != null) {
            return true;
        }
        if (!HELD.add(file)) {
            return false;
        }
        FileChannel opened = null;
        try {
            opened = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = opened.tryLock();
            if (lock != null) {
                channel = opened;
            }
        } finally {
            if (channel == null) {
                if (opened != null) {
                    opened.close();
                }
                HELD.remove(file);
            }
        }
        return channel != null;
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
            HELD.remove(file);
        }
    }
}
