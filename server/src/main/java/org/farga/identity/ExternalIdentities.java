package org.farga.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Links accounts and people at sign-in providers. An address of a provider never leads into an account that is there
 * already: a link is made by somebody who is signed in to the account, or together with a new account.
 */
@Service
class ExternalIdentities implements WayIn {
    /** A session at a provider is forgotten after this time; longer ones are ended by subject alone. */
    private static final Duration SESSION_LIFE = Duration.ofDays(30);

    private final ExternalIdentityTable table;
    private final OidcProviders providers;
    private final People people;
    private final Organisations organisations;
    private final BrowserSessions sessions;
    private final WaysIn waysIn;
    private final EmailAddresses addresses;
    private final OutgoingMail mail;
    private final Messages messages;
    private final AuditLog audit;
    private final Clock clock;

    ExternalIdentities(
            ExternalIdentityTable table,
            OidcProviders providers,
            People people,
            Organisations organisations,
            BrowserSessions sessions,
            WaysIn waysIn,
            EmailAddresses addresses,
            OutgoingMail mail,
            Messages messages,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.providers = providers;
        this.people = people;
        this.organisations = organisations;
        this.sessions = sessions;
        this.waysIn = waysIn;
        this.addresses = addresses;
        this.mail = mail;
        this.messages = messages;
        this.audit = audit;
        this.clock = clock;
    }

    /** An account with the link that was signed in by. */
    record Known(Person person, UUID identity) {}

    /** What an arrival can lead to, where nobody is linked yet. */
    enum Newcomer {
        /** The provider vouches for an address that no account has: an account can be made. */
        MAY_JOIN,
        /** There is an account with the address that the provider vouches for: its holder links it themselves. */
        ADDRESS_TAKEN,
        /** The provider names no address, or does not vouch for it. */
        ADDRESS_NOT_PROVEN,
        /** The settings let nobody make an account through this provider. */
        SIGN_UP_OFF
    }

    /** Who is linked; takes down what the provider said of them this time, and gives and takes rights by it. */
    @Transactional
    Optional<Known> arrive(OidcArrival arrival) {
        return table.find(arrival.issuer(), arrival.subject()).map(identity -> {
            table.update(identity.id(), arrival, clock.instant());
            settle(identity.person(), arrival, identity.centreRoles());
            return new Known(people.get(identity.person()), identity.id());
        });
    }

    Newcomer newcomer(OidcArrival arrival) {
        if (!arrival.vouchesForAddress()) {
            return Newcomer.ADDRESS_NOT_PROVEN;
        }
        if (Person.parse(String.valueOf(arrival.email()))
                .flatMap(people::findPerson)
                .isPresent()) {
            return Newcomer.ADDRESS_TAKEN;
        }
        boolean open = providers
                .settings(arrival.provider())
                .map(OidcSettings.Provider::signUp)
                .orElse(false);
        return open ? Newcomer.MAY_JOIN : Newcomer.SIGN_UP_OFF;
    }

