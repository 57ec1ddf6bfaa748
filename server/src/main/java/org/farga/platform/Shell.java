package org.farga.platform;

import com.ibm.icu.text.DisplayContext;
import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.text.MeasureFormat;
import com.ibm.icu.text.NumberFormat;
import com.ibm.icu.text.RelativeDateTimeFormatter;
import com.ibm.icu.text.RelativeDateTimeFormatter.Direction;
import com.ibm.icu.text.RelativeDateTimeFormatter.RelativeUnit;
import com.ibm.icu.util.Measure;
import com.ibm.icu.util.MeasureUnit;
import com.ibm.icu.util.ULocale;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What every template is given: who reads, in which language, where they are; and how numbers, dates and texts are
 * written for them.
 */
public final class Shell {
    private final Messages messages;
    private final Problems problems;
    private final Settings settings;
    private final @Nullable Actor actor;
    private final Locale language;
    private final String path;
    private final Supplier<@Nullable String> csrfToken;
    private final @Nullable String notice;
    private final int unread;
    private final Instant now;

    Shell(
            Messages messages,
            Problems problems,
            Settings settings,
            @Nullable Actor actor,
            Locale language,
            String path,
            Supplier<@Nullable String> csrfToken,
            @Nullable String notice,
            int unread,
            Instant now) {
        this.messages = messages;
        this.problems = problems;
        this.settings = settings;
        this.actor = actor;
        this.language = language;
        this.path = path;
        this.csrfToken = csrfToken;
        this.notice = notice;
        this.unread = unread;
        this.now = now;
    }

    /** The text for a key, in the reader's language. */
    public String t(String key, Object... values) {
        return messages.text(language, key, values);
    }

    /** A refusal in one sentence. */
    public String t(Refusal refusal) {
        return problems.sentence(refusal, language);
    }

    /** The problem of one field in a refusal, or null where it has none. */
    public @Nullable String problemOf(@Nullable Refusal refusal, String field) {
        if (refusal == null) {
            return null;
        }
        return refusal.fields().stream()
                .filter(f -> f.field().equals(field))
                .findFirst()
                .map(f -> problems.sentence(f, language))
                .orElse(null);
    }

    public @Nullable Actor actor() {
        return actor;
    }

    public boolean signedIn() {
        return actor != null;
    }

    public Locale language() {
        return language;
    }

    public String path() {
        return path;
    }

    /** The token a form must carry; asking for it starts a session, so only pages with forms do. */
    public @Nullable String csrfToken() {
        return csrfToken.get();
    }

    /** What the last action did, to be said once on the page that follows it. */
    public @Nullable String notice() {
        return notice;
    }

    /** Unread notifications of the reader. */
    public int unread() {
        return unread;
    }

    public String centreName() {
        return settings.centreName();
    }

    public String publicUrl() {
        return settings.publicUrl();
    }

    public ZoneId zone() {
        return settings.zone();
    }

    public Instant now() {
        return now;
    }

    public List<Navigation> navigation() {
        return Navigation.visibleTo(actor);
    }

    public List<Locale> languages() {
        return Messages.LANGUAGES;
    }

    /** A language by its own name, written as for a list or a button: English, Español, Català. */
    public String languageName(Locale of) {
        return LocaleDisplayNames.getInstance(ULocale.forLocale(of), DisplayContext.CAPITALIZATION_FOR_UI_LIST_OR_MENU)
                .localeDisplayName(of);
    }

    /** A stylesheet's or script's address, which changes with its content so that browsers may keep it for ever. */
    public String asset(String name) {
        return Assets.address(name);
    }

    /** A whole or decimal number as the language writes it, with at most two decimals. */
    public String number(Number value) {
        NumberFormat format = NumberFormat.getInstance(language);
        format.setMaximumFractionDigits(2);
        return format.format(value);
    }

    /** A number with exactly so many decimals. */
    public String number(Number value, int decimals) {
        NumberFormat format = NumberFormat.getInstance(language);
        format.setMinimumFractionDigits(decimals);
        format.setMaximumFractionDigits(decimals);
        return format.format(value);
    }

