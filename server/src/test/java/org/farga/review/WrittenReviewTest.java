package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Review.Criterion.EXCELLENCE;
import static org.farga.access.Review.Criterion.IMPACT;
import static org.farga.access.Review.Criterion.IMPLEMENTATION;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.access.Review;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;

class WrittenReviewTest {
    private static final Review TERMS = new Review(2, 1, 6, List.of(), null, null);
    private static final Instant NOW = Instant.parse("2027-03-01T10:00:00Z");
    private static final WrittenReview EMPTY = WrittenReview.begun(ProposalId.create(), PersonId.create(), 1);
    private static final WrittenReview.Content WHOLE = new WrittenReview.Content(
            Map.of(
                    EXCELLENCE, new BigDecimal("6"),
                    IMPACT, new BigDecimal("1.0"),
                    IMPLEMENTATION, new BigDecimal("3.5")),
            "Good.",
            " ",
            WrittenReview.Recommendation.AWARD,
            WrittenReview.Confidence.HIGH);

    private static List<String> problems(Outcome<WrittenReview> outcome) {
        return ((Outcome.Refused<WrittenReview>) outcome)
                .refusal().fields().stream()
                        .map(f -> f.field() + " " + f.name())
                        .toList();
    }

    private static WrittenReview.Content scored(String score) {
        return new WrittenReview.Content(Map.of(IMPACT, new BigDecimal(score)), null, null, null, null);
    }

    @Test
    void aDraftTakesWhatIsThereAndOnlyScoresOnTheScale() {
        assertThat(EMPTY.with(scored("1"), TERMS).orThrow().scores()).containsOnlyKeys(IMPACT);
        assertThat(problems(EMPTY.with(scored("0.9"), TERMS))).containsExactly("scores.IMPACT out-of-range");
        assertThat(problems(EMPTY.with(scored("6.1"), TERMS))).containsExactly("scores.IMPACT out-of-range");
        assertThat(problems(EMPTY.with(scored("1E+999999999"), TERMS))).containsExactly("scores.IMPACT out-of-range");
        assertThat(problems(EMPTY.with(scored("3.55"), TERMS))).containsExactly("scores.IMPACT score-too-fine");
        assertThat(EMPTY.with(WHOLE, TERMS).orThrow().confidential()).isNull();
    }

    @Test
    void onlyAWholeReviewIsSubmitted() {
        assertThat(problems(EMPTY.with(scored("3"), TERMS).orThrow().submitted(NOW)))
                .containsExactly(
                        "scores.EXCELLENCE missing",
                        "scores.IMPLEMENTATION missing",
                        "comments missing",
                        "recommendation missing",
                        "confidence missing");
        WrittenReview submitted =
                EMPTY.with(WHOLE, TERMS).orThrow().submitted(NOW).orThrow();
        assertThat(submitted.submittedAt()).isEqualTo(NOW);
    }

    @Test
    void whatIsSubmittedStaysUntilItIsReopened() {
        WrittenReview submitted =
                EMPTY.with(WHOLE, TERMS).orThrow().submitted(NOW).orThrow();
        assertThat(submitted.with(scored("3"), TERMS)).isEqualTo(refused("review-submitted"));
        assertThat(submitted.submitted(NOW)).isEqualTo(refused("review-submitted"));
        WrittenReview again = submitted.reopened().orThrow();
        assertThat(again.isSubmitted()).isFalse();
        assertThat(again.comments()).isEqualTo("Good.");
        assertThat(again.reopened()).isEqualTo(refused("review-not-submitted"));
    }

    private static Outcome<WrittenReview> refused(String name) {
        return Outcome.refused(Refusal.conflict(name));
    }
}
