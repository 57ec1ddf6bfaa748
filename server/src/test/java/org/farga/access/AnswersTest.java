package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    private static Answers.Change change(@Nullable String title, @Nullable String text, @Nullable BigDecimal gpu) {
        return new Answers.Change(title, text, gpu, null, null, null, null, null, null, null, Map.of(), Set.of());
    }

    @Test
    void whatIsNotMentionedStaysAndWhatIsEmptiedIsOpenAgain() {
        Answers changed =
                Samples.ANSWERS.with(change("  New \n title ", null, null)).orThrow();
        assertThat(changed.title()).isEqualTo("New title");
        assertThat(changed.abstractText()).isEqualTo(Samples.ANSWERS.abstractText());
        assertThat(Samples.ANSWERS.with(change("  ", null, null)).orThrow().missing(Samples.RULES))
                .containsExactly("title");
        Answers.Change cleared = new Answers.Change(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                Set.of("gpuHours", "cpuHours", "durationMonths"));
        assertThat(Samples.ANSWERS.with(cleared).orThrow().missing(Samples.RULES))
                .containsExactly("gpuHours", "cpuHours", "durationMonths");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.25", "100000000", "12.50", "1e3"})
    void hoursAreExactToTheHundredth(String hours) {
        assertThat(Samples.ANSWERS
                        .with(change(null, null, new BigDecimal(hours)))
                        .orThrow()
                        .gpuHours())
                .isEqualTo(GpuHours.ofHours(new BigDecimal(hours)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0.001", "100000001", "1e999999", "1e-999999"})
    void whatIsNoSensibleNumberOfHoursIsRefused(String hours) {
        assertThat(Samples.ANSWERS.with(change(null, null, new BigDecimal(hours))))
                .isInstanceOf(Outcome.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"200, 2000, true", "201, 2000, false", "200, 2001, false"})
    void textsHaveTheirBounds(int title, int text, boolean accepted) {
        var outcome = Samples.ANSWERS.with(change("x".repeat(title), "é".repeat(text), null));
        assertThat(outcome instanceof Outcome.Done<Answers>).isEqualTo(accepted);
    }

    private static Answers.Change sections(Map<String, String> fields) {
        return new Answers.Change(null, null, null, null, null, null, null, null, null, null, fields, Set.of());
    }

    @Test
    void answersOfSectionsAreKeptInOneWayAndTakenBack() {
        Answers said = Samples.ANSWERS
                .with(sections(
                        Map.of("JOBS.jobs.a.gpus", " 08 ", "JOBS.jobs.a.hours", "1,50", "JOBS.text", " Ten at once. ")))
                .orThrow();
        assertThat(said.fields())
                .containsOnly(
                        Map.entry("JOBS.jobs.a.gpus", "8"),
                        Map.entry("JOBS.jobs.a.hours", "1.5"),
                        Map.entry("JOBS.text", "Ten at once."));
        assertThat(said.with(sections(Map.of("JOBS.text", " "))).orThrow().fields())
                .containsOnlyKeys("JOBS.jobs.a.gpus", "JOBS.jobs.a.hours");
    }

    @ParameterizedTest
    @CsvSource({
        "JOBS.jobs.a.gpus, -1",
        "JOBS.jobs.a.gpus, 1.5",
        "JOBS.jobs.a.gpus, 1e99999999",
        "JOBS.jobs.a.gpus, many",
        "JOBS.jobs.a.hours, 0.001",
        "JOBS.checkpoint, perhaps",
        "DATA_PROTECTION.dpia, NEVER",
        "ETHICS.agencyDocument, ../../etc/passwd",
        "PLAN.months.0.gpuHours, 1",
        "PLAN.months.61.gpuHours, 1",
        "JOBS.jobs.a-b.gpus, 1",
        "JOBS.nothing, 1",
        "PROJECT.text, x"
    })
    void whatASectionDoesNotAskIsRefusedByTheNameOfItsField(String field, String answer) {
        var outcome = Samples.ANSWERS.with(sections(Map.of(field, answer)));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.refusal().fields())
                                .hasSize(1)
                                .first()
                                .hasFieldOrPropertyWithValue("field", "sections." + field));
    }

    @Test
    void aListHasABound() {
        Map<String, String> rows = new java.util.HashMap<>();
        for (int i = 0; i <= SectionForm.MOST_ROWS; i++) {
            rows.put("JOBS.jobs.r" + i + ".gpus", "1");
        }
        assertThat(Samples.ANSWERS.with(sections(rows))).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aCallAsksForItsSectionsAndAPartitionWhereItHasSeveral() {
        assertThat(Samples.ANSWERS.missing(Samples.LARGE))
                .containsExactly(
                        "partition",
                        "sections.JOBS.jobs",
                        "sections.JOBS.checkpoint",
                        "sections.PLAN.months.1.gpuHours",
                        "sections.PLAN.months.1.cpuHours",
                        "sections.PLAN.milestones",
                        "sections.PLAN.scaling");
    }

    @Test
    void unreadableTextIsRefused() {
        assertThat(Samples.ANSWERS.with(change("a\u0000b", null, null))).isInstanceOf(Outcome.Refused.class);
    }
}
