package org.farga.review;

import java.math.BigDecimal;
import java.util.Optional;
import org.farga.access.Review;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a panel finds about one proposal, written together by its members.
 *
 * @param award whether the panel is for it; null while it has not said
 * @param note what was discussed
 * @param score on the scale of the reviews, to one decimal
 * @param placing its place among those of its cut-off, 1 being the best
 * @param version 0 before anything was saved
 */
record PanelFinding(
        ProposalId proposal,
        @Nullable Boolean award,
        @Nullable String note,
        @Nullable BigDecimal score,
        @Nullable Integer placing,
        int version) {
    static final int LONGEST_NOTE = 4_000;
    private static final int LAST_PLACE = 10_000;

    static PanelFinding none(ProposalId proposal) {
        return new PanelFinding(proposal, null, null, null, null, 0);
    }

    /** What is typed, each time as a whole. */
    record Content(
            @Nullable Boolean award,
            @Nullable String note,
            @Nullable BigDecimal score,
            @Nullable Integer placing) {}

    Outcome<PanelFinding> with(Content typed, Review terms) {
        BigDecimal score = typed.score();
        boolean onScale = score == null
                || (score.compareTo(BigDecimal.valueOf(terms.lowest())) >= 0
                        && score.compareTo(BigDecimal.valueOf(terms.highest())) <= 0);
        Fields fields = new Fields()
                .optionalText("note", typed.note(), LONGEST_NOTE)
                .rule("score", onScale, "out-of-range", terms.lowest(), terms.highest())
                .rule(
                        "score",
                        score == null || !onScale || score.stripTrailingZeros().scale() <= 1,
                        "score-too-fine")
                .rule(
                        "placing",
                        typed.placing() == null || (typed.placing() >= 1 && typed.placing() <= LAST_PLACE),
                        "out-of-range",
                        1,
                        LAST_PLACE);
        Optional<Refusal> refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new PanelFinding(
                        proposal,
                        typed.award(),
                        typed.note() == null || typed.note().isBlank()
                                ? null
                                : typed.note().strip(),
                        score == null ? null : score.setScale(1),
                        typed.placing(),
                        version));
    }

    /** Confirmed is what says whether to award, and why. */
    Optional<Refusal> refusalToConfirm(String code) {
        return award == null || note == null ? Optional.of(Refusal.conflict("panel-not-done", code)) : Optional.empty();
    }
}
