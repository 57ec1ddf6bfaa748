package org.farga.dataspace;

import java.time.Instant;
import org.farga.shared.AgreementId;
import org.farga.shared.DatasetId;
import org.farga.shared.OrganisationId;

/** An organisation lost the right to use a dataset: what it runs on it has to stop. */
public record AgreementEnded(
        AgreementId agreement, OrganisationId organisation, DatasetId dataset, Instant at, String reason) {}
