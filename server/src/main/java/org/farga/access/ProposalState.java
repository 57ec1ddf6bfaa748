package org.farga.access;

import java.time.Instant;
import java.util.List;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/** Where a proposal stands. */
sealed interface ProposalState {
    /** Being written by the organisation's people; nobody else sees it. */
    record Draft() implements ProposalState {}

    /** In a step of its call, which whoever holds it does until {@code dueAt}. */
    record Submitted(Submission submission, Step.Kind step, Instant dueAt) implements ProposalState {}

    /** The applicant was asked something in a step; its clock stands still until they answer. */
    record Waiting(Submission submission, Step.Kind step) implements ProposalState {}

    /** The centre grants it; the applicant accepts or turns it down until {@code dueAt}. */
    record Offered(Submission submission, Decision decision, Proposal.Granted granted, Instant dueAt)
            implements ProposalState {}

    /** Good enough, but there are not the hours for it: the applicant chooses until {@code dueAt} what is to become of it. */
    record NoRoom(Submission submission, Decision decision, Proposal.Granted left, Instant dueAt)
            implements ProposalState {}

    /** The applicant waits for hours to come free; no clock runs. Places in the queue follow the decisions' order. */
    record Queued(Submission submission, Decision decision) implements ProposalState {}

    record Awarded(
            Submission submission,
            @Nullable Instant dueAt,
            Decision decision,
            ProjectId project,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Instant endsAt)
            implements ProposalState {
        /** The same with another end, which its allocations have now. */
        Awarded until(Instant end) {
            return new Awarded(submission, dueAt, decision, project, gpuHours, cpuHours, end);
        }
    }

    record Declined(Submission submission, @Nullable Instant dueAt, Decision decision) implements ProposalState {}

    record Withdrawn(Submission submission, @Nullable Instant dueAt, Instant at) implements ProposalState {}

    /**
     * What was handed in: when, by whom, under which version of the rules, and what they found.
     *
     * @param cutOff the cut-off that it is for; null where intake was rolling
     */
    record Submission(
            Instant at,
            PersonId by,
            int rulesVersion,
            List<Finding> findings,
            @Nullable Instant cutOff) {
        public Submission {
            findings = List.copyOf(findings);
        }
    }

    /** Who decided and why; by nobody and for no other reason than the findings where the rules did. */
    record Decision(
            Instant at, @Nullable PersonId by, @Nullable String reason) {}

    enum Name {
        DRAFT,
        SUBMITTED,
        WAITING,
        OFFERED,
        NO_ROOM,
        QUEUED,
        AWARDED,
        DECLINED,
        WITHDRAWN
    }

    /** Whose turn it is. */
    enum Holder {
        APPLICANT,
        RULES,
        ACCESS_OFFICER,
        ASSESSOR,
        EXPERTS,
        PANEL,
        QUEUE,
        NOBODY
    }

    default Name name() {
        return switch (this) {
            case Draft draft -> Name.DRAFT;
            case Submitted submitted -> Name.SUBMITTED;
            case Waiting waiting -> Name.WAITING;
            case Offered offered -> Name.OFFERED;
            case NoRoom noRoom -> Name.NO_ROOM;
            case Queued queued -> Name.QUEUED;
            case Awarded awarded -> Name.AWARDED;
            case Declined declined -> Name.DECLINED;
            case Withdrawn withdrawn -> Name.WITHDRAWN;
        };
    }

    default Holder holder() {
        return switch (this) {
            case Draft draft -> Holder.APPLICANT;
            case Submitted submitted -> submitted.step().holder();
            case Waiting waiting -> Holder.APPLICANT;
            case Offered offered -> Holder.APPLICANT;
            case NoRoom noRoom -> Holder.APPLICANT;
            case Queued queued -> Holder.QUEUE;
            case Awarded awarded -> Holder.NOBODY;
            case Declined declined -> Holder.NOBODY;
            case Withdrawn withdrawn -> Holder.NOBODY;
        };
    }

    /** What was handed in, or null for a draft. */
    default @Nullable Submission handedIn() {
        return switch (this) {
            case Draft draft -> null;
            case Submitted submitted -> submitted.submission();
            case Waiting waiting -> waiting.submission();
            case Offered offered -> offered.submission();
            case NoRoom noRoom -> noRoom.submission();
            case Queued queued -> queued.submission();
            case Awarded awarded -> awarded.submission();
            case Declined declined -> declined.submission();
            case Withdrawn withdrawn -> withdrawn.submission();
        };
    }

    /** The decision, or null where there is none. */
    default @Nullable Decision decided() {
        return switch (this) {
            case Draft draft -> null;
            case Submitted submitted -> null;
            case Waiting waiting -> null;
            case Offered offered -> offered.decision();
            case NoRoom noRoom -> noRoom.decision();
            case Queued queued -> queued.decision();
            case Awarded awarded -> awarded.decision();
            case Declined declined -> declined.decision();
            case Withdrawn withdrawn -> null;
        };
    }

    /** The step that it is in, or null. */
    default Step.@Nullable Kind inStep() {
        return switch (this) {
            case Submitted submitted -> submitted.step();
            case Waiting waiting -> waiting.step();
            case Offered offered -> Step.Kind.ACCEPTANCE;
            case NoRoom noRoom -> Step.Kind.ACCEPTANCE;
            case Queued queued -> Step.Kind.DECISION;
            case Draft draft -> null;
            case Awarded awarded -> null;
            case Declined declined -> null;
            case Withdrawn withdrawn -> null;
        };
    }

    /** Until when whoever holds it has to be done, where somebody has; what was decided keeps the last one. */
    default @Nullable Instant decisionDueAt() {
        return switch (this) {
            case Draft draft -> null;
            case Submitted submitted -> submitted.dueAt();
            case Waiting waiting -> null;
            case Offered offered -> offered.dueAt();
            case NoRoom noRoom -> noRoom.dueAt();
            case Queued queued -> null;
            case Awarded awarded -> awarded.dueAt();
            case Declined declined -> declined.dueAt();
            case Withdrawn withdrawn -> withdrawn.dueAt();
        };
    }
}
