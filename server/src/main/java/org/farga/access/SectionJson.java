package org.farga.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.access.SectionForm.Question;
import org.farga.shared.Fields;
import org.jspecify.annotations.Nullable;

/** A section's answers as JSON: numbers, booleans and texts under their names, lists as arrays of objects. */
final class SectionJson {
    private SectionJson() {}

    /** All sections that have any answer. */
    static Map<FormSection, Map<String, Object>> of(Answers answers) {
        Map<FormSection, Map<String, Object>> sections = new LinkedHashMap<>();
        for (FormSection section : FormSection.values()) {
            Map<String, Object> json = of(section, answers);
            if (!json.isEmpty()) {
                sections.put(section, json);
            }
        }
        return sections;
    }

    private static Map<String, Object> of(FormSection section, Answers answers) {
        SectionForm form = SectionForm.of(section);
        Map<String, Object> json = new LinkedHashMap<>();
        for (String list : form.lists()) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (String row : SectionForm.rows(answers.fields(), section, list)) {
                Map<String, Object> one = new LinkedHashMap<>();
                if (SectionForm.isMonths(list)) {
                    one.put("month", Integer.valueOf(row));
                }
                form.columns(list).forEach(q -> put(one, q, answers.field(q.field(row))));
                rows.add(one);
            }
            if (!rows.isEmpty()) {
                json.put(list, rows);
            }
        }
        form.single().forEach(q -> put(json, q, answers.field(q.field(null))));
        return json;
    }

    private static void put(Map<String, Object> json, Question q, @Nullable String answer) {
        if (answer != null) {
            json.put(
                    q.name(),
                    switch (q.kind()) {
                        case LINE, TEXT, CHOICE, DOCUMENT -> answer;
                        case YES_NO -> Boolean.valueOf(answer);
                        case WHOLE, DECIMAL -> new BigDecimal(answer);
                    });
        }
    }

    /**
     * The change that a request asks for: of each section a text alone, as in older forms, or an object; what it does not name
     * stays, null takes an answer back, and a list that is named replaces the whole list.
     */
    static Map<String, String> change(Fields fields, @Nullable Map<FormSection, Object> body, Answers before) {
        Map<String, String> change = new LinkedHashMap<>();
        if (body == null) {
            return change;
        }
        body.forEach((section, value) -> {
            String path = "sections." + section;
            fields.rule(path, !section.isAlwaysAsked(), "not-a-text-section", section);
            switch (value) {
                case null ->
                    SectionForm.of(section).questions().forEach(q -> {
                        if (q.list() == null) {
                            change.put(q.field(null), "");
                        } else {
                            clear(change, section, q.list(), before);
                        }
                    });
                case String text -> change.put(section + "." + SectionForm.TEXT, text);
                case Map<?, ?> object ->
                    object.forEach(
                            (name, answer) -> answer(fields, change, section, String.valueOf(name), answer, before));
                default -> fields.rule(path, false, "not-a-section");
            }
        });
        return change;
    }

    private static void answer(
            Fields fields,
            Map<String, String> change,
            FormSection section,
            String name,
            @Nullable Object answer,
            Answers before) {
        String path = "sections." + section + "." + name;
        boolean isList = SectionForm.of(section).lists().contains(name);
        if (!isList) {
            fields.rule(path, !(answer instanceof Map) && !(answer instanceof List), "not-an-answer");
            change.put(section + "." + name, text(answer));
            return;
        }
        if (answer != null && !(answer instanceof List)) {
            fields.rule(path, false, "not-a-list");
            return;
        }
        clear(change, section, name, before);
        List<?> rows = answer == null ? List.of() : (List<?>) answer;
        fields.rule(
                path,
                rows.size() <= Math.max(SectionForm.MOST_ROWS, SectionForm.MOST_MONTHS),
                "too-many-items",
                SectionForm.MOST_ROWS);
        for (int i = 0; i < Math.min(rows.size(), SectionForm.MOST_MONTHS); i++) {
            if (!(rows.get(i) instanceof Map<?, ?> row)) {
                fields.rule(path, false, "not-a-list");
                return;
            }
            String key =
                    SectionForm.isMonths(name) ? text(row.get("month")) : String.format(Locale.ROOT, "r%02d", i + 1);
            row.forEach((column, value) -> {
                if (!SectionForm.isMonths(name) || !"month".equals(column)) {
                    change.put(section + "." + name + "." + key + "." + column, text(value));
                }
            });
        }
    }

    private static void clear(Map<String, String> change, FormSection section, String list, Answers before) {
        String prefix = section + "." + list + ".";
        before.fields().keySet().stream().filter(f -> f.startsWith(prefix)).forEach(f -> change.put(f, ""));
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case BigDecimal number -> number.toPlainString();
            default -> String.valueOf(value);
        };
    }
}
