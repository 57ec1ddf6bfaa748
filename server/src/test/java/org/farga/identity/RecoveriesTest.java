package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.audit.AuditLog;
import org.farga.people.Actors;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.EmailAddress;
import org.farga.shared.Outcome;
import org.farga.shared.Scope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.transaction.annotation.Transactional;

/** Forgotten passwords and addresses, as with a mail server. */
@FargaTest
@Transactional
class RecoveriesTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String NEW_PASSWORD = "another long password";

    @Autowired
    private AccountLinkTable table;

    @Autowired
    private People people;

    @Autowired
    private PasswordTable passwordTable;

    @Autowired
    private PasswordEncoder passwords;

    @Autowired
    private BrowserSessions sessions;

    @Autowired
    private OutgoingMail mail;

    @Autowired
    private Messages messages;

    @Autowired
    private Settings settings;

    @Autowired
    private AuditLog audit;

    @Autowired
    private SchedulerClient queue;

    @Autowired
    private Clock clock;

    @Autowired
    private Accounts accounts;

    @Autowired
    private Actors actors;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ApiTokenTable tokenTable;

    @Autowired
    private ApiTokens tokens;

    private RecordedNotices notices;
    private Recoveries recoveries;
    private EmailAddresses addresses;
    private Person ana;

    @BeforeEach
    void begin() {
        notices = new RecordedNotices(people, mail, messages, settings);
        recoveries = new Recoveries(
                table, people, passwordTable, passwords, sessions, tokenTable, notices, audit, settings, queue, clock);
        addresses = new EmailAddresses(table, people, notices, audit, settings, new SignUpSettings(true), clock);
        ana = accounts.signUp(unique("ana"), "Ana", PASSWORD, "ca").orThrow();
    }

    private static String unique(String name) {
        return name + "-" + UUID.randomUUID() + "@example.org";
    }

    private static String refusal(Outcome<?> outcome) {
        return ((Outcome.Refused<?>) outcome).refusal().name();
    }

    private boolean opens(String password) {
        return passwords.matches(password, passwordTable.find(ana.id()).orElseThrow());
    }

    @Test
    void anAddressWithAnAccountAndOneWithoutAreAnsweredAndMailedAlike() {
        EmailAddress nobody = new EmailAddress(unique("nobody"));
        assertThat(recoveries.request("192.0.2.77", ana.email().value(), Locale.ENGLISH))
                .isEqualTo(Outcome.done(ana.email()));
        assertThat(recoveries.request("192.0.2.77", nobody.value(), Locale.ENGLISH))
                .isEqualTo(Outcome.done(nobody));
        // Nobody has looked yet: both wait in the queue, and nothing else was written.
        assertThat(notices.sent).isEmpty();
        assertThat(jdbc.sql("SELECT count(*) FROM account_link WHERE person_id = :ana AND purpose = 'RECOVERY'")
                        .param("ana", ana.id().value())
                        .query(Integer.class)
                        .single())
                .isZero();
        recoveries.answer(ana.email(), Locale.ENGLISH);
        recoveries.answer(nobody, Locale.ENGLISH);
        assertThat(notices.sent)
                .extracting(RecordedNotices.Sent::to)
                .containsExactly(ana.email().value(), nobody.value());
        assertThat(notices.sent.getLast().values().toString()).doesNotContain("token");
    }

    @Test
    void aLinkSetsANewPasswordOnceAndProvesTheAddress() {
        recoveries.answer(ana.email(), Locale.ENGLISH);
        String token = notices.token("recovery");
        assertThat(recoveries.opens(token)).isTrue();
        assertThat(recoveries.finish(token, "short")).isInstanceOf(Outcome.Refused.class);
        assertThat(recoveries.finish(token, NEW_PASSWORD)).isInstanceOf(Outcome.Done.class);
        assertThat(opens(NEW_PASSWORD)).isTrue();
        assertThat(table.isVerified(ana.id(), ana.email())).isTrue();
        assertThat(notices.sent.getLast().what()).isEqualTo("recovered");
        assertThat(refusal(recoveries.finish(token, PASSWORD))).isEqualTo("recovery-link-invalid");
        assertThat(opens(PASSWORD)).isFalse();
    }

    @Test
    void recoveringEndsEveryTokenOfThePersonAndTellsThemAndTheRecord() {
        Person ben = accounts.signUp(unique("ben"), "Ben", PASSWORD, "en").orThrow();
        var bens = tokens.issue(ben.id(), "ben", Set.of(Scope.READ), 1, null).orThrow();
        var first = tokens.issue(ana.id(), "one", Set.of(Scope.READ), 1, null).orThrow();
        var second = tokens.issue(ana.id(), "two", Set.of(Scope.WRITE), 1, null).orThrow();
        recoveries.answer(ana.email(), Locale.ENGLISH);
        String link = notices.token("recovery");
        // A password that is refused ends nothing yet.
        assertThat(recoveries.finish(link, "short")).isInstanceOf(Outcome.Refused.class);
        assertThat(tokens.holder(first.secret())).isPresent();
        assertThat(recoveries.finish(link, NEW_PASSWORD)).isInstanceOf(Outcome.Done.class);
        assertThat(tokens.holder(first.secret())).isEmpty();
        assertThat(tokens.holder(second.secret())).isEmpty();
        assertThat(tokens.holder(bens.secret())).isPresent();
        assertThat(notices.sent.getLast())
                .isEqualTo(new RecordedNotices.Sent(ana.email().value(), "recovered", java.util.List.of(2)));
        assertThat(jdbc.sql("""
                                SELECT details::text FROM audit_entry
                                WHERE action = 'person.recovered' AND subject_id = :ana""")
                        .param("ana", ana.id().toString())
                        .query(String.class)
                        .single())
                .contains("\"tokens\"")
                .contains("2");
        assertThat(messages.text(Locale.ENGLISH, "identity.mail.recovered", 2))
                .contains("Your 2 API tokens were ended");
    }

    @Test
    void aLinkIsKeptAsItsHashAloneAndDiesOfAgeAndOfANewerOne() {
        recoveries.answer(ana.email(), Locale.ENGLISH);
        String first = notices.token("recovery");
        assertThat(jdbc.sql("SELECT count(*) FROM account_link l WHERE l::text LIKE '%' || :token || '%'")
                        .param("token", first)
                        .query(Integer.class)
                        .single())
                .isZero();
        recoveries.answer(ana.email(), Locale.ENGLISH);
        String second = notices.token("recovery");
        assertThat(recoveries.opens(first)).isFalse();
        assertThat(recoveries.opens(second)).isTrue();
        Instant later = clock.instant().plus(Duration.ofMinutes(30));
        assertThat(table.find(new Secret(second), later.minusSeconds(60))).isPresent();
        assertThat(table.find(new Secret(second), later)).isEmpty();
        for (String junk : new String[] {null, "", "farga_recovery_guess", "x".repeat(300)}) {
            assertThat(refusal(recoveries.finish(junk, NEW_PASSWORD))).isEqualTo("recovery-link-invalid");
        }
    }

    @Test
    void oneAddressIsMailedThreeTimesAnHourAtMost() {
        String address = unique("flooded");
        int before = waiting();
        for (int i = 0; i < 5; i++) {
            assertThat(recoveries.request("127.0.0.1", address, Locale.ENGLISH)).isInstanceOf(Outcome.Done.class);
        }
        assertThat(waiting() - before).isEqualTo(3);
        for (int i = 0; i < 30; i++) {
            recoveries.request("192.0.2.78", unique("each"), Locale.ENGLISH);
        }
        assertThat(refusal(recoveries.request("192.0.2.78", unique("each"), Locale.ENGLISH)))
                .isEqualTo("too-many-recoveries");
    }

    private int waiting() {
        return jdbc.sql("SELECT count(*) FROM scheduled_tasks WHERE task_name = 'answer-recovery'")
                .query(Integer.class)
                .single();
    }

    private Actor actor() {
        return actors.find(ana.id()).orElseThrow();
    }

    @Test
    void aNewAddressIsTakenByTheLinkThatWasMailedThereAndTheOldOneIsTold() {
        String wanted = unique("new-ana");
        assertThat(addresses.requestChange(actor(), wanted)).isInstanceOf(Outcome.Done.class);
        assertThat(people.get(ana.id()).email()).isEqualTo(ana.email());
        assertThat(notices.sent)
                .extracting(RecordedNotices.Sent::to)
                .containsExactly(wanted, ana.email().value());
        String token = notices.token("address-change");
        assertThat(addresses.confirm(token)).isInstanceOf(Outcome.Done.class);
        assertThat(people.get(ana.id()).email().value()).isEqualTo(wanted);
        assertThat(table.isVerified(ana.id(), new EmailAddress(wanted))).isTrue();
        assertThat(notices.sent.getLast())
                .isEqualTo(new RecordedNotices.Sent(ana.email().value(), "address-changed", java.util.List.of()));
        assertThat(refusal(addresses.confirm(token))).isEqualTo("email-link-invalid");
    }

    @Test
    void anAddressThatAnotherHasIsNotTakenAndNotToldOf() {
        Person ben = accounts.signUp(unique("ben"), "Ben", PASSWORD, "en").orThrow();
        assertThat(addresses.requestChange(actor(), ben.email().value())).isInstanceOf(Outcome.Done.class);
        assertThat(notices.sent.getFirst().what()).isEqualTo("address-wanted");
        assertThat(notices.sent.getFirst().values().toString()).doesNotContain("token");
        // Somebody signed up with it between the mail and the click.
        String wanted = unique("raced");
        addresses.requestChange(actor(), wanted);
        String token = notices.token("address-change");
        accounts.signUp(wanted, "Cruz", PASSWORD, "es").orThrow();
        assertThat(refusal(addresses.confirm(token))).isEqualTo("email-taken");
    }

    @Test
    void aRecoveryLinkToAnAddressThatWasChangedSinceOpensNothing() {
        recoveries.answer(ana.email(), Locale.ENGLISH);
        String recovery = notices.token("recovery");
        addresses.requestChange(actor(), unique("new-ana"));
        addresses.confirm(notices.token("address-change"));
        assertThat(recoveries.opens(recovery)).isFalse();
    }

    @Test
    void anAddressIsConfirmedByTheLinkOfTheSignUp() {
        addresses.greet(ana);
        assertThat(addresses.itemsFor(actor())).hasSize(1);
        assertThat(addresses.isMissing(ana.id())).isTrue();
        assertThat(new EmailAddresses(table, people, notices, audit, settings, new SignUpSettings(false), clock)
                        .isMissing(ana.id()))
                .isFalse();
        String token = notices.token("verification");
        // A link for one purpose is none for another.
        assertThat(recoveries.opens(token)).isFalse();
        assertThat(addresses.confirm(token)).isInstanceOf(Outcome.Done.class);
        assertThat(addresses.itemsFor(actor())).isEmpty();
        assertThat(addresses.isMissing(ana.id())).isFalse();
        assertThat(addresses.status(people.get(ana.id())).verified()).isTrue();
    }

    @Test
    void withoutAMailServerNothingIsPromised() {
        AccountNotices none = new AccountNotices(people, mail, messages, settings);
        Recoveries without = new Recoveries(
                table, people, passwordTable, passwords, sessions, tokenTable, none, audit, settings, queue, clock);
        assertThat(refusal(without.request("127.0.0.1", ana.email().value(), Locale.ENGLISH)))
                .isEqualTo("no-mail-server");
        EmailAddresses silent =
                new EmailAddresses(table, people, none, audit, settings, new SignUpSettings(true), clock);
        assertThat(silent.itemsFor(actor())).isEmpty();
        // Nobody is asked for a proof that nobody could give.
        assertThat(silent.isMissing(ana.id())).isFalse();
    }
}
