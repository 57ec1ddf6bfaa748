package org.farga.review;

import io.swagger.v3.oas.annotations.Operation;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Who reviews what, for access officers: runs, changes by hand, confirmation, conflicts of interest. */
@RestController
class RoundsApi {
    private final Rounds rounds;
    private final Conflicts conflicts;

    RoundsApi(Rounds rounds, Conflicts conflicts) {
        this.rounds = rounds;
        this.conflicts = conflicts;
    }

    /**
     * A round as it stands.
     *
     * @param objective the sum of the affinities of the last run, in millionths; null before the first run
     * @param lacking how many reviews nobody is assigned to
     * @param outdated how many proposed pairs do not hold any more, because a reviewer left or a conflict was found
     */
    record AssignmentRoundJson(
            String call,
            @Nullable Instant cutOff,
            @Nullable Long seed,
            @Nullable Integer conflictYears,
            @Nullable Instant runAt,
            @Nullable Long tookMs,
            @Nullable Long objective,
            @Nullable Instant confirmedAt,
            int proposals,
            int needed,
            int proposed,
            int active,
            int lacking,
            int outdated,
            int freePlaces,
            int version) {
        static AssignmentRoundJson of(Rounds.Standing s) {
            Round r = s.round();
            return new AssignmentRoundJson(
                    s.call().code(),
                    s.cutOff(),
                    r == null ? null : r.seed(),
                    r == null ? null : r.conflictYears(),
                    r == null ? null : r.runAt(),
                    r == null ? null : r.tookMs(),
                    r == null ? null : r.objective(),
                    r == null ? null : r.confirmedAt(),
                    s.rows().size(),
                    s.needed(),
                    s.proposed(),
                    s.active(),
                    s.lacking(),
                    s.outdated(),
                    s.freePlaces(),
                    r == null ? 0 : r.version());
        }
    }

    /** One who would have fitted better. */
    record PassedOverJson(PersonId reviewer, String name, int affinity, Pair.Standing why) {}

    /**
     * That somebody is to review a proposal, and why.
     *
     * @param affinity in millionths; the part for the sector and the part for the keywords add up to it
     * @param rank of this reviewer by affinity among all candidates
     * @param passedOver who has more affinity and was not given it, the best first, and why
     */
    record PairJson(
            PersonId reviewer,
            String name,
            Assignment.State state,
            Instant since,
            boolean pinned,
            boolean byHand,
            int affinity,
            int sectorPart,
            int keywordPart,
            List<String> keywordsInTitle,
            List<String> keywordsInSummary,
            int rank,
            int candidates,
            List<PassedOverJson> passedOver,
            int morePassedOver) {
        static PairJson of(Pair p, Rounds.Standing s) {
            Pair.Explanation why = p.why();
            return new PairJson(
                    p.reviewer(),
                    s.name(p.reviewer()),
                    p.state(),
                    p.since(),
                    p.pinned(),
                    p.byHand(),
                    p.affinity(),
                    why.affinity().sectorPart(),
                    why.affinity().keywordPart(),
                    why.affinity().inTitle(),
                    why.affinity().inSummary(),
                    why.rank(),
                    why.candidates(),
                    why.before().stream()
                            .map(b ->
                                    new PassedOverJson(b.reviewer(), s.name(b.reviewer()), b.affinity(), b.standing()))
                            .toList(),
                    why.moreBefore());
        }
    }

    /** @param obstacles where it lacks reviewers: how many of the pool stand how to it */
    record AssignedProposalJson(
            ProposalId proposal,
            String code,
            String title,
            OrganisationId organisation,
            int needed,
            int lacking,
            Map<Pair.Standing, Integer> obstacles,
            List<PairJson> reviewers) {
        static AssignedProposalJson of(Rounds.Row row, Rounds.Standing s) {
            return new AssignedProposalJson(
                    row.proposal().id(),
                    row.proposal().code(),
                    row.proposal().title(),
                    row.proposal().organisation(),
                    row.proposal().reviewersNeeded(),
                    row.lacking(),
                    row.obstacles(),
                    row.pairs().stream().map(p -> PairJson.of(p, s)).toList());
        }
    }

    record AssignmentRun(
            @Nullable Instant cutOff,
            @Nullable Long seed,
            @Nullable Integer conflictYears) {}

    record AssignmentConfirmation(@Nullable Instant cutOff) {}

    record NewPair(@Nullable PersonId reviewer) {}

    record PairPin(boolean pinned) {}

    record PairReplacement(@Nullable PersonId by, @Nullable String reason) {}

    record ReviewConflictJson(
            UUID id,
            ProposalId proposal,
            String code,
            PersonId reviewer,
            String name,
            Conflict.Kind kind,
            String subject,
            @Nullable Instant until,
            Instant foundAt,
            Conflict.State state,
            @Nullable PersonId decidedBy,
            @Nullable Instant decidedAt,
            @Nullable String reason,
            int version) {
        static ReviewConflictJson of(Conflicts.Named n) {
            Conflict c = n.conflict();
            Conflict.Decision decision = c.decision();
            return new ReviewConflictJson(
                    c.id(),
                    c.proposal(),
                    n.proposal().code(),
                    c.reviewer(),
                    n.reviewer(),
                    c.kind(),
                    n.subject(),
                    c.until(),
                    c.foundAt(),
                    c.state(),
                    decision == null ? null : decision.by(),
                    decision == null ? null : decision.at(),
                    decision == null ? null : decision.reason(),
                    c.version());
        }
    }

    record ConflictVerdict(
            Conflict.@Nullable State decision, @Nullable String reason) {}

