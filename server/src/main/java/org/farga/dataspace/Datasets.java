package org.farga.dataspace;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.farga.shared.AgreementId;
import org.farga.shared.DatasetId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.springframework.stereotype.Service;

/** What other modules ask of the data space. */
@Service
public class Datasets {
    /** A dataset version that a job may use, under which agreement, and its folder of files on disk. */
    public record Mountable(
            DatasetId dataset,
            DatasetVersionId version,
            String slug,
            int number,
            String title,
            AgreementId agreement,
            Path folder) {}

    /** A version as lineage names it. */
    public record VersionSummary(
            DatasetVersionId version, DatasetId dataset, String slug, int number, String title, String licence) {}

    /**
     * The version that a job of this organisation names as {@code slug} (the newest) or {@code slug@2}. Refused as
     * {@code dataset-unknown} or {@code terms-not-accepted}, each saying what to do.
     */
    public Outcome<Mountable> mount(OrganisationId organisation, String reference) {
        throw new UnsupportedOperationException();
    }

    /** The same check once more, when the job is about to start: refused where the agreement has ended meanwhile. */
    public Outcome<Mountable> mountUnder(AgreementId agreement, DatasetVersionId version) {
        throw new UnsupportedOperationException();
    }

    public Map<DatasetVersionId, VersionSummary> summaries(Collection<DatasetVersionId> versions) {
        throw new UnsupportedOperationException();
    }
}
