package org.farga.aid;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What companies declare of themselves: the enterprises they are linked to, and the other aid they had. */
@Service
class Undertakings {
    private static final int MOST_WAITING = 200;

    private final LinkTable links;
    private final DeclarationTable declarations;
    private final SourceTable sources;
    private final Organisations organisations;
    private final People people;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final Clock clock;

    Undertakings(
            LinkTable links,
            DeclarationTable declarations,
            SourceTable sources,
            Organisations organisations,
            People people,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            Clock clock) {
        this.links = links;
        this.declarations = declarations;
        this.sources = sources;
        this.organisations = organisations;
        this.people = people;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.clock = clock;
    }

    /** Keeps what an owner declares of other aid; what was declared before stays on record and counts no more. */
    @Transactional
    Outcome<Declaration> declare(Actor actor, OrganisationId id, Declaration.NewDeclaration typed) {
        AidRights.requireSight(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        LocalDate today = today();
        Optional<Ceiling> ceiling = Ceiling.on(sources.ceilings(), today);
        if (ceiling.isEmpty()) {
            return Outcome.refused(Refusal.conflict("aid-no-ceiling", today.toString()));
        }
        return Declaration.declare(id, typed, ceiling.get(), actor.person(), now(), today)
                .map(declaration -> {
                    // Nobody may be granting on the one before.
                    links.lockUndertaking(id, today);
                    declarations.insert(declaration);
                    audit.record(
                            actor,
                            "aid.declared",
                            "organisation",
                            id,
                            Map.of(
                                    "others",
                                            String.valueOf(declaration.others().size()),
                                    "until", declaration.validUntil().toString(),
                                    "sha256", java.util.HexFormat.of().formatHex(declaration.sha256())));
                    return declaration;
                });
    }

    List<Declaration> declarations(Actor actor, OrganisationId id) {
        AidRights.requireSight(actor, id);
        return declarations.list(id);
    }

    /** Takes down how an organisation stands to another enterprise; an officer's own entry is confirmed by another step. */
    @Transactional
    Outcome<EnterpriseLink> declareLink(Actor actor, OrganisationId id, EnterpriseLink.NewLink typed) {
        AidRights.requireSight(actor, id);
        if (!actor.isOwnerOf(id) && !AidRights.mayAct(actor)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        organisations.summary(id); // 404 where there is none
        return EnterpriseLink.declare(id, typed, actor.person(), now(), today()).map(link -> {
            links.insert(link);
            audit.record(
                    actor,
                    "enterprise-link.declared",
                    "enterprise-link",
                    link.id(),
                    Map.of(
                            "organisation",
                            id,
                            "enterprise",
                            link.name(),
                            "relation",
                            link.relation().name()));
            notifications.tell(
                    people.withRole(CentreRole.ACCESS_OFFICER),
                    "aid.told.link",
                    "/aid/undertakings/" + id,
                    organisations.summary(id).name(),
                    link.name());
            return links.find(link.id()).orElseThrow();
        });
    }

    /**
     * Confirms or rejects a link.
     *
     * @param other the organisation in Farga that the enterprise is, where it is one
     */
    @Transactional
    Outcome<EnterpriseLink> decide(
            Actor actor,
            UUID id,
            @Nullable Boolean confirmed,
            @Nullable OrganisationId other,
            @Nullable String reason) {
        AidRights.requireOfficer(actor);
        links.lockLinks();
        EnterpriseLink link = links.find(id).orElseThrow(() -> new NotFoundException("enterprise-link"));
        String why = reason == null || reason.isBlank() ? null : reason.strip();
        Optional<Refusal> refusal = new Fields()
                .present("confirmed", confirmed)
                .rule("reason", why != null || !Boolean.FALSE.equals(confirmed), "missing")
                .optionalText("reason", why, 1_000)
                .rule("other", other == null || !other.equals(link.organisation()), "aid-itself")
                .rule(
                        "other",
                        other == null || organisations.summaries(Set.of(other)).containsKey(other),
                        "aid-organisation")
                .refusal();
        if (refusal.isPresent() || confirmed == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (!link.waits()) {
            return Outcome.refused(Refusal.conflict("aid-link-decided"));
        }
        links.decide(
                id,
                confirmed ? EnterpriseLink.State.CONFIRMED : EnterpriseLink.State.REJECTED,
                confirmed ? other : null,
                why,
                actor.person(),
                now());
        Map<String, Object> details =
                new HashMap<>(Map.of("organisation", link.organisation(), "enterprise", link.name()));
        if (other != null) {
            details.put("other", other);
        }
        if (why != null) {
            details.put("reason", why);
        }
        audit.record(
                actor,
                confirmed ? "enterprise-link.confirmed" : "enterprise-link.rejected",
                "enterprise-link",
                id,
                details);
        notifications.tell(
                organisations.owners(link.organisation()),
                confirmed ? "aid.told.link-confirmed" : "aid.told.link-rejected",
                "/organisations/" + link.organisation() + "/aid",
                link.name());
        return Outcome.done(links.find(id).orElseThrow());
    }

    /** Ends a confirmed link: from that day on the two are undertakings of their own. */
    @Transactional
    Outcome<EnterpriseLink> end(Actor actor, UUID id, @Nullable LocalDate until) {
        AidRights.requireOfficer(actor);
        links.lockLinks();
        EnterpriseLink link = links.find(id).orElseThrow(() -> new NotFoundException("enterprise-link"));
        Optional<Refusal> refusal = new Fields()
                .present("until", until)
                .rule("until", until == null || until.isAfter(link.since()), "aid-until")
                .refusal();
        if (refusal.isPresent() || until == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (link.state() != EnterpriseLink.State.CONFIRMED || link.until() != null) {
            return Outcome.refused(Refusal.conflict("aid-link-not-in-force"));
        }
        links.end(id, until);
        audit.record(
                actor,
                "enterprise-link.ended",
                "enterprise-link",
                id,
                Map.of("organisation", link.organisation(), "enterprise", link.name(), "until", until.toString()));
        return Outcome.done(links.find(id).orElseThrow());
    }

    /** What an organisation declared of others, newest first; its own people and the centre see it. */
    List<EnterpriseLink> linksOf(Actor actor, OrganisationId id) {
        AidRights.requireSight(actor, id);
        return links.declaredBy(id, 200);
    }

    List<EnterpriseLink> waiting(Actor actor) {
        AidRights.requireReader(actor);
        return links.waiting(MOST_WAITING);
    }

    /**
     * A single undertaking as the centre sees it.
     *
     * @param members those that are one undertaking on the day
     * @param links all that any of them declared, or that names one of them
     * @param suggested organisations whose own declaration has the tax number that a link names, by the link
     */
    record View(
            Organisations.Summary organisation,
            LocalDate day,
            Set<OrganisationId> members,
            List<EnterpriseLink> links,
            Map<OrganisationId, Organisations.Summary> names,
            Map<OrganisationId, Declaration> declarations,
            Map<UUID, List<OrganisationId>> suggested) {}

    View view(Actor actor, OrganisationId id) {
        AidRights.requireReader(actor);
        Organisations.Summary organisation = organisations.summary(id);
        LocalDate today = today();
        Set<OrganisationId> members = links.members(id, today);
        List<EnterpriseLink> all = links.list(members);
        Map<String, List<OrganisationId>> byTaxId = declarations.withTaxIds(all.stream()
                .filter(EnterpriseLink::waits)
                .map(EnterpriseLink::taxId)
                .toList());
        Map<UUID, List<OrganisationId>> suggested = new HashMap<>();
        Set<OrganisationId> named = new HashSet<>(members);
        for (EnterpriseLink link : all) {
            named.add(link.organisation());
            if (link.other() != null) {
                named.add(link.other());
            }
            if (link.waits()) {
                List<OrganisationId> found = byTaxId.getOrDefault(link.taxId(), List.of()).stream()
                        .filter(o -> !o.equals(link.organisation()))
                        .toList();
                suggested.put(link.id(), found);
                named.addAll(found);
            }
        }
        Map<OrganisationId, Declaration> latest = new HashMap<>();
        declarations.latest(members).forEach(d -> latest.put(d.organisation(), d));
        return new View(organisation, today, members, all, organisations.summaries(named), latest, suggested);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
