package org.farga.platform;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;

/** Moments and days as a reader's language writes them (CLDR); in pages, mails and the audit log alike. */
public final class Dates {
    private Dates() {}

    /** English is written for Europe: the day before the month, and 24 hours. */
    static Locale written(Locale language) {
        return language.equals(Locale.ENGLISH) ? Locale.UK : language;
    }

    /** A moment to the minute: 3 Nov 2026, 15:05. */
    public static String dateTime(Instant instant, Locale language, ZoneId zone) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
                .withLocale(written(language))
                .withZone(zone)
                .format(instant);
    }

    /** The day of a moment: 3 Nov 2026. */
    public static String date(Instant instant, Locale language, ZoneId zone) {
        return date(instant.atZone(zone).toLocalDate(), language);
    }

    /** A day that belongs to no moment, such as that of a sum. */
    public static String date(LocalDate day, Locale language) {
        return DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM)
                .withLocale(written(language))
                .format(day);
    }
}
