package org.farga.identity;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.people.AddressProof;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Attention;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Proving by a mailed link that one reads an address, and taking another one. Without a mail server nothing is proved. */
@Service
class EmailAddresses implements Attention, AddressProof {
    private final AccountLinkTable table;
    private final People people;
    private final AccountNotices notices;
    private final AuditLog audit;
    private final Settings settings;
    private final SignUpSettings signUp;
    private final Clock clock;

    EmailAddresses(
            AccountLinkTable table,
            People people,
            AccountNotices notices,
            AuditLog audit,
            Settings settings,
            SignUpSettings signUp,
            Clock clock) {
        this.table = table;
        this.people = people;
        this.notices = notices;
        this.audit = audit;
        this.settings = settings;
        this.signUp = signUp;
        this.clock = clock;
    }

    /**
     * What the account page says of an address.
     *
     * @param canProve whether a mail server is set, so that an address can be proved at all
     */
    record Status(boolean verified, boolean canProve) {}

    Status status(Person person) {
        return new Status(table.isVerified(person.id(), person.email()), notices.canSend());
    }

    @Override
    public boolean isMissing(PersonId id) {
        if (!signUp.verifyAddress() || !notices.canSend()) {
            return false;
        }
        Person person = people.get(id);
        return person.email().isDeliverable() && !table.isVerified(id, person.email());
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        return notices.canSend() && !table.isVerified(actor.person(), actor.email())
                ? List.of(new Item(
                        "identity.attention.email", List.of(actor.email().value()), "/account#address", null))
                : List.of();
    }

    /** Mails the link that proves the address somebody has just signed up with. */
    @Transactional(propagation = Propagation.MANDATORY)
    void greet(Person person) {
        if (notices.canSend()) {
            send(person, person.email(), AccountLink.Purpose.VERIFICATION, "verification");
        }
    }

    /** Takes down that a sign-in provider vouches for the address; no mail is needed. */
    @Transactional(propagation = Propagation.MANDATORY)
    void vouchedFor(Person person) {
        table.verify(person.id(), person.email(), clock.instant());
    }

    /** The same again, for a mail that got lost. */
    @Transactional
    Outcome<Person> sendAgain(Actor actor) {
        Person person = people.get(actor.person());
        if (!notices.canSend()) {
            return Outcome.refused(Refusal.conflict("no-mail-server"));
        }
        greet(person);
        return Outcome.done(person);
    }

    /**
     * Mails a link to the address that somebody wants to have from now on, and tells the present one. The answer is the same
     * where another account has it; its reader is told instead.
     */
    @Transactional
    Outcome<EmailAddress> requestChange(Actor actor, @Nullable String email) {
        Optional<EmailAddress> address = email == null ? Optional.empty() : Person.parse(email);
        if (address.isEmpty()) {
            return Outcome.refused(new Fields()
                    .rule("email", false, email == null || email.isBlank() ? "missing" : "not-an-email")
                    .refusal()
                    .orElseThrow());
        }
        if (!notices.canSend()) {
            return Outcome.refused(Refusal.conflict("no-mail-server"));
        }
        Person person = people.get(actor.person());
        Optional<Person> holder = people.findPerson(address.get());
        if (holder.isPresent()) {
            notices.send(
                    address.get(),
                    holder.get().language(),
                    "address-wanted",
                    address.get().value());
        } else {
            send(person, address.get(), AccountLink.Purpose.CHANGE, "address-change");
        }
        notices.send(
                person.email(),
                person.language(),
                "address-change-asked",
                address.get().value());
        return Outcome.done(address.get());
    }

    private void send(Person person, EmailAddress to, AccountLink.Purpose purpose, String what) {
        AccountLink link = new AccountLink(person.id(), purpose, to, clock.instant());
        Secret secret = Secret.create("email");
        table.put(link, secret);
        notices.send(
                to,
                person.language(),
                what,
                settings.publicUrl() + "/email/link?token=" + secret.text(),
                purpose.life().toHours());
    }

    /** What a link is for; empty for one that does not hold. */
    Optional<AccountLink> find(@Nullable String token) {
        return Recoveries.secret(token)
                .flatMap(secret -> table.find(secret, clock.instant()))
                .filter(link -> link.purpose() != AccountLink.Purpose.RECOVERY);
    }

    /** Does what the link is for, once: refused as {@code email-link-invalid} where it does not hold. */
    @Transactional
    Outcome<AccountLink> confirm(@Nullable String token) {
        Optional<AccountLink> found = find(token);
        Optional<Secret> secret = Recoveries.secret(token);
        if (found.isEmpty() || secret.isEmpty() || !table.use(secret.get(), clock.instant())) {
            return Outcome.refused(Refusal.conflict("email-link-invalid"));
        }
        AccountLink link = found.get();
        PersonId id = link.person();
        if (link.purpose() == AccountLink.Purpose.CHANGE) {
            Person before = people.get(id);
            if (!people.changeEmail(id, link.email())) {
                return Outcome.refused(Refusal.conflict("email-taken"));
            }
            // Links that were mailed to the old address open nothing any more.
            table.delete(id, AccountLink.Purpose.RECOVERY);
            table.delete(id, AccountLink.Purpose.VERIFICATION);
            audit.recordBy(id, "person.email-changed", "person", id, Map.of());
            notices.send(before.email(), before.language(), "address-changed");
        } else if (!people.get(id).email().equals(link.email())) {
            return Outcome.refused(Refusal.conflict("email-link-invalid"));
        }
        table.verify(id, link.email(), clock.instant());
        return Outcome.done(link);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SignUpSettings.class)
    static class Bound {}
}
