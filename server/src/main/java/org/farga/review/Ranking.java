package org.farga.review;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.farga.access.Review;
import org.farga.shared.GpuHours;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;

/**
 * The proposals of one cut-off in order, held against the GPU-hours that there are in each partition: where the hours end runs
 * the line. Nothing is decided by it.
 *
 * @param rows the best first
 * @param partitions what there is in each partition and what is left of it above the line, by name
 */
record Ranking(List<Row> rows, Map<String, Left> partitions) {
    Ranking {
        rows = List.copyOf(rows);
    }

    /** By which score proposals are ordered. */
    enum By {
        /** The means of the scores as they were given. */
        RAW,
        /** The same without what {@link Calibration} takes for the reviewers' own. */
        CALIBRATED,
        /** The panel's placing, and its score where it gave none. */
        PANEL
    }

    /**
     * A proposal to be ranked.
     *
     * @param partition where it asks for time
     * @param asked how many GPU-hours it asks for; of one that was granted already, how many those are
     * @param granted whether they are granted already, so that no ranking can take them away
     * @param eligible whether it could be awarded: it reached the thresholds, or the panel is for it
     * @param raw the mean score in each criterion, to two decimals; empty where no reviews are in
     */
    record Entry(
            ProposalId id,
            String code,
            String partition,
            GpuHours asked,
            boolean granted,
            boolean eligible,
            Map<Review.Criterion, BigDecimal> raw,
            Map<Review.Criterion, BigDecimal> calibrated,
            @Nullable BigDecimal panelScore,
            @Nullable Integer placing) {}

    /**
     * What is tried: nothing of it is kept.
     *
     * @param weights of each criterion; one that is not named counts 1, and 0 leaves it out
     * @param hours what there is in each partition; one that is not named has no line
     * @param percents how much of what it asks for a proposal would get, 0 to 100; all where it is not named
     */
    record WhatIf(
            By by,
            Map<Review.Criterion, BigDecimal> weights,
            Map<String, GpuHours> hours,
            Map<ProposalId, Integer> percents) {}

    enum Place {
        /** Granted already. */
        GRANTED,
        /** Above the line: the hours of its partition are enough for it and all before it. */
        ABOVE,
        /** Below the line, though what is left above it would be enough for this one. */
        WOULD_FIT,
        BELOW,
        /** Not to be awarded at all, so that it uses no hours. */
        OUT,
        /** Nobody has said how many hours there are. */
        NO_LINE
    }

    /**
     * @param rank from 1 on; proposals with the same score have the same
     * @param score what it is ordered by, to two decimals; null where there is none
     * @param hours what it would get
     * @param used what it and all before it in its partition would use
     */
    record Row(int rank, Entry entry, @Nullable BigDecimal score, GpuHours hours, GpuHours used, Place place) {}

    /**
     * @param available null where nobody has said
     * @param granted what is granted already
     * @param above what those above the line would get besides
     */
    record Left(@Nullable GpuHours available, GpuHours granted, GpuHours above, GpuHours asked) {
        /** What stays free above the line; below zero where more is granted than there is. Null where there is no line. */
        @Nullable
        GpuHours free() {
            return available == null ? null : available.minus(granted).minus(above);
        }
    }

