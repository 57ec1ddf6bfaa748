package org.farga.models;

import java.time.Instant;
import java.util.List;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProposalId;

/**
 * Where a model version came from, as facts of the moment it was registered.
 *
 * @param scriptSha256 of the job's script, in hexadecimal
 */
record Lineage(
        JobId job,
        String jobName,
        String scriptSha256,
        AllocationId allocation,
        String cluster,
        ProposalId proposal,
        String proposalCode,
        String callTitle,
        String projectSlug,
        String projectName,
        OrganisationId organisation,
        String organisationName,
        List<Dataset> datasets) {
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
