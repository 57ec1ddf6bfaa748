package org.farga.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, sizes and hours as people type and read them. */
public final class Amounts {
    private static final Pattern UNITS =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?:in)?)?(?:(\\d{1,9})s)?");
    private static final Pattern SLURM = Pattern.compile("(?:(\\d{1,9})-)?(\\d{1,9})(?::(\\d{1,2}))?(?::(\\d{1,2}))?");
    private static final Pattern MEMORY =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*([KMGT]?)(i?)B?", Pattern.CASE_INSENSITIVE);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
    private static final DateTimeFormatter DAY_OF_YEAR = DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);

    private Amounts() {}

    /**
     * A length of time: {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 2d}, or as Slurm writes it: minutes, {@code
     * minutes:seconds}, {@code hours:minutes:seconds}, {@code days-hours}, {@code days-hours:minutes}, {@code
     * days-hours:minutes:seconds}. Throws {@link IllegalArgumentException} with a sentence for whoever typed it.
     */
    public static Duration duration(String typed) {
        String text = typed.strip().toLowerCase(Locale.ROOT).replace(" ", "");
        Matcher units = UNITS.matcher(text);
        if (!text.isEmpty() && units.matches()) {
            return positive(
                    Duration.ofDays(number(units.group(1)))
                            .plusHours(number(units.group(2)))
                            .plusMinutes(number(units.group(3)))
                            .plusSeconds(number(units.group(4))),
                    typed);
        }
        Matcher slurm = SLURM.matcher(text);
        if (slurm.matches()) {
            long first = number(slurm.group(2));
            long second = number(slurm.group(3));
            long third = number(slurm.group(4));
            Duration time;
            if (slurm.group(1) != null) {
                time = Duration.ofDays(number(slurm.group(1)))
                        .plusHours(first)
                        .plusMinutes(second)
                        .plusSeconds(third);
            } else if (slurm.group(4) != null) {
                time = Duration.ofHours(first).plusMinutes(second).plusSeconds(third);
            } else {
                time = Duration.ofMinutes(first).plusSeconds(second);
            }
            return positive(time, typed);
        }
        throw new IllegalArgumentException("a time looks like 10m, 1h30m or 2-00:00:00, not \"" + typed + "\"");
    }

    private static Duration positive(Duration time, String typed) {
        if (time.isZero()) {
            throw new IllegalArgumentException("a time is longer than \"" + typed + "\"");
        }
        return time;
    }

    private static long number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /**
     * Memory in mebibytes, rounded up: {@code 2G}, {@code 512M}, {@code 1.5GiB}; a bare number is mebibytes, as for Slurm,
     * and units are powers of 1024. Throws {@link IllegalArgumentException} with a sentence for whoever typed it.
     */
    public static long mebibytes(String typed) {
        Matcher matcher = MEMORY.matcher(typed.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("memory looks like 2G or 512M, not \"" + typed + "\"");
        }
        BigDecimal factor = switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> BigDecimal.ONE.divide(BigDecimal.valueOf(1024));
            case "G" -> BigDecimal.valueOf(1024);
            case "T" -> BigDecimal.valueOf(1024 * 1024);
            default -> BigDecimal.ONE;
        };
        long mebibytes = new BigDecimal(matcher.group(1))
                .multiply(factor)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
        if (mebibytes == 0) {
            throw new IllegalArgumentException("memory is more than \"" + typed + "\"");
        }
        return mebibytes;
    }

    /** Bytes for people: {@code 265 kB}. */
    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        String[] units = {"kB", "MB", "GB", "TB", "PB"};
        int unit = -1;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /** Mebibytes for people: {@code 2 GiB}. */
    public static String memory(long mebibytes) {
        return mebibytes >= 1024 && mebibytes % 1024 == 0
                ? mebibytes / 1024 + " GiB"
                : mebibytes >= 10_240 ? String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024.0) : mebibytes + " MiB";
    }

    /** Hours of an accelerator or a core for people: at most four decimals, thousands apart. */
    public static String hours(BigDecimal hours) {
        BigDecimal rounded = hours.setScale(4, RoundingMode.HALF_UP).stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, rounded.scale()) + "f", rounded);
    }

    /** A length of time in its two largest units: {@code 1 h 30 min}, {@code 4.2 s}. */
    public static String time(Duration time) {
        if (time.compareTo(Duration.ofSeconds(10)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        if (time.compareTo(Duration.ofMinutes(1)) < 0) {
            return time.toSeconds() + " s";
        }
        if (time.compareTo(Duration.ofHours(1)) < 0) {
            return both(time.toMinutes(), "min", time.toSecondsPart(), "s");
        }
        return time.compareTo(Duration.ofDays(1)) < 0
                ? both(time.toHours(), "h", time.toMinutesPart(), "min")
                : both(time.toDays(), "d", time.toHoursPart(), "h");
    }

    private static String both(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + " " + largeUnit : large + " " + largeUnit + " " + small + " " + smallUnit;
    }

    /** An instant as seen from now: {@code 3 min ago}, {@code in 2 d}, and the date from a week on. */
    public static String when(Instant at, Instant now, ZoneId zone) {
        Duration apart = Duration.between(at, now).abs();
        if (apart.compareTo(Duration.ofSeconds(5)) < 0) {
            return "now";
        }
        if (apart.compareTo(Duration.ofDays(7)) >= 0) {
            ZonedDateTime date = at.atZone(zone);
            return (date.getYear() == now.atZone(zone).getYear() ? DAY : DAY_OF_YEAR).format(date);
        }
        String amount = apart.compareTo(Duration.ofMinutes(1)) < 0
                ? apart.toSeconds() + " s"
                : apart.compareTo(Duration.ofHours(1)) < 0
                        ? apart.toMinutes() + " min"
                        : apart.compareTo(Duration.ofDays(2)) < 0 ? apart.toHours() + " h" : apart.toDays() + " d";
        return at.isAfter(now) ? "in " + amount : amount + " ago";
    }

    /** The day of an instant. */
    public static String day(Instant at, ZoneId zone) {
        return DAY_OF_YEAR.format(at.atZone(zone));
    }

    /** An instant as the API writes it; the epoch where the text is none. */
    static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
