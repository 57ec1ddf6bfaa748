package org.farga.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * @param fields what the sections ask that only some calls have: by {@link SectionForm}'s fields
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
        Map<String, String> fields) {
    static final int LONGEST_TITLE = 200;
    static final int LONGEST_ABSTRACT = 2_000;
    static final Answers NONE = new Answers(null, null, null, null, null, null, null, null, null, null, Map.of());

    Answers {
        fields = Map.copyOf(fields);
    }

    /** The answer to a question of a section; null where there is none. */
    @Nullable
    String field(String field) {
        return fields.get(field);
    }

    /** Whether a question is answered with yes. */
    boolean says(String field) {
        return "true".equals(fields.get(field));
    }

    /** Whether a question is answered with no. */
    boolean denies(String field) {
        return "false".equals(fields.get(field));
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
            Map<String, String> fields,
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
        change.fields().forEach((field, answer) -> {
            if (!answer.isBlank()) {
                SectionForm.check(fields, field, answer);
            } else {
                fields.rule("sections." + field, SectionForm.question(field).isPresent(), "no-such-question");
            }
        });
        if (change.durationMonths() != null) {
            fields.number("durationMonths", change.durationMonths().longValue(), 1, 120);
        }
        Map<String, String> merged = merged(change.fields());
        for (FormSection section : FormSection.values()) {
            for (String list : SectionForm.of(section).lists()) {
                fields.rule(
                        "sections." + section + "." + list,
                        SectionForm.isMonths(list)
                                || SectionForm.rows(merged, section, list).size() <= SectionForm.MOST_ROWS,
                        "too-many-items",
                        SectionForm.MOST_ROWS);
            }
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
                merged));
    }

    private Map<String, String> merged(Map<String, String> changed) {
        Map<String, String> all = new TreeMap<>(fields);
        changed.forEach((field, answer) -> {
            String normal =
                    SectionForm.question(field).map(q -> q.normal(answer)).orElse("");
            if (normal.isEmpty()) {
                all.remove(field);
            } else {
                all.put(field, normal);
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
                .forEach(section -> SectionForm.of(section).missing(this).forEach(f -> fields.add("sections." + f)));
        return fields;
    }

    private static void note(List<String> fields, String field, @Nullable Object answer) {
        if (answer == null) {
            fields.add(field);
        }
    }
}