    static Ranking of(Collection<Entry> entries, WhatIf whatIf) {
        Map<Entry, BigDecimal> scores = new LinkedHashMap<>();
        entries.forEach(e -> scores.put(e, score(e, whatIf)));
        List<Entry> ordered = entries.stream()
                .sorted(Comparator.comparing((Entry e) -> whatIf.by() == By.PANEL ? e.placing() : null, LAST)
                        .thenComparing(scores::get, Comparator.nullsLast(Comparator.reverseOrder()))
                        .thenComparing(Entry::code))
                .toList();
        Map<String, GpuHours> granted = new TreeMap<>();
        Map<String, GpuHours> asked = new TreeMap<>();
        whatIf.hours().keySet().forEach(partition -> asked.put(partition, GpuHours.ZERO));
        for (Entry entry : entries) {
            granted.merge(entry.partition(), entry.granted() ? entry.asked() : GpuHours.ZERO, GpuHours::plus);
            asked.merge(entry.partition(), entry.granted() ? GpuHours.ZERO : entry.asked(), GpuHours::plus);
        }
        Map<String, GpuHours> used = new TreeMap<>(granted);
        Map<String, GpuHours> above = new TreeMap<>();
        Map<String, Boolean> lineDrawn = new TreeMap<>();
        List<Row> rows = new ArrayList<>();
        int rank = 0;
        Entry before = null;
        for (Entry entry : ordered) {
            boolean same = before != null && sameRank(before, entry, scores, whatIf.by());
            rank = same ? rank : rows.size() + 1;
            before = entry;
            String partition = entry.partition();
            GpuHours hours = entry.granted()
                    ? entry.asked()
                    : part(entry.asked(), whatIf.percents().getOrDefault(entry.id(), 100));
            if (!entry.granted() && entry.eligible()) {
                used.merge(partition, hours, GpuHours::plus);
            }
            GpuHours there = whatIf.hours().get(partition);
            Place place;
            if (entry.granted()) {
                place = Place.GRANTED;
            } else if (!entry.eligible()) {
                place = Place.OUT;
            } else if (there == null) {
                place = Place.NO_LINE;
            } else {
                GpuHours taken = granted.getOrDefault(partition, GpuHours.ZERO)
                        .plus(above.getOrDefault(partition, GpuHours.ZERO));
                boolean fits = !taken.plus(hours).isMoreThan(there);
                boolean drawn = lineDrawn.getOrDefault(partition, false);
                place = !fits ? Place.BELOW : drawn ? Place.WOULD_FIT : Place.ABOVE;
                lineDrawn.put(partition, drawn || !fits);
            }
            if (place == Place.ABOVE) {
                above.merge(partition, hours, GpuHours::plus);
            }
            rows.add(
                    new Row(rank, entry, scores.get(entry), hours, used.getOrDefault(partition, GpuHours.ZERO), place));
        }
        Map<String, Left> partitions = new TreeMap<>();
        asked.forEach((partition, sum) -> partitions.put(
                partition,
                new Left(
                        whatIf.hours().get(partition),
                        granted.getOrDefault(partition, GpuHours.ZERO),
                        above.getOrDefault(partition, GpuHours.ZERO),
                        sum)));
        return new Ranking(rows, partitions);
    }

    private static final Comparator<@Nullable Integer> LAST = Comparator.nullsLast(Comparator.naturalOrder());

    private static boolean sameRank(Entry one, Entry other, Map<Entry, BigDecimal> scores, By by) {
        return java.util.Objects.equals(scores.get(one), scores.get(other))
                && (by != By.PANEL || java.util.Objects.equals(one.placing(), other.placing()));
    }

    /** Whole GPU-milliseconds, rounded down: never more than the share. */
    static GpuHours part(GpuHours asked, int percent) {
        return new GpuHours(BigDecimal.valueOf(asked.milliseconds())
                .multiply(BigDecimal.valueOf(percent))
                .divide(BigDecimal.valueOf(100), 0, RoundingMode.DOWN)
                .longValueExact());
    }

    private static @Nullable BigDecimal score(Entry entry, WhatIf whatIf) {
        return switch (whatIf.by()) {
            case RAW -> weighted(entry.raw(), whatIf.weights());
            case CALIBRATED -> weighted(entry.calibrated(), whatIf.weights());
            case PANEL -> entry.panelScore();
        };
    }

    /** The mean of the criteria by their weights, to two decimals; null where nothing counts. */
    static @Nullable BigDecimal weighted(
            Map<Review.Criterion, BigDecimal> scores, Map<Review.Criterion, BigDecimal> weights) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal all = BigDecimal.ZERO;
        for (Map.Entry<Review.Criterion, BigDecimal> score : scores.entrySet()) {
            BigDecimal weight = weights.getOrDefault(score.getKey(), BigDecimal.ONE);
            sum = sum.add(score.getValue().multiply(weight));
            all = all.add(weight);
        }
        return all.signum() == 0 ? null : sum.divide(all, 2, RoundingMode.HALF_UP);
    }
}
