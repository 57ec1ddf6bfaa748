package org.farga.access;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Who held a proposal, when and for how long, and until when the present step is to be done: all of it computed from what
 * happened, on a calendar of working days. While an applicant is asked something, the clock stands still.
 *
 * @param cutOff the cut-off that the proposal was submitted for, before which no clock runs; null for rolling intake
 */
record ProposalClock(List<ProposalEvent> events, @Nullable Instant cutOff, WorkingDays workingDays) {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int ACCEPTANCE_DAYS = 10;

    ProposalClock {
        events = List.copyOf(events);
    }

    /**
     * A time during which one party held it.
     *
     * @param step what it was held for; null for a draft and for what the rules decided
     * @param paused whether the clock stood still, because the applicant was asked something
     * @param until null where it lasts
     * @param working how much of it lies on working days and counts
     */
    record Stretch(
            ProposalState.Holder holder,
            Step.@Nullable Kind step,
            boolean paused,
            Instant from,
            @Nullable Instant until,
            Duration working) {
        /** In working days, to one decimal. */
        double days() {
            return Math.round(working.toMinutes() * 10 / (24.0 * 60)) / 10.0;
        }
    }

    /** Who held it in turn, up to now where it is not over. */
    List<Stretch> stretches(Instant now) {
        List<Stretch> all = new ArrayList<>();
        ProposalEvent begin = null;
        Step.Kind step = null;
        for (ProposalEvent event : events) {
            boolean changes = event.kind() == ProposalEvent.Kind.CREATED
                    || event.kind() == ProposalEvent.Kind.SUBMITTED
                    || event.kind() == ProposalEvent.Kind.ASKED
                    || event.kind() == ProposalEvent.Kind.ANSWERED
                    || event.kind() == ProposalEvent.Kind.QUEUED
                    || event.begins() != null
                    || event.ends();
            if (!changes) {
                continue;
            }
            if (begin != null) {
                all.add(stretch(begin, step, event.at(), now));
            }
            begin = event.ends() ? null : event;
            if (event.begins() != null) {
                step = event.begins();
            }
        }
        if (begin != null) {
            all.add(stretch(begin, step, null, now));
        }
        return all;
    }

    private Stretch stretch(ProposalEvent begin, Step.@Nullable Kind step, @Nullable Instant until, Instant now) {
        boolean paused = begin.kind() == ProposalEvent.Kind.ASKED || begin.kind() == ProposalEvent.Kind.QUEUED;
        Instant end = until == null ? now : until;
        Instant counted = cutOff != null && step != null && begin.at().isBefore(cutOff) ? cutOff : begin.at();
        return new Stretch(
                holder(begin, step),
                step,
                paused,
                begin.at(),
                until,
                paused ? Duration.ZERO : workingDays.time(counted, end));
    }

    private static ProposalState.Holder holder(ProposalEvent begin, Step.@Nullable Kind step) {
        return switch (begin.kind()) {
            case CREATED, ASKED -> ProposalState.Holder.APPLICANT;
            case SUBMITTED -> ProposalState.Holder.RULES;
            case QUEUED -> ProposalState.Holder.QUEUE;
            case PASSED_TO_OFFICER,
                    STEP_BEGUN,
                    STEP_DONE,
                    ANSWERED,
                    ESCALATED,
                    OFFERED,
                    OFFER_ACCEPTED,
                    OFFER_TURNED_DOWN,
                    NO_ROOM,
                    PASSED_OVER,
                    SHRUNK,
                    REFERRED,
                    AWARDED,
                    DECLINED,
                    WITHDRAWN -> step == null ? ProposalState.Holder.NOBODY : step.holder();
        };
    }

    /** Until when the step that it is in is to be done; nothing where it is in none or the clock stands still. */
    Optional<Instant> due(CallRules rules) {
        Instant begun = null;
        Instant resumed = null;
        Instant pausedAt = null;
        Step.Kind step = null;
        Duration used = Duration.ZERO;
        for (ProposalEvent event : events) {
            if (event.begins() != null) {
                step = event.begins();
                begun = notBeforeCutOff(event.at());
                resumed = null;
                pausedAt = null;
                used = Duration.ZERO;
            } else if (event.ends() || event.kind() == ProposalEvent.Kind.QUEUED) {
                step = null;
            } else if (event.kind() == ProposalEvent.Kind.ASKED && begun != null) {
                pausedAt = event.at();
                used = used.plus(workingDays.time(later(clockStart(begun), resumed), event.at()));
            } else if (event.kind() == ProposalEvent.Kind.ANSWERED) {
                resumed = event.at();
                pausedAt = null;
            }
        }
        Step.Kind begunStep = step;
        // What has no days of its own, such as accepting conditions under a call without offers, has some all the same.
        Optional<Step> rule = step == null
                ? Optional.empty()
                : rules.step(step)
                        .or(() -> begunStep == Step.Kind.ACCEPTANCE
                                ? Optional.of(new Step(Step.Kind.ACCEPTANCE, ACCEPTANCE_DAYS))
                                : Optional.empty());
        if (rule.isEmpty() || begun == null || pausedAt != null) {
            return Optional.empty();
        }
        int days = rule.get().workingDays();
        Instant whole = workingDays.due(begun, days);
        if (resumed == null) {
            return Optional.of(whole);
        }
        Instant start = clockStart(begun);
        Duration given = workingDays.time(start, whole.plusSeconds(1));
        return Optional.of(workingDays.dueAfter(later(start, resumed), given.minus(used)));
    }

    /**
     * How many working days the centre took from the submission or the cut-off to its decision, the day of the event not
     * counted and pauses left out: 0 for the same day. Nothing where it has not decided.
     */
    OptionalInt daysToDecision() {
        Instant submitted = null;
        for (ProposalEvent event : events) {
            if (event.kind() == ProposalEvent.Kind.SUBMITTED) {
                submitted = notBeforeCutOff(event.at());
            }
        }
        Optional<Instant> decided = events.stream()
                .filter(ProposalEvent::decides)
                .map(ProposalEvent::at)
                .findFirst();
        if (submitted == null || decided.isEmpty()) {
            return OptionalInt.empty();
        }
        Instant start = clockStart(submitted);
        Duration taken = workingDays.time(start, decided.get());
        for (Stretch stretch : stretches(decided.get())) {
            Instant until =
                    stretch.until() == null || stretch.until().isAfter(decided.get()) ? decided.get() : stretch.until();
            if (stretch.paused()) {
                taken = taken.minus(workingDays.time(later(start, stretch.from()), until));
            }
        }
        return OptionalInt.of(taken.isPositive() ? (int) taken.minusNanos(1).dividedBy(DAY) + 1 : 0);
    }

    private Instant clockStart(Instant event) {
        return workingDays.clockStart(event);
    }

    private Instant notBeforeCutOff(Instant at) {
        return cutOff != null && at.isBefore(cutOff) ? cutOff : at;
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other == null || other.isBefore(one) ? one : other;
    }
}
