package org.farga.allocation;

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
        String callTitle) {}
