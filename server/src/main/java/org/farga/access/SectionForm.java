package org.farga.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.farga.shared.Fields;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What one section of a form asks: the schema of its answers. An answer is kept under a field such as {@code JOBS.checkpoint}, or,
 * in a list, {@code JOBS.jobs.<row>.gpus}, where the row is any short name: rows that two people add at once stay two rows.
 * Answers are texts; numbers with a full stop, yes and no as {@code true} and {@code false}.
 */
final class SectionForm {
    static final int MOST_ROWS = 30;
    static final int MOST_MONTHS = 60;
    /** Whether there is anything else to say, and where what was one text in older forms is found. */
    static final String TEXT = "text";

    private static final Map<FormSection, SectionForm> FORMS = forms();

    private final FormSection section;
    private final List<Question> questions;

    private SectionForm(FormSection section, List<Question> questions) {
        this.section = section;
        this.questions = List.copyOf(questions);
    }

    /** What a question wants to be answered with. */
    enum Kind {
        LINE,
        TEXT,
        YES_NO,
        WHOLE,
        DECIMAL,
        CHOICE,
        /** The identifier of a document of this proposal. */
        DOCUMENT
    }

    /** When a question must be answered, as a submission sees it. */
    @FunctionalInterface
    interface Need {
        boolean isNeeded(Answers answers);
    }

    /**
     * A question.
     *
     * @param list the name of the list that it is a column of; null where it is asked once
     * @param name its name, in a list that of the column
     * @param least of a number, in the unit that its label says
     * @param most of a number; of a text, characters
     */
    record Question(
            FormSection section,
            @Nullable String list,
            String name,
            Kind kind,
            BigDecimal least,
            BigDecimal most,
            List<String> choices,
            Need need) {
        /** The field of its answer; {@code row} only in a list. */
        String field(@Nullable String row) {
            return section + "." + (list == null ? name : list + "." + row + "." + name);
        }

        /** Its label is the message {@code access.ask.<this>}. */
        String key() {
            return section + "." + (list == null ? name : list + "." + name);
        }

        int longest() {
            return kind == Kind.LINE || kind == Kind.TEXT ? most.intValue() : 60;
        }

        /** Adds what is wrong with an answer. */
        private void check(Fields fields, String path, String answer) {
            switch (kind) {
                case LINE, TEXT -> fields.text(path, answer, most.intValue());
                case YES_NO ->
                    fields.rule(path, answer.equals("true") || answer.equals("false"), "unknown-choice", "true, false");
                case CHOICE ->
                    fields.rule(path, choices.contains(answer), "unknown-choice", String.join(", ", choices));
                case WHOLE, DECIMAL -> {
                    BigDecimal number = number(answer);
                    fields.rule(
                            path,
                            number != null
                                    && number.compareTo(least) >= 0
                                    && number.compareTo(most) <= 0
                                    && number.stripTrailingZeros().scale() <= (kind == Kind.WHOLE ? 0 : 2),
                            kind == Kind.WHOLE ? "not-a-whole-number" : "not-a-decimal",
                            least,
                            most);
                }
                case DOCUMENT -> fields.rule(path, answer.matches("[0-9a-f-]{36}"), "no-such-document");
            }
        }

        /** An answer in the one way in which it is kept. */
        String normal(String answer) {
            String text = answer.replace("\r\n", "\n").replace('\r', '\n').strip();
            return switch (kind) {
                case LINE -> text.replaceAll("\\s+", " ");
                case WHOLE, DECIMAL -> {
                    BigDecimal number = number(text);
                    yield number == null ? text : plain(number);
                }
                case TEXT, YES_NO, CHOICE, DOCUMENT -> text;
            };
        }
    }

