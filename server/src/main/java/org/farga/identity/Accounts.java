package org.farga.identity;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Signing up, and proving with a password who one is. */
@Service
class Accounts implements WayIn {
    private final People people;
    private final PasswordTable table;
    private final PasswordEncoder passwords;
    private final BrowserSessions sessions;
    private final OidcSettings settings;
    private final Settings centre;
    private final EmailAddresses addresses;
    private final AccountNotices notices;
    private final AuditLog audit;
    private final Clock clock;
    // Checked against for an unknown address, so that the answer takes as long as for a known one.
    // Made at the first need: it is slow on purpose, and no start should wait for it.
    private volatile @Nullable String nobodysHash;

    Accounts(
            People people,
            PasswordTable table,
            PasswordEncoder passwords,
            BrowserSessions sessions,
            OidcSettings settings,
            Settings centre,
            EmailAddresses addresses,
            AccountNotices notices,
            AuditLog audit,
            Clock clock) {
        this.people = people;
        this.table = table;
        this.passwords = passwords;
        this.sessions = sessions;
        this.settings = settings;
        this.centre = centre;
        this.addresses = addresses;
        this.notices = notices;
        this.audit = audit;
        this.clock = clock;
    }

    /** Signs somebody up who comes from this network address; refused where too many came from there. */
    @Transactional
    Outcome<Person> signUpFrom(
            String address,
            @Nullable String email,
            @Nullable String name,
            @Nullable String password,
            @Nullable String language) {
        if (!settings.signIn().password()) {
            return Outcome.refused(Refusal.forbidden("password-sign-in-off"));
        }
        Instant now = clock.instant();
        Optional<SignUpLimit> limit = SignUpLimit.of(address, now);
        // Every try counts: the answer to one tells whether an address has an account.
        if (limit.isPresent() && SignUpLimit.isExceededBy(table.countSignUp(limit.get()))) {
            return Outcome.refused(limit.get().refusal("too-many-sign-ups", now));
        }
        return signUp(email, name, password, language);
    }

    @Transactional
    Outcome<Person> signUp(
            @Nullable String email, @Nullable String name, @Nullable String password, @Nullable String language) {
        Instant now = clock.instant();
        Fields fields = new Fields();
        Password.check(fields, "password", password, new Password.Owner(email, name, centre.centreName()));
        return Person.join(fields, email, name, language, now).then(people::add).map(person -> {
            table.put(person.id(), Objects.requireNonNull(passwords.encode(password)), now);
            audit.recordBy(person.id(), "person.signed-up", "person", person.id(), Map.of());
            addresses.greet(person);
            return person;
        });
    }

    /**
     * The person behind an address and password. Refused as {@code wrong-credentials} whether the address or the
     * password is wrong, {@code too-many-sign-ins} where it was tried too often; with the right one as {@code password-sign-in-off} where
     * the settings keep it for administrators.
     */
    // No transaction: a try is counted before its password is looked at, whatever the caller does then, and no
    // connection is held while the slow hash is made.
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    Outcome<Person> signIn(@Nullable String email, @Nullable String password) {
        Optional<EmailAddress> address = email == null ? Optional.empty() : Person.parse(email);
        if (address.isEmpty() || password == null || password.length() > Password.LONGEST) {
            return Outcome.refused(Refusal.forbidden("wrong-credentials"));
        }
        Instant now = clock.instant();
        if (!table.admitTry(address.get(), now)) {
            Instant waitUntil =
                    table.throttle(address.get()).map(SignInThrottle::waitUntil).orElse(now);
            return Outcome.refused(SignInThrottle.refusal("too-many-sign-ins", now, waitUntil));
        }
        Optional<Person> person = people.findPerson(address.get());
        String hash = person.flatMap(p -> table.find(p.id())).orElseGet(this::nobodysHash);
        boolean right = passwords.matches(password, hash);
        if (person.isEmpty() || !right) {
            return Outcome.refused(Refusal.forbidden("wrong-credentials"));
        }
        table.forgetFailures(address.get());
        // With passwords turned off, administrators still get in, so that a broken provider locks nobody out for good.
        if (!settings.signIn().password()
                && !people.withRole(CentreRole.ADMINISTRATOR)
                        .contains(person.get().id())) {
            return Outcome.refused(Refusal.forbidden("password-sign-in-off"));
        }
        return Outcome.done(person.get());
    }

    @Override
    public int count(PersonId person) {
        return settings.signIn().password() && table.find(person).isPresent() ? 1 : 0;
    }

    /**
     * Takes a new password from somebody who knows the present one, and signs them out in every other browser. API tokens
     * stay: they are listed beside it and revoked one by one.
     *
     * @param keptSession identifier of the browser session that stays, if any
     */
    @Transactional
    Outcome<Person> changePassword(
            Actor actor, @Nullable String present, @Nullable String password, @Nullable String keptSession) {
        Fields fields = new Fields().present("present", present == null || present.isEmpty() ? null : present);
        Password.check(
                fields,
                "password",
                password,
                new Password.Owner(actor.email().value(), actor.name(), centre.centreName()));
        var refusal = fields.refusal();
        if (refusal.isPresent() || password == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        // As a sign-in, so that guessing here is slowed down as well.
        if (signIn(actor.email().value(), present) instanceof Outcome.Refused<Person>(Refusal refused)) {
            return Outcome.refused(
                    refused.kind() == Refusal.Kind.TOO_MANY
                            ? refused
                            : new Fields()
                                    .rule("present", false, "wrong-password")
                                    .refusal()
                                    .orElseThrow());
        }
        table.put(actor.person(), Objects.requireNonNull(passwords.encode(password)), clock.instant());
        audit.record(actor, "person.password-changed", "person", actor.person(), Map.of());
        sessions.endOthers(actor.person(), keptSession);
        notices.tell(actor.person(), "password-changed");
        return Outcome.done(people.get(actor.person()));
    }

    /** Whether this person can sign in with a password; some come by a provider alone. */
    boolean hasPassword(PersonId person) {
        return table.find(person).isPresent();
    }

    private String nobodysHash() {
        String known = nobodysHash;
        if (known == null) {
            known = Objects.requireNonNull(passwords.encode("nobody has this password"));
            nobodysHash = known;
        }
        return known;
    }
}
