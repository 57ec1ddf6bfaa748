package org.farga.platform;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Something that a process does again and again from its start to its end, on a thread of its own: it rests between two
 * rounds, can be woken, is told when to stop, and goes on after a round that failed.
 *
 * <p>The thread is the operating system's rather than a virtual one, so that it gets its turn however many requests keep
 * Java's own scheduler busy: others take a process for dead that does not beat.
 */
public abstract class Rounds implements SmartLifecycle {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Logger log = LoggerFactory.getLogger(getClass());
    private final String name;
    private final Duration gathering;
    private final Duration trouble;
    private volatile boolean woken;
    private volatile @Nullable Thread thread;

    /**
     * @param name of the thread, after "farga-"
     * @param gathering how long it waits after it was woken, so that all that comes meanwhile is done together
     * @param trouble how long it rests after a round that failed
     */
    protected Rounds(String name, Duration gathering, Duration trouble) {
        this.name = name;
        this.gathering = gathering;
        this.trouble = trouble;
    }

    /** Does what there is to do; answers how long it may rest unless it is woken, nothing where there is more to do. */
    protected abstract Duration round() throws Exception;

    /** Told when it is to stop, before its last round has ended, on the thread that stops it. */
    protected void stopping() {}

    /** Told when its last round has ended, on its own thread. */
    protected void ended() {}

    /** Lets the next round begin now, or as soon as the present one has ended. */
    public final void wake() {
        if (!woken) {
            woken = true;
            LockSupport.unpark(thread);
        }
    }

    @Override
    public final void start() {
        // Known before it runs: the loop ends where it is not the one that is meant.
        Thread made = Thread.ofPlatform().daemon().name("farga-" + name).unstarted(this::work);
        thread = made;
        made.start();
    }

    @Override
    public final void stop() {
        Thread stopped = thread;
        thread = null;
        if (stopped == null) {
            return;
        }
        stopping();
        // Not interrupted: that would close the files it reads.
        LockSupport.unpark(stopped);
        try {
            stopped.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public final boolean isRunning() {
        return thread != null;
    }

    private boolean goesOn() {
        return thread == Thread.currentThread();
    }

    private void work() {
        try {
            while (goesOn()) {
                woken = false;
                rest(tryRound());
            }
        } finally {
            ended();
        }
    }

    // Whatever it is, also a class that is missing or a stack that is too deep: it must not be the last round for good.
    private Duration tryRound() {
        try {
            return round();
        } catch (Throwable e) {
            if (goesOn()) {
                log.warn("{} failed; it goes on in {} s", name, trouble.toSeconds(), e);
            }
            return trouble;
        }
    }

    private void rest(Duration length) {
        long until = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); !woken && goesOn() && left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
        if (length.isZero()) {
            return;
        }
        until = System.nanoTime() + gathering.toNanos();
        for (long left = gathering.toNanos(); goesOn() && left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }
}
