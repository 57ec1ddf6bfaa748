package org.farga.allocation;

import java.time.Instant;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;

/** A project's budget on one cluster for a period, and the award it came from. */
public record Allocation(
        AllocationId id,
        ProjectId project,
        String cluster,
        GpuHours gpuHours,
        CpuHours cpuHours,
        Period period,
        boolean suspended,
        ProposalId proposal,
        String proposalCode,
        String callTitle) {

    /** What the proposal's code begins with where there was no proposal, because it was in Slurm before Farga came. */
    public static final String TAKEN_OVER = "SLURM/";

    /** Whether it was there before Farga, so that there is no proposal to look at. */
    public boolean takenOver() {
        return proposalCode.startsWith(TAKEN_OVER);
    }

    /** How it stands at an instant. Its period's end counts first: what is over is not held back any more. */
    public AllocationState state(Instant now) {
        if (!now.isBefore(period.to())) {
            return AllocationState.EXPIRED;
        }
        if (suspended) {
            return AllocationState.SUSPENDED;
        }
        return now.isBefore(period.from()) ? AllocationState.PLANNED : AllocationState.ACTIVE;
    }
}
