package org.farga.access;

import io.swagger.v3.oas.annotations.Operation;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where there are not the hours: wait, ask for less, or go elsewhere. */
@RestController
@RequestMapping("/api/v1")
class QueueApi {
    private final Queue queue;
    private final Proposals proposals;
    private final Calls calls;

    QueueApi(Queue queue, Proposals proposals, Calls calls) {
        this.queue = queue;
        this.proposals = proposals;
        this.calls = calls;
    }

    /**
     * How a proposal stands that there were not the hours for.
     *
     * @param place its place in the queue, from 1 on; nothing where it does not wait in it
     * @param waiting how many wait for the same cluster under the same call
     * @param mayShrink whether what was left is enough for the call's least
     */
    record NoRoomJson(
            ProposalId proposal,
            ProposalState.Name state,
            Instant since,
            GpuHours gpuHoursAsked,
            CpuHours cpuHoursAsked,
            GpuHours gpuHoursLeft,
            CpuHours cpuHoursLeft,
            boolean mayShrink,
            @Nullable Instant dueAt,
            Queue.@Nullable Choice choice,
            @Nullable Integer place,
            int waiting,
            @Nullable Referral referral) {}

    /** @param passOver to award it although others wait for longer; they read the reason */
    record QueueAward(
            Proposal.Verdict.@Nullable Choice decision,
            @Nullable String reason,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable String cluster,
            @Nullable Boolean passOver) {}

    record QueuePlaceJson(
            int place, String cluster, ProposalId proposal, String code, GpuHours gpuHours, CpuHours cpuHours) {}

    @GetMapping("/proposals/{id}/no-room")
    NoRoomJson get(Actor actor, @PathVariable ProposalId id) {
        Proposal proposal = proposals.get(actor, id);
        Queue.Standing standing = queue.standing(proposal).orElseThrow(() -> new NotFoundException("no-room"));
        QueueTable.NoRoom noRoom = standing.noRoom();
        return new NoRoomJson(
                id,
                proposal.state().name(),
                noRoom.at(),
                noRoom.askedGpu(),
                noRoom.askedCpu(),
                noRoom.leftGpu(),
                noRoom.leftCpu(),
                standing.mayShrink(),
                proposal.state() instanceof ProposalState.NoRoom open ? open.dueAt() : null,
                noRoom.choice(),
                standing.place() == 0 ? null : standing.place(),
                standing.waiting(),
                standing.referral());
    }

    @Operation(
            summary =
                    "Refuses a proposal only because there are not the hours; the applicant chooses what becomes of it")
    @PutMapping("/proposals/{id}/no-room")
    NoRoomJson refuse(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody Queue.Shortage body) {
        return answer(actor, queue.refuse(actor, id, versionIfTold(ifMatch), body));
    }

    @Operation(summary = "The applicant waits in the queue, asks for no more than is left, or goes elsewhere")
    @PutMapping("/proposals/{id}/no-room/choice")
    NoRoomJson choose(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody Queue.Chosen body) {
        return answer(actor, queue.choose(actor, id, versionIfTold(ifMatch), body));
    }

    @Operation(summary = "Awards hours that came free to whoever waits for them, or declines after all")
    @PutMapping("/proposals/{id}/no-room/decision")
    NoRoomJson serve(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody QueueAward body) {
        return answer(
                actor,
                queue.serve(
                        actor,
                        id,
                        versionIfTold(ifMatch),
                        new Proposal.Verdict(
                                body.decision(), body.reason(), body.gpuHours(), body.cpuHours(), body.cluster()),
                        Boolean.TRUE.equals(body.passOver())));
    }

    private NoRoomJson answer(Actor actor, Outcome<Proposal> outcome) {
        return get(actor, Answer.of(outcome).id());
    }

    private static @Nullable Long versionIfTold(@Nullable String ifMatch) {
        return ifMatch == null ? null : Answer.version(ifMatch);
    }

    /** Who waits for hours under a call, by cluster; for the centre's own. */
    @GetMapping("/calls/{idOrCode}/queue")
    List<QueuePlaceJson> queue(@Nullable Actor actor, @PathVariable String idOrCode) {
        Call call =
                calls.find(idOrCode).filter(c -> c.isVisibleTo(actor)).orElseThrow(() -> new NotFoundException("call"));
        return queue.of(actor, call).stream()
                .map(p -> new QueuePlaceJson(
                        p.place(),
                        p.cluster(),
                        p.proposal().id(),
                        p.proposal().code(),
                        java.util.Objects.requireNonNull(p.proposal().answers().gpuHours()),
                        java.util.Objects.requireNonNull(p.proposal().answers().cpuHours())))
                .toList();
    }

    /** Where applicants may be sent; for the centre's own. */
    @GetMapping("/referrals")
    List<Referral> referrals(Actor actor) {
        return queue.referrals(actor);
    }

    @PostMapping("/referrals")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<Referral> addReferral(Actor actor, @RequestBody Referral.NewReferral body) {
        Referral added = Answer.of(queue.refer(actor, null, body));
        return ResponseEntity.created(URI.create("/api/v1/referrals/" + added.id()))
                .body(added);
    }

    @PutMapping("/referrals/{referral}")
    Referral setReferral(Actor actor, @PathVariable UUID referral, @RequestBody Referral.NewReferral body) {
        return Answer.of(queue.refer(actor, referral, body));
    }
}
