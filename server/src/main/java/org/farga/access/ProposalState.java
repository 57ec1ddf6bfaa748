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

    record Awarded(
            Submission submission,
            @Nullable Instant dueAt,
            Decision decision,
            ProjectId project,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Instant endsAt)
            implements ProposalState {}

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
        NOBODY
    }

    default Name name() {
        return switch (this) {
            case Draft draft -> Name.DRAFT;
            case Submitted submitted -> Name.SUBMITTED;
            case Waiting waiting -> Name.WAITING;
            case Offered offered -> Name.OFFERED;
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
            case Awarded awarded -> awarded.dueAt();
            case Declined declined -> declined.dueAt();
            case Withdrawn withdrawn -> withdrawn.dueAt();
        };
    }
}
