package org.farga.people;

import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.farga.audit.AuditLog;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Gives people roles over single things, such as the assessment of one call, and takes them back. */
@Service
class ScopedRoles {
    private final ScopedRoleTable table;
    private final People people;
    private final AddressProof proof;
    private final List<RoleScope> scopes;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Settings settings;
    private final Clock clock;

    ScopedRoles(
            ScopedRoleTable table,
            People people,
            @Lazy AddressProof proof,
            List<RoleScope> scopes,
            AuditLog audit,
            ApplicationEventPublisher events,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.people = people;
        this.proof = proof;
        this.scopes = scopes;
        this.audit = audit;
        this.events = events;
        this.settings = settings;
        this.clock = clock;
    }

    /** A role that somebody holds, with the names of all it speaks of. */
    record Named(ScopedRoleGrant grant, People.Summary person, String title, String grantedBy) {}

    /** What is to be given: to whom (by address), what, over what, and the last day of it. */
    record Order(
            @Nullable String email,
            ScopedRole.@Nullable Kind kind,
            @Nullable String scope,
            @Nullable LocalDate lastDay) {}

    @Transactional
    Outcome<Named> grant(Actor actor, Order order, Locale language) {
        requireStaff(actor);
        if (Arrays.stream(ScopedRole.Kind.values()).noneMatch(kind -> ScopedRoleGrant.mayGrant(actor, kind))) {
            return Outcome.refused(Refusal.forbidden("scoped-role-not-yours-to-give"));
        }
        Optional<EmailAddress> address = order.email() == null ? Optional.empty() : Person.parse(order.email());
        Optional<People.Summary> person =
                address.filter(EmailAddress::isDeliverable).flatMap(people::find);
        var refusal = new Fields()
                .text("email", order.email(), 254)
                .rule("email", order.email() == null || order.email().isBlank() || person.isPresent(), "no-account")
                .present("kind", order.kind())
                .present("scope", order.scope())
                .refusal();
        if (refusal.isPresent() || order.kind() == null || order.scope() == null || person.isEmpty()) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (proof.isMissing(person.get().id())) {
            return Outcome.refused(Refusal.conflict(
                    "address-of-holder-not-proven", address.get().value()));
        }
        ScopedRole role = new ScopedRole(order.kind(), order.scope());
        boolean known = choices(role.kind(), language).containsKey(role.scope());
        return ScopedRoleGrant.grant(
                        actor, person.get().id(), role, known, order.lastDay(), settings.zone(), clock.instant())
                .map(grant -> {
                    table.put(grant);
                    audit.record(actor, "scoped-role.granted", "person", grant.person(), details(grant));
                    events.publishEvent(new ScopedRoleGranted(grant.id(), grant.person(), role, title(role, language)));
                    return named(List.of(grant), language).getFirst();
                });
    }

    /** Who may give a role may take it back. */
    @Transactional
    Outcome<Named> withdraw(Actor actor, UUID id, Locale language) {
        requireStaff(actor);
        ScopedRoleGrant grant = table.find(id, clock.instant()).orElseThrow(() -> new NotFoundException("scoped role"));
        if (!ScopedRoleGrant.mayGrant(actor, grant.role().kind())) {
            return Outcome.refused(Refusal.forbidden("scoped-role-not-yours-to-give"));
        }
        if (table.withdraw(id, actor.person(), clock.instant())) {
            audit.record(actor, "scoped-role.withdrawn", "person", grant.person(), details(grant));
        }
        return Outcome.done(named(List.of(grant), language).getFirst());
    }

    /** All that are held, newest first; for the centre's staff. */
    Page<Named> list(Actor actor, @Nullable String cursor, @Nullable Integer limit, Locale language) {
        requireStaff(actor);
        int size = Cursor.size(limit);
        List<ScopedRoleGrant> rows = table.list(clock.instant(), Cursor.decode(cursor, UUID::fromString), size + 1);
        Page<ScopedRoleGrant> page = Cursor.page(rows, size, grant -> grant.id().toString());
        return new Page<>(named(page.items(), language), page.next());
    }

    /** What the actor can give: by kind, the things it can be over. */
    Map<ScopedRole.Kind, Collection<RoleScope.Choice>> offers(Actor actor, Locale language) {
        Map<ScopedRole.Kind, Collection<RoleScope.Choice>> offers = new LinkedHashMap<>();
        for (ScopedRole.Kind kind : ScopedRole.Kind.values()) {
            if (ScopedRoleGrant.mayGrant(actor, kind)) {
                offers.put(kind, List.copyOf(choices(kind, language).values()));
            }
        }
        return offers;
    }

    private static void requireStaff(Actor actor) {
        if (!actor.isAny(CentreRole.values())) {
            throw new NotFoundException("scoped roles");
        }
    }

    private Map<String, RoleScope.Choice> choices(ScopedRole.Kind kind, Locale language) {
        Map<String, RoleScope.Choice> choices = new LinkedHashMap<>();
        scopes.stream()
                .filter(scope -> scope.kind() == kind)
                .flatMap(scope -> scope.choices(language).stream())
                .forEach(choice -> choices.put(choice.scope(), choice));
        return choices;
    }

    private String title(ScopedRole role, Locale language) {
        RoleScope.Choice choice = choices(role.kind(), language).get(role.scope());
        return choice == null ? role.scope() : choice.title();
    }

    private List<Named> named(List<ScopedRoleGrant> grants, Locale language) {
        List<PersonId> ids = grants.stream()
                .flatMap(g -> Stream.of(g.person(), g.grantedBy()))
                .distinct()
                .toList();
        Map<PersonId, People.Summary> known = people.summaries(ids);
        Map<ScopedRole.Kind, Map<String, RoleScope.Choice>> titles = new LinkedHashMap<>();
        List<Named> named = new ArrayList<>();
        for (ScopedRoleGrant grant : grants) {
            RoleScope.Choice choice = titles.computeIfAbsent(grant.role().kind(), kind -> choices(kind, language))
                    .get(grant.role().scope());
            People.Summary person = known.get(grant.person());
            People.Summary by = known.get(grant.grantedBy());
            if (person != null) {
                named.add(new Named(
                        grant,
                        person,
                        choice == null ? grant.role().scope() : choice.title(),
                        by == null ? grant.grantedBy().toString() : by.name()));
            }
        }
        return named;
    }

    private static Map<String, Object> details(ScopedRoleGrant grant) {
        return Map.of("role", grant.role().kind(), "scope", grant.role().scope(), "until", grant.until());
    }
}
