package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.shared.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionFormTest {
    static Answers answers(String... fields) {
        Map<String, String> said = new HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            said.put(fields[i], fields[i + 1]);
        }
        return Samples.ANSWERS
                .with(new Answers.Change(null, null, null, null, null, null, null, null, null, null, said, Set.of()))
                .orThrow();
    }

    private static List<String> missing(FormSection section, Answers answers) {
        return SectionForm.of(section).missing(answers);
    }

    @Test
    void whatFollowsFromAnAnswerIsAskedOnlyThen() {
        assertThat(missing(FormSection.JOBS, answers("JOBS.checkpoint", "true")))
                .containsExactly(
                        "JOBS.jobs", "JOBS.checkpointMinutes", "JOBS.checkpointSeconds", "JOBS.checkpointRestart");
        assertThat(missing(FormSection.JOBS, answers("JOBS.checkpoint", "false")))
                .containsExactly("JOBS.jobs", "JOBS.cutOff");
        assertThat(missing(FormSection.ETHICS, answers("ETHICS.fairness", "true")))
                .contains("ETHICS.fairnessExplanation")
                .doesNotContain("ETHICS.agencyExplanation", "ETHICS.fairnessDocument");
        assertThat(missing(FormSection.STORAGE, answers("STORAGE.inTb", "0", "STORAGE.outTb", "0")))
                .doesNotContain("STORAGE.staging");
        assertThat(missing(FormSection.STORAGE, answers("STORAGE.inTb", "0.5", "STORAGE.outTb", "0")))
                .contains("STORAGE.staging");
    }

    @Test
    void aRowThatIsBegunIsAskedForToItsEnd() {
        assertThat(missing(FormSection.TEAM, answers("TEAM.people.a.name", "Ana")))
                .containsExactly("TEAM.people.a.role", "TEAM.people.a.expertise", "TEAM.trackRecord");
    }

    @Test
    void withoutPersonalDataOnlyTheAiActIsAsked() {
        assertThat(missing(FormSection.DATA_PROTECTION, Samples.ANSWERS))
                .containsExactly("DATA_PROTECTION.aiProhibited");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "true, -, -, -, -, PROHIBITED",
                "false, true, true, true, true, HIGH",
                "false, false, true, true, true, GENERAL_PURPOSE_SYSTEMIC",
                "false, false, true, false, true, GENERAL_PURPOSE",
                "false, false, false, -, true, LIMITED",
                "false, false, false, -, false, MINIMAL",
                "false, false, -, -, true, -",
                "-, true, -, -, -, -"
            })
    void theStrictestYesNamesTheClassUnderTheAiAct(
            String prohibited, String high, String general, String systemic, String transparency, String expected) {
        List<String> fields = new ArrayList<>();
        String[] names = {"aiProhibited", "aiHighRisk", "aiGeneral", "aiSystemic", "aiTransparency"};
        String[] said = {prohibited, high, general, systemic, transparency};
        for (int i = 0; i < names.length; i++) {
            if (said[i] != null) {
                fields.addAll(List.of("DATA_PROTECTION." + names[i], said[i]));
            }
        }
        AiClass found = AiClass.of(answers(fields.toArray(String[]::new)));
        assertThat(found == null ? null : found.name()).isEqualTo(expected);
    }

    private static Answers planned(String gpu, String cpu) {
        return answers(
                "PLAN.milestones",
                "m",
                "PLAN.scaling",
                "s",
                "PLAN.months.1.gpuHours",
                gpu,
                "PLAN.months.1.cpuHours",
                cpu);
    }

    @Test
    void aPlanAddsUpToWhatIsAskedFor() {
        assertThat(SectionForm.contradictions(planned("50", "200.00"), Samples.LARGE))
                .isEmpty();
        assertThat(SectionForm.contradictions(planned("49.99", "201"), Samples.LARGE))
                .extracting("field", "name")
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("sections.PLAN.months", "plan-gpu-sum"),
                        org.assertj.core.groups.Tuple.tuple("sections.PLAN.months", "plan-cpu-sum"));
        // A call that does not ask for a plan does not look at one.
        assertThat(SectionForm.contradictions(planned("1", "1"), Samples.RULES)).isEmpty();
    }

    @Test
    void jobsAddUpInHoursOfGpusAndCores() {
        FormSums sums = FormSums.of(answers(
                "JOBS.jobs.a.count",
                "10",
                "JOBS.jobs.a.gpus",
                "8",
                "JOBS.jobs.a.cpus",
                "64",
                "JOBS.jobs.a.hours",
                "2.5",
                "JOBS.jobs.b.count",
                "3",
                "JOBS.jobs.b.gpus",
                "0",
                "JOBS.jobs.b.cpus",
                "4",
                "JOBS.jobs.b.hours",
                "1"));
        assertThat(sums.jobsGpuHours()).isEqualByComparingTo("200");
        assertThat(sums.jobsCpuHours()).isEqualByComparingTo("1612");
    }

    @ParameterizedTest
    @CsvSource({"100, 3", "0.05, 2", "100000000, 60", "0, 12", "7.77, 60"})
    void hoursAreSpreadWithoutLosingAny(BigDecimal hours, int months) {
        List<BigDecimal> parts = FormSums.evenly(hours, months);
        assertThat(parts).hasSize(months);
        assertThat(parts.stream().reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(hours);
        assertThat(parts.getFirst().subtract(parts.getLast()).abs()).isLessThanOrEqualTo(BigDecimal.ONE);
    }

    @Test
    void jsonHasNumbersAndListsAndComesBackAsItWas() {
        Answers said = answers(
                "JOBS.jobs.tz.name",
                "Train",
                "JOBS.jobs.tz.gpus",
                "8",
                "JOBS.jobs.ta.name",
                "Try",
                "JOBS.checkpoint",
                "false",
                "PLAN.months.2.gpuHours",
                "1.5",
                "JOBS.text",
                "old words");
        Map<FormSection, Map<String, Object>> json = SectionJson.of(said);
        assertThat(json)
                .containsEntry(
                        FormSection.JOBS,
                        Map.of(
                                "jobs",
                                List.of(Map.of("name", "Try"), Map.of("name", "Train", "gpus", new BigDecimal("8"))),
                                "checkpoint",
                                false,
                                "text",
                                "old words"))
                .containsEntry(
                        FormSection.PLAN,
                        Map.of("months", List.of(Map.of("month", 2, "gpuHours", new BigDecimal("1.5")))));
        Fields fields = new Fields();
        Map<String, String> change = SectionJson.change(fields, new HashMap<>(json), Samples.ANSWERS);
        assertThat(fields.refusal()).isEmpty();
        Answers back = Samples.ANSWERS
                .with(new Answers.Change(null, null, null, null, null, null, null, null, null, null, change, Set.of()))
                .orThrow();
        assertThat(SectionJson.of(back)).isEqualTo(json);
    }

    @Test
    void aListThatIsNamedReplacesTheWholeListAndNullTakesASectionBack() {
        Answers said = answers("JOBS.jobs.a.gpus", "8", "JOBS.jobs.b.gpus", "4", "JOBS.checkpoint", "true");
        Map<FormSection, Object> body = new HashMap<>();
        body.put(FormSection.JOBS, Map.of("jobs", List.of(Map.of("gpus", 2))));
        assertThat(SectionJson.change(new Fields(), body, said))
                .containsOnly(
                        Map.entry("JOBS.jobs.a.gpus", ""),
                        Map.entry("JOBS.jobs.b.gpus", ""),
                        Map.entry("JOBS.jobs.r01.gpus", "2"));
        body.put(FormSection.JOBS, null);
        assertThat(SectionJson.change(new Fields(), body, said))
                .containsEntry("JOBS.checkpoint", "")
                .containsEntry("JOBS.jobs.a.gpus", "");
        body.put(FormSection.JOBS, 7);
        Fields fields = new Fields();
        SectionJson.change(fields, body, said);
        assertThat(fields.refusal()).isPresent();
    }
}
