package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock of a proposal, from nothing but what happened; the 23rd of November 2026 is a Monday. */
class ProposalClockTest {
    private static final WorkingDays DAYS = WorkingDays.barcelona(ZoneId.of("Europe/Madrid"));
    private static final PersonId ANA = PersonId.create();
    private final List<ProposalEvent> events = new ArrayList<>();

    private void at(String instant, ProposalEvent.Kind kind) {
        events.add(ProposalEvent.of(Instant.parse(instant), kind, ANA));
    }

    private void at(String instant, ProposalEvent.Kind kind, Step.Kind step) {
        events.add(ProposalEvent.of(Instant.parse(instant), kind, ANA, step, "x"));
    }

    private ProposalClock clock(@Nullable String cutOff) {
        return new ProposalClock(events, cutOff == null ? null : Instant.parse(cutOff), DAYS);
    }

    private @Nullable String due(@Nullable String cutOff) {
        return clock(cutOff).due(Samples.LARGE).map(Instant::toString).orElse(null);
    }

    @Test
    void aStepIsDueSoManyWorkingDaysAfterItBegan() {
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.CREATED);
        assertThat(due(null)).isNull();
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.SUBMITTED);
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.ADMINISTRATIVE_CHECK);
        assertThat(due(null)).isEqualTo("2026-11-24T22:59:59Z");
        at("2026-11-24T12:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.TECHNICAL_ASSESSMENT);
        assertThat(due(null)).isEqualTo("2026-11-27T22:59:59Z");
        at("2026-11-27T12:00:00Z", ProposalEvent.Kind.DECLINED);
        assertThat(due(null)).isNull();
    }

    @Test
    void beforeTheCutOffNoClockRuns() {
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.SUBMITTED);
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.ADMINISTRATIVE_CHECK);
        assertThat(due("2026-12-15T09:00:00Z")).isEqualTo("2026-12-16T22:59:59Z");
        at("2026-11-25T09:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.TECHNICAL_ASSESSMENT);
        assertThat(due("2026-12-15T09:00:00Z")).isEqualTo("2026-12-18T22:59:59Z");
        assertThat(clock("2026-12-15T09:00:00Z").stretches(Instant.parse("2026-12-10T00:00:00Z")))
                .filteredOn(s -> s.step() != null)
                .allMatch(s -> s.working().isZero());
    }

    /** Of three working days from Tuesday on, what was used before the question is used, and no more. */
    @ParameterizedTest
    @CsvSource({
        // Asked and answered on the day it began: nothing was used.
        "2026-11-23T10:00:00Z, 2026-11-23T11:00:00Z, 2026-11-26T22:59:59Z",
        // Asked on Tuesday at noon, answered on Thursday at noon: two days later than without.
        "2026-11-24T11:00:00Z, 2026-11-26T11:00:00Z, 2026-11-30T22:59:59Z",
        // The weekend costs nothing either way.
        "2026-11-26T11:00:00Z, 2026-11-30T11:00:00Z, 2026-11-30T22:59:59Z",
        // An hour's question moves nothing by more than the day that it falls on.
        "2026-11-26T11:00:00Z, 2026-11-26T12:00:00Z, 2026-11-27T22:59:59Z",
        // Asked when it was overdue already: the rest of the day of the answer is left.
        "2026-11-30T11:00:00Z, 2026-12-01T11:00:00Z, 2026-12-01T22:59:59Z"
    })
    void whileTheApplicantIsAskedTheClockStandsStill(String asked, String answered, String due) {
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.SUBMITTED);
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.TECHNICAL_ASSESSMENT);
        at(asked, ProposalEvent.Kind.ASKED, Step.Kind.TECHNICAL_ASSESSMENT);
        assertThat(due(null)).isNull();
        at(answered, ProposalEvent.Kind.ANSWERED, Step.Kind.TECHNICAL_ASSESSMENT);
        assertThat(due(null)).isEqualTo(due);
    }

    /** Asking again and again does not win a day each time: what is left is counted from the whole history. */
    @Test
    void manyShortQuestionsDoNotAddUpToDays() {
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.SUBMITTED);
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.TECHNICAL_ASSESSMENT);
        for (int hour = 8; hour < 18; hour++) {
            at("2026-11-24T%02d:00:00Z".formatted(hour), ProposalEvent.Kind.ASKED, Step.Kind.TECHNICAL_ASSESSMENT);
            at("2026-11-24T%02d:30:00Z".formatted(hour), ProposalEvent.Kind.ANSWERED, Step.Kind.TECHNICAL_ASSESSMENT);
        }
        // Five hours in all.
        assertThat(due(null)).isEqualTo("2026-11-27T22:59:59Z");
    }

    @Test
    void everyoneSeesWhoHeldItAndForHowLong() {
        at("2026-11-20T09:00:00Z", ProposalEvent.Kind.CREATED);
        at("2026-11-23T11:00:00Z", ProposalEvent.Kind.SUBMITTED);
        at("2026-11-23T11:00:00Z", ProposalEvent.Kind.STEP_BEGUN, Step.Kind.ADMINISTRATIVE_CHECK);
        at("2026-11-24T11:00:00Z", ProposalEvent.Kind.ASKED, Step.Kind.ADMINISTRATIVE_CHECK);
        at("2026-11-26T11:00:00Z", ProposalEvent.Kind.ANSWERED, Step.Kind.ADMINISTRATIVE_CHECK);
        at("2026-11-26T23:00:00Z", ProposalEvent.Kind.ESCALATED, Step.Kind.ADMINISTRATIVE_CHECK);
        at("2026-11-27T11:00:00Z", ProposalEvent.Kind.DECLINED);
        List<ProposalClock.Stretch> held = clock(null).stretches(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(held)
                .extracting(ProposalClock.Stretch::holder)
                .containsExactly(
                        ProposalState.Holder.APPLICANT,
                        ProposalState.Holder.RULES,
                        ProposalState.Holder.ACCESS_OFFICER,
                        ProposalState.Holder.APPLICANT,
                        ProposalState.Holder.ACCESS_OFFICER);
        assertThat(held).extracting(ProposalClock.Stretch::days).containsExactly(1.1, 0.0, 1.0, 0.0, 1.0);
        assertThat(held).extracting(ProposalClock.Stretch::paused).containsExactly(false, false, false, true, false);
        assertThat(held).allMatch(s -> s.until() != null);
        // Two days after Monday, of which the question took two: Tuesday noon to Thursday noon.
        assertThat(clock(null).daysToDecision()).hasValue(2);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T09:00:00Z, , 2026-11-23T09:00:00Z, 0",
        "2026-11-23T09:00:00Z, , 2026-11-23T20:00:00Z, 0",
        "2026-11-23T09:00:00Z, , 2026-11-24T08:00:00Z, 1",
        "2026-11-23T09:00:00Z, , 2026-11-24T22:59:59Z, 1",
        "2026-11-23T09:00:00Z, , 2026-11-25T01:00:00Z, 2",
        "2026-11-20T09:00:00Z, , 2026-11-23T09:00:00Z, 1",
        "2026-11-23T09:00:00Z, 2026-12-15T09:00:00Z, 2026-12-16T09:00:00Z, 1"
    })
    void daysToTheDecisionAreCountedAsDeadlinesAre(String submitted, String cutOff, String decided, int days) {
        at(submitted, ProposalEvent.Kind.SUBMITTED);
        at(submitted, ProposalEvent.Kind.STEP_BEGUN, Step.Kind.DECISION);
        at(decided, ProposalEvent.Kind.AWARDED);
        assertThat(clock(cutOff).daysToDecision()).hasValue(days);
    }

    @Test
    void anOfferIsTheCentresDecisionAndThenTheApplicantsTurn() {
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.SUBMITTED);
        at("2026-11-23T09:00:00Z", ProposalEvent.Kind.PASSED_TO_OFFICER);
        assertThat(due(null)).isEqualTo("2026-11-24T22:59:59Z");
        assertThat(clock(null).daysToDecision()).isEmpty();
        at("2026-11-24T09:00:00Z", ProposalEvent.Kind.OFFERED, Step.Kind.ACCEPTANCE);
        assertThat(due(null)).isEqualTo("2026-12-01T22:59:59Z");
        at("2026-12-01T09:00:00Z", ProposalEvent.Kind.AWARDED);
        assertThat(clock(null).daysToDecision()).hasValue(1);
    }
}
