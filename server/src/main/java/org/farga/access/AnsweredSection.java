package org.farga.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.access.SectionForm.Question;
import org.farga.platform.Messages;
import org.jspecify.annotations.Nullable;

/** What was answered in a section of a form, in words: for the paper of a proposal, and for those who review it. */
final class AnsweredSection {
    private final Messages messages;
    private final Locale language;
    private final List<Line> lines = new ArrayList<>();

    private AnsweredSection(Messages messages, Locale language) {
        this.messages = messages;
        this.language = language;
    }

    /**
     * A question with its answer.
     *
     * @param question null where it is the heading of a list's row
     */
    record Line(@Nullable String question, String answer, boolean isLong) {}

    static List<Line> lines(Messages messages, Locale language, FormSection section, Answers answers) {
        AnsweredSection answered = new AnsweredSection(messages, language);
        answered.add(section, answers);
        return List.copyOf(answered.lines);
    }

    private void add(FormSection section, Answers answers) {
        Map<String, String> values = FormValues.of(answers);
        for (String field : FormValues.ofStep(section)) {
            String value = values.get(field);
            if (value != null) {
                String words = switch (field) {
                    case "civilianUse", "noProhibitedPractice", "personalData" -> yesOrNo(value);
                    case "sector" -> t("access.sector." + value);
                    default -> value;
                };
                lines.add(new Line(t("access.field." + field), words, field.equals("abstract")));
            }
        }
        SectionForm form = SectionForm.of(section);
        for (String list : form.lists()) {
            List<String> rows = SectionForm.rows(answers.fields(), section, list);
            for (int i = 0; i < rows.size(); i++) {
                String row = rows.get(i);
                int number = SectionForm.isMonths(list) ? Integer.parseInt(row) : i + 1;
                lines.add(new Line(null, t("access.row." + section + "." + list, number), false));
                form.columns(list).forEach(q -> add(q, answers.field(q.field(row))));
            }
        }
        form.single().forEach(q -> add(q, answers.field(q.field(null))));
        AiClass found = section == FormSection.DATA_PROTECTION ? AiClass.of(answers) : null;
        if (found != null) {
            lines.add(new Line(t("access.ai-class"), t("access.ai-class." + found), false));
        }
    }

    private void add(Question q, @Nullable String answer) {
        if (answer != null) {
            String words = switch (q.kind()) {
                case LINE, TEXT, WHOLE, DECIMAL, DOCUMENT -> answer;
                case YES_NO -> yesOrNo(answer);
                case CHOICE -> t("access.choice." + q.key() + "." + answer);
            };
            lines.add(new Line(t("access.ask." + q.key()), words, q.kind() == SectionForm.Kind.TEXT));
        }
    }

    private String yesOrNo(String value) {
        return t(value.equals("true") ? "access.yes" : "access.no");
    }

    private String t(String key, Object... values) {
        return messages.text(language, key, values);
    }
}
