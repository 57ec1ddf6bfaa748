package org.farga.compute;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a job says as it says it, read once for all who follow it. A follower first reads by itself up to where the feed
 * is, then is given each piece; one that cannot keep up is let go, and reads by itself again.
 */
final class JobFeed {
    static final int PIECE_BYTES = 256 * 1024;
    private static final int PIECES_A_ROUND = 8;

    private final JobFiles files;
    private final List<Follower> followers = new ArrayList<>();
    private Job job;
    private Position at;
    private boolean finished;

    /** How far somebody has read, in bytes of each file. */
    record Position(long log, long metrics) {
        static final Position START = new Position(0, 0);

        @Override
        public String toString() {
            return log + "-" + metrics;
        }
    }

    /** A thing to tell followers; {@code at} is where they are afterwards. */
    sealed interface Said {
        record State(Job job) implements Said {}

        record Log(String text, long from, long next) implements Said {}

        record Metrics(String lines, long from, long next) implements Said {}

        /** Nothing more will come. */
        record End(Job job) implements Said {}
    }

    /** Somebody who follows; must not block. False where it has no room. */
    interface Follower {
        boolean tell(Said said);
    }

    /** Begins where its first follower does; not behind the files' ends, which one may claim to have read and others not. */
    JobFeed(Job job, JobFiles files, Position from) throws IOException {
        this.job = job;
        this.files = files;
        this.at = new Position(
                Math.min(from.log(), GrowingFile.length(files::openLog)),
                Math.min(from.metrics(), GrowingFile.length(files::openMetrics)));
    }

    /** The position up to which a newcomer reads by itself. */
    synchronized Position position() {
        return at;
    }

    /** Takes a follower in that has read as far as the feed; false where the feed has moved on meanwhile. */
    synchronized boolean join(Follower follower, Position readTo) {
        if (readTo.log() < at.log() || readTo.metrics() < at.metrics()) {
            return false;
        }
        follower.tell(new Said.State(job));
        if (finished) {
            follower.tell(new Said.End(job));
        }
        followers.add(follower);
        return true;
    }

    synchronized void leave(Follower follower) {
        followers.remove(follower);
    }

    synchronized boolean hasFollowers() {
        return !followers.isEmpty();
    }

    /** Reads what is new and tells it; {@code now} was read from the record before, so what an ended job said is there. */
    synchronized void advance(Job now) throws IOException {
        if (finished) {
            return;
        }
        if (!now.stage().equals(job.stage()) || (now.cancellation() == null) != (job.cancellation() == null)) {
            job = now;
            tell(new Said.State(now));
        }
        boolean more = true;
        for (int i = 0; i < PIECES_A_ROUND && more; i++) {
            more = readOn(now.hasEnded());
        }
        if (!more && now.hasEnded()) {
            finished = true;
            tell(new Said.End(now));
        }
    }

    private boolean readOn(boolean complete) throws IOException {
        GrowingFile.Piece log = GrowingFile.text(files::openLog, at.log(), PIECE_BYTES, complete);
        GrowingFile.Piece metrics = GrowingFile.lines(files::openMetrics, at.metrics(), PIECE_BYTES, complete);
        if (log.next() > at.log()) {
            tell(new Said.Log(log.text(), at.log(), log.next()));
        }
        if (metrics.next() > at.metrics()) {
            tell(new Said.Metrics(metrics.text(), at.metrics(), metrics.next()));
        }
        boolean moved = log.next() > at.log() || metrics.next() > at.metrics();
        at = new Position(log.next(), metrics.next());
        return moved;
    }

    private void tell(Said said) {
        followers.removeIf(follower -> !follower.tell(said));
    }
}
