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

    @Test
    void sectionsOfSomeCallsAreTextsThatAreKeptAndTakenBack() {
        Answers said = Samples.ANSWERS
                .with(sections(Map.of(FormSection.JOBS, " Ten at once. ", FormSection.PLAN, "Month by month.")))
                .orThrow();
        assertThat(said.sections())
                .containsOnly(
                        Map.entry(FormSection.JOBS, "Ten at once."), Map.entry(FormSection.PLAN, "Month by month."));
        Map<FormSection, String> taken = new java.util.HashMap<>();
        taken.put(FormSection.PLAN, null);
        assertThat(said.with(sections(taken)).orThrow().sections()).containsOnlyKeys(FormSection.JOBS);
        assertThat(said.with(sections(Map.of(FormSection.PLAN, " "))).orThrow().sections())
                .containsOnlyKeys(FormSection.JOBS);
        assertThat(Samples.ANSWERS.with(sections(Map.of(FormSection.JOBS, "x".repeat(5_001)))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(Samples.ANSWERS.with(sections(Map.of(FormSection.PROJECT, "x"))))
                .isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aCallAsksForItsSectionsAndAPartitionWhereItHasSeveral() {
        assertThat(Samples.ANSWERS.missing(Samples.LARGE))
                .containsExactly("partition", "sections.JOBS", "sections.PLAN");
    }

    private static Answers.Change sections(Map<FormSection, String> sections) {
        return new Answers.Change(null, null, null, null, null, null, null, null, null, null, sections, Set.of());
    }

    @Test
    void unreadableTextIsRefused() {
        assertThat(Samples.ANSWERS.with(change("a\u0000b", null, null))).isInstanceOf(Outcome.Refused.class);
    }
}
