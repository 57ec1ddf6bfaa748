package org.farga.dataspace;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.DatasetId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/datasets")
class DatasetsApi {
    private final Datasets datasets;
    private final DatasetVersions versions;
    private final Agreements agreements;

    DatasetsApi(Datasets datasets, DatasetVersions versions, Agreements agreements) {
        this.datasets = datasets;
        this.versions = versions;
        this.agreements = agreements;
    }

    record NewDataset(
            @Nullable String slug,
            @Nullable String title,
            @Nullable String summary,
            @Nullable String licence,
            @Nullable String terms,
            @Nullable String card,
            @Nullable String language,
            @Nullable OrganisationId provider,
            @Nullable Boolean previewPublic) {
        Dataset.Draft typed() {
            return new Dataset.Draft(slug, title, summary, licence, terms, card, language, provider, previewPublic);
        }
    }

    record DatasetChange(
            @Nullable String title,
            @Nullable String summary,
            @Nullable String licence,
            @Nullable String terms,
            @Nullable String card,
            @Nullable String language,
            @Nullable OrganisationId provider,
            @Nullable Boolean previewPublic) {
        Dataset.Draft typed() {
            return new Dataset.Draft(null, title, summary, licence, terms, card, language, provider, previewPublic);
        }
    }

    record Retirement(@Nullable String reason) {}

    /** A dataset in the catalogue; {@code latest} is its newest version that can be had. */
    record ListingJson(
            DatasetId id,
            String slug,
            String title,
            String summary,
            @Nullable String language,
            String licence,
            @Nullable LatestJson latest) {
        static ListingJson of(DatasetTable.Listing l) {
            return new ListingJson(
                    l.id(),
                    l.slug(),
                    l.title(),
                    l.summary(),
                    l.language(),
                    l.licence().id(),
                    l.number() == null || l.publishedAt() == null
                            ? null
                            : new LatestJson(l.number(), l.publishedAt(), l.bytes(), l.files(), l.rows()));
        }
    }

    record LatestJson(
            int number,
            Instant publishedAt,
            long bytes,
            int files,
            @Nullable Long rows) {}

    record TermsJson(int version, String text, Sha256 sha256) {}

    record ProviderJson(
            @Nullable OrganisationId organisation, @Nullable String name) {}

    record AcceptedJson(
            OrganisationId organisation, String organisationName, AgreementId agreement, String by, Instant at) {}

    record VersionLineJson(
            DatasetVersionId id,
            int number,
            String state,
            @Nullable Instant publishedAt,
            @Nullable Long bytes,
            @Nullable Integer files,
            @Nullable Long rows,
            @Nullable Sha256 manifestSha256) {
        static VersionLineJson of(DatasetVersion v) {
            DatasetVersion.State.Published published = v.published();
            DatasetVersion.Contents contents = published == null ? null : published.contents();
            return new VersionLineJson(
                    v.id(),
                    v.number(),
                    stateOf(v),
                    published == null ? null : published.at(),
                    contents == null ? null : contents.bytes(),
                    contents == null ? null : contents.files(),
                    contents == null ? null : contents.rows(),
                    contents == null ? null : contents.manifest());
        }
    }

    static String stateOf(DatasetVersion version) {
        return switch (version.state()) {
            case DatasetVersion.State.Draft() -> "DRAFT";
            case DatasetVersion.State.Published published -> "PUBLISHED";
            case DatasetVersion.State.Retired retired -> "RETIRED";
        };
    }

    record DatasetJson(
            DatasetId id,
            String slug,
            String title,
            String summary,
            @Nullable String language,
            String licence,
            String licenceName,
            boolean openLicence,
            @Nullable ProviderJson provider,
            boolean previewPublic,
            TermsJson terms,
            List<VersionLineJson> versions,
            String card,
            List<AcceptedJson> accepted) {}

    record FileJson(String path, long bytes, Sha256 sha256, String mediaType) {
        static FileJson of(DatasetFile file) {
            return new FileJson(file.path().value(), file.bytes(), file.sha256(), file.mediaType());
        }
    }

    /** A column; min, max and mean where its values are numbers, min and max where they are dates. */
    record ColumnJson(
            String name,
            Preview.Column.Type type,
            long missing,
            @Nullable Long distinct,
            @Nullable String min,
            @Nullable String max,
            @Nullable Double mean,
            List<BinJson> histogram) {
        static List<ColumnJson> of(Preview preview) {
            return preview.columns().stream()
                    .map(c -> new ColumnJson(
                            c.name(),
                            c.type(),
                            c.missing(),
                            c.distinct(),
                            c.min(),
                            c.max(),
                            c.mean(),
                            c.histogram().stream()
                                    .map(b -> new BinJson(b.from(), b.to(), b.count()))
                                    .toList()))
                    .toList();
        }
    }

    record BinJson(String from, String to, long count) {}

    record VersionJson(
            DatasetVersionId id,
            int number,
            String state,
            @Nullable Instant publishedAt,
            @Nullable Instant retiredAt,
            @Nullable String retirementReason,
            long bytes,
            @Nullable Long rows,
            @Nullable Sha256 manifestSha256,
            List<FileJson> files,
            @Nullable String columnsOf,
            List<ColumnJson> columns) {}

    /** The beginning of a file; {@code trouble} says why no more of it could be read. */
    record PreviewJson(
            @Nullable String file,
            List<ColumnJson> columns,
            List<List<String>> rows,
            long rowsRead,
            boolean whole,
            long raggedRows,
            @Nullable String trouble,
            @Nullable Long troubleLine) {}

