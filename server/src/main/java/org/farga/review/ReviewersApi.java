package org.farga.review;

import io.swagger.v3.oas.annotations.Operation;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The pool of reviewers for access officers, and what a reviewer says of themselves. */
@RestController
class ReviewersApi {
    private final Reviewers reviewers;

    ReviewersApi(Reviewers reviewers) {
        this.reviewers = reviewers;
    }

    /**
     * @param email of somebody who has an account
     * @param loadLimit how many proposals of one round they take at most
     * @param appointed whether they agreed already, and are a reviewer at once
     */
    record NewReviewer(
            @Nullable String email,
            @Nullable Integer loadLimit,
            @Nullable Boolean appointed) {}

    /** @param load how many proposals they are to review now, over all rounds */
    record ReviewerJson(
            PersonId person,
            String name,
            Reviewer.State state,
            int loadLimit,
            int load,
            @Nullable LocalDate unavailableUntil,
            List<String> keywords,
            List<String> sectors,
            Instant since,
            int version) {
        static ReviewerJson of(Reviewers.Named n) {
            Reviewer r = n.reviewer();
            return new ReviewerJson(
                    r.person(),
                    n.person().name(),
                    r.state(),
                    r.loadLimit(),
                    n.load(),
                    r.unavailableUntil(),
                    r.keywords(),
                    r.sectors(),
                    r.since(),
                    r.version());
        }
    }

    record InterestJson(
            UUID id,
            @Nullable String organisation,
            @Nullable ProposalId proposal,
            String reason,
            Instant declaredAt) {
        static InterestJson of(Interest i) {
            return new InterestJson(i.id(), i.organisation(), i.proposal(), i.reason(), i.declaredAt());
        }
    }

    record ReviewTaskJson(
            ProposalId proposal,
            String code,
            CallId call,
            String title,
            Assignment.State state,
            Instant since,
            @Nullable Instant dueAt) {
        static ReviewTaskJson of(Reviewers.Task t) {
            return new ReviewTaskJson(
                    t.proposal().id(),
                    t.proposal().code(),
                    t.proposal().call(),
                    t.proposal().title(),
                    t.pair().state(),
                    t.pair().since(),
                    t.proposal().dueAt());
        }
    }

    /** A reviewer with what they declared, and what they were given to review. */
    record ReviewerDetailJson(ReviewerJson reviewer, List<InterestJson> interests, List<ReviewTaskJson> assignments) {
        static ReviewerDetailJson of(Reviewers.Detail d) {
            return new ReviewerDetailJson(
                    ReviewerJson.of(d.named()),
                    d.interests().stream().map(InterestJson::of).toList(),
                    d.tasks().stream().map(ReviewTaskJson::of).toList());
        }
    }

    record ReviewerLimit(@Nullable Integer loadLimit) {}

    record ReviewReason(@Nullable String reason) {}

    /** What is left out stays; {@code available: true} takes an absence back. */
    record ReviewerProfile(
            @Nullable List<String> keywords,
            @Nullable List<String> sectors,
            @Nullable LocalDate unavailableUntil,
            @Nullable Boolean available) {}

    record NewInterest(
            @Nullable String organisation, @Nullable String reason) {}

    @Operation(summary = "The pool of reviewers, or with left=true those who left it; for access officers")
    @GetMapping("/api/v1/reviewers")
    Page<ReviewerJson> list(
            Actor actor,
            @RequestParam(defaultValue = "false") boolean left,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return reviewers.list(actor, left, cursor, limit).map(ReviewerJson::of);
    }

    @Operation(summary = "Asks somebody with an account into the pool")
    @PostMapping("/api/v1/reviewers")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ReviewerJson> invite(Actor actor, @RequestBody NewReviewer body) {
        Reviewers.Named invited = Answer.of(
                reviewers.invite(actor, body.email(), body.loadLimit(), Boolean.TRUE.equals(body.appointed())));
        return ResponseEntity.created(
                        URI.create("/api/v1/reviewers/" + invited.reviewer().person()))
                .body(ReviewerJson.of(invited));
    }

