package org.farga.allocation;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/allocations")
class AllocationsApi {
    private final Allocations allocations;
    private final Clock clock;
    private final Messages messages;
    private final HttpServletRequest request;

    /** @param request whichever is being answered: Spring passes on to it */
    AllocationsApi(Allocations allocations, Clock clock, Messages messages, HttpServletRequest request) {
        this.allocations = allocations;
        this.clock = clock;
        this.messages = messages;
        this.request = request;
    }

    record SuspensionJson(String reason, Instant since) {}

    record AllocationJson(
            AllocationId id,
            ProjectId project,
            String cluster,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Instant from,
            Instant to,
            AllocationState state,
            String proposalCode,
            String callTitle,
            @Nullable SuspensionJson suspension) {}

    record NewSuspension(@Nullable String reason) {}

    @GetMapping("/{id}")
    AllocationJson get(Actor actor, @PathVariable AllocationId id) {
        return json(allocations.get(actor, id));
    }

    @PutMapping("/{id}/suspension")
    AllocationJson suspend(Actor actor, @PathVariable AllocationId id, @RequestBody NewSuspension body) {
        return json(Answer.of(allocations.suspend(actor, id, body.reason())));
    }

    @DeleteMapping("/{id}/suspension")
    AllocationJson resume(Actor actor, @PathVariable AllocationId id) {
        return json(Answer.of(allocations.resume(actor, id)));
    }

    private AllocationJson json(Allocation allocation) {
        return json(
                allocation, allocations.suspensions(List.of(allocation.id())).get(allocation.id()));
    }

    AllocationJson json(Allocation allocation, @Nullable Suspension suspension) {
        return new AllocationJson(
                allocation.id(),
                allocation.project(),
                allocation.cluster(),
                allocation.gpuHours(),
                allocation.cpuHours(),
                allocation.period().from(),
                allocation.period().to(),
                allocation.state(clock.instant()),
                allocation.proposalCode(),
                allocation.callTitle(),
                suspension == null ? null : new SuspensionJson(reason(suspension), suspension.since()));
    }

    private String reason(Suspension suspension) {
        return suspension.closing()
                ? messages.text(Languages.of(request), "allocation.suspension.closing")
                : suspension.reason();
    }
}