    static @Nullable BigDecimal number(@Nullable String text) {
        try {
            // A number longer than this is a slip, and slow to read.
            return text == null || text.isBlank() || text.length() > 30
                    ? null
                    : bounded(new BigDecimal(text.strip().replace(',', '.')));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable BigDecimal bounded(BigDecimal number) {
        return Math.abs((long) number.scale()) > 40 ? null : number;
    }

    static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    static SectionForm of(FormSection section) {
        return FORMS.getOrDefault(section, new SectionForm(section, List.of()));
    }

    List<Question> questions() {
        return questions;
    }

    /** The questions that are asked once, in their order. */
    List<Question> single() {
        return questions.stream().filter(q -> q.list() == null).toList();
    }

    /** The columns of a list. */
    List<Question> columns(String list) {
        return questions.stream().filter(q -> list.equals(q.list())).toList();
    }

    /** The names of its lists. */
    Set<String> lists() {
        Set<String> names = new LinkedHashSet<>();
        questions.forEach(q -> {
            if (q.list() != null) {
                names.add(q.list());
            }
        });
        return names;
    }

    /** The question that a field answers. */
    static Optional<Question> question(String field) {
        String[] parts = field.split("\\.", 2);
        for (FormSection section : FORMS.keySet()) {
            if (parts.length == 2 && section.name().equals(parts[0])) {
                return of(section).asked(parts[1]);
            }
        }
        return Optional.empty();
    }

    private Optional<Question> asked(String path) {
        for (Question q : questions) {
            if (q.list() == null ? q.name().equals(path) : path.matches(row(q) + "\\." + q.name())) {
                return Optional.of(q);
            }
        }
        return Optional.empty();
    }

    private static String row(Question column) {
        return column.list() + "\\." + (isMonths(column.list()) ? "([1-9]|[1-5][0-9]|60)" : "[A-Za-z0-9]{1,20}");
    }

    static boolean isMonths(@Nullable String list) {
        return "months".equals(list);
    }

    /** The rows of a list that have any answer, in the order in which they were added; months by their number. */
    static List<String> rows(Map<String, String> fields, FormSection section, String list) {
        String prefix = section + "." + list + ".";
        TreeMap<String, String> rows = new TreeMap<>(
                isMonths(list)
                        ? java.util.Comparator.comparingInt((String row) -> Integer.parseInt(row))
                        : java.util.Comparator.<String>naturalOrder());
        fields.keySet().forEach(field -> {
            if (field.startsWith(prefix)) {
                String row = field.substring(prefix.length(), field.indexOf('.', prefix.length()));
                rows.put(row, row);
            }
        });
        return List.copyOf(rows.keySet());
    }

    /** Adds what is wrong with one answer, under the path by which requests and forms name it. */
    static void check(Fields fields, String field, String answer) {
        Optional<Question> asked = question(field);
        String path = "sections." + field;
        fields.rule(path, asked.isPresent(), "no-such-question");
        asked.ifPresent(q -> q.check(fields, path, answer));
    }

    /** The fields of this section that a submission still needs. */
    List<String> missing(Answers answers) {
        List<String> missing = new ArrayList<>();
        for (String list : lists()) {
            if (isMonths(list)) {
                int months = answers.durationMonths() == null ? 0 : answers.durationMonths();
                for (int month = 1; month <= Math.min(months, MOST_MONTHS); month++) {
                    missing(answers, list, String.valueOf(month), missing);
                }
                continue;
            }
            List<String> rows = rows(answers.fields(), section, list);
            if (rows.isEmpty()) {
                missing.add(section + "." + list);
            }
            rows.forEach(row -> missing(answers, list, row, missing));
        }
        for (Question q : single()) {
            if (q.need().isNeeded(answers) && answers.field(q.field(null)) == null) {
                missing.add(q.field(null));
            }
        }
        return missing;
    }

    private void missing(Answers answers, String list, String row, List<String> missing) {
        for (Question q : columns(list)) {
            if (q.need().isNeeded(answers) && answers.field(q.field(row)) == null) {
                missing.add(q.field(row));
            }
        }
    }

    /** What does not go together in a form that is filled in: each with the section that it lies in. */
    static List<Refusal.FieldProblem> contradictions(Answers answers, CallRules rules) {
        List<Refusal.FieldProblem> found = new ArrayList<>();
        if (rules.form().contains(FormSection.PLAN)
                && answers.gpuHours() != null
                && answers.cpuHours() != null
                && of(FormSection.PLAN).missing(answers).isEmpty()) {
            FormSums plan = FormSums.of(answers);
            if (plan.planGpuHours().compareTo(answers.gpuHours().hours()) != 0) {
                found.add(problem(
                        "sections.PLAN.months",
                        "plan-gpu-sum",
                        plan.planGpuHours(),
                        answers.gpuHours().hours()));
            }
            if (plan.planCpuHours().compareTo(answers.cpuHours().hours()) != 0) {
                found.add(problem(
                        "sections.PLAN.months",
                        "plan-cpu-sum",
                        plan.planCpuHours(),
                        answers.cpuHours().hours()));
            }
        }
        if (rules.form().contains(FormSection.DATA_PROTECTION)
                && answers.says("DATA_PROTECTION.aiProhibited")
                && Boolean.TRUE.equals(answers.noProhibitedPractice())) {
            found.add(problem("sections.DATA_PROTECTION.aiProhibited", "ai-class-contradicts"));
        }
        return found;
    }

    private static Refusal.FieldProblem problem(String path, String name, Object... arguments) {
        return new Refusal.FieldProblem(path, name, List.of(arguments));
    }

    private static Map<FormSection, SectionForm> forms() {
        Map<FormSection, SectionForm> forms = new EnumMap<>(FormSection.class);
        forms.put(
                FormSection.TEAM,
                new Maker(FormSection.TEAM)
                        .list("people")
                        .line("name", 100)
                        .choice("role", "LEAD", "RESEARCHER", "ENGINEER", "OTHER")
                        .line("expertise", 200)
                        .once()
                        .text("trackRecord", 2_000, a -> true)
                        .made());
        forms.put(
                FormSection.JOBS,
                new Maker(FormSection.JOBS)
                        .list("jobs")
                        .line("name", 100)
                        .whole("count", 1, 10_000_000)
                        .whole("gpus", 0, 1_000_000)
                        .whole("cpus", 1, 10_000_000)
                        .decimal("hours", "0.01", 10_000)
                        .decimal("memoryGib", "0.01", 10_000_000)
                        .once()
                        .yesNo("checkpoint", a -> true)
                        .whole("checkpointMinutes", 1, 100_000, a -> a.says("JOBS.checkpoint"))
                        .whole("checkpointSeconds", 0, 1_000_000, a -> a.says("JOBS.checkpoint"))
                        .yesNo("checkpointRestart", a -> a.says("JOBS.checkpoint"))
                        .text("cutOff", 2_000, a -> a.denies("JOBS.checkpoint"))
                        .made());
        Need staged = a -> isPositive(a.field("STORAGE.inTb")) || isPositive(a.field("STORAGE.outTb"));
        forms.put(
                FormSection.STORAGE,
                new Maker(FormSection.STORAGE)
                        .decimal("projectTb", "0", 100_000)
                        .whole("projectFiles", 0, 1_000_000_000_000L)
                        .decimal("scratchTb", "0", 100_000)
                        .whole("scratchFiles", 0, 1_000_000_000_000L)
                        .decimal("archiveTb", "0", 100_000)
                        .whole("archiveFiles", 0, 1_000_000_000_000L)
                        .decimal("inTb", "0", 100_000)
                        .decimal("outTb", "0", 100_000)
                        .text("staging", 2_000, staged)
                        .made());
        forms.put(
                FormSection.PLAN,
                new Maker(FormSection.PLAN)
                        .list("months")
                        .decimal("gpuHours", "0", CallRules.MOST_HOURS)
                        .decimal("cpuHours", "0", CallRules.MOST_HOURS)
                        .once()
                        .text("milestones", 2_000, a -> true)
                        .text("scaling", 2_000, a -> true)
                        .made());
        // The headings are those of the key requirements for trustworthy AI, which the application form of EuroHPC's AI
        // calls
        // takes over.
        Maker ethics = new Maker(FormSection.ETHICS)
                .ethics("agency", "agencyExplanation", "agencyDocument")
                .ethics("privacy", "privacyExplanation", "privacyDocument")
                .ethics("fairness", "fairnessExplanation", "fairnessDocument")
                .ethics("wellbeing", "wellbeingExplanation", "wellbeingDocument")
                .ethics("transparency", "transparencyExplanation", "transparencyDocument")
                .ethics("accountability", "accountabilityExplanation", "accountabilityDocument");
        forms.put(FormSection.ETHICS, ethics.made());
        Need personal = a -> Boolean.TRUE.equals(a.personalData());
        forms.put(
                FormSection.DATA_PROTECTION,
                new Maker(FormSection.DATA_PROTECTION)
                        .text("subjects", 2_000, personal)
                        .choice(
                                "legalBasis",
                                personal,
                                "CONSENT",
                                "CONTRACT",
                                "LEGAL_OBLIGATION",
                                "VITAL_INTERESTS",
                                "PUBLIC_TASK",
                                "LEGITIMATE_INTERESTS")
                        .yesNo("special", personal)
                        .text("specialBasis", 2_000, a -> personal.isNeeded(a) && a.says("DATA_PROTECTION.special"))
                        .choice("dpia", personal, "DONE", "UNDER_WAY", "NOT_NEEDED")
                        .text(
                                "dpiaWhy",
                                2_000,
                                a -> personal.isNeeded(a) && "NOT_NEEDED".equals(a.field("DATA_PROTECTION.dpia")))
                        .document("dpiaDocument")
                        .yesNo("aiProhibited", a -> true)
                        .yesNo("aiHighRisk", a -> a.denies("DATA_PROTECTION.aiProhibited"))
                        .yesNo("aiGeneral", a -> a.denies("DATA_PROTECTION.aiProhibited"))
                        .yesNo(
                                "aiSystemic",
                                a -> a.denies("DATA_PROTECTION.aiProhibited") && a.says("DATA_PROTECTION.aiGeneral"))
                        .yesNo("aiTransparency", a -> a.denies("DATA_PROTECTION.aiProhibited"))
                        .made());
        return forms;
    }

    /**
     * The answer to another field without which this question makes no sense, as {@code field=answer}; null where it always does.
     */
    static @Nullable String condition(Question q) {
        if (q.section() == FormSection.ETHICS && q.name().matches(".+(Explanation|Document)")) {
            return "sections.ETHICS." + q.name().replaceFirst("(Explanation|Document)$", "") + "=true";
        }
        return switch (q.key()) {
            case "JOBS.checkpointMinutes", "JOBS.checkpointSeconds", "JOBS.checkpointRestart" ->
                "sections.JOBS.checkpoint=true";
            case "JOBS.cutOff" -> "sections.JOBS.checkpoint=false";
            case "DATA_PROTECTION.subjects",
                    "DATA_PROTECTION.legalBasis",
                    "DATA_PROTECTION.special",
                    "DATA_PROTECTION.dpia",
                    "DATA_PROTECTION.dpiaDocument" -> "personalData=true";
            case "DATA_PROTECTION.specialBasis" -> "sections.DATA_PROTECTION.special=true";
            case "DATA_PROTECTION.dpiaWhy" -> "sections.DATA_PROTECTION.dpia=NOT_NEEDED";
            case "DATA_PROTECTION.aiSystemic" -> "sections.DATA_PROTECTION.aiGeneral=true";
            default -> null;
        };
    }

    private static boolean isPositive(@Nullable String number) {
        BigDecimal read = number(number);
        return read != null && read.signum() > 0;
    }

    /** Puts a section's questions together, in the order in which they are asked. */
    private static final class Maker {
        private final FormSection section;
        private final List<Question> questions = new ArrayList<>();
        private @Nullable String list;

        Maker(FormSection section) {
            this.section = section;
        }

        Maker list(String name) {
            list = name;
            return this;
        }

        Maker once() {
            list = null;
            return this;
        }

        private Maker add(String name, Kind kind, BigDecimal least, BigDecimal most, List<String> choices, Need need) {
            questions.add(new Question(section, list, name, kind, least, most, choices, need));
            return this;
        }

        Maker line(String name, int longest) {
            return add(name, Kind.LINE, BigDecimal.ZERO, BigDecimal.valueOf(longest), List.of(), a -> true);
        }

        Maker text(String name, int longest, Need need) {
            return add(name, Kind.TEXT, BigDecimal.ZERO, BigDecimal.valueOf(longest), List.of(), need);
        }

        Maker yesNo(String name, Need need) {
            return add(name, Kind.YES_NO, BigDecimal.ZERO, BigDecimal.ZERO, List.of(), need);
        }

        Maker whole(String name, long least, long most) {
            return whole(name, least, most, a -> true);
        }

        Maker whole(String name, long least, long most, Need need) {
            return add(name, Kind.WHOLE, BigDecimal.valueOf(least), BigDecimal.valueOf(most), List.of(), need);
        }

        Maker decimal(String name, String least, long most) {
            return add(name, Kind.DECIMAL, new BigDecimal(least), BigDecimal.valueOf(most), List.of(), a -> true);
        }

        Maker choice(String name, String... choices) {
            return choice(name, a -> true, choices);
        }

        Maker choice(String name, Need need, String... choices) {
            return add(name, Kind.CHOICE, BigDecimal.ZERO, BigDecimal.ZERO, List.of(choices), need);
        }

        /** A heading of the self-assessment: whether it is touched, and where it is, what is done about it. */
        Maker ethics(String heading, String explanation, String document) {
            String touched = section + "." + heading;
            return yesNo(heading, a -> true)
                    .text(explanation, 2_000, a -> a.says(touched))
                    .document(document);
        }

        Maker document(String name) {
            return add(name, Kind.DOCUMENT, BigDecimal.ZERO, BigDecimal.ZERO, List.of(), a -> false);
        }

        SectionForm made() {
            once().text(SectionForm.TEXT, FormSection.LONGEST_TEXT, a -> false);
            return new SectionForm(section, questions);
        }
    }
}