    @GetMapping
    Page<ListingJson> listDatasets(
            @Nullable Actor actor,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return datasets.list(actor, q, cursor, limit).map(ListingJson::of);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<DatasetJson> createDataset(Actor actor, @RequestBody NewDataset body) {
        Dataset dataset = Answer.of(datasets.create(actor, body.typed()));
        return ResponseEntity.created(URI.create("/api/v1/datasets/" + dataset.slug()))
                .eTag("\"" + dataset.version() + "\"")
                .body(json(actor, dataset));
    }

    @GetMapping("/{slug}")
    ResponseEntity<DatasetJson> getDataset(@Nullable Actor actor, @PathVariable String slug) {
        Dataset dataset = datasets.get(actor, slug);
        return Answer.versioned(json(actor, dataset), dataset.version());
    }

    @PatchMapping("/{slug}")
    ResponseEntity<DatasetJson> changeDataset(
            Actor actor,
            @PathVariable String slug,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody DatasetChange body) {
        Dataset changed = Answer.of(datasets.change(actor, slug, Answer.version(ifMatch), body.typed()));
        return Answer.versioned(json(actor, changed), changed.version());
    }

    @PostMapping("/{slug}/versions")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<VersionLineJson> draftVersion(Actor actor, @PathVariable String slug) {
        DatasetVersion draft = Answer.of(versions.draft(actor, slug));
        return ResponseEntity.created(URI.create("/api/v1/datasets/" + slug + "/versions/" + draft.number()))
                .body(VersionLineJson.of(draft));
    }

    @GetMapping("/{slug}/versions/{number}")
    VersionJson getVersion(@Nullable Actor actor, @PathVariable String slug, @PathVariable int number) {
        Dataset dataset = datasets.get(actor, slug);
        DatasetVersion version = datasets.version(actor, dataset, number);
        List<DatasetFile> files = versions.files(version);
        // Columns tell of the rows, so they are shown to those who may see rows.
        Optional<DatasetVersions.Shown> shown = switch (versions.preview(actor, dataset, version, null)) {
            case Outcome.Done<Optional<DatasetVersions.Shown>>(Optional<DatasetVersions.Shown> some) -> some;
            case Outcome.Refused<Optional<DatasetVersions.Shown>> refused -> Optional.empty();
        };
        DatasetVersion.State.Published published = version.published();
        DatasetVersion.State.Retired retired = version.state() instanceof DatasetVersion.State.Retired r ? r : null;
        return new VersionJson(
                version.id(),
                version.number(),
                stateOf(version),
                published == null ? null : published.at(),
                retired == null ? null : retired.at(),
                retired == null ? null : retired.reason(),
                files.stream().mapToLong(DatasetFile::bytes).sum(),
                published == null ? null : published.contents().rows(),
                published == null ? null : published.contents().manifest(),
                files.stream().map(FileJson::of).toList(),
                shown.map(s -> s.file().path().value()).orElse(null),
                shown.map(s -> ColumnJson.of(s.preview())).orElse(List.of()));
    }

    @GetMapping("/{slug}/versions/{number}/preview")
    PreviewJson previewVersion(
            @Nullable Actor actor,
            @PathVariable String slug,
            @PathVariable int number,
            @RequestParam(required = false) @Nullable String file) {
        Dataset dataset = datasets.get(actor, slug);
        DatasetVersion version = datasets.version(actor, dataset, number);
        return Answer.of(versions.preview(actor, dataset, version, file))
                .map(DatasetsApi::json)
                .orElse(new PreviewJson(null, List.of(), List.of(), 0, true, 0, "no-table", null));
    }

    @PutMapping("/{slug}/versions/{number}/publication")
    VersionLineJson publishVersion(Actor actor, @PathVariable String slug, @PathVariable int number) {
        return VersionLineJson.of(Answer.of(versions.publish(actor, slug, number)));
    }

    @PutMapping("/{slug}/versions/{number}/retirement")
    VersionLineJson retireVersion(
            Actor actor, @PathVariable String slug, @PathVariable int number, @RequestBody Retirement body) {
        return VersionLineJson.of(Answer.of(versions.retire(actor, slug, number, body.reason())));
    }

    private static PreviewJson json(DatasetVersions.Shown shown) {
        Preview preview = shown.preview();
        return new PreviewJson(
                shown.file().path().value(),
                ColumnJson.of(preview),
                preview.rows(),
                preview.rowsRead(),
                preview.whole(),
                preview.raggedRows(),
                preview.trouble(),
                preview.troubleLine() == 0 ? null : preview.troubleLine());
    }

    private DatasetJson json(@Nullable Actor actor, Dataset d) {
        return new DatasetJson(
                d.id(),
                d.slug(),
                d.title(),
                d.summary(),
                d.language(),
                d.licence().id(),
                d.licence().name(),
                d.licence().open(),
                datasets.provider(d)
                        .map(p -> new ProviderJson(p.id(), p.name()))
                        .orElse(null),
                d.previewPublic(),
                new TermsJson(d.terms().version(), d.terms().text(), d.terms().sha256()),
                datasets.versions(actor, d).stream().map(VersionLineJson::of).toList(),
                d.card(),
                agreements.accepted(actor, d.id()).stream()
                        .map(n -> new AcceptedJson(
                                n.agreement().organisation(),
                                n.organisation(),
                                n.agreement().id(),
                                n.acceptedBy(),
                                n.agreement().acceptedAt()))
                        .toList());
    }
}
