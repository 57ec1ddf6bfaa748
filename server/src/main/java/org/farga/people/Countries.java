package org.farga.people;

import java.text.Collator;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.farga.shared.Country;

/** Every country there is, in the order a reader looks for it. */
public final class Countries {
    private Countries() {}

    /** All ISO 3166-1 countries by their name in this language. */
    public static List<Country> listed(Locale language) {
        Collator collator = Collator.getInstance(language);
        return Arrays.stream(Locale.getISOCountries())
                .map(Country::new)
                .sorted(Comparator.comparing(c -> c.name(language), collator))
                .toList();
    }
}
