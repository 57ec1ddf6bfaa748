package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Set;

/** A country by its ISO 3166-1 alpha-2 code, such as {@code ES}. */
public record Country(@JsonValue String code) {
    private static final Set<String> CODES = Set.of(Locale.getISOCountries());

    /** Throws {@link IllegalArgumentException} for a code that ISO 3166-1 does not hold. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Country {
        if (!CODES.contains(code)) {
            throw new IllegalArgumentException("not an ISO 3166-1 country code: " + code);
        }
    }

    /** The country's name in a reader's language. */
    public String name(Locale language) {
        return Locale.of("", code).getDisplayCountry(language);
    }

    @Override
    public String toString() {
        return code;
    }
}
