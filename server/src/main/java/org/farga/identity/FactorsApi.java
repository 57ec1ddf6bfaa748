package org.farga.identity;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What one signs in with beside a password; added and removed on the account page alone, where a person is present. */
@RestController
@RequestMapping("/api/v1")
class FactorsApi {
    private final SecondFactors factors;
    private final Passkeys passkeys;

    FactorsApi(SecondFactors factors, Passkeys passkeys) {
        this.factors = factors;
        this.passkeys = passkeys;
    }

    record FactorsJson(
            boolean secondFactor,
            @Nullable Instant authenticatorAppSince,
            int recoveryCodesLeft,
            List<PasskeyJson> passkeys) {}

    record PasskeyJson(
            UUID id,
            String name,
            boolean backupEligible,
            boolean backedUp,
            Instant createdAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant clonedAt) {
        static PasskeyJson of(Passkey p) {
            return new PasskeyJson(
                    p.id(), p.name(), p.backupEligible(), p.backedUp(), p.createdAt(), p.lastUsedAt(), p.clonedAt());
        }
    }

    /** One's second factors and passkeys. */
    @GetMapping("/me/factors")
    FactorsJson factors(Actor actor) {
        SecondFactors.Status status = factors.status(actor.person());
        return new FactorsJson(
                status.on(),
                status.totpSince(),
                status.recoveryCodesLeft(),
                passkeys.list(actor.person()).stream().map(PasskeyJson::of).toList());
    }
}
