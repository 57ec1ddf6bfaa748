package org.farga.dataspace;

import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Closings;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.CentreRole;
import org.farga.shared.DatasetId;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Accepts terms for organisations, and ends what was accepted. */
@Service
class Agreements {
    private final AgreementTable table;
    private final DatasetTable datasetTable;
    private final Datasets datasets;
    private final Organisations organisations;
    private final People people;
    private final Notifications notifications;
    private final ApplicationEventPublisher events;
    private final Closings closings;
    private final AuditLog audit;
    private final Clock clock;

    Agreements(
            AgreementTable table,
            DatasetTable datasetTable,
            Datasets datasets,
            Organisations organisations,
            People people,
            Notifications notifications,
            ApplicationEventPublisher events,
            Closings closings,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.datasetTable = datasetTable;
        this.datasets = datasets;
        this.organisations = organisations;
        this.people = people;
        this.notifications = notifications;
        this.events = events;
        this.closings = closings;
        this.audit = audit;
        this.clock = clock;
    }

    /** An agreement with the names that people read. */
    record Named(Agreement agreement, String slug, String organisation, String acceptedBy) {}

    /**
     * Accepts the current terms for an organisation that the actor owns. Refused as {@code terms-changed} where the
     * digest is not theirs. What was accepted already is answered again; older terms are superseded.
     */
    @Transactional
    Outcome<Agreement> accept(Actor actor, String slug, OrganisationId organisation, @Nullable String termsSha256) {
        datasets.get(actor, slug);
        if (!actor.isMemberOf(organisation)) {
            throw new NotFoundException("organisation");
        }
        if (!actor.isOwnerOf(organisation)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        if (closings.isUnderWay(organisation)) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Dataset dataset = datasetTable.lock(slug).orElseThrow(() -> new NotFoundException("dataset"));
        return Agreement.accept(dataset, organisation, termsSha256, actor.person(), clock.instant())
                .map(accepted -> {
                    Optional<Agreement> live = table.findLive(organisation, dataset.id());
                    if (live.isPresent() && live.get().termsVersion() == accepted.termsVersion()) {
                        return live.get();
                    }
                    live.ifPresent(older -> table.end(
                            older.id(),
                            Objects.requireNonNull(older.supersede(accepted).ending())));
                    table.insert(accepted);
                    audit.record(
                            actor,
                            "agreement.accepted",
                            "agreement",
                            accepted.id(),
                            Map.of(
                                    "dataset",
                                    slug,
                                    "organisation",
                                    organisation,
                                    "termsVersion",
                                    accepted.termsVersion(),
                                    "termsSha256",
                                    accepted.termsSha256().hex()));
                    return accepted;
                });
    }

    /** Ends an agreement; its jobs are told by {@link AgreementEnded}. Stewards must give a reason, owners may. */
    @Transactional
    Outcome<Agreement> end(Actor actor, AgreementId id, @Nullable String reason) {
        Agreement agreement = get(actor, id);
        boolean owner = actor.isOwnerOf(agreement.organisation());
        if (!owner && !actor.is(CentreRole.DATA_STEWARD)) {
            return Outcome.refused(
                    Refusal.forbidden(actor.isMemberOf(agreement.organisation()) ? "owners-only" : "stewards-only"));
        }
        Outcome<Agreement> outcome = owner && (reason == null || reason.isBlank())
                ? agreement.end(Agreement.Cause.WITHDRAWN_BY_ORGANISATION, actor.person(), clock.instant())
                : agreement.end(reason, actor.person(), clock.instant());
        return outcome.then(ended -> {
            Agreement.Ending ending = Objects.requireNonNull(ended.ending());
            if (!table.end(id, ending)) {
                return Outcome.refused(Refusal.conflict("agreement-ended"));
            }
            Dataset dataset = datasetTable.find(ended.dataset()).orElseThrow(() -> new NotFoundException("dataset"));
            audit.record(
                    actor,
                    "agreement.ended",
                    "agreement",
                    id,
                    Map.of(
                            "dataset", dataset.slug(),
                            "organisation", ended.organisation(),
                            "reason", toldReason(ending)));
            Set<PersonId> concerned = new HashSet<>(organisations.owners(ended.organisation()));
            concerned.addAll(people.withRole(CentreRole.DATA_STEWARD));
            concerned.remove(actor.person());
            String organisation = organisations.summary(ended.organisation()).name();
            String page = "/datasets/" + dataset.slug();
            if (ending.cause() == Agreement.Cause.STATED) {
                notifications.tell(
                        concerned,
                        "dataspace.told.agreement-ended",
                        page,
                        organisation,
                        dataset.title(),
                        ending.reason());
            } else {
                notifications.tell(
                        concerned, "dataspace.told.agreement-withdrawn", page, organisation, dataset.title());
            }
            events.publishEvent(
                    new AgreementEnded(id, ended.organisation(), ended.dataset(), ending.at(), ending.reason()));
            return Outcome.done(ended);
        });
    }

    // The audit log's readers see the program's own reasons in their language.
    private static String toldReason(Agreement.Ending ending) {
        return ending.cause() == Agreement.Cause.STATED
                ? ending.reason()
                : ending.cause().name();
    }

    int countLive(OrganisationId organisation) {
        return table.liveOf(organisation).size();
    }

    /** Ends all of an organisation that leaves; its jobs are told by {@link AgreementEnded}. */
    @Transactional
    void endAll(OrganisationId organisation, PersonId by) {
        for (Agreement live : table.liveOf(organisation)) {
            Agreement ended = live.end(Agreement.Cause.ORGANISATION_CLOSING, by, clock.instant())
                    .orThrow();
            Agreement.Ending ending = Objects.requireNonNull(ended.ending());
            if (table.end(live.id(), ending)) {
                audit.recordBy(
                        by,
                        "agreement.ended",
                        "agreement",
                        live.id(),
                        Map.of("organisation", organisation, "reason", toldReason(ending)));
                events.publishEvent(
                        new AgreementEnded(live.id(), organisation, ended.dataset(), ending.at(), ending.reason()));
            }
        }
    }

    /** One of the actor's organisations, or any for the centre's data stewards. */
    Agreement get(Actor actor, AgreementId id) {
        return table.find(id)
                .filter(a -> actor.isMemberOf(a.organisation()) || Datasets.seesDrafts(actor))
                .orElseThrow(() -> new NotFoundException("agreement"));
    }

    Page<Named> list(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        int size = Cursor.size(limit);
        List<Agreement> rows = table.list(
                Datasets.seesDrafts(actor) ? null : actor.organisations().keySet(),
                Cursor.decode(cursor, UUID::fromString),
                size + 1);
        Page<Agreement> page = Cursor.page(rows, size, a -> a.id().toString());
        return new Page<>(named(page.items()), page.next());
    }

    /** Which of the actor's organisations have accepted the terms of a dataset. */
    List<Named> accepted(@Nullable Actor actor, DatasetId dataset) {
        return actor == null || actor.organisations().isEmpty()
                ? List.of()
                : named(table.live(actor.organisations().keySet(), dataset));
    }

    Named named(Agreement agreement) {
        return named(List.of(agreement)).getFirst();
    }

    private List<Named> named(List<Agreement> agreements) {
        var organisationNames = organisations.summaries(
                agreements.stream().map(Agreement::organisation).distinct().toList());
        var persons = people.summaries(
                agreements.stream().map(Agreement::acceptedBy).distinct().toList());
        var slugs = datasetTable.slugs(
                agreements.stream().map(Agreement::dataset).distinct().toList());
        return agreements.stream()
                .map(a -> new Named(
                        a,
                        slugs.getOrDefault(a.dataset(), ""),
                        Objects.requireNonNull(organisationNames.get(a.organisation()))
                                .name(),
                        Objects.requireNonNull(persons.get(a.acceptedBy())).name()))
                .toList();
    }

    /** The organisations that the actor may accept terms for, by name. */
    List<Organisations.Summary> owned(Actor actor) {
        return organisations
                .summaries(actor.organisations().keySet().stream()
                        .filter(actor::isOwnerOf)
                        .toList())
                .values()
                .stream()
                .sorted(java.util.Comparator.comparing(Organisations.Summary::name, String.CASE_INSENSITIVE_ORDER))
                .toList();
    }
}
