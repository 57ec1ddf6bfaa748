package org.farga.notification;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Dates;

/** How a sentence's values are kept until somebody reads it, and written for them then. */
final class Sentence {
    /** What stands before an instant among kept values; no text that people type holds it. */
    static final String INSTANT = "\u0001instant:";

    private static final String DATE = "\u0001date:";

    private Sentence() {}

    /** Values as they are kept: numbers stay numbers, times keep their kind, all else is text. */
    static List<Object> kept(Object... arguments) {
        return Arrays.stream(arguments)
                .map(a -> switch (a) {
                    case Number number -> (Object) number;
                    case Instant instant -> INSTANT + instant;
                    case LocalDate date -> DATE + date;
                    default -> a.toString();
                })
                .toList();
    }

    /** Values as this reader's language writes them. */
    static Object[] written(List<Object> kept, Locale language, ZoneId zone) {
        return kept.stream().map(a -> written(a, language, zone)).toArray();
    }

    private static Object written(Object value, Locale language, ZoneId zone) {
        if (value instanceof String text && text.startsWith(INSTANT)) {
            return Dates.dateTime(Instant.parse(text.substring(INSTANT.length())), language, zone);
        }
        if (value instanceof String text && text.startsWith(DATE)) {
            return Dates.date(LocalDate.parse(text.substring(DATE.length())), language);
        }
        return value;
    }
}
