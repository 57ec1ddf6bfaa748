package org.farga.aid;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.jspecify.annotations.Nullable;

/**
 * How much de minimis aid a single undertaking has had in one Member State within the window that ends on a day, and how
 * much more it may be granted.
 *
 * @param lines all that was taken together, the earliest first; those outside of the window are among them
 */
record Headroom(LocalDate day, String memberState, Ceiling ceiling, List<Line> lines) {
    Headroom {
        lines = List.copyOf(lines);
    }

    /**
     * One aid.
     *
     * @param grant the grant in this centre's ledger, with its corrections; null for what a company declared
     * @param cents what stands of it
     * @param repeated what was declared and is known from elsewhere: it counts nothing
     */
    record Line(
            OrganisationId organisation,
            @Nullable UUID grant,
            LocalDate grantedOn,
            long cents,
            String memberState,
            String authority,
            @Nullable String reference,
            boolean repeated) {
        private Line asRepeated() {
            return new Line(organisation, grant, grantedOn, cents, memberState, authority, reference, true);
        }

        /** By this two lines are known to be of one aid; null where that cannot be told. */
        private @Nullable String identity() {
            return reference == null || reference.isBlank()
                    ? null
                    : memberState + " " + grantedOn + " " + cents + " "
                            + reference.replaceAll("\\s+", "").toUpperCase(Locale.ROOT);
        }
    }

    /** How near the ceiling is. */
    enum Level {
        FREE,
        WARNING,
        REACHED
    }

    /**
     * Of one Member State. What linked companies declare may be one and the same aid, and may be what stands in the ledger:
     * with the same reference, day and amount it counts once.
     */
    static Headroom of(LocalDate day, String memberState, Ceiling ceiling, List<Line> ledger, List<Line> declared) {
        List<Line> lines = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Line line : ledger) {
            if (line.memberState().equals(memberState)) {
                lines.add(line);
                String identity = line.identity();
                if (identity != null) {
                    known.add(identity);
                }
            }
        }
        for (Line line : declared) {
            if (line.memberState().equals(memberState)) {
                String identity = line.identity();
                lines.add(identity == null || known.add(identity) ? line : line.asRepeated());
            }
        }
        lines.sort(Comparator.comparing(Line::grantedOn));
        return new Headroom(day, memberState, ceiling, lines);
    }

    /** Cents granted within the window that ends on another day. */
    long usedCents(LocalDate on) {
        return lines.stream()
                .filter(l -> !l.repeated() && ceiling.counts(l.grantedOn(), on))
                .mapToLong(Line::cents)
                .sum();
    }

    long usedCents() {
        return usedCents(day);
    }

    /** Never negative: more may have been declared than should have been granted. */
    long leftCents() {
        return Math.max(0, ceiling.cents() - usedCents());
    }

    /**
     * What is left for a grant of a day that may be past: no window that holds it may go over the ceiling, also one that ends
     * later.
     */
    long leftCents(LocalDate grantedOn) {
        LocalDate end = ceiling.fallsOutOn(grantedOn);
        TreeSet<LocalDate> days = new TreeSet<>(Set.of(grantedOn));
        lines.stream()
                .map(Line::grantedOn)
                .filter(d -> d.isAfter(grantedOn) && d.isBefore(end))
                .forEach(days::add);
        long most = days.stream().mapToLong(this::usedCents).max().orElse(0);
        return Math.max(0, ceiling.cents() - most);
    }

    Level level() {
        return level(usedCents());
    }

    Level level(long cents) {
        if (cents >= ceiling.cents()) {
            return Level.REACHED;
        }
        return cents >= ceiling.warningCents() ? Level.WARNING : Level.FREE;
    }

    /** A day on which the sum changes, and what it is from then on. */
    record Step(LocalDate day, long cents) {}

    /** The sum from a day to another, as it changes with what is known today. */
    List<Step> steps(LocalDate from, LocalDate to) {
        TreeSet<LocalDate> days = new TreeSet<>(Set.of(from));
        for (Line line : lines) {
            for (LocalDate change : List.of(line.grantedOn(), ceiling.fallsOutOn(line.grantedOn()))) {
                if (change.isAfter(from) && !change.isAfter(to)) {
                    days.add(change);
                }
            }
        }
        return days.stream().map(d -> new Step(d, usedCents(d))).toList();
    }
}
