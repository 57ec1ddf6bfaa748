package org.farga.access;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;

/** A form's answers as they stand in its fields, each under the field's name; what is not answered is not there. */
final class FormValues {
    private static final String SECTIONS = "sections.";
    private static final Set<String> HOURS = Set.of("gpuHours", "cpuHours");
    private static final Set<String> ONE_LINE = Set.of("title", "sector", "partition");
    private static final Set<String> FIELDS = Set.of(
            "title",
            "abstract",
            "gpuHours",
            "cpuHours",
            "durationMonths",
            "civilianUse",
            "noProhibitedPractice",
            "personalData",
            "sector",
            "partition");

    private FormValues() {}

    static Map<String, String> of(Answers answers) {
        Map<String, String> values = new TreeMap<>();
        put(values, "title", answers.title());
        put(values, "abstract", answers.abstractText());
        put(
                values,
                "gpuHours",
                answers.gpuHours() == null
                        ? null
                        : SectionForm.plain(answers.gpuHours().hours()));
        put(
                values,
                "cpuHours",
                answers.cpuHours() == null
                        ? null
                        : SectionForm.plain(answers.cpuHours().hours()));
        put(values, "durationMonths", answers.durationMonths());
        put(values, "civilianUse", answers.civilianUse());
        put(values, "noProhibitedPractice", answers.noProhibitedPractice());
        put(values, "personalData", answers.personalData());
        put(values, "sector", answers.sector());
        put(values, "partition", answers.partition());
        answers.fields().forEach((field, answer) -> values.put(SECTIONS + field, answer));
        return values;
    }

    private static void put(Map<String, String> values, String field, @Nullable Object answer) {
        if (answer != null) {
            values.put(field, answer.toString());
        }
    }

    /** Whether a form has this field. */
    static boolean isField(String name) {
        return FIELDS.contains(name) || question(name).isPresent();
    }

    /** The question of a section that this field answers. */
    static Optional<SectionForm.Question> question(String name) {
        return name.startsWith(SECTIONS) ? SectionForm.question(name.substring(SECTIONS.length())) : Optional.empty();
    }

    /** The section in which a form shows this field, and in which it is missing. */
    static FormSection section(String name) {
        if (name.startsWith(SECTIONS)) {
            String[] parts = name.split("\\.", 3);
            for (FormSection section : FormSection.values()) {
                if (section.name().equals(parts[1])) {
                    return section;
                }
            }
        }
        return switch (name) {
            case "gpuHours", "cpuHours", "durationMonths", "partition" -> FormSection.RESOURCES;
            case "civilianUse", "noProhibitedPractice", "personalData", "sector" -> FormSection.DECLARATIONS;
            default -> FormSection.PROJECT;
        };
    }

    /** What somebody typed in the one way in which it would be kept; what cannot be kept stays as it is. */
    static String normal(String field, @Nullable String typed) {
        if (typed == null) {
            return "";
        }
        Optional<SectionForm.Question> question = question(field);
        if (question.isPresent()) {
            return question.get().normal(typed);
        }
        String text = typed.replace("\r\n", "\n").replace('\r', '\n').strip();
        if (HOURS.contains(field)) {
            BigDecimal number = SectionForm.number(text);
            return number == null ? text : SectionForm.plain(number);
        }
        return ONE_LINE.contains(field) ? text.replaceAll("\\s+", " ") : text;
    }

    /** The change of one field, where it can be read; {@code value} is empty where it is not answered any more. */
    static Outcome<Answers.Change> change(String field, String value) {
        return change(Map.of(field, value));
    }

    static Outcome<Answers.Change> change(Map<String, String> values) {
        Fields fields = new Fields();
        Set<String> cleared = new HashSet<>();
        Map<String, String> sections = new HashMap<>();
        values.forEach((field, value) -> {
            if (field.startsWith(SECTIONS)) {
                sections.put(field.substring(SECTIONS.length()), value);
            } else {
                fields.rule(field, FIELDS.contains(field), "no-such-question");
                if (value.isBlank()) {
                    cleared.add(field);
                }
            }
        });
        Answers.Change change = new Answers.Change(
                values.get("title"),
                values.get("abstract"),
                hours(fields, "gpuHours", values),
                hours(fields, "cpuHours", values),
                months(values.get("durationMonths")),
                yesOrNo(values.get("civilianUse")),
                yesOrNo(values.get("noProhibitedPractice")),
                yesOrNo(values.get("personalData")),
                values.get("sector"),
                values.get("partition"),
                sections,
                cleared);
        var unreadable = fields.refusal();
        return unreadable.isPresent() ? Outcome.refused(unreadable.get()) : Outcome.done(change);
    }

    /** Hours as they are typed; nothing where nothing is. */
    static @Nullable BigDecimal hours(Fields fields, String field, Map<String, String> values) {
        String text = values.getOrDefault(field, "");
        if (text.isBlank()) {
            return null;
        }
        BigDecimal number = SectionForm.number(text);
        fields.rule(field, number != null, "not-hours", CallRules.MOST_HOURS);
        return number;
    }

    private static @Nullable Integer months(@Nullable String text) {
        try {
            return text == null || text.isBlank() ? null : Integer.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static @Nullable Boolean yesOrNo(@Nullable String text) {
        return text == null || text.isBlank() ? null : Boolean.valueOf(text);
    }

    /** The fields of a section that are asked of everybody, in a form's order. */
    static List<String> ofStep(FormSection section) {
        return switch (section) {
            case PROJECT -> List.of("title", "abstract");
            case RESOURCES -> List.of("partition", "gpuHours", "cpuHours", "durationMonths");
            case DECLARATIONS -> List.of("civilianUse", "noProhibitedPractice", "personalData", "sector");
            case TEAM, JOBS, STORAGE, PLAN, ETHICS, DATA_PROTECTION -> List.of();
        };
    }
}
