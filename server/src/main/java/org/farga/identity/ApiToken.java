package org.farga.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/** A key to the API for one person's programs: named, scoped, with an end; its secret is shown once. */
record ApiToken(
        UUID id,
        PersonId person,
        String name,
        Set<Scope> scopes,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant lastUsedAt) {
    static final int LONGEST_LIFE_DAYS = 365;
    private static final int USUAL_LIFE_DAYS = 90;

    /** Checks what was asked for; without a life, 90 days. */
    static Outcome<ApiToken> issue(
            PersonId person,
            @Nullable String name,
            @Nullable Set<Scope> scopes,
            @Nullable Integer lifeDays,
            Instant now) {
        Fields fields = new Fields()
                .text("name", name, 100)
                .rule("scopes", scopes != null && !scopes.isEmpty(), "missing")
                .number("lifeDays", lifeDays == null ? USUAL_LIFE_DAYS : lifeDays.longValue(), 1, LONGEST_LIFE_DAYS);
        var refusal = fields.refusal();
        if (refusal.isPresent() || name == null || scopes == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Duration life = Duration.ofDays(lifeDays == null ? USUAL_LIFE_DAYS : lifeDays);
        return Outcome.done(new ApiToken(
                TimeOrderedUuid.next(), person, name.strip(), Set.copyOf(scopes), now, now.plus(life), null));
    }
}
