package org.farga.aid;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * How much de minimis aid a single undertaking may be granted per Member State, from a day on (Regulation (EU) 2023/2831,
 * Article 3(2)).
 *
 * @param until the last day on which aid may be granted under it; null while that is open
 * @param years over which grants are added up
 * @param warningPercent the share of the ceiling from which on people are warned
 * @param declarationDays how long a declaration of other aid may be relied on
 * @param regulation its title and where it was published, as letters name it
 * @param setBy null for the one that Farga came with
 */
record Ceiling(
        LocalDate since,
        @Nullable LocalDate until,
        long cents,
        int years,
        int warningPercent,
        int declarationDays,
        String regulation,
        @Nullable PersonId setBy,
        Instant setAt) {
    /** The one in force on a day; empty where none is. */
    static Optional<Ceiling> on(List<Ceiling> all, LocalDate day) {
        return all.stream()
                .filter(c -> !c.since.isAfter(day))
                .max(Comparator.comparing(Ceiling::since))
                .filter(c -> c.until == null || !day.isAfter(c.until));
    }

    /**
     * The first day of the window that ends on a day and is so many years long: a grant of three years ago to the day no
     * longer counts, since both days together would span three years and a day.
     */
    LocalDate windowFrom(LocalDate day) {
        return day.minusYears(years).plusDays(1);
    }

    /** The first day on which a grant no longer counts; of 29 February it is 1 March, unless that year has one too. */
    LocalDate fallsOutOn(LocalDate grantedOn) {
        LocalDate anniversary = grantedOn.plusYears(years);
        return windowFrom(anniversary).isAfter(grantedOn) ? anniversary : anniversary.plusDays(1);
    }

    boolean counts(LocalDate grantedOn, LocalDate day) {
        return !grantedOn.isAfter(day) && !grantedOn.isBefore(windowFrom(day));
    }

    /** From so many cents on people are warned. */
    long warningCents() {
        return Math.ceilDiv(cents * warningPercent, 100L);
    }

    LocalDate declarationUntil(LocalDate declaredOn) {
        return declaredOn.plus(declarationDays, ChronoUnit.DAYS);
    }

    Optional<Refusal> refusal() {
        return new Fields()
                .rule("until", until == null || !until.isBefore(since), "aid-until")
                .rule("ceilingEuros", cents >= 1 && cents <= Euro.MOST_CENTS, "aid-amount")
                .number("years", (long) years, 1, 10)
                .number("warningPercent", (long) warningPercent, 1, 100)
                .number("declarationDays", (long) declarationDays, 1, 3_660)
                .text("regulation", regulation, 200)
                .refusal();
    }
}
