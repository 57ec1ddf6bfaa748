package org.farga.access;

import io.swagger.v3.oas.annotations.Operation;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.allocation.AllocationChange;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What is asked for allocations after the award, and the terms of a call that say how far that goes. */
@RestController
@RequestMapping("/api/v1")
class AllocationRequestsApi {
    private static final int MOST = 200;

    private final AllocationRequests requests;
    private final AwardTermsBook terms;

    AllocationRequestsApi(AllocationRequests requests, AwardTermsBook terms) {
        this.requests = requests;
        this.terms = terms;
    }

    /**
     * A request.
     *
     * @param gpuHours what is asked for, and what was granted once it is
     * @param dueAt until when an access officer decides it
     * @param decidedBy nobody where the call's terms let it happen at once
     */
    record AllocationRequestJson(
            UUID id,
            AllocationId allocation,
            AllocationRequest.Kind kind,
            AllocationRequest.State state,
            GpuHours gpuHours,
            CpuHours cpuHours,
            @Nullable Integer months,
            @Nullable String cluster,
            boolean ends,
            String reason,
            PersonId askedBy,
            Instant askedAt,
            Instant dueAt,
            @Nullable PersonId decidedBy,
            @Nullable Instant decidedAt,
            @Nullable String note) {
        static AllocationRequestJson of(AllocationRequest r) {
            return new AllocationRequestJson(
                    r.id(),
                    r.allocation(),
                    r.kind(),
                    r.state(),
                    r.gpu(),
                    r.cpu(),
                    r.months(),
                    r.cluster(),
                    r.ends(),
                    r.reason(),
                    r.askedBy(),
                    r.askedAt(),
                    r.dueAt(),
                    r.decidedBy(),
                    r.decidedAt(),
                    r.note());
        }
    }

    /** @param gpuHours by how much they changed; negative where they became fewer */
    record AllocationChangeJson(
            AllocationChange.Kind kind,
            Instant at,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Instant endsAt,
            @Nullable AllocationId other,
            PersonId askedBy,
            @Nullable PersonId decidedBy) {
        static AllocationChangeJson of(AllocationChange c) {
            return new AllocationChangeJson(
                    c.kind(),
                    c.at(),
                    new GpuHours(c.gpuMilliseconds()),
                    new CpuHours(c.cpuMilliseconds()),
                    c.endsAfter(),
                    c.other(),
                    c.askedBy(),
                    c.decidedBy());
        }
    }

    /**
     * All that was asked for an allocation and became of it.
     *
     * @param possible what the caller may ask for as things stand
     * @param gpuHoursUnused what can be given back or moved
     */
    record AllocationRequestsJson(
            List<AllocationRequest.Kind> possible,
            GpuHours gpuHoursUnused,
            CpuHours cpuHoursUnused,
            List<AllocationRequestJson> requests,
            List<AllocationChangeJson> changes) {}

    record AwardTermsJson(
            boolean giveBackAtOnce,
            int mostExtensionMonths,
            int mostSupplementPercent,
            int mostRenewals,
            List<AwardTerms.TransferRate> rates) {}

    @GetMapping("/allocations/{id}/requests")
    AllocationRequestsJson list(Actor actor, @PathVariable AllocationId id) {
        AllocationRequests.Detail detail = requests.detail(actor, id);
        return new AllocationRequestsJson(
                detail.possible(),
                detail.ground().gpuLeft(),
                detail.ground().cpuLeft(),
                detail.requests().stream().map(AllocationRequestJson::of).toList(),
                detail.ground().changes().stream().map(AllocationChangeJson::of).toList());
    }

    @Operation(
            summary =
                    "Asks for more time or hours, to move or give back hours, to suspend or resume; by the project's lead")
    @PostMapping("/allocations/{id}/requests")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<AllocationRequestJson> ask(
            Actor actor, @PathVariable AllocationId id, @RequestBody AllocationRequest.Wish body) {
        AllocationRequest asked = Answer.of(requests.ask(actor, id, body));
        return ResponseEntity.created(URI.create("/api/v1/allocation-requests/" + asked.id()))
                .body(AllocationRequestJson.of(asked));
    }

    /** What waits for the caller to decide, the most urgent first. */
    @GetMapping("/allocation-requests")
    List<AllocationRequestJson> open(Actor actor) {
        return requests.toDecide(actor, MOST).stream()
                .map(o -> AllocationRequestJson.of(o.request()))
                .toList();
    }

    @GetMapping("/allocation-requests/{request}")
    AllocationRequestJson get(Actor actor, @PathVariable UUID request) {
        return AllocationRequestJson.of(requests.get(actor, request));
    }

    @Operation(summary = "Grants a request, perhaps with fewer hours or months, or declines it; by an access officer")
    @PutMapping("/allocation-requests/{request}/decision")
    AllocationRequestJson decide(
            Actor actor, @PathVariable UUID request, @RequestBody AllocationRequests.RequestVerdict body) {
        return AllocationRequestJson.of(Answer.of(requests.decide(actor, request, body)));
    }

    /** Takes back what was not decided yet. */
    @DeleteMapping("/allocation-requests/{request}")
    AllocationRequestJson withdraw(Actor actor, @PathVariable UUID request) {
        return AllocationRequestJson.of(Answer.of(requests.withdraw(actor, request)));
    }

    /** How far requests for awards of a call may go, and at which rates hours are moved between its clusters. */
    @GetMapping("/calls/{idOrCode}/award-terms")
    ResponseEntity<AwardTermsJson> terms(@Nullable Actor actor, @PathVariable String idOrCode) {
        return answer(terms.of(actor, idOrCode));
    }

    @PutMapping("/calls/{idOrCode}/award-terms")
    ResponseEntity<AwardTermsJson> setTerms(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody AwardTerms.NewTerms body) {
        return answer(Answer.of(terms.set(actor, idOrCode, Answer.version(ifMatch), body)));
    }

    private static ResponseEntity<AwardTermsJson> answer(AwardTermsBook.OfCall of) {
        AwardTerms t = of.terms();
        return Answer.versioned(
                new AwardTermsJson(
                        t.giveBackAtOnce(),
                        t.mostExtensionMonths(),
                        t.mostSupplementPercent(),
                        t.mostRenewals(),
                        t.rates()),
                t.version());
    }
}