    /** A very small or very large number by its power of ten, with at most so many decimals: 1.5E-6. */
    public String scientific(double value, int decimals) {
        NumberFormat format = NumberFormat.getScientificInstance(language);
        format.setMaximumFractionDigits(decimals);
        return format.format(value);
    }

    /** A share between 0 and 1 as a percentage. */
    public String percent(double share) {
        NumberFormat format = NumberFormat.getPercentInstance(language);
        format.setMaximumFractionDigits(1);
        return format.format(share);
    }

    public String gpuHours(GpuHours hours) {
        return t("unit.gpu-hours", number(hours.hours(), decimals(hours.milliseconds())));
    }

    public String cpuHours(CpuHours hours) {
        return t("unit.cpu-hours", number(hours.hours(), decimals(hours.milliseconds())));
    }

    // Small amounts show what a short job costs; large ones do not need the fourth decimal.
    private static int decimals(long milliseconds) {
        if (milliseconds % 3_600_000L == 0) {
            return 0;
        }
        return Math.abs(milliseconds) < 36_000_000L ? 4 : 2;
    }

    /** Bytes in IEC units: 1.5 MiB. */
    public String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return number(unit == 0 || value >= 100 ? Math.round(value) : value, unit == 0 || value >= 100 ? 0 : 1) + " "
                + units[unit];
    }

    public String date(Instant instant) {
        return Dates.date(instant, language, settings.zone());
    }

    /** A day that belongs to no moment, such as that of a sum. */
    public String date(LocalDate day) {
        return Dates.date(day, language);
    }

    /** A day without its year, short enough for an axis: 3 Nov, 3 nov, 3 de nov. */
    public String dayOfMonth(LocalDate day) {
        return day.format(DateTimeFormatter.ofLocalizedPattern("MMMd").withLocale(Dates.written(language)));
    }

    /** The time of day, to the minute. */
    public String time(Instant instant) {
        return DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
                .withLocale(Dates.written(language))
                .withZone(settings.zone())
                .format(instant);
    }

    public String dateTime(Instant instant) {
        return Dates.dateTime(instant, language, settings.zone());
    }

    /** The machine's form for {@code <time datetime>}. */
    public String iso(Instant instant) {
        return instant.toString();
    }

    /** "3 minutes ago", "in 2 days". */
    public String relative(Instant instant) {
        Duration from = Duration.between(now, instant);
        Direction direction = from.isNegative() ? Direction.LAST : Direction.NEXT;
        long seconds = from.abs().toSeconds();
        RelativeDateTimeFormatter format = RelativeDateTimeFormatter.getInstance(language);
        if (seconds < 60) {
            return format.format(seconds, direction, RelativeUnit.SECONDS);
        }
        if (seconds < 3_600) {
            return format.format(Math.round(seconds / 60.0), direction, RelativeUnit.MINUTES);
        }
        if (seconds < 86_400) {
            return format.format(Math.round(seconds / 3_600.0), direction, RelativeUnit.HOURS);
        }
        return format.format(Math.round(seconds / 86_400.0), direction, RelativeUnit.DAYS);
    }

    /** A duration in words, its two largest parts: "2 days", "1 hr, 5 min", "16 sec". */
    public String span(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        long[] parts = {seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60};
        MeasureUnit[] units = {MeasureUnit.DAY, MeasureUnit.HOUR, MeasureUnit.MINUTE, MeasureUnit.SECOND};
        List<Measure> told = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] > 0) {
                told.add(new Measure(parts[i], units[i]));
            }
            if (parts[i] > 0 && told.size() == 2 || !told.isEmpty() && parts[i] == 0) {
                break;
            }
        }
        if (told.isEmpty()) {
            told.add(new Measure(0, MeasureUnit.SECOND));
        }
        return MeasureFormat.getInstance(ULocale.forLocale(language), MeasureFormat.FormatWidth.SHORT)
                .formatMeasures(told.toArray(Measure[]::new));
    }

    /** A duration as hours, minutes and seconds: 1:02:03, or 0:07. */
    public String duration(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds >= 3_600
                ? "%d:%02d:%02d".formatted(seconds / 3_600, seconds / 60 % 60, seconds % 60)
                : "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
