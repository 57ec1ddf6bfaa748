package org.farga.dataspace;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.people.Organisations;
import org.farga.platform.Answer;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.CentreRole;
import org.farga.shared.DatasetId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The catalogue, and what other modules ask of the data space. */
@Service
public class Datasets {
    private final DatasetTable table;
    private final DatasetVersionTable versions;
    private final AgreementTable agreements;
    private final DatasetStore store;
    private final Organisations organisations;
    private final AuditLog audit;
    private final Clock clock;

    Datasets(
            DatasetTable table,
            DatasetVersionTable versions,
            AgreementTable agreements,
            DatasetStore store,
            Organisations organisations,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.versions = versions;
        this.agreements = agreements;
        this.store = store;
        this.organisations = organisations;
        this.audit = audit;
        this.clock = clock;
    }

    /** A dataset version that a job may use, under which agreement, and its folder of files on disk. */
    public record Mountable(
            DatasetId dataset,
            DatasetVersionId version,
            String slug,
            int number,
            String title,
            AgreementId agreement,
            Path folder) {}

    /**
     * What was accepted, as lineage names it.
     *
     * @param termsSha256 of the wording, in hexadecimal
     */
    public record AgreementSummary(AgreementId agreement, int termsVersion, String termsSha256, Instant acceptedAt) {}

    /** A version as lineage names it. */
    public record VersionSummary(
            DatasetVersionId version, DatasetId dataset, String slug, int number, String title, String licence) {}

    /**
     * The version that a job of this organisation names as {@code slug} (the newest) or {@code slug@2}. Refused as
     * {@code dataset-unknown}, {@code dataset-version-unknown}, {@code version-retired} or {@code terms-not-accepted}, each
     * saying what to do.
     */
    public Outcome<Mountable> mount(OrganisationId organisation, String reference) {
        String named = reference.strip();
        int at = named.indexOf('@');
        String slug = at < 0 ? named : named.substring(0, at);
        String number = at < 0 ? "" : named.substring(at + 1);
        Optional<Dataset> found = Dataset.isSlug(slug) ? table.find(slug) : Optional.empty();
        Optional<DatasetVersion> newest = found.flatMap(d -> versions.findNewest(d.id()));
        if (found.isEmpty() || newest.isEmpty()) {
            return Outcome.refused(Refusal.invalid("dataset-unknown", shortened(named)));
        }
        Dataset dataset = found.get();
        DatasetVersion version = newest.get();
        if (at >= 0) {
            Optional<DatasetVersion> asked = number.matches("[1-9][0-9]{0,8}")
                    ? versions.find(dataset.id(), Integer.parseInt(number)).filter(v -> !v.isDraft())
                    : Optional.empty();
            if (asked.isEmpty()) {
                return Outcome.refused(Refusal.invalid(
                        "dataset-version-unknown",
                        slug,
                        shortened(number),
                        newest.get().number()));
            }
            version = asked.get();
        }
        Optional<Agreement> agreement = agreements.findLive(organisation, dataset.id());
        if (agreement.isEmpty()) {
            return Outcome.refused(Refusal.conflict("terms-not-accepted", dataset.title(), slug));
        }
        return mountable(dataset, version, agreement.get());
    }

    /**
     * The same check once more, when the job is about to start: refused as {@code agreement-over} where the agreement has
     * ended meanwhile. One that was replaced by the acceptance of newer terms goes on as that one.
     */
    public Outcome<Mountable> mountUnder(AgreementId agreement, DatasetVersionId version) {
        Optional<DatasetVersion> found = versions.find(version);
        Optional<Dataset> dataset = found.flatMap(v -> table.find(v.dataset()));
        Optional<Agreement> accepted = agreements.find(agreement);
        if (found.isEmpty() || dataset.isEmpty() || accepted.isEmpty()) {
            return Outcome.refused(Refusal.invalid("dataset-unknown", version));
        }
        Optional<Agreement> live = accepted.filter(Agreement::isLive);
        Agreement.Ending ending = accepted.get().ending();
        if (ending != null && ending.superseded()) {
            live = agreements.findLive(
                    accepted.get().organisation(), accepted.get().dataset());
        }
        if (live.isEmpty() || !live.get().dataset().equals(dataset.get().id())) {
            return Outcome.refused(Refusal.conflict(
                    "agreement-over", dataset.get().title(), dataset.get().slug()));
        }
        return mountable(dataset.get(), found.get(), live.get());
    }

    private Outcome<Mountable> mountable(Dataset dataset, DatasetVersion version, Agreement agreement) {
        return switch (version.state()) {
            case DatasetVersion.State.Draft() ->
                Outcome.refused(Refusal.invalid("dataset-unknown", dataset.slug() + "@" + version.number()));
            case DatasetVersion.State.Retired retired ->
                Outcome.refused(Refusal.conflict("version-retired", version.number(), retired.reason()));
            case DatasetVersion.State.Published published ->
                Outcome.done(new Mountable(
                        dataset.id(),
                        version.id(),
                        dataset.slug(),
                        version.number(),
                        dataset.title(),
                        agreement.id(),
                        store.folder(version.id())));
        };
    }

