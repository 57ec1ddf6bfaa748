package org.farga.review;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.farga.access.Review;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What one reviewer writes about one proposal: a draft that only they see, until they submit it.
 *
 * @param number what applicants know it by, who never learn whose it is: 1 for the first that was begun
 * @param scores on the call's scale, to one decimal; those that are given yet
 * @param comments for the applicant, and {@code confidential} ones for the panel and whoever decides
 * @param submittedAt null while it is a draft
 * @param version 0 before anything was saved
 */
record WrittenReview(
        ProposalId proposal,
        PersonId reviewer,
        int number,
        Map<Review.Criterion, BigDecimal> scores,
        @Nullable String comments,
        @Nullable String confidential,
        @Nullable Recommendation recommendation,
        @Nullable Confidence confidence,
        @Nullable Instant submittedAt,
        int version) {
    static final int LONGEST_TEXT = 10_000;

    WrittenReview {
        scores = Map.copyOf(scores);
    }

    enum Recommendation {
        AWARD,
        AWARD_WITH_CHANGES,
        DECLINE
    }

    /** How sure a reviewer is, by how well they know the field. */
    enum Confidence {
        LOW,
        MEDIUM,
        HIGH
    }

    static WrittenReview begun(ProposalId proposal, PersonId reviewer, int number) {
        return new WrittenReview(proposal, reviewer, number, Map.of(), null, null, null, null, null, 0);
    }

    boolean isSubmitted() {
        return submittedAt != null;
    }

    /** All that a reviewer types, each time as a whole: what is null is not there yet. */
    record Content(
            Map<Review.Criterion, BigDecimal> scores,
            @Nullable String comments,
            @Nullable String confidential,
            @Nullable Recommendation recommendation,
            @Nullable Confidence confidence) {}

    /** A draft takes what is there, but no score off the scale. */
    Outcome<WrittenReview> with(Content typed, Review terms) {
        if (isSubmitted()) {
            return Outcome.refused(Refusal.conflict("review-submitted"));
        }
        Fields fields = new Fields()
                .optionalText("comments", typed.comments(), LONGEST_TEXT)
                .optionalText("confidential", typed.confidential(), LONGEST_TEXT);
        BigDecimal lowest = BigDecimal.valueOf(terms.lowest());
        BigDecimal highest = BigDecimal.valueOf(terms.highest());
        Map<Review.Criterion, BigDecimal> given = new EnumMap<>(Review.Criterion.class);
        typed.scores().forEach((criterion, score) -> {
            String field = "scores." + criterion;
            boolean onScale = score.compareTo(lowest) >= 0 && score.compareTo(highest) <= 0;
            fields.rule(field, onScale, "out-of-range", terms.lowest(), terms.highest());
            // Looked at before it is brought to one decimal: a score such as 1E-999999999 must not be written out.
            boolean fine = !onScale || score.stripTrailingZeros().scale() <= 1;
            fields.rule(field, fine, "score-too-fine");
            if (onScale && fine) {
                given.put(criterion, score.setScale(1));
            }
        });
        Optional<Refusal> refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new WrittenReview(
                        proposal,
                        reviewer,
                        number,
                        given,
                        text(typed.comments()),
                        text(typed.confidential()),
                        typed.recommendation(),
                        typed.confidence(),
                        null,
                        version));
    }

    private static @Nullable String text(@Nullable String typed) {
        return typed == null || typed.isBlank() ? null : typed.strip();
    }

    /** Handed in: only as a whole, because each criterion's mean needs each review's score. */
    Outcome<WrittenReview> submitted(Instant now) {
        if (isSubmitted()) {
            return Outcome.refused(Refusal.conflict("review-submitted"));
        }
        Fields fields = new Fields();
        for (Review.Criterion criterion : Review.Criterion.values()) {
            fields.present("scores." + criterion, scores.get(criterion));
        }
        Optional<Refusal> refusal = fields.text("comments", comments, LONGEST_TEXT)
                .present("recommendation", recommendation)
                .present("confidence", confidence)
                .refusal();
        return refusal.isPresent() ? Outcome.refused(refusal.get()) : Outcome.done(submittedAt(now));
    }

    /** A draft again, with all that was written. */
    Outcome<WrittenReview> reopened() {
        return isSubmitted()
                ? Outcome.done(submittedAt(null))
                : Outcome.refused(Refusal.conflict("review-not-submitted"));
    }

    private WrittenReview submittedAt(@Nullable Instant at) {
        return new WrittenReview(
                proposal, reviewer, number, scores, comments, confidential, recommendation, confidence, at, version);
    }
}
