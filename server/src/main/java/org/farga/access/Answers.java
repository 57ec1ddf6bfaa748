package org.farga.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What the Playground's form asks, and no more; null where it is not answered yet.
 *
 * @param noProhibitedPractice that nothing of what Article 5 of Regulation (EU) 2024/1689 prohibits is part of the work
 * @param personalData whether the work uses personal data
 * @param sector one of {@link Sectors#CODES}; nobody must say it, but its coordinator reads only what says so
 */
record Answers(
        @Nullable String title,
        @Nullable String abstractText,
        @Nullable GpuHours gpuHours,
        @Nullable CpuHours cpuHours,
        @Nullable Integer durationMonths,
        @Nullable Boolean civilianUse,
        @Nullable Boolean noProhibitedPractice,
        @Nullable Boolean personalData,
        @Nullable String sector) {
    static final int LONGEST_TITLE = 200;
    static final int LONGEST_ABSTRACT = 2_000;
    static final Answers NONE = new Answers(null, null, null, null, null, null, null, null, null);

    /** Some answers anew: what is null stays, a blank text and what is named in {@code cleared} is not answered any more. */
    record Change(
            @Nullable String title,
            @Nullable String abstractText,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable Integer durationMonths,
            @Nullable Boolean civilianUse,
            @Nullable Boolean noProhibitedPractice,
            @Nullable Boolean personalData,
            @Nullable String sector,
            Set<String> cleared) {}

    /** A draft takes any hours that are hours at all: whether the call grants them is for its rules to say. */
    Outcome<Answers> with(Change change) {
        Fields fields = new Fields()
                .optionalText("title", change.title(), LONGEST_TITLE)
                .optionalText("abstract", change.abstractText(), LONGEST_ABSTRACT)
                .rule("gpuHours", isHoursOrNone(change.gpuHours()), "not-hours", CallRules.MOST_HOURS)
                .rule("cpuHours", isHoursOrNone(change.cpuHours()), "not-hours", CallRules.MOST_HOURS)
                .rule(
                        "sector",
                        change.sector() == null || change.sector().isEmpty() || Sectors.CODES.contains(change.sector()),
                        "unknown-choice",
                        String.join(", ", Sectors.CODES));
        if (change.durationMonths() != null) {
            fields.number("durationMonths", change.durationMonths().longValue(), 1, 120);
        }
        var refusal = fields.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Set<String> cleared = change.cleared();
        return Outcome.done(new Answers(
                text(title, change.title(), true),
                text(abstractText, change.abstractText(), false),
                cleared.contains("gpuHours")
                        ? null
                        : change.gpuHours() == null ? gpuHours : GpuHours.ofHours(change.gpuHours()),
                cleared.contains("cpuHours")
                        ? null
                        : change.cpuHours() == null ? cpuHours : CpuHours.ofHours(change.cpuHours()),
                cleared.contains("durationMonths")
                        ? null
                        : change.durationMonths() == null ? durationMonths : change.durationMonths(),
                change.civilianUse() == null ? civilianUse : change.civilianUse(),
                change.noProhibitedPractice() == null ? noProhibitedPractice : change.noProhibitedPractice(),
                change.personalData() == null ? personalData : change.personalData(),
                text(sector, change.sector(), true)));
    }

    private static @Nullable String text(@Nullable String present, @Nullable String changed, boolean oneLine) {
        if (changed == null) {
            return present;
        }
        String text = oneLine ? changed.strip().replaceAll("\\s+", " ") : changed.strip();
        return text.isEmpty() ? null : text;
    }

    private static boolean isHoursOrNone(@Nullable BigDecimal hours) {
        return hours == null || isHours(hours, CallRules.MOST_HOURS);
    }

    /** Not negative, at most {@code most}, and no finer than a hundredth of an hour, which is 36 seconds. */
    static boolean isHours(BigDecimal hours, long most) {
        return hours.signum() >= 0
                && hours.compareTo(BigDecimal.valueOf(most)) <= 0
                && hours.stripTrailingZeros().scale() <= 2;
    }

    /** The questions that are not answered, in the form's order. */
    List<String> missing() {
        List<String> fields = new ArrayList<>();
        note(fields, "title", title);
        note(fields, "abstract", abstractText);
        note(fields, "gpuHours", gpuHours);
        note(fields, "cpuHours", cpuHours);
        note(fields, "durationMonths", durationMonths);
        note(fields, "civilianUse", civilianUse);
        note(fields, "noProhibitedPractice", noProhibitedPractice);
        note(fields, "personalData", personalData);
        return fields;
    }

    private static void note(List<String> fields, String field, @Nullable Object answer) {
        if (answer == null) {
            fields.add(field);
        }
    }
}
