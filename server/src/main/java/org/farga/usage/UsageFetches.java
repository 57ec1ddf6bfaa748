package org.farga.usage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes what is fetched from a cluster's accounting at intervals into the ledger. Where it stands is written down, each fetch begins a
 * while before the one before ended, and once a day it begins days before: records come late, and are changed.
 */
@Service
public class UsageFetches {
    /** The columns that {@code sacct} is to be asked for. */
    public static final String COLUMNS = SacctExport.COLUMNS;

    private static final Duration FIRST = Duration.ofDays(30);
    private static final Duration OVERLAP = Duration.ofMinutes(10);
    private static final Duration LOOK_BACK = Duration.ofDays(8);
    private static final Duration LOOK_BACK_EACH = Duration.ofDays(1);
    private static final int CHUNK_LINES = 10_000;
    private static final int MOST_REJECTED = 20;
    private static final int MOST_COMPLAINT = 4_000;
    private static final int MOST_RUNAWAYS = 200;

    private final UsageFetchTable table;
    private final UsageImports imports;
    private final TransactionTemplate transaction;
    private final Clock clock;

    UsageFetches(UsageFetchTable table, UsageImports imports, PlatformTransactionManager transactions, Clock clock) {
        this.table = table;
        this.imports = imports;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** A job that accounting takes to run, and that its cluster does not know. */
    public record Runaway(String cluster, String engineJob, String account, String unixUser, Instant startedAt) {}

    /** Begins to fetch: says from when on, and takes the lines. Call {@link Fetching#done} once all have come. */
    public Fetching begin(String cluster) {
        Instant now = clock.instant();
        UsageFetchTable.State state = table.find(cluster).orElse(null);
        Instant until = state == null ? null : state.readUntil();
        if (state == null || until == null) {
            return new Fetching(cluster, now.minus(FIRST), now, true);
        }
        // slurmctld tells slurmdbd only moments after that is back what ended while it was away: so from there on once
        // more.
        Instant reached = state.complaint() == null ? now : until;
        Instant looked = state.lookedBack();
        boolean back = looked == null || now.isAfter(looked.plus(LOOK_BACK_EACH));
        Instant since = until.minus(OVERLAP);
        Instant farther = now.minus(LOOK_BACK);
        return new Fetching(cluster, back && farther.isBefore(since) ? farther : since, reached, back);
    }

    /** One fetch under way. Its lines are entered in pieces; where it stands is moved on by {@link #done} only. */
    public final class Fetching {
        private final String cluster;
        private final Instant since;
        private final Instant until;
        private final boolean lookingBack;
        private final List<String> rejected = new ArrayList<>();
        private @Nullable SacctExport export;
        private SacctChunk chunk = new SacctChunk();
        private long lines;

        private Fetching(String cluster, Instant since, Instant until, boolean lookingBack) {
            this.cluster = cluster;
            this.since = since.truncatedTo(ChronoUnit.SECONDS);
            this.until = until;
            this.lookingBack = lookingBack;
        }

        /** What ended from then on is to be asked for. */
        public Instant since() {
            return since;
        }

        /**
         * Takes a line, the header first. Throws {@link IllegalStateException} where that lacks columns: an older
         * {@code sacct} than can be used.
         */
        public void take(String line) {
            SacctExport reader = export;
            if (reader == null) {
                export = switch (SacctExport.open(line, ZoneOffset.UTC)) {
                    case SacctExport.Opened.Readable(SacctExport readable) -> readable;
                    case SacctExport.Opened.Lacking(List<String> columns) ->
                        throw new IllegalStateException("sacct of " + cluster + " does not print " + columns);
                };
                return;
            }
            lines++;
            chunk.add(lines + 1, line, reader.read(line));
            if (chunk.lines() >= CHUNK_LINES) {
                enter();
            }
        }

        /** All has come. */
        public void done() {
            enter();
            transaction.executeWithoutResult(
                    s -> table.fetched(cluster, until, lookingBack, clock.instant(), lines, rejected));
        }

        private void enter() {
            SacctChunk full = chunk;
            chunk = new SacctChunk();
            full.rejections().stream()
                    .limit(MOST_REJECTED - rejected.size())
                    .forEach(r -> rejected.add(r.reason().word() + ": " + r.content()));
            imports.enter(cluster, full);
        }
    }

    /** It could not be fetched, and why; the next time begins where this one did. */
    public void failed(String cluster, String complaint) {
        String kept = complaint.length() <= MOST_COMPLAINT ? complaint : complaint.substring(0, MOST_COMPLAINT);
        transaction.executeWithoutResult(s -> table.failed(cluster, clock.instant(), kept.replace('\0', ' ')));
    }

    /** All the jobs of a cluster that run away by now. */
    public void runaways(String cluster, Collection<Runaway> found) {
        transaction.executeWithoutResult(s -> table.runaways(cluster, found, clock.instant()));
    }

    /**
     * How far a cluster's accounting was read.
     *
     * @param readUntil null where it never was
     * @param complaint why it could not be the last time; null where it could
     */
    public record Standing(
            String cluster,
            @Nullable Instant readUntil,
            @Nullable String complaint) {}

    /** How far each cluster's accounting was read. */
    public List<Standing> standings() {
        return table.list().stream()
                .map(state -> new Standing(state.cluster(), state.readUntil(), state.complaint()))
                .toList();
    }

    List<Runaway> runaways(Actor actor) {
        UsageImports.requireReader(actor);
        return table.runaways(MOST_RUNAWAYS);
    }

    List<UsageFetchTable.State> states(Actor actor) {
        UsageImports.requireReader(actor);
        return table.list();
    }
}