    @GetMapping("/api/v1/reviewers/{reviewer}")
    ResponseEntity<ReviewerDetailJson> get(Actor actor, @PathVariable PersonId reviewer) {
        Reviewers.Detail detail = reviewers.detail(actor, reviewer);
        return Answer.versioned(
                ReviewerDetailJson.of(detail), detail.named().reviewer().version());
    }

    @Operation(summary = "Sets how many proposals of one round a reviewer takes at most")
    @PutMapping("/api/v1/reviewers/{reviewer}/load-limit")
    ResponseEntity<ReviewerDetailJson> limit(
            Actor actor,
            @PathVariable PersonId reviewer,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String version,
            @RequestBody ReviewerLimit body) {
        ReviewRights.requireOfficer(actor);
        Answer.of(reviewers.limit(actor, reviewer, Answer.version(version), body.loadLimit()));
        return get(actor, reviewer);
    }

    @Operation(summary = "Takes a reviewer out of the pool; what they were to review is free again")
    @PostMapping("/api/v1/reviewers/{reviewer}/departure")
    @ResponseStatus(HttpStatus.OK)
    ResponseEntity<ReviewerDetailJson> remove(
            Actor actor, @PathVariable PersonId reviewer, @RequestBody ReviewReason body) {
        Answer.of(reviewers.remove(actor, reviewer, body.reason()));
        return get(actor, reviewer);
    }

    @Operation(summary = "Oneself as a reviewer: expertise, load, interests, and what is to be reviewed")
    @GetMapping("/api/v1/reviewer")
    ResponseEntity<ReviewerDetailJson> own(Actor actor) {
        Reviewers.Detail detail = reviewers.ownDetail(actor);
        return Answer.versioned(
                ReviewerDetailJson.of(detail), detail.named().reviewer().version());
    }

    @Operation(summary = "Says what one knows, and until when one is away")
    @PatchMapping("/api/v1/reviewer")
    ResponseEntity<ReviewerDetailJson> describe(
            Actor actor,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String version,
            @RequestBody ReviewerProfile body) {
        reviewers.own(actor);
        Answer.of(reviewers.describe(
                actor,
                Answer.version(version),
                new Reviewer.Profile(
                        body.keywords(),
                        body.sectors(),
                        body.unavailableUntil(),
                        Boolean.TRUE.equals(body.available()))));
        return own(actor);
    }

    @Operation(summary = "Accepts the invitation to the pool")
    @PostMapping("/api/v1/reviewer/acceptance")
    @ResponseStatus(HttpStatus.OK)
    ResponseEntity<ReviewerDetailJson> accept(Actor actor) {
        Answer.of(reviewers.accept(actor));
        return own(actor);
    }

    @Operation(summary = "Leaves the pool, or says no to the invitation; the reason may be empty")
    @PostMapping("/api/v1/reviewer/departure")
    @ResponseStatus(HttpStatus.OK)
    ResponseEntity<ReviewerDetailJson> leave(Actor actor, @RequestBody ReviewReason body) {
        Answer.of(reviewers.leave(actor, body.reason()));
        return own(actor);
    }

    @Operation(summary = "Declares an interest in an organisation, by its name")
    @PostMapping("/api/v1/reviewer/interests")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<InterestJson> declare(Actor actor, @RequestBody NewInterest body) {
        Interest declared = Answer.of(reviewers.declare(actor, body.organisation(), body.reason()));
        return ResponseEntity.created(URI.create("/api/v1/reviewer")).body(InterestJson.of(declared));
    }

    @DeleteMapping("/api/v1/reviewer/interests/{interest}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Actor actor, @PathVariable UUID interest) {
        reviewers.withdrawInterest(actor, interest);
    }
}