    @Operation(summary = "How the assignment of a call's proposals stands: one round, without its proposals")
    @GetMapping("/api/v1/calls/{idOrCode}/assignment")
    ResponseEntity<AssignmentRoundJson> get(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @RequestParam(required = false) @Nullable Instant cutOff) {
        AssignmentRoundJson round = AssignmentRoundJson.of(rounds.standing(actor, call, cutOff));
        return Answer.versioned(round, round.version());
    }

    @Operation(summary = "Proposals of a round with their reviewers and why; those that lack some first")
    @GetMapping("/api/v1/calls/{idOrCode}/assignment/proposals")
    Page<AssignedProposalJson> proposals(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @RequestParam(required = false) @Nullable Instant cutOff,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Rounds.Standing standing = rounds.standing(actor, call, cutOff);
        return standing.page(cursor, Cursor.size(limit)).map(row -> AssignedProposalJson.of(row, standing));
    }

    @Operation(summary = "Proposes reviewers for what lacks them; what is pinned or active stays")
    @PostMapping("/api/v1/calls/{idOrCode}/assignment/runs")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<AssignmentRoundJson> run(
            Actor actor, @PathVariable("idOrCode") String call, @RequestBody AssignmentRun body) {
        Round round =
                Answer.of(rounds.run(actor, call, new Rounds.Order(body.cutOff(), body.seed(), body.conflictYears())));
        return ResponseEntity.created(URI.create("/api/v1/calls/" + round.call() + "/assignment"))
                .body(AssignmentRoundJson.of(rounds.standing(actor, call, round.cutOff())));
    }

    @Operation(summary = "Makes what is proposed real, and tells the reviewers")
    @PostMapping("/api/v1/calls/{idOrCode}/assignment/confirmation")
    @ResponseStatus(HttpStatus.OK)
    AssignmentRoundJson confirm(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String version,
            @RequestBody AssignmentConfirmation body) {
        ReviewRights.requireOfficer(actor);
        Round round = Answer.of(rounds.confirm(
                actor, call, body.cutOff(), version == null ? null : Long.valueOf(Answer.version(version))));
        return AssignmentRoundJson.of(rounds.standing(actor, call, round.cutOff()));
    }

    @Operation(summary = "Gives a proposal a reviewer by hand; a run keeps them")
    @PostMapping("/api/v1/review-assignments/{proposal}")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<PairJson> add(Actor actor, @PathVariable ProposalId proposal, @RequestBody NewPair body) {
        Pair added = Answer.of(rounds.add(actor, proposal, body.reviewer()));
        return ResponseEntity.created(URI.create("/api/v1/review-assignments/" + proposal))
                .body(json(actor, added));
    }

    @Operation(summary = "One proposal with its reviewers and why")
    @GetMapping("/api/v1/review-assignments/{proposal}")
    AssignedProposalJson pairs(Actor actor, @PathVariable ProposalId proposal) {
        Rounds.Choice choice = rounds.choice(actor, proposal);
        return AssignedProposalJson.of(choice.row(), choice.standing());
    }

    @Operation(summary = "Says whether a run keeps what is proposed")
    @PutMapping("/api/v1/review-assignments/{proposal}/{reviewer}/pin")
    PairJson pin(
            Actor actor,
            @PathVariable ProposalId proposal,
            @PathVariable PersonId reviewer,
            @RequestBody PairPin body) {
        return json(actor, Answer.of(rounds.pin(actor, proposal, reviewer, body.pinned())));
    }

    @Operation(summary = "Takes a proposal off a reviewer; a run does not give it to them again")
    @PostMapping("/api/v1/review-assignments/{proposal}/{reviewer}/removal")
    @ResponseStatus(HttpStatus.OK)
    PairJson remove(
            Actor actor,
            @PathVariable ProposalId proposal,
            @PathVariable PersonId reviewer,
            @RequestBody ReviewersApi.ReviewReason body) {
        return json(actor, Answer.of(rounds.remove(actor, proposal, reviewer, body.reason())));
    }

    @Operation(summary = "Gives a proposal to another reviewer in the place of one")
    @PostMapping("/api/v1/review-assignments/{proposal}/{reviewer}/replacement")
    @ResponseStatus(HttpStatus.OK)
    PairJson replace(
            Actor actor,
            @PathVariable ProposalId proposal,
            @PathVariable PersonId reviewer,
            @RequestBody PairReplacement body) {
        return json(actor, Answer.of(rounds.replace(actor, proposal, reviewer, body.by(), body.reason())));
    }

    private PairJson json(Actor actor, Pair pair) {
        return PairJson.of(pair, rounds.choice(actor, pair.proposal()).standing());
    }

    @Operation(summary = "Conflicts of interest that were found or declared, the latest first; for access officers")
    @GetMapping("/api/v1/review-conflicts")
    Page<ReviewConflictJson> conflicts(
            Actor actor,
            @RequestParam(required = false) Conflict.@Nullable State state,
            @RequestParam(required = false) @Nullable PersonId reviewer,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return conflicts.list(actor, state, reviewer, cursor, limit).map(ReviewConflictJson::of);
    }

    @Operation(summary = "Dismisses a conflict of interest, waives it, or has the reviewer recused")
    @PutMapping("/api/v1/review-conflicts/{conflict}/decision")
    ReviewConflictJson decide(
            Actor actor,
            @PathVariable UUID conflict,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String version,
            @RequestBody ConflictVerdict body) {
        ReviewRights.requireOfficer(actor);
        Conflict decided = Answer.of(conflicts.decide(
                actor,
                conflict,
                version == null ? null : Long.valueOf(Answer.version(version)),
                body.decision(),
                body.reason()));
        return ReviewConflictJson.of(conflicts.named(actor, List.of(decided)).getFirst());
    }
}
