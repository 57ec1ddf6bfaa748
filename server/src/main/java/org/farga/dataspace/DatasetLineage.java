package org.farga.dataspace;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.DatasetId;
import org.farga.shared.OrganisationId;
import org.springframework.stereotype.Service;

/** Where datasets, their versions and the agreements on them stand in lineage. */
@Service
public class DatasetLineage {
    private final Datasets datasets;
    private final DatasetTable table;
    private final AgreementTable agreements;

    DatasetLineage(Datasets datasets, DatasetTable table, AgreementTable agreements) {
        this.datasets = datasets;
        this.table = table;
        this.agreements = agreements;
    }

    /** An acceptance of a dataset's terms. */
    public record AgreementNode(
            AgreementId id,
            OrganisationId organisation,
            DatasetId dataset,
            String slug,
            int termsVersion,
            Instant acceptedAt) {}

    /** A dataset's versions that the actor may see, newest first; throws NotFoundException for a dataset they may not. */
    public List<Datasets.VersionSummary> versions(Actor actor, String slug) {
        Dataset dataset = datasets.get(actor, slug);
        return datasets.versions(actor, dataset).stream()
                .map(v -> summary(dataset, v))
                .toList();
    }

    /** One version; throws NotFoundException for one that the actor may not see. */
    public Datasets.VersionSummary version(Actor actor, String slug, int number) {
        Dataset dataset = datasets.get(actor, slug);
        return summary(dataset, datasets.version(actor, dataset, number));
    }

    private static Datasets.VersionSummary summary(Dataset dataset, DatasetVersion version) {
        return new Datasets.VersionSummary(
                version.id(),
                dataset.id(),
                dataset.slug(),
                version.number(),
                dataset.title(),
                dataset.licence().id());
    }

    /** Those of these that the actor may see: their organisations', and all for data stewards and auditors. */
    public List<AgreementNode> agreements(Actor actor, Collection<AgreementId> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<Agreement> visible = agreements.list(ids).stream()
                .filter(a -> actor.isMemberOf(a.organisation()) || Datasets.seesDrafts(actor))
                .toList();
        Map<DatasetId, String> slugs =
                table.slugs(visible.stream().map(Agreement::dataset).distinct().toList());
        return visible.stream()
                .map(a -> new AgreementNode(
                        a.id(),
                        a.organisation(),
                        a.dataset(),
                        slugs.getOrDefault(a.dataset(), ""),
                        a.termsVersion(),
                        a.acceptedAt()))
                .toList();
    }
}
