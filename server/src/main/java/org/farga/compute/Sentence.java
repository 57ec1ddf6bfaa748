package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Dates;
import org.farga.platform.Messages;

/** A text to be said in the reader's language: its key and its values, some of which may be sentences themselves. */
record Sentence(String key, List<Object> values) {
    Sentence {
        values = List.copyOf(values);
    }

    static Sentence of(String key, Object... values) {
        return new Sentence(key, List.of(values));
    }

    String in(Locale language, Messages messages, ZoneId zone) {
        Object[] said = values.stream()
                .map(value -> switch (value) {
                    case Sentence part -> part.in(language, messages, zone);
                    case Instant moment -> Dates.dateTime(moment, language, zone);
                    case Duration time -> duration(time, language, messages);
                    default -> value;
                })
                .toArray();
        return messages.text(language, key, said);
    }

    /** In the largest unit of which it is a whole number. */
    private static String duration(Duration time, Locale language, Messages messages) {
        long seconds = time.toSeconds();
        if (seconds % 86_400 == 0) {
            return messages.text(language, "compute.time.days", seconds / 86_400);
        }
        if (seconds % 3_600 == 0) {
            return messages.text(language, "compute.time.hours", seconds / 3_600);
        }
        return seconds % 60 == 0
                ? messages.text(language, "compute.time.minutes", seconds / 60)
                : messages.text(language, "compute.time.seconds", seconds);
    }
}
