package org.farga.platform;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A folder that one program at a time may use; the kernel frees it when that program ends, however it ends. */
final class FolderLock implements AutoCloseable {
    // The kernel drops a program's lock as soon as the program closes that file anywhere: what is held is not opened
    // again.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the folder (a real path), or is empty while another program, or this one, has it. */
    static Optional<FolderLock> tryTake(Path folder) throws IOException {
        Path file = folder.resolve("lock");
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        @Nullable FileChannel channel = null;
        boolean taken = false;
        try {
            channel = FileChannel.open(file, CREATE, WRITE);
            taken = channel.tryLock() != null;
            return taken ? Optional.of(new FolderLock(file, channel)) : Optional.empty();
        } finally {
            if (!taken) {
                release(file, channel);
            }
        }
    }

    @Override
    public void close() {
        try {
            release(file, channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void release(Path file, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(file); // last: who takes it now opens the file anew
        }
    }
}
