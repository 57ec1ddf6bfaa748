package org.farga.access;

import java.time.Instant;
import java.util.List;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a proposal, by a person or, where there is none, by the rules. Who held it and for how long is
 * computed from these alone.
 *
 * @param step the step that it is about; null where it is about none
 * @param result what a step that was done found; null for other events
 * @param byHand whether an access officer entered what others should have found
 * @param note what was written with it: a reason, a question, an answer
 */
record ProposalEvent(
        Instant at,
        Kind kind,
        @Nullable PersonId by,
        Step.@Nullable Kind step,
        @Nullable Result result,
        boolean byHand,
        @Nullable String note) {
    enum Kind {
        CREATED,
        SUBMITTED,
        /** How the step of decision began before calls had others. */
        PASSED_TO_OFFICER,
        STEP_BEGUN,
        STEP_DONE,
        ASKED,
        ANSWERED,
        ESCALATED,
        OFFERED,
        OFFER_ACCEPTED,
        OFFER_TURNED_DOWN,
        /** Refused only because there are not the hours: the applicant chooses. */
        NO_ROOM,
        QUEUED,
        /** Another of the queue was awarded time before it. */
        PASSED_OVER,
        /** The applicant asks for no more than is left. */
        SHRUNK,
        REFERRED,
        AWARDED,
        DECLINED,
        WITHDRAWN
    }

    enum Result {
        PASSED,
        FAILED
    }

    static ProposalEvent of(Instant at, Kind kind, @Nullable PersonId by) {
        return new ProposalEvent(at, kind, by, null, null, false, null);
    }

    static ProposalEvent of(Instant at, Kind kind, @Nullable PersonId by, Step.Kind step, @Nullable String note) {
        return new ProposalEvent(at, kind, by, step, null, false, note);
    }

    /** Whether the last question of these is one that no person asked: what the applicant says to the reviews. */
    static boolean isAskedByRule(List<ProposalEvent> events) {
        return events.stream()
                .filter(e -> e.kind() == Kind.ASKED)
                .reduce((one, other) -> other)
                .map(e -> e.by() == null)
                .orElse(false);
    }

    /** The step that begins with this event, or null. */
    Step.@Nullable Kind begins() {
        return switch (kind) {
            case PASSED_TO_OFFICER -> Step.Kind.DECISION;
            case STEP_BEGUN -> step;
            case OFFERED, NO_ROOM -> Step.Kind.ACCEPTANCE;
            case CREATED,
                    SUBMITTED,
                    STEP_DONE,
                    ASKED,
                    ANSWERED,
                    ESCALATED,
                    OFFER_ACCEPTED,
                    OFFER_TURNED_DOWN,
                    QUEUED,
                    PASSED_OVER,
                    SHRUNK,
                    REFERRED,
                    AWARDED,
                    DECLINED,
                    WITHDRAWN -> null;
        };
    }

    /** Whether the centre's decision falls with it; what an applicant then does of it is theirs. */
    boolean decides() {
        return kind == Kind.AWARDED || kind == Kind.DECLINED || kind == Kind.OFFERED || kind == Kind.NO_ROOM;
    }

    /** Whether nobody holds the proposal after it. */
    boolean ends() {
        return kind == Kind.AWARDED
                || kind == Kind.DECLINED
                || kind == Kind.WITHDRAWN
                || kind == Kind.OFFER_TURNED_DOWN
                || kind == Kind.REFERRED;
    }
}
