package org.farga.review;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.farga.access.Review;
import org.farga.access.ReviewStep;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A reviewer's own reviews. */
@RestController
@RequestMapping("/api/v1/reviews")
class ReviewsApi {
    private final Reviews reviews;

    ReviewsApi(Reviews reviews) {
        this.reviews = reviews;
    }

    /**
     * @param open whether it can be written now
     * @param dueAt until when it is to be submitted; left out where nothing is due
     */
    record MyReviewJson(
            ProposalId proposal,
            String code,
            String title,
            boolean submitted,
            boolean open,
            @Nullable Instant dueAt) {}

    /** What is written, each time as a whole: what is left out is not there any more. */
    record ReviewContent(
            @Nullable Map<Review.Criterion, BigDecimal> scores,
            @Nullable String comments,
            @Nullable String confidential,
            WrittenReview.@Nullable Recommendation recommendation,
            WrittenReview.@Nullable Confidence confidence) {
        WrittenReview.Content content() {
            Map<Review.Criterion, BigDecimal> given = new EnumMap<>(Review.Criterion.class);
            if (scores != null) {
                scores.forEach((criterion, score) -> {
                    if (score != null) {
                        given.put(criterion, score);
                    }
                });
            }
            return new WrittenReview.Content(given, comments, confidential, recommendation, confidence);
        }
    }

    record CriterionJson(
            Review.Criterion criterion, @Nullable BigDecimal atLeast) {}

    record TextJson(String heading, String text) {}

    /**
     * A review and what its reviewer may know of the proposal.
     *
     * @param organisation left out where reviewers do not see who applies
     * @param rebuttal what the applicant answered; only once one's own review is submitted
     * @param version for If-Match; 0 before anything was saved
     */
    record OwnReviewJson(
            ProposalId proposal,
            String code,
            String title,
            String summary,
            String call,
            @Nullable String organisation,
            String partition,
            GpuHours gpuHours,
            CpuHours cpuHours,
            int durationMonths,
            List<TextJson> texts,
            int lowest,
            int highest,
            List<CriterionJson> criteria,
            @Nullable Instant dueAt,
            boolean open,
            Map<Review.Criterion, BigDecimal> scores,
            @Nullable String comments,
            @Nullable String confidential,
            WrittenReview.@Nullable Recommendation recommendation,
            WrittenReview.@Nullable Confidence confidence,
            @Nullable Instant submittedAt,
            @Nullable String rebuttal,
            int version) {}

    /** What the caller is to review, the most urgent first, and what they have. */
    @GetMapping
    List<MyReviewJson> mine(Actor actor) {
        return reviews.mine(actor).stream()
                .map(m -> new MyReviewJson(
                        m.proposal().id(),
                        m.proposal().code(),
                        m.proposal().title(),
                        m.submitted(),
                        m.open(),
                        m.open() ? m.proposal().dueAt() : null))
                .toList();
    }

    @GetMapping("/{proposal}")
    ResponseEntity<OwnReviewJson> get(Actor actor, @PathVariable ProposalId proposal, HttpServletRequest request) {
        return answer(reviews.task(actor, proposal, Languages.of(request)));
    }

    /** Keeps a draft that only its reviewer sees; with {@code If-Match: "0"} for the first time. */
    @PutMapping("/{proposal}")
    ResponseEntity<OwnReviewJson> save(
            Actor actor,
            @PathVariable ProposalId proposal,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody ReviewContent body,
            HttpServletRequest request) {
        // Whose business it is not is told so, whatever else is wrong.
        reviews.task(actor, proposal, Languages.of(request));
        return answer(actor, proposal, reviews.save(actor, proposal, Answer.version(ifMatch), body.content()), request);
    }

    /** Hands in what was saved, once. */
    @PutMapping("/{proposal}/submission")
    ResponseEntity<OwnReviewJson> submit(
            Actor actor,
            @PathVariable ProposalId proposal,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        reviews.task(actor, proposal, Languages.of(request));
        return answer(actor, proposal, reviews.submit(actor, proposal, Answer.version(ifMatch)), request);
    }

    /** @param kind CONFLICT where one has an interest in it, which is kept as declared; else DECLINED */
    record ReviewRefusal(
            Reviews.@Nullable No kind, @Nullable String reason) {}

    /** Gives the proposal back, while the review is not submitted. */
    @PutMapping("/{proposal}/refusal")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void refuse(Actor actor, @PathVariable ProposalId proposal, @RequestBody ReviewRefusal body) {
        Answer.of(reviews.refuse(actor, proposal, body.kind(), body.reason()));
    }

    private ResponseEntity<OwnReviewJson> answer(
            Actor actor, ProposalId proposal, Outcome<WrittenReview> outcome, HttpServletRequest request) {
        Answer.of(outcome);
        return answer(reviews.task(actor, proposal, Languages.of(request)));
    }

    private static ResponseEntity<OwnReviewJson> answer(Reviews.Task task) {
        ReviewStep.Subject subject = task.subject();
        WrittenReview review = task.review();
        return Answer.versioned(
                new OwnReviewJson(
                        subject.id(),
                        subject.code(),
                        subject.title(),
                        subject.summary(),
                        subject.callTitle(),
                        task.organisation(),
                        subject.partition(),
                        subject.gpuHours(),
                        subject.cpuHours(),
                        subject.months(),
                        task.texts().stream()
                                .map(t -> new TextJson(t.heading(), t.text()))
                                .toList(),
                        task.terms().lowest(),
                        task.terms().highest(),
                        criteria(task.terms()),
                        task.open() ? subject.dueAt() : null,
                        task.open(),
                        review.scores(),
                        review.comments(),
                        review.confidential(),
                        review.recommendation(),
                        review.confidence(),
                        review.submittedAt(),
                        task.rebuttal() == null ? null : task.rebuttal().answer(),
                        review.version()),
                review.version());
    }

    static List<CriterionJson> criteria(Review terms) {
        return java.util.Arrays.stream(Review.Criterion.values())
                .map(c -> new CriterionJson(
                        c,
                        terms.thresholds().stream()
                                .filter(t -> t.criterion() == c)
                                .map(Review.Threshold::atLeast)
                                .findFirst()
                                .orElse(null)))
                .toList();
    }
}
