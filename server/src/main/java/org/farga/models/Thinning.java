package org.farga.models;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leaves so many points of a long series that its picture stays the same: of each stretch the first, the least, the most
 * and the last, in their order. Takes the points one by one and holds no more than it gives back.
 */
final class Thinning {
    /** One value: its step, and the time it was read in milliseconds since 1970. */
    record Sample(long step, double value, long atMilliseconds) {}

    private final int total;
    private final int stretches;
    private final List<Sample> kept = new ArrayList<>();
    private int taken;
    private int stretch = -1;
    private @Nullable Sample first;
    private @Nullable Sample least;
    private @Nullable Sample most;
    private @Nullable Sample last;
    private boolean leastBeforeMost;

    /**
     * @param total how many points will come
     * @param atMost how many to leave, at least 4
     */
    Thinning(int total, int atMost) {
        this.total = total;
        this.stretches = total <= atMost ? 0 : Math.max(1, atMost / 4);
    }

    void add(Sample sample) {
        if (stretches == 0) {
            kept.add(sample);
            return;
        }
        int current = (int) Math.min(stretches - 1L, (long) taken * stretches / total);
        taken++;
        if (current != stretch) {
            flush();
            stretch = current;
            first = sample;
            least = sample;
            most = sample;
        }
        if (least == null || sample.value() < least.value()) {
            least = sample;
            leastBeforeMost = false;
        }
        if (most == null || sample.value() > most.value()) {
            most = sample;
            leastBeforeMost = true;
        }
        last = sample;
    }

    /** What is left, once all have come. */
    List<Sample> samples() {
        flush();
        return List.copyOf(kept);
    }

    private void flush() {
        keep(first);
        keep(leastBeforeMost ? least : most);
        keep(leastBeforeMost ? most : least);
        keep(last);
        first = null;
        least = null;
        most = null;
        last = null;
    }

    private void keep(@Nullable Sample sample) {
        // The same point may be first and least at once.
        if (sample != null
                && !kept.subList(Math.max(0, kept.size() - 3), kept.size()).contains(sample)) {
            kept.add(sample);
        }
    }
}
