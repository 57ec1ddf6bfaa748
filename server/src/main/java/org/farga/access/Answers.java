package org.farga.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What forms ask; null where it is not answered yet.
 *
 * @param noProhibitedPractice that nothing of what Article 5 of Regulation (EU) 2024/1689 prohibits is part of the work
 * @param personalData whether the work uses personal data
 * @param partition {@link Partition#key} of where time is asked for; null means the only one of a call that has one
 * @param sections the texts of the sections that only some calls ask
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
        @Nullable String sector,
        @Nullable String partition,
        Map<FormSection, String> sections) {
    static final int LONGEST_TITLE = 200;
    static final int LONGEST_ABSTRACT = 2_000;
    static final Answers NONE = new Answers(null, null, null, null, null, null, null, null, null, null, Map.of());

    Answers {
        sections = Map.copyOf(sections);
    }

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
            @Nullable String partition,
            Map<FormSection, String> sections,
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
        fields.optionalText("partition", change.partition(), 2 * 60 + 1);
        change.sections().forEach((section, text) -> {
            fields.rule("sections", !section.isAlwaysAsked(), "not-a-text-section", section)
                    .optionalText("sections." + section, text, FormSection.LONGEST_TEXT);
        });
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
                text(sector, change.sector(), true),
                text(partition, change.partition(), true),
                merged(change.sections())));
    }

    private Map<FormSection, String> merged(Map<FormSection, String> changed) {
        Map<FormSection, String> all = new EnumMap<>(FormSection.class);
        all.putAll(sections);
        changed.forEach((section, text) -> {
            if (text == null || text.isBlank()) {
                all.remove(section);
            } else {
                all.put(section, text.strip());
            }
        });
        return all;
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

    /** The questions of a call's form that are not answered, in the form's order. */
    List<String> missing(CallRules rules) {
        List<String> fields = new ArrayList<>();
        note(fields, "title", title);
        note(fields, "abstract", abstractText);
        note(fields, "gpuHours", gpuHours);
        note(fields, "cpuHours", cpuHours);
        note(fields, "durationMonths", durationMonths);
        if (rules.partitions().size() > 1) {
            note(fields, "partition", partition);
        }
        note(fields, "civilianUse", civilianUse);
        note(fields, "noProhibitedPractice", noProhibitedPractice);
        note(fields, "personalData", personalData);
        rules.form().stream()
                .filter(section -> !section.isAlwaysAsked())
                .forEach(section -> note(fields, "sections." + section, sections.get(section)));
        return fields;
    }

    private static void note(List<String> fields, String field, @Nullable Object answer) {
        if (answer == null) {
            fields.add(field);
        }
    }
}
