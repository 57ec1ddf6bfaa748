package org.farga.models;

import java.time.Instant;
import java.util.List;
import org.farga.allocation.Allocation;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;

/**
 * Where a model version came from, as facts of the moment it was registered. A run of a laptop knows its project and no
 * more: job, script, allocation, cluster, proposal and call are there for a job's, or none of them.
 *
 * @param scriptSha256 of the job's script, in hexadecimal
 */
record Lineage(
        @Nullable JobId job,
        @Nullable String jobName,
        @Nullable String scriptSha256,
        @Nullable AllocationId allocation,
        @Nullable String cluster,
        @Nullable ProposalId proposal,
        @Nullable String proposalCode,
        @Nullable String callTitle,
        String projectSlug,
        String projectName,
        OrganisationId organisation,
        String organisationName,
        List<Dataset> datasets) {
    /** Whether its allocation was in Slurm before Farga, so that there is neither a proposal nor a call to look at. */
    boolean takenOver() {
        return proposalCode != null && proposalCode.startsWith(Allocation.TAKEN_OVER);
    }

    Lineage {
        datasets = List.copyOf(datasets);
    }

    /**
     * A dataset version that the job read, and the agreement that allowed it.
     *
     * @param licence SPDX identifier
     * @param termsSha256 of the wording that was accepted, in hexadecimal
     */
    record Dataset(
            DatasetVersionId version,
            String slug,
            int number,
            String title,
            String licence,
            AgreementId agreement,
            int termsVersion,
            String termsSha256,
            Instant acceptedAt) {}
}
