package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.NOW;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.Test;

class DecisionTimesTest {
    private static final WorkingDays DAYS = WorkingDays.barcelona(ZoneId.of("Europe/Madrid"));
    private static final Call CALL = Samples.call(NOW.minusSeconds(60), null);

    /** One that was submitted on Monday morning and ended so many calendar days later. */
    private static ProposalTable.History history(int days, ProposalEvent.Kind end) {
        return history(days, end, 1);
    }

    private static ProposalTable.History history(int days, ProposalEvent.Kind end, int rulesVersion) {
        PersonId ana = PersonId.create();
        List<ProposalEvent> events = new ArrayList<>();
        events.add(ProposalEvent.of(NOW, ProposalEvent.Kind.SUBMITTED, ana));
        events.add(ProposalEvent.of(NOW, ProposalEvent.Kind.STEP_BEGUN, null, Step.Kind.DECISION, null));
        if (end != ProposalEvent.Kind.STEP_BEGUN) {
            events.add(ProposalEvent.of(NOW.plus(Duration.ofDays(days)), end, ana));
        }
        return new ProposalTable.History(
                ProposalId.create(), Call.Mode.PLAYGROUND, CALL.id(), rulesVersion, null, events);
    }

    @Test
    void theDistributionStandsBesideTheTarget() {
        DecisionTimes times = DecisionTimes.of(
                        List.of(
                                history(0, ProposalEvent.Kind.AWARDED),
                                history(1, ProposalEvent.Kind.AWARDED),
                                history(2, ProposalEvent.Kind.DECLINED),
                                // Late by the rules of today, in time by those that it was submitted under.
                                history(3, ProposalEvent.Kind.AWARDED, 7),
                                history(14, ProposalEvent.Kind.DECLINED),
                                history(1, ProposalEvent.Kind.WITHDRAWN),
                                history(0, ProposalEvent.Kind.STEP_BEGUN)),
                        Map.of(Call.Mode.PLAYGROUND, 4, Call.Mode.REGULAR, 1),
                        Map.of(CALL.id(), CALL),
                        Map.of(
                                new CallTable.RulesVersion(CALL.id(), 1), 2,
                                new CallTable.RulesVersion(CALL.id(), 7), 3),
                        DAYS)
                .getFirst();
        assertThat(times.target()).isEqualTo(2);
        // 8 December is a holiday, but two weeks after 23 November it is the 7th: ten working days.
        assertThat(times.days()).containsExactly(0, 1, 2, 3, 10);
        assertThat(times.inTime()).isEqualTo(4);
        assertThat(times.within(0.5)).isEqualTo(2);
        assertThat(times.within(0.9)).isEqualTo(10);
        assertThat(List.of(
                        times.drafts(),
                        times.submitted(),
                        times.open(),
                        times.awarded(),
                        times.declined(),
                        times.withdrawn()))
                .containsExactly(4, 7, 1, 3, 2, 1);
        assertThat(times.reached()).containsExactly(Map.entry(Step.Kind.DECISION, 7));
        // No bar is lost: what lies beyond the last is in it.
        assertThat(times.bars().stream().mapToInt(DecisionTimes.Bar::count).sum())
                .isEqualTo(5);
        assertThat(times.bars().getLast().andMore()).isTrue();
        assertThat(times.bars()).allMatch(b -> b.x() >= DecisionTimes.LEFT && b.x() + b.width() <= DecisionTimes.WIDTH);
    }

    @Test
    void aModeOfWhichThereAreOnlyDraftsIsShownWithoutTimes() {
        List<DecisionTimes> times = DecisionTimes.of(List.of(), Map.of(Call.Mode.REGULAR, 1), Map.of(), Map.of(), DAYS);
        assertThat(times).hasSize(1);
        assertThat(times.getFirst().within(0.5)).isZero();
        assertThat(times.getFirst().bars()).allMatch(b -> b.count() == 0);
    }
}