    /** Makes an account for somebody new, with the address that the provider vouches for and no other. */
    @Transactional
    Outcome<Known> join(OidcArrival arrival, @Nullable String name, String language) {
        Newcomer newcomer = newcomer(arrival);
        if (newcomer != Newcomer.MAY_JOIN) {
            return Outcome.refused(Refusal.conflict(
                    "oidc-" + newcomer.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')));
        }
        Instant now = clock.instant();
        return Person.join(new Fields(), arrival.email(), name, language, now)
                .then(people::add)
                .then(person -> {
                    UUID id = TimeOrderedUuid.next();
                    if (!table.insert(id, person.id(), arrival, now)) {
                        // A second window was quicker; the transaction takes the account back.
                        throw new IllegalStateException("linked meanwhile by a second window");
                    }
                    audit.recordBy(
                            person.id(),
                            "person.joined-by-provider",
                            "person",
                            person.id(),
                            Map.of("provider", arrival.provider()));
                    addresses.vouchedFor(person);
                    settle(person.id(), arrival, Set.of());
                    return Outcome.done(new Known(person, id));
                });
    }

    /** Adds a way to sign in to the account of somebody who is signed in to it. */
    @Transactional
    Outcome<UUID> link(Actor actor, OidcArrival arrival) {
        table.lock(actor.person());
        Instant now = clock.instant();
        UUID id = TimeOrderedUuid.next();
        if (!table.insert(id, actor.person(), arrival, now)) {
            boolean own = table.find(arrival.issuer(), arrival.subject())
                    .filter(identity -> identity.person().equals(actor.person()))
                    .isPresent();
            return Outcome.refused(Refusal.conflict(own ? "oidc-linked-already" : "oidc-linked-elsewhere"));
        }
        audit.record(actor, "identity.linked", "person", actor.person(), Map.of("provider", arrival.provider()));
        tell(actor.person(), "identity.oidc.mail-linked", arrival.provider());
        settle(actor.person(), arrival, Set.of());
        return Outcome.done(id);
    }

    /** Takes a way to sign in away, with what its claims gave; never the last one. */
    @Transactional
    Outcome<UUID> unlink(Actor actor, UUID id, @Nullable String keptSession) {
        table.lock(actor.person());
        ExternalIdentity identity = table.list(actor.person()).stream()
                .filter(i -> i.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("identity"));
        int own = providers.settings(identity.provider()).isPresent() ? 1 : 0;
        if (waysIn.count(actor.person()) - own < 1) {
            return Outcome.refused(Refusal.conflict("last-way-in"));
        }
        table.delete(id, actor.person());
        audit.record(actor, "identity.unlinked", "person", actor.person(), Map.of("provider", identity.provider()));
        tell(actor.person(), "identity.oidc.mail-unlinked", identity.provider());
        organisations.leaveByProvider(actor.person(), identity.provider(), Set.of());
        sessions.endThoseBy(actor.person(), id, keptSession);
        return Outcome.done(id);
    }

    /** The providers of the settings that the actor's account is linked with: where they can show again who they are. */
    List<OidcProviders.Choice> linked(Actor actor, Locale language) {
        return list(actor).stream()
                .map(ExternalIdentity::provider)
                .distinct()
                .filter(name -> providers.settings(name).isPresent())
                .map(name -> new OidcProviders.Choice(name, providers.label(name, language)))
                .toList();
    }

    List<ExternalIdentity> list(Actor actor) {
        return table.list(actor.person());
    }

    /** Of somebody, for administrators. */
    List<ExternalIdentity> list(Actor actor, PersonId person) {
        requireAdministrator(actor);
        return table.list(person);
    }

    /** Those who have roles by a provider's claims; for administrators. */
    List<ExternalIdentity> listWithRoles(Actor actor) {
        requireAdministrator(actor);
        return table.listWithRoles(200);
    }

    private static void requireAdministrator(Actor actor) {
        if (!actor.is(CentreRole.ADMINISTRATOR)) {
            throw new NotFoundException("identities");
        }
    }

    @Override
    public int count(PersonId person) {
        return (int) table.list(person).stream()
                .filter(identity -> providers.settings(identity.provider()).isPresent())
                .count();
    }

    /** Keeps which session at the provider this sign-in belongs to. */
    @Transactional
    void opened(PersonId person, OidcArrival arrival) {
        Instant now = clock.instant();
        table.deleteSessionsBefore(now.minus(SESSION_LIFE));
        if (arrival.sid() != null) {
            table.putSession(arrival.issuer(), arrival.sid(), person, now);
        }
    }

    /**
     * Ends what began by a provider's session, or all that began by its subject where no session is named; a token that
     * was obeyed before is not obeyed again.
     */
    @Transactional
    void signedOutThere(String issuer, @Nullable String subject, @Nullable String sid, String jti, Instant expiresAt) {
        if (!table.insertLogoutToken(issuer, jti, expiresAt, clock.instant())) {
            return;
        }
        Optional<ExternalIdentity> identity = subject == null ? Optional.empty() : table.find(issuer, subject);
        Optional<PersonId> person = identity.map(ExternalIdentity::person)
                .or(() -> sid == null ? Optional.empty() : table.findSession(issuer, sid));
        if (person.isEmpty()) {
            return;
        }
        int ended = sid == null
                ? sessions.endThoseBy(
                        person.get(), identity.map(ExternalIdentity::id).orElseThrow(), null)
                : sessions.endThoseWith(person.get(), issuer, sid);
        if (ended > 0) {
            audit.recordBy(
                    person.get(), "session.ended-by-provider", "person", person.get(), Map.of("sessions", ended));
        }
    }

    // What the claims give by now: memberships, where an owner allows it; roles are kept with the link itself.
    private void settle(PersonId person, OidcArrival arrival, Set<CentreRole> before) {
        if (!before.equals(arrival.centreRoles())) {
            audit.recordByRule(
                    "identity.roles-changed",
                    "person",
                    person,
                    Map.of(
                            "provider",
                            arrival.provider(),
                            "from",
                            before.stream().sorted().toList(),
                            "to",
                            arrival.centreRoles().stream().sorted().toList()));
        }
        Set<OrganisationId> wanted = new LinkedHashSet<>();
        for (UUID id : arrival.organisations()) {
            OrganisationId organisation = new OrganisationId(id);
            if (table.isAllowed(organisation, arrival.provider()).orElse(false)) {
                wanted.add(organisation);
                organisations.joinByProvider(person, organisation, arrival.provider());
            }
        }
        organisations.leaveByProvider(person, arrival.provider(), wanted);
    }

    /** A provider whose rules lead into an organisation, and what its owners decided; null before they did. */
    record Door(
            String provider,
            List<OidcSettings.Rule> rules,
            @Nullable Boolean allowed) {}

    /** For owners of the organisation. */
    List<Door> doors(Actor actor, OrganisationId organisation) {
        if (!actor.isOwnerOf(organisation)) {
            throw new NotFoundException("organisation");
        }
        List<Door> doors = new ArrayList<>();
        for (OidcProviders.Choice choice : providers.choices(java.util.Locale.ENGLISH)) {
            List<OidcSettings.Rule> rules = providers.settings(choice.name()).orElseThrow().rules().stream()
                    .filter(rule -> organisation.value().equals(rule.organisation()))
                    .toList();
            if (!rules.isEmpty()) {
                doors.add(new Door(
                        choice.name(),
                        rules,
                        table.isAllowed(organisation, choice.name()).orElse(null)));
            }
        }
        return doors;
    }

    /** Lets people become members by this provider's claims, or no longer; those who came so leave at their next sign-in. */
    @Transactional
    void setDoor(Actor actor, OrganisationId organisation, String provider, boolean open) {
        boolean known =
                doors(actor, organisation).stream().anyMatch(d -> d.provider().equals(provider));
        if (!known) {
            throw new NotFoundException("provider");
        }
        if (table.decide(organisation, provider, open, actor.person(), clock.instant())) {
            audit.record(
                    actor,
                    open ? "organisation.provider-allowed" : "organisation.provider-forbidden",
                    "organisation",
                    organisation,
                    Map.of("provider", provider));
        }
    }

    private void tell(PersonId person, String text, String provider) {
        Person reader = people.get(person);
        String label = providers.label(provider, reader.language());
        mail.queue(
                reader.email(),
                messages.text(reader.language(), text + "-subject"),
                messages.text(reader.language(), text, reader.name(), label));
    }
}
