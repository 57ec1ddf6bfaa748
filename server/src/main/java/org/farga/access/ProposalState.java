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

    /** Waits for an access officer until {@code dueAt}. */
    record Submitted(Submission submission, Instant dueAt) implements ProposalState {}

    record Awarded(
            Submission submission,
            @Nullable Instant dueAt,
            Decision decision,
            ProjectId project,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Instant endsAt)
            implements ProposalState {}

    record Declined(Submission submission, Instant dueAt, Decision decision) implements ProposalState {}

    record Withdrawn(Submission submission, Instant dueAt, Instant at) implements ProposalState {}

    /** What was handed in: when, by whom, under which version of the rules, and what they found. */
    record Submission(Instant at, PersonId by, int rulesVersion, List<Finding> findings) {
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
        AWARDED,
        DECLINED,
        WITHDRAWN
    }

    /** Whose turn it is. */
    enum Holder {
        APPLICANT,
        RULES,
        ACCESS_OFFICER,
        NOBODY
    }

    default Name name() {
        return switch (this) {
            case Draft draft -> Name.DRAFT;
            case Submitted submitted -> Name.SUBMITTED;
            case Awarded awarded -> Name.AWARDED;
            case Declined declined -> Name.DECLINED;
            case Withdrawn withdrawn -> Name.WITHDRAWN;
        };
    }

    default Holder holder() {
        return switch (this) {
            case Draft draft -> Holder.APPLICANT;
            case Submitted submitted -> Holder.ACCESS_OFFICER;
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
            case Awarded awarded -> awarded.decision();
            case Declined declined -> declined.decision();
            case Withdrawn withdrawn -> null;
        };
    }

    /** Until when a person has to decide, where one has. */
    default @Nullable Instant decisionDueAt() {
        return switch (this) {
            case Draft draft -> null;
            case Submitted submitted -> submitted.dueAt();
            case Awarded awarded -> awarded.dueAt();
            case Declined declined -> declined.dueAt();
            case Withdrawn withdrawn -> withdrawn.dueAt();
        };
    }
}
