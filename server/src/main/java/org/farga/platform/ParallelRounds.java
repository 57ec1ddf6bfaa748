package org.farga.platform;

import java.util.List;
import org.springframework.context.SmartLifecycle;

/** Rounds that are alike, each on a thread of its own so that none waits for another's, begun and ended together. */
public abstract class ParallelRounds implements SmartLifecycle {
    private final List<Rounds> all;

    protected ParallelRounds(List<? extends Rounds> all) {
        this.all = List.copyOf(all);
    }

    /** Wakes each of them, as {@link Rounds#wake} does. */
    protected final void wake() {
        all.forEach(Rounds::wake);
    }

    @Override
    public final void start() {
        all.forEach(Rounds::start);
    }

    @Override
    public final void stop() {
        all.parallelStream().forEach(Rounds::stop); // each may wait for what its last round asked
    }

    @Override
    public final boolean isRunning() {
        return all.stream().anyMatch(Rounds::isRunning);
    }
}
