package org.farga.identity;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The way back for who forgot their password: a link by mail. Whether an address has an account is told to nobody but
 * its reader: the request is answered before anybody looks, and a mail goes out either way.
 */
@Service
class Recoveries {
    private static final TaskDescriptor<String> TASK = TaskDescriptor.of("answer-recovery", String.class);

    /** For one address; more asked for it in an hour are answered as ever, but nobody's mailbox is filled. */
    static final int MOST_AN_HOUR_FOR_ADDRESS = 3;

    static final int MOST_AN_HOUR_FROM_NETWORK = 30;

    private final AccountLinkTable table;
    private final People people;
    private final PasswordTable passwordTable;
    private final PasswordEncoder passwords;
    private final BrowserSessions sessions;
    private final ApiTokenTable tokens;
    private final AccountNotices notices;
    private final AuditLog audit;
    private final Settings settings;
    private final SchedulerClient queue;
    private final Clock clock;

    Recoveries(
            AccountLinkTable table,
            People people,
            PasswordTable passwordTable,
            PasswordEncoder passwords,
            BrowserSessions sessions,
            ApiTokenTable tokens,
            AccountNotices notices,
            AuditLog audit,
            Settings settings,
            @Lazy SchedulerClient queue,
            Clock clock) {
        this.table = table;
        this.people = people;
        this.passwordTable = passwordTable;
        this.passwords = passwords;
        this.sessions = sessions;
        this.tokens = tokens;
        this.notices = notices;
        this.audit = audit;
        this.settings = settings;
        this.queue = queue;
        this.clock = clock;
    }

    /**
     * Takes a request, and answers the same whoever's address it is. Refused as {@code no-mail-server} where nothing can be
     * mailed, and as {@code too-many-recoveries} where too many came from this network.
     *
     * @param from the network address that it came from
     * @param language what whoever asks reads in, for an address without an account
     */
    @Transactional
    Outcome<EmailAddress> request(String from, @Nullable String email, Locale language) {
        if (!notices.canSend()) {
            return Outcome.refused(Refusal.conflict("no-mail-server"));
        }
        Optional<EmailAddress> address = email == null ? Optional.empty() : Person.parse(email);
        if (address.isEmpty()) {
            return Outcome.refused(new Fields()
                    .rule("email", false, email == null || email.isBlank() ? "missing" : "not-an-email")
                    .refusal()
                    .orElseThrow());
        }
        Instant now = clock.instant();
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        Optional<SignUpLimit> network = SignUpLimit.of(from, now);
        if (network.isPresent()
                && table.count("recovery-network", network.get().network(), hour) > MOST_AN_HOUR_FROM_NETWORK) {
            return Outcome.refused(network.get().refusal("too-many-recoveries", now));
        }
        // By its hash: a stranger's address is none of Farga's to keep.
        String subject = HexFormat.of().formatHex(new Secret(address.get().value()).sha256());
        if (table.count("recovery-address", subject, hour) <= MOST_AN_HOUR_FOR_ADDRESS) {
            queue.schedule(TASK.instance(UUID.randomUUID().toString())
                    .data(language.getLanguage() + " " + address.get().value())
                    .scheduledTo(now));
        }
        return Outcome.done(address.get());
    }

    /** Mails a link to whom the address belongs, or to its reader that there is no account. */
    @Transactional
    void answer(EmailAddress address, Locale language) {
        Optional<Person> person = people.findPerson(address);
        if (person.isEmpty()) {
            notices.send(address, language, "recovery-none", address.value());
            return;
        }
        AccountLink link = new AccountLink(person.get().id(), AccountLink.Purpose.RECOVERY, address, clock.instant());
        Secret secret = Secret.create("recovery");
        table.put(link, secret);
        notices.send(
                address,
                person.get().language(),
                "recovery",
                settings.publicUrl() + "/recovery/link?token=" + secret.text(),
                link.purpose().life().toMinutes());
    }

    /** Whether this link still opens the way to a new password. */
    boolean opens(@Nullable String token) {
        return secret(token).flatMap(this::find).isPresent();
    }

    private Optional<AccountLink> find(Secret secret) {
        return table.find(secret, clock.instant())
                .filter(link -> link.purpose() == AccountLink.Purpose.RECOVERY)
                // An address that was changed since no longer opens the account.
                .filter(link -> people.get(link.person()).email().equals(link.email()));
    }

    /**
     * Sets a new password by a link, which works once, signs its person out everywhere, and ends their API tokens: whoever
     * recovers does not know who else was in, and a token made by that one would outlive the new password. A second factor
     * is still asked for at the next sign-in. Refused as {@code recovery-link-invalid} for a link that does not hold.
     */
    @Transactional
    Outcome<Person> finish(@Nullable String token, @Nullable String password) {
        Optional<Secret> secret = secret(token);
        Optional<AccountLink> link = secret.flatMap(this::find);
        if (secret.isEmpty() || link.isEmpty()) {
            return Outcome.refused(Refusal.conflict("recovery-link-invalid"));
        }
        Person person = people.get(link.get().person());
        Fields fields = new Fields();
        Password.check(
                fields,
                "password",
                password,
                new Password.Owner(person.email().value(), person.name(), settings.centreName()));
        Optional<Refusal> refusal = fields.refusal();
        if (refusal.isPresent() || password == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instant now = clock.instant();
        // Of two that use it at once one is late.
        if (!table.use(secret.get(), now)) {
            return Outcome.refused(Refusal.conflict("recovery-link-invalid"));
        }
        passwordTable.put(person.id(), Objects.requireNonNull(passwords.encode(password)), now);
        passwordTable.forgetFailures(person.email());
        table.verify(person.id(), person.email(), now);
        sessions.endOthers(person.id(), null);
        int ended = tokens.revokeAll(person.id(), now);
        audit.recordBy(person.id(), "person.recovered", "person", person.id(), Map.of("tokens", ended));
        notices.tell(person.id(), "recovered", ended);
        return Outcome.done(person);
    }

    static Optional<Secret> secret(@Nullable String token) {
        return token == null || token.isBlank() || token.length() > 200
                ? Optional.empty()
                : Optional.of(new Secret(token.strip()));
    }

    @Configuration(proxyBeanMethods = false)
    static class RecoveryTask {
        @Bean
        OneTimeTask<String> answerRecovery(@Lazy Recoveries recoveries) {
            return Tasks.oneTime(TASK).execute((instance, context) -> {
                String[] parts = instance.getData().split(" ", 2);
                recoveries.answer(new EmailAddress(parts[1]), Locale.of(parts[0]));
            });
        }
    }
}
