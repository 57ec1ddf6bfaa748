package org.farga.people;

import java.time.Instant;
import java.time.LocalDate;
import org.farga.shared.Country;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A legal entity: what applies for access time and answers for its use. Anyone may found one by typing its name; there
 * is no register it must stand in first.
 */
record Organisation(
        OrganisationId id,
        String name,
        Country country,
        @Nullable LocalDate foundedOn,
        PersonId createdBy,
        Instant createdAt,
        int version) {
    private static final int LONGEST_NAME = 200;

    /** Checks what somebody typed to found it. */
    static Outcome<Organisation> found(
            @Nullable String name,
            @Nullable String country,
            @Nullable LocalDate foundedOn,
            PersonId founder,
            Instant now) {
        Fields fields = new Fields().text("name", name, LONGEST_NAME).text("country", country, 2);
        Country known = country == null ? null : parse(country);
        fields.rule("country", known != null || country == null || country.isBlank(), "unknown-country")
                .rule(
                        "foundedOn",
                        foundedOn == null || !foundedOn.isAfter(LocalDate.ofInstant(now, java.time.ZoneOffset.UTC)),
                        "in-the-future");
        var refusal = fields.refusal();
        if (refusal.isPresent() || name == null || known == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new Organisation(OrganisationId.create(), name.strip(), known, foundedOn, founder, now, 1));
    }

    /** The same organisation under a new name; its identifier, country and past stay. */
    Outcome<Organisation> rename(@Nullable String newName) {
        var refusal = new Fields().text("name", newName, LONGEST_NAME).refusal();
        if (refusal.isPresent() || newName == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new Organisation(id, newName.strip(), country, foundedOn, createdBy, createdAt, version));
    }

    private static @Nullable Country parse(String code) {
        try {
            return new Country(code.strip().toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