    /** Versions as lineage names them, by their identifiers; those that are not there are left out. */
    public Map<DatasetVersionId, VersionSummary> summaries(Collection<DatasetVersionId> versions) {
        return versions.isEmpty()
                ? Map.of()
                : this.versions.summaries(versions).stream()
                        .collect(Collectors.toMap(VersionSummary::version, Function.identity()));
    }

    /** Agreements as lineage names them, by their identifiers; those that are not there are left out. */
    public Map<AgreementId, AgreementSummary> agreements(Collection<AgreementId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : agreements.list(ids).stream()
                        .map(a -> new AgreementSummary(
                                a.id(), a.termsVersion(), a.termsSha256().hex(), a.acceptedAt()))
                        .collect(Collectors.toMap(AgreementSummary::agreement, Function.identity()));
    }

    /** The slugs of datasets with a version to mount, whose terms one of these organisations has accepted. */
    public List<String> acceptedBy(Collection<OrganisationId> organisations) {
        return organisations.isEmpty() ? List.of() : table.acceptedBy(organisations);
    }

    @Transactional
    Outcome<Dataset> create(Actor actor, Dataset.Draft typed) {
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        checkProvider(typed);
        return Dataset.create(typed, actor.person(), clock.instant()).then(dataset -> {
            if (!table.insert(dataset)) {
                return Outcome.refused(Refusal.conflict("slug-taken", dataset.slug()));
            }
            audit.record(
                    actor,
                    "dataset.created",
                    "dataset",
                    dataset.id(),
                    Map.of(
                            "slug", dataset.slug(),
                            "licence", dataset.licence().id(),
                            "termsSha256", dataset.terms().sha256().hex()));
            return Outcome.done(dataset);
        });
    }

    @Transactional
    Outcome<Dataset> change(Actor actor, String slug, long version, Dataset.Draft typed) {
        Dataset dataset = get(actor, slug);
        if (!actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(Refusal.forbidden("stewards-only"));
        }
        if (dataset.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        checkProvider(typed);
        return dataset.change(typed, clock.instant()).then(changed -> {
            if (!table.update(changed)) {
                return Outcome.refused(Refusal.stale());
            }
            if (changed.terms().version() != dataset.terms().version()) {
                table.insertTerms(changed.id(), changed.terms(), actor.person());
            }
            audit.record(
                    actor,
                    "dataset.changed",
                    "dataset",
                    dataset.id(),
                    Map.of(
                            "licence", changed.licence().id(),
                            "termsVersion", changed.terms().version(),
                            "termsSha256", changed.terms().sha256().hex()));
            return Outcome.done(get(actor, slug));
        });
    }

    private void checkProvider(Dataset.Draft typed) {
        if (typed.provider() != null) {
            organisations.summary(typed.provider());
        }
    }

    /** One that the actor may see: any that was ever published; the centre's data stewards see drafts too. */
    Dataset get(@Nullable Actor actor, String slug) {
        Dataset dataset = table.find(slug).orElseThrow(() -> new NotFoundException("dataset"));
        if (!seesDrafts(actor) && versions.list(dataset.id()).stream().allMatch(DatasetVersion::isDraft)) {
            throw new NotFoundException("dataset");
        }
        return dataset;
    }

    Page<DatasetTable.Listing> list(
            @Nullable Actor actor, @Nullable String q, @Nullable String cursor, @Nullable Integer limit) {
        new Fields().optionalText("q", q, Search.LONGEST).refusal().ifPresent(refusal -> {
            throw new Answer.RefusedException(refusal);
        });
        int size = Cursor.size(limit);
        List<DatasetTable.Listing> rows = table.list(
                Search.query(q), seesDrafts(actor), Cursor.decode(cursor, DatasetTable.ListKey::parse), size + 1);
        return Cursor.page(rows, size, DatasetTable.Listing::key);
    }

    /** Its versions that the actor may see, newest first. */
    List<DatasetVersion> versions(@Nullable Actor actor, Dataset dataset) {
        boolean drafts = seesDrafts(actor);
        return versions.list(dataset.id()).stream()
                .filter(v -> drafts || !v.isDraft())
                .toList();
    }

    DatasetVersion version(@Nullable Actor actor, Dataset dataset, int number) {
        return versions.find(dataset.id(), number)
                .filter(v -> !v.isDraft() || seesDrafts(actor))
                .orElseThrow(() -> new NotFoundException("dataset version"));
    }

    /** Who provides it; empty where it is the centre itself. */
    Optional<Organisations.Summary> provider(Dataset dataset) {
        return Optional.ofNullable(dataset.provider()).map(organisations::summary);
    }

    static boolean seesDrafts(@Nullable Actor actor) {
        return actor != null && actor.isAny(CentreRole.DATA_STEWARD, CentreRole.AUDITOR);
    }

    private static String shortened(String named) {
        return named.length() <= 80 ? named : named.substring(0, 80) + "…";
    }
}
