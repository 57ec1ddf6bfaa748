package org.farga.usage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.usage.SacctReading.Reason;
import org.farga.usage.SacctReading.Rule;

/** Lines of {@code sacct} that are entered into the ledger together, and what became of each. */
final class SacctChunk {
    private static final int MOST_CONTENT = 500;

    /** A line that was not understood: its number, and as much of it as is kept. */
    record Rejection(long line, Reason reason, String content) {}

    private record Key(long job, long startedAt) {}

    private final Map<Key, SacctRun> runs = new LinkedHashMap<>();
    private final List<Rejection> rejections = new ArrayList<>();
    private final EnumMap<Rule, Long> skipped = new EnumMap<>(Rule.class);
    private long lines;
    private long taken;

    /** Adds a line with its number in the file. */
    void add(long number, String line, SacctReading reading) {
        lines++;
        switch (reading) {
            case SacctReading.Taken(SacctRun run) -> {
                taken++;
                // A run that failed at once and began again in the same second has two records: the one that ran is
                // charged.
                runs.merge(
                        new Key(run.job(), run.startedAt()),
                        run,
                        (before, now) -> now.chargedSeconds() >= before.chargedSeconds() ? now : before);
            }
            case SacctReading.Skipped(Rule rule) -> skipped.merge(rule, 1L, Long::sum);
            case SacctReading.Rejected(Reason reason) -> rejections.add(new Rejection(number, reason, excerpt(line)));
        }
    }

    /** Each run once. */
    Collection<SacctRun> runs() {
        return runs.values();
    }

    List<Rejection> rejections() {
        return rejections;
    }

    long skipped(Rule rule) {
        return skipped.getOrDefault(rule, 0L);
    }

    /** All lines, whatever became of them. */
    long lines() {
        return lines;
    }

    /** Lines that told of a run. */
    long taken() {
        return taken;
    }

    private static String excerpt(String line) {
        String kept = line.length() <= MOST_CONTENT ? line : line.substring(0, MOST_CONTENT - 1);
        // PostgreSQL keeps no NUL, and half a character is none.
        return kept.replace('\0', '\uFFFD').replaceAll("[\\ud800-\\udbff]$", "");
    }
}
