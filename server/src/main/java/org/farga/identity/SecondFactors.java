package org.farga.identity;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.farga.audit.AuditLog;
import org.farga.identity.SecondFactorTable.TotpRow;
import org.farga.platform.SealedSecrets;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What one shows beside a password: a code of an authenticator app, a passkey, or a recovery code. From the first factor
 * on a password alone no longer signs its person in.
 */
@Service
class SecondFactors {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LONGEST_CODE = 64;

    private final SecondFactorTable table;
    private final SealedSecrets secrets;
    private final SecondFactorSettings settings;
    private final Settings centre;
    private final BrowserSessions sessions;
    private final AccountNotices notices;
    private final AuditLog audit;
    private final Clock clock;

    SecondFactors(
            SecondFactorTable table,
            SealedSecrets secrets,
            SecondFactorSettings settings,
            Settings centre,
            BrowserSessions sessions,
            AccountNotices notices,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.secrets = secrets;
        this.settings = settings;
        this.centre = centre;
        this.sessions = sessions;
        this.notices = notices;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What a person has.
     *
     * @param on whether a password alone no longer signs them in
     * @param totpSince since when an authenticator app is one of their factors
     */
    record Status(boolean on, @Nullable Instant totpSince, int recoveryCodesLeft) {}

    /** A key on its way into an authenticator app. */
    record Enrolment(String secret, QrCode picture) {
        @Override
        public String toString() {
            return "an enrolment";
        }
    }

    Status status(PersonId person) {
        return new Status(
                table.isOn(person),
                table.findTotp(person).map(TotpRow::confirmedAt).orElse(null),
                table.countRecoveryCodes(person));
    }

    boolean isOn(PersonId person) {
        return table.isOn(person);
    }

    /** Makes a key for an authenticator app; it is no factor until {@link #confirm}. */
    @Transactional
    Outcome<Enrolment> begin(Actor actor) {
        table.lock(actor.person());
        if (table.findTotp(actor.person()).map(TotpRow::confirmedAt).isPresent()) {
            return Outcome.refused(Refusal.conflict("totp-there-already"));
        }
        byte[] secret = new byte[Totp.SECRET_BYTES];
        RANDOM.nextBytes(secret);
        table.begin(actor.person(), secrets.seal(secret, purpose(actor.person())), clock.instant());
        return Outcome.done(enrolment(actor, secret));
    }

    /** The key that waits for its first code, so that a wrong code does not change the picture. */
    Optional<Enrolment> enrolment(Actor actor) {
        return table.findTotp(actor.person())
                .filter(row -> row.confirmedAt() == null)
                .flatMap(row -> secrets.open(row.sealedSecret(), purpose(actor.person())))
                .map(secret -> enrolment(actor, secret));
    }

    private Enrolment enrolment(Actor actor, byte[] secret) {
        String readable = Totp.base32(secret).replaceAll("(.{4})(?!$)", "$1 ");
        return new Enrolment(
                readable,
                QrCode.of(Totp.address(centre.centreName(), actor.email().value(), secret)));
    }

    /** Makes the app a factor by its first code; answers recovery codes where it is the person's first. */
    @Transactional
    Outcome<List<String>> confirm(Actor actor, @Nullable String code) {
        PersonId person = actor.person();
        table.lock(person);
        boolean first = !table.isOn(person);
        Optional<TotpRow> row = table.findTotp(person).filter(r -> r.confirmedAt() == null);
        if (row.isEmpty()) {
            return Outcome.refused(Refusal.conflict("totp-not-begun"));
        }
        Optional<byte[]> secret = secrets.open(row.get().sealedSecret(), purpose(person));
        OptionalLong step = code == null || secret.isEmpty()
                ? OptionalLong.empty()
                : Totp.match(
                        secret.get(), digits(code), clock.instant(), row.get().lastStep());
        if (step.isEmpty() || !table.useStep(person, step.getAsLong())) {
            return Outcome.refused(Refusal.forbidden("wrong-code"));
        }
        table.confirm(person, clock.instant());
        return Outcome.done(added(person, "totp", first));
    }

    /** Takes down that a factor was added, and makes recovery codes with the first; none are answered later. */
    @Transactional(propagation = Propagation.MANDATORY)
    List<String> added(PersonId person, String kind, boolean first) {
        audit.recordBy(person, "second-factor.added", "person", person, Map.of("kind", kind));
        notices.tell(person, "factor-added." + kind);
        return first ? newCodes(person) : List.of();
    }

    /** Takes down that a factor was removed; with the last one the recovery codes go. */
    @Transactional(propagation = Propagation.MANDATORY)
    void removed(PersonId person, String kind) {
        audit.recordBy(person, "second-factor.removed", "person", person, Map.of("kind", kind));
        notices.tell(person, "factor-removed." + kind);
        if (!table.isOn(person)) {
            table.deleteRecoveryCodes(person);
        }
    }

    @Transactional
    void removeTotp(Actor actor) {
        table.lock(actor.person());
        if (!table.deleteTotp(actor.person())) {
            throw new NotFoundException("authenticator app");
        }
        removed(actor.person(), "totp");
    }

    /** Ten new recovery codes; the old ones are dead. Refused without a factor, for which they would stand in. */
    @Transactional
    Outcome<List<String>> renewRecoveryCodes(Actor actor) {
        table.lock(actor.person());
        if (!table.isOn(actor.person())) {
            return Outcome.refused(Refusal.conflict("no-second-factor"));
        }
        audit.record(actor, "recovery-codes.renewed", "person", actor.person(), Map.of());
        notices.tell(actor.person(), "recovery-codes-renewed");
        return Outcome.done(newCodes(actor.person()));
    }

    private List<String> newCodes(PersonId person) {
        List<String> codes = RecoveryCode.create();
        table.replaceRecoveryCodes(
                person, codes.stream().map(RecoveryCode::sha256).toList(), clock.instant());
        return codes;
    }

    /**
     * What a typed code was: one of the authenticator app or a recovery code. Each is taken once. Refused as {@code
     * wrong-code}, after five failures as {@code too-many-codes} for longer and longer.
     */
    // Its own transaction, so that a failure is counted whatever the caller does.
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    Outcome<SignedIn.Method> prove(PersonId person, @Nullable String code) {
        Instant now = clock.instant();
        table.lock(person);
        Instant waitUntil =
                table.throttle(person).map(SignInThrottle::waitUntil).orElse(Instant.EPOCH);
        if (now.isBefore(waitUntil)) {
            return Outcome.refused(SignInThrottle.refusal("too-many-codes", now, waitUntil));
        }
        if (code == null || code.isBlank() || code.length() > LONGEST_CODE) {
            return Outcome.refused(Refusal.forbidden("wrong-code"));
        }
        boolean ofApp = digits(code).matches("[0-9]{6}");
        if (ofApp ? isAppsCode(person, digits(code), now) : isRecoveryCode(person, code, now)) {
            table.forgetFailures(person);
            return Outcome.done(ofApp ? SignedIn.Method.TOTP : SignedIn.Method.RECOVERY_CODE);
        }
        table.countFailure(person, now);
        return Outcome.refused(Refusal.forbidden("wrong-code"));
    }

    private boolean isAppsCode(PersonId person, String code, Instant now) {
        Optional<TotpRow> row = table.findTotp(person).filter(r -> r.confirmedAt() != null);
        if (row.isEmpty()) {
            return false;
        }
        // With another key than it was sealed with it cannot be checked; recovery codes and passkeys still can.
        OptionalLong step = secrets.open(row.get().sealedSecret(), purpose(person))
                .map(secret -> Totp.match(secret, code, now, row.get().lastStep()))
                .orElse(OptionalLong.empty());
        return step.isPresent() && table.useStep(person, step.getAsLong());
    }

    private boolean isRecoveryCode(PersonId person, String code, Instant now) {
        if (!table.useRecoveryCode(person, RecoveryCode.sha256(code), now)) {
            return false;
        }
        audit.recordBy(
                person, "recovery-code.used", "person", person, Map.of("left", table.countRecoveryCodes(person)));
        notices.tell(person, "recovery-code-used", table.countRecoveryCodes(person));
        return true;
    }

    /** Until when somebody's roles at the centre work without a second factor; for ever where the setting says so. */
    @Transactional
    Instant centreWithoutUntil(PersonId person) {
        return settings.centreRoles() == SecondFactorSettings.Need.OPTIONAL
                ? Instant.MAX
                : table.askedSince(person, clock.instant()).plus(settings.grace());
    }

    /** Whether somebody's roles at the centre do not work any more without a second factor. */
    @Transactional
    boolean isCentreWithheld(PersonId person) {
        return !clock.instant().isBefore(centreWithoutUntil(person));
    }

    /** Takes every factor from somebody who lost them all, and ends their sessions: two administrators decided it. */
    @Transactional(propagation = Propagation.MANDATORY)
    void clear(PersonId person, PasskeyTable passkeys) {
        table.lock(person);
        table.deleteTotp(person);
        table.deleteRecoveryCodes(person);
        passkeys.deleteAll(person);
        sessions.endOthers(person, null);
        notices.tell(person, "factors-reset");
    }

    private static String digits(String code) {
        return code.replaceAll("[\\s-]", "");
    }

    private static String purpose(PersonId person) {
        return "totp " + person;
    }
}
