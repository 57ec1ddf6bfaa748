package org.farga.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.platform.Secret;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Signs devices in that have no browser, or whose person has no password. */
@Service
class DeviceLogins {
    /** For the command line, as after a sign-in with a password. */
    private static final int TOKEN_DAYS = 30;

    private static final Duration KEPT = Duration.ofDays(1);

    private final DeviceLoginTable table;
    private final ApiTokens tokens;
    private final AuditLog audit;
    private final Clock clock;

    DeviceLogins(DeviceLoginTable table, ApiTokens tokens, AuditLog audit, Clock clock) {
        this.table = table;
        this.tokens = tokens;
        this.audit = audit;
        this.clock = clock;
    }

    /** A login with the secret that the device asks with. */
    record Started(DeviceLogin login, Secret secret) {}

    /** Refused as {@code too-many-device-logins} where more than 60 came from this network within an hour. */
    @Transactional
    Outcome<Started> start(@Nullable String name, String address) {
        var wrong = new Fields().text("name", name, 100).refusal();
        if (wrong.isPresent() || name == null) {
            return Outcome.refused(wrong.orElseThrow());
        }
        Instant now = clock.instant();
        String network = SignUpLimit.of(address, now).map(SignUpLimit::network).orElse("this machine");
        table.lock(network);
        table.deleteBefore(now.minus(KEPT));
        if (table.countSince(network, now.minus(Duration.ofHours(1))) >= DeviceLogin.MOST_AN_HOUR
                && !network.equals("this machine")) {
            return Outcome.refused(Refusal.tooMany("too-many-device-logins", Duration.ofHours(1), 60));
        }
        DeviceLogin login = DeviceLogin.start(name.strip(), network, now);
        Secret secret = Secret.create("device");
        table.insert(login, secret);
        return Outcome.done(new Started(login, secret));
    }

    /**
     * What a person typed a code for; refused as {@code too-many-device-codes} where they tried too many.
     */
    // Its own transaction, so that a failure is counted whatever the caller does.
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    Outcome<DeviceLogin> find(Actor actor, @Nullable String typed) {
        Instant now = clock.instant();
        Instant waitUntil =
                table.throttle(actor.person()).map(SignInThrottle::waitUntil).orElse(Instant.EPOCH);
        if (now.isBefore(waitUntil)) {
            return Outcome.refused(SignInThrottle.refusal("too-many-device-codes", now, waitUntil));
        }
        Optional<DeviceLogin> login = table.findPending(DeviceLogin.typed(typed), now);
        if (login.isEmpty()) {
            table.countFailure(actor.person(), now);
            return Outcome.refused(new Fields()
                    .rule("code", false, "unknown-device-code")
                    .refusal()
                    .orElseThrow());
        }
        table.forgetFailures(actor.person());
        return Outcome.done(login.get());
    }

    /** Lets the device in as the actor, or refuses it for good. */
    @Transactional
    Outcome<DeviceLogin> decide(Actor actor, @Nullable String typed, boolean approve, @Nullable SignedIn how) {
        return find(actor, typed).then(login -> {
            Instant now = clock.instant();
            DeviceLogin.State state = approve ? DeviceLogin.State.APPROVED : DeviceLogin.State.DENIED;
            SignedIn known = how == null ? SignedIn.byPassword(Instant.EPOCH) : how;
            if (!table.decide(login.id(), state, actor.person(), known, now)) {
                return Outcome.refused(Refusal.conflict("device-login-over"));
            }
            audit.record(
                    actor,
                    approve ? "device-login.approved" : "device-login.denied",
                    "person",
                    actor.person(),
                    Map.of("name", login.name()));
            return Outcome.done(login);
        });
    }

    /**
     * The device's token, once somebody confirmed. Refused as {@code device-login-pending} before,
     * {@code device-login-too-often}, {@code device-login-denied}, or {@code device-login-over}.
     */
    @Transactional
    Outcome<ApiTokens.Issued> redeem(@Nullable String deviceCode) {
        Optional<DeviceLogin> found = deviceCode == null || deviceCode.length() > 200
                ? Optional.empty()
                : table.findForUpdate(new Secret(deviceCode));
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.conflict("device-login-over"));
        }
        DeviceLogin login = found.get();
        Instant now = clock.instant();
        table.asked(login.id(), now);
        if (!login.isAlive(now)) {
            return Outcome.refused(Refusal.conflict("device-login-over"));
        }
        return switch (login.state()) {
            case PENDING ->
                Outcome.refused(
                        login.isAskedTooSoon(now)
                                ? Refusal.tooMany(
                                        "device-login-too-often",
                                        DeviceLogin.INTERVAL,
                                        DeviceLogin.INTERVAL.toSeconds())
                                : Refusal.conflict("device-login-pending"));
            case DENIED -> Outcome.refused(Refusal.forbidden("device-login-denied"));
            case USED -> Outcome.refused(Refusal.conflict("device-login-over"));
            case APPROVED -> {
                table.use(login.id());
                yield tokens.issue(
                        java.util.Objects.requireNonNull(login.person()),
                        login.name(),
                        EnumSet.allOf(Scope.class),
                        TOKEN_DAYS,
                        login.how());
            }
        };
    }
}
