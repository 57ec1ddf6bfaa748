package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import org.farga.shared.Country;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;

class OrganisationTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final PersonId FOUNDER = PersonId.create();

    @Test
    void anyNameFoundsAnOrganisation() {
        Organisation founded = Organisation.found("  Forja Visió, S.L. ", "es", null, FOUNDER, NOW)
                .orThrow();
        assertThat(founded.name()).isEqualTo("Forja Visió, S.L.");
        assertThat(founded.country()).isEqualTo(new Country("ES"));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThat(problems(Organisation.found(" ", "XX", LocalDate.parse("2027-01-01"), FOUNDER, NOW)))
                .containsExactly("name missing", "country unknown-country", "foundedOn in-the-future");
    }

    @Test
    void aNameHasABoundAndNoControlCharacters() {
        assertThat(problems(Organisation.found("x".repeat(201), "ES", null, FOUNDER, NOW)))
                .containsExactly("name too-long");
        assertThat(problems(Organisation.found("Forja\u0000", "ES", null, FOUNDER, NOW)))
                .containsExactly("name unreadable");
    }

    private static java.util.List<String> problems(Outcome<Organisation> outcome) {
        if (!(outcome instanceof Outcome.Refused<Organisation>(Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        return refusal.fields().stream().map(f -> f.field() + " " + f.name()).toList();
    }
}
