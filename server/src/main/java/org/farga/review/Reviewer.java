package org.farga.review;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Somebody in the pool of experts who review proposals.
 *
 * @param loadLimit how many proposals of one round they take at most
 * @param unavailableUntil the last day on which nothing new is assigned to them; null where they are there
 * @param since since when they are in this state
 * @param keywords what they know, in lower case
 * @param sectors codes of the sectors that they know
 */
record Reviewer(
        PersonId person,
        State state,
        int loadLimit,
        @Nullable LocalDate unavailableUntil,
        PersonId invitedBy,
        Instant invitedAt,
        Instant since,
        List<String> keywords,
        List<String> sectors,
        int version) {
    static final int LARGEST_LOAD = 100;
    static final int MOST_KEYWORDS = 30;
    static final int LONGEST_KEYWORD = 60;
    private static final int FARTHEST_YEARS = 5;

    Reviewer {
        keywords = List.copyOf(keywords);
        sectors = List.copyOf(sectors);
    }

    enum State {
        /** Asked, and has not answered. */
        INVITED,
        ACTIVE,
        /** Left, or said no; what they wrote stays. */
        LEFT
    }

    /** What a reviewer says of themselves; what is null stays. */
    record Profile(
            @Nullable List<String> keywords,
            @Nullable List<String> sectors,
            @Nullable LocalDate unavailableUntil,
            boolean available) {}

    /** Somebody asked to be a reviewer, or made one at once, also who had left. */
    static Outcome<Reviewer> invite(
            Actor officer,
            PersonId person,
            @Nullable Reviewer before,
            @Nullable Integer loadLimit,
            boolean appointed,
            Instant now) {
        if (officer.person().equals(person)) {
            return Outcome.refused(Refusal.forbidden("reviewer-oneself"));
        }
        if (before != null && before.state == State.ACTIVE) {
            return Outcome.refused(Refusal.conflict("reviewer-already"));
        }
        Optional<Refusal> refusal = new Fields()
                .number("loadLimit", loadLimit == null ? null : loadLimit.longValue(), 1, LARGEST_LOAD)
                .refusal();
        if (refusal.isPresent() || loadLimit == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new Reviewer(
                person,
                appointed ? State.ACTIVE : State.INVITED,
                loadLimit,
                null,
                officer.person(),
                now,
                now,
                before == null ? List.of() : before.keywords,
                before == null ? List.of() : before.sectors,
                before == null ? 1 : before.version));
    }

    /** Whether something new can be assigned on this day. */
    boolean isThere(LocalDate today) {
        return state == State.ACTIVE && (unavailableUntil == null || unavailableUntil.isBefore(today));
    }

    /** With what they say of themselves. */
    Outcome<Reviewer> with(Profile profile, Collection<String> knownSectors, LocalDate today) {
        if (state == State.LEFT) {
            return Outcome.refused(Refusal.conflict("reviewer-left"));
        }
        List<String> words = profile.keywords() == null
                ? keywords
                : profile.keywords().stream()
                        .map(Affinity::normal)
                        .filter(word -> !word.isEmpty())
                        .distinct()
                        .sorted()
                        .toList();
        List<String> known = profile.sectors() == null
                ? sectors
                : profile.sectors().stream().distinct().sorted().toList();
        LocalDate until = profile.available()
                ? null
                : profile.unavailableUntil() == null ? unavailableUntil : profile.unavailableUntil();
        Fields fields = new Fields()
                .rule("keywords", words.size() <= MOST_KEYWORDS, "too-many-items", MOST_KEYWORDS)
                .rule("sectors", knownSectors.containsAll(known), "no-such-sector", String.join(", ", knownSectors))
                .rule(
                        "unavailableUntil",
                        until == null
                                || profile.unavailableUntil() == null
                                || (!until.isBefore(today) && until.isBefore(today.plusYears(FARTHEST_YEARS))),
                        "reviewer-away-day",
                        FARTHEST_YEARS);
        words.stream()
                .filter(word -> word.length() < 2 || word.length() > LONGEST_KEYWORD)
                .findFirst()
                .ifPresent(word -> fields.rule("keywords", false, "keyword-length", LONGEST_KEYWORD));
        return fields.refusal()
                .<Outcome<Reviewer>>map(Outcome::refused)
                .orElseGet(() -> Outcome.done(new Reviewer(
                        person, state, loadLimit, until, invitedBy, invitedAt, since, words, known, version)));
    }

    Outcome<Reviewer> withLoadLimit(@Nullable Integer limit) {
        return new Fields()
                .number("loadLimit", limit == null ? null : limit.longValue(), 1, LARGEST_LOAD)
                .refusal()
                .<Outcome<Reviewer>>map(Outcome::refused)
                .orElseGet(() -> Outcome.done(new Reviewer(
                        person,
                        state,
                        limit == null ? loadLimit : limit,
                        unavailableUntil,
                        invitedBy,
                        invitedAt,
                        since,
                        keywords,
                        sectors,
                        version)));
    }

    Reviewer in(State other, Instant now) {
        return new Reviewer(
                person,
                other,
                loadLimit,
                other == State.LEFT ? null : unavailableUntil,
                invitedBy,
                invitedAt,
                now.isBefore(invitedAt) ? invitedAt : now,
                keywords,
                sectors,
                version);
    }

    /** Splits what somebody typed into a field of keywords, which commas, semicolons and line ends part. */
    static List<String> keywords(String typed) {
        return java.util.Arrays.stream(typed.split("[,;\\n]", -1))
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
