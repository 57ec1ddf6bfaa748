package org.farga.review;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.access.Review;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The reviews of a proposal, the applicant's answer to them, and what the panel finds. */
@RestController
@RequestMapping("/api/v1/proposals/{id}")
class ProposalReviewsApi {
    private final Reviews reviews;
    private final Panels panels;

    ProposalReviewsApi(Reviews reviews, Panels panels) {
        this.reviews = reviews;
        this.panels = panels;
    }

    /** One review; for the applicant without whose it is, and without what is not for them. */
    record ProposalReviewJson(
            int number,
            @Nullable PersonId reviewer,
            @Nullable String name,
            Map<Review.Criterion, BigDecimal> scores,
            @Nullable String comments,
            @Nullable String confidential,
            WrittenReview.@Nullable Recommendation recommendation,
            WrittenReview.@Nullable Confidence confidence,
            @Nullable Instant submittedAt) {}

    record RebuttalJson(
            Instant openedAt,
            Instant until,
            @Nullable Instant closedAt,
            @Nullable String answer) {}

    /**
     * @param means of each criterion, to two decimals; left out where there is nothing to read yet
     * @param below the criteria whose mean is below their threshold
     * @param waitedFor who has not submitted; for the centre only
     */
    record ProposalReviewsJson(
            List<ProposalReviewJson> reviews,
            @Nullable Map<Review.Criterion, BigDecimal> means,
            @Nullable List<Review.Criterion> below,
            @Nullable RebuttalJson rebuttal,
            List<String> waitedFor) {}

    record NewRebuttal(@Nullable String answer) {}

    record Reopening(@Nullable String reason) {}

    /** What is written, each time as a whole. */
    record PanelFindingContent(
            @Nullable Boolean award,
            @Nullable String note,
            @Nullable BigDecimal score,
            @Nullable Integer placing) {}

    /** @param version for If-Match; 0 before anything was saved */
    record PanelFindingJson(
            @Nullable Boolean award,
            @Nullable String note,
            @Nullable BigDecimal score,
            @Nullable Integer placing,
            int version) {
        static PanelFindingJson of(PanelFinding found) {
            return new PanelFindingJson(found.award(), found.note(), found.score(), found.placing(), found.version());
        }
    }

    /** As the caller may see them: the applicant when asked to answer or when it is decided, the panel once all are in. */
    @GetMapping("/reviews")
    ProposalReviewsJson read(Actor actor, @PathVariable ProposalId id) {
        return json(reviews.reading(actor, id));
    }

    /** Lets a reviewer change what they submitted; for access officers, while the step lasts. */
    @PutMapping("/reviews/{number}/reopening")
    ProposalReviewsJson reopen(
            Actor actor, @PathVariable ProposalId id, @PathVariable int number, @RequestBody Reopening body) {
        Answer.of(reviews.reopen(actor, id, number, body.reason()));
        return json(reviews.reading(actor, id));
    }

    /** The applicant's answer to the reviews, once and in time. */
    @PutMapping("/rebuttal")
    ProposalReviewsJson rebut(Actor actor, @PathVariable ProposalId id, @RequestBody NewRebuttal body) {
        Answer.of(reviews.answer(actor, id, body.answer()));
        return json(reviews.reading(actor, id));
    }

    @GetMapping("/panel-finding")
    ResponseEntity<PanelFindingJson> finding(Actor actor, @PathVariable ProposalId id) {
        PanelFinding found = panels.finding(actor, id);
        return Answer.versioned(PanelFindingJson.of(found), found.version());
    }

    /** For members of the call's panel and access officers, while it is in the panel's step. */
    @PutMapping("/panel-finding")
    ResponseEntity<PanelFindingJson> write(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody PanelFindingContent body) {
        panels.finding(actor, id);
        Outcome<PanelFinding> outcome = panels.write(
                actor,
                id,
                Answer.version(ifMatch),
                new PanelFinding.Content(body.award(), body.note(), body.score(), body.placing()));
        PanelFinding found = Answer.of(outcome);
        return Answer.versioned(PanelFindingJson.of(found), found.version());
    }

    /** Ends the panel's step of this proposal with what the panel found; for access officers. */
    @PutMapping("/panel-confirmation")
    PanelFindingJson confirm(Actor actor, @PathVariable ProposalId id) {
        Answer.of(panels.confirm(actor, id));
        return PanelFindingJson.of(panels.finding(actor, id));
    }

    private static ProposalReviewsJson json(Reviews.Reading reading) {
        Verdict verdict = reading.verdict();
        Rebuttal rebuttal = reading.rebuttal();
        return new ProposalReviewsJson(
                reading.reviews().stream()
                        .map(s -> new ProposalReviewJson(
                                s.review().number(),
                                s.name() == null ? null : s.review().reviewer(),
                                s.name(),
                                s.review().scores(),
                                s.review().comments(),
                                s.review().confidential(),
                                s.review().recommendation(),
                                s.review().confidence(),
                                s.review().submittedAt()))
                        .toList(),
                verdict == null ? null : verdict.means(),
                verdict == null ? null : verdict.below(),
                rebuttal == null
                        ? null
                        : new RebuttalJson(
                                rebuttal.openedAt(), rebuttal.until(), rebuttal.closedAt(), rebuttal.answer()),
                reading.waitedFor());
    }
}
