package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.farga.compute.Job.Cancellation;
import org.farga.compute.Job.Stage;
import org.farga.compute.Job.Why;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JobTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Allocation HELD = new Allocation("node1", 4, 2048, 2, List.of(0, 1));
    private static final Instant AGAIN = NOW.plusSeconds(200);
    private static final Allocation ELSEWHERE = new Allocation("node2", 4, 2048, 2, List.of(2, 3));
    private static final Measured NOTHING = new Measured(null, null);

    private static final Stage ACCEPTED = new Stage.Accepted();
    private static final Stage SUBMITTING = new Stage.Submitting();
    private static final Stage PENDING = new Stage.Pending("Priority");
    private static final Stage RUNNING = new Stage.Running(NOW, HELD);
    private static final Stage ENDED =
            new Stage.Ended(JobState.COMPLETED, "None", null, NOW, NOW.plusSeconds(60), 0, HELD, NOTHING);

    static Job at(Stage stage, Cancellation cancellation) {
        return new Job(
                new JobId(7),
                "digits",
                ProjectId.create(),
                AllocationId.create(),
                "local",
                PersonId.create(),
                NOW.minusSeconds(10),
                "00".repeat(32),
                new Resources(2, 1024, 1, Duration.ofMinutes(10), 100),
                Map.of(),
                List.of(),
                null,
                stage,
                null,
                cancellation);
    }

    private static Observation waits(String reason) {
        return new Observation(new JobId(7), JobState.PENDING, reason, null, null, null, null, NOTHING);
    }

    private static Observation runs() {
        return new Observation(new JobId(7), JobState.RUNNING, null, NOW, null, null, HELD, NOTHING);
    }

    private static Observation runsAnew() {
        return new Observation(new JobId(7), JobState.RUNNING, null, AGAIN, null, null, ELSEWHERE, NOTHING);
    }

    private static Observation ended() {
        return new Observation(new JobId(7), JobState.COMPLETED, "None", NOW, NOW.plusSeconds(60), 0, HELD, NOTHING);
    }

    static Stream<Arguments> transitions() {
        return Stream.of(
                // What has not been handed over is not the engine's to speak of.
                Arguments.of(ACCEPTED, waits("Priority"), null),
                Arguments.of(ACCEPTED, runs(), null),
                Arguments.of(ACCEPTED, ended(), null),
                Arguments.of(SUBMITTING, waits("Priority"), PENDING),
                Arguments.of(SUBMITTING, runs(), RUNNING),
                Arguments.of(SUBMITTING, ended(), ENDED),
                Arguments.of(PENDING, waits("Priority"), null),
                Arguments.of(PENDING, waits("Resources"), new Stage.Pending("Resources")),
                Arguments.of(PENDING, runs(), RUNNING),
                Arguments.of(PENDING, ended(), ENDED),
                // Its engine took it back, and started it anew; where it can only not say how it stands, it still runs.
                Arguments.of(RUNNING, waits("BeginTime"), new Stage.Pending("BeginTime")),
                Arguments.of(RUNNING, runsAnew(), new Stage.Running(AGAIN, ELSEWHERE)),
                Arguments.of(RUNNING, waits(null), null),
                Arguments.of(RUNNING, runs(), null),
                Arguments.of(RUNNING, ended(), ENDED),
                Arguments.of(ENDED, waits("Priority"), null),
                Arguments.of(ENDED, runs(), null),
                Arguments.of(ENDED, ended(), null));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void theEnginesWordMovesAJobOnOnly(Object stage, Object seen, Object next) {
        assertThat(at((Stage) stage, null).next((Observation) seen)).isEqualTo(Optional.ofNullable((Stage) next));
    }

    @Test
    void usageIsWhatWasGivenTimesHowLongItWasHeld() {
        var used = at(ENDED, null).used(NOW.plusSeconds(9999)).orElseThrow();
        assertThat(used.gpuHours()).isEqualTo(GpuHours.of(2, Duration.ofMinutes(1)));
        assertThat(used.cpuHours()).isEqualTo(CpuHours.of(4, Duration.ofMinutes(1)));
        assertThat(at(ENDED, null).usage().orElseThrow().gpus()).isEqualTo(2);
        assertThat(at(RUNNING, null).used(NOW.plusSeconds(30)).orElseThrow().time())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void whatNeverRanUsedNothing() {
        Stage rejected = Stage.Ended.unstarted(JobState.FAILED, "Rejected", "no such node", NOW);
        assertThat(at(rejected, null).usage()).isEmpty();
        assertThat(at(rejected, null).used(NOW)).isEmpty();
    }

    @Test
    void aClockSetBackNeverMakesAnEndBeforeTheStart() {
        Observation odd = new Observation(
                new JobId(7), JobState.FAILED, "NonZeroExitCode", NOW, NOW.minusSeconds(5), 1, HELD, NOTHING);
        var end = (Stage.Ended) at(PENDING, null).next(odd).orElseThrow();
        assertThat(end.endedAt()).isEqualTo(NOW);
    }

    @Test
    void aLostJobIsChargedUntilItWasLastSeen() {
        Stage.Ended lost = at(RUNNING, null).lost(NOW.plusSeconds(20));
        assertThat(at(lost, null).used(NOW.plusSeconds(9999)).orElseThrow().time())
                .isEqualTo(Duration.ofSeconds(20));
        assertThat(at(RUNNING, null).lost(NOW.minusSeconds(20)).endedAt()).isEqualTo(NOW);
    }

    @Test
    void theReasonOfACancelledJobIsWhoWantedIt() {
        Stage cancelled =
                new Stage.Ended(JobState.CANCELLED, "Cancelled", null, NOW, NOW.plusSeconds(1), 143, HELD, NOTHING);
        assertThat(at(cancelled, new Cancellation(NOW, Why.AGREEMENT_ENDED, null))
                        .reason())
                .isEqualTo("AgreementEnded");
        assertThat(at(cancelled, new Cancellation(NOW, Why.PERSON, PersonId.create()))
                        .hasFailed())
                .isFalse();
        assertThat(at(cancelled, new Cancellation(NOW, Why.ALLOCATION_SUSPENDED, null))
                        .hasFailed())
                .isTrue();
        assertThat(at(RUNNING, new Cancellation(NOW, Why.PERSON, PersonId.create()))
                        .reason())
                .isEqualTo("Cancelling");
    }

    @Test
    void anyNamePersonsGiveBecomesOneThatEnginesTake() {
        Job odd = new Job(
                new JobId(7),
                "  🚀 l'entrenament/\u200B" + "x".repeat(190),
                ProjectId.create(),
                AllocationId.create(),
                "local",
                PersonId.create(),
                NOW,
                "00".repeat(32),
                new Resources(1, 1, 0, Duration.ofSeconds(1), 1),
                Map.of(),
                List.of(),
                null,
                ACCEPTED,
                null,
                null);
        JobOrder order = new JobOrder(
                odd.id(), odd.engineName(), "#!/bin/sh\n", odd.resources(), "account", "user", List.of(), Map.of());
        assertThat(order.refusal()).isEmpty();
    }
}
