package org.farga.access;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.Refusal.FieldProblem;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;

/**
 * An organisation's request for access time under a call.
 *
 * @param seenRules the version of the call's rules that its people know: the one it was begun under, or a later one since they
 *     were shown what changed
 */
record Proposal(
        ProposalId id,
        String code,
        CallId call,
        OrganisationId organisation,
        PersonId createdBy,
        Instant createdAt,
        Instant editedAt,
        Answers answers,
        ProposalState state,
        int seenRules,
        int version) {
    private static final int LONGEST_REASON = 2_000;

    /**
     * Its organisation's people see it from the first word on; the centre's from its submission on, because a draft is
     * nobody else's business. Auditors see everything.
     */
    boolean isVisibleTo(Actor actor) {
        return actor.isMemberOf(organisation)
                || actor.is(CentreRole.AUDITOR)
                || ((seesSubmitted(actor) || isAssessedBy(actor)) && !(state instanceof ProposalState.Draft));
    }

    /** Whether it falls under what this actor assesses or coordinates. */
    boolean isAssessedBy(Actor actor) {
        return actor.is(ScopedRole.Kind.ASSESSOR, call.toString())
                || (answers.sector() != null && actor.is(ScopedRole.Kind.COORDINATOR, answers.sector()));
    }

    /**
     * Assessors and coordinators advise while nobody has decided, but never on what their own organisation asks for. In the
     * step of technical assessment what they say is its result.
     */
    Optional<Refusal> refusalToAssess(Actor actor) {
        if (!isAssessedBy(actor)) {
            return Optional.of(Refusal.forbidden("assessors-only"));
        }
        return actor.isMemberOf(organisation)
                ? Optional.of(Refusal.forbidden("own-proposal"))
                : refusalUnlessSubmitted();
    }

    static boolean seesSubmitted(Actor actor) {
        return actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR);
    }

    /** All of the organisation's people write drafts. */
    Optional<Refusal> refusalToEdit(Actor actor) {
        if (!actor.isMemberOf(organisation)) {
            return Optional.of(Refusal.forbidden("members-only"));
        }
        return state instanceof ProposalState.Draft ? Optional.empty() : Optional.of(notDraft());
    }

    /** Owners submit, because a submission and the award that may follow at once bind the organisation. */
    Optional<Refusal> refusalToSubmit(Actor actor) {
        if (!actor.isOwnerOf(organisation)) {
            return Optional.of(Refusal.forbidden("owners-only"));
        }
        return state instanceof ProposalState.Draft ? Optional.empty() : Optional.of(notDraft());
    }

    /** Owners take back what nobody has decided on; an offer is turned down instead. */
    Optional<Refusal> refusalToWithdraw(Actor actor) {
        if (!actor.isOwnerOf(organisation)) {
            return Optional.of(Refusal.forbidden("owners-only"));
        }
        return state instanceof ProposalState.Waiting
                        || state instanceof ProposalState.NoRoom
                        || state instanceof ProposalState.Queued
                ? Optional.empty()
                : refusalUnlessSubmitted();
    }

    /** Owners choose what becomes of it where there are not the hours, because it binds the organisation. */
    Optional<Refusal> refusalToChoose(Actor actor) {
        if (!actor.isOwnerOf(organisation)) {
            return Optional.of(Refusal.forbidden("owners-only"));
        }
        return state instanceof ProposalState.NoRoom
                ? Optional.empty()
                : Optional.of(Refusal.conflict("proposal-has-no-choice", code));
    }

    /** Access officers award to those who wait for hours, or decline them; never of their own organisation. */
    Optional<Refusal> refusalToServe(Actor actor) {
        return refusalUnlessOfficer(actor)
                .or(() -> state instanceof ProposalState.Queued
                        ? Optional.empty()
                        : Optional.of(Refusal.conflict("proposal-not-queued", code)));
    }

    /**
     * Access officers do the administrative check, enter what experts and the panel found, and decide: each in its step, only
     * the check before the cut-off, and never on what their own organisation asked for.
     */
    Optional<Refusal> refusalToDo(Step.Kind step, Actor actor, Instant now) {
        Optional<Refusal> refusal = refusalUnlessOfficer(actor).or(this::refusalUnlessSubmitted);
        if (refusal.isPresent() || !(state instanceof ProposalState.Submitted submitted)) {
            return refusal;
        }
        if (submitted.step() != step) {
            return Optional.of(Refusal.conflict("proposal-in-another-step", code, submitted.step(), step));
        }
        Instant cutOff = submitted.submission().cutOff();
        return cutOff != null && now.isBefore(cutOff) && step != Step.Kind.ADMINISTRATIVE_CHECK
                ? Optional.of(Refusal.conflict("before-cut-off", code, local(cutOff)))
                : Optional.empty();
    }

    /** All of the organisation's people ask for exceptions until it is decided. */
    Optional<Refusal> refusalToAskException(Actor actor) {
        if (!actor.isMemberOf(organisation)) {
            return Optional.of(Refusal.forbidden("members-only"));
        }
        return state instanceof ProposalState.Draft || state instanceof ProposalState.Waiting
                ? Optional.empty()
                : refusalUnlessSubmitted();
    }

    /** Access officers rule on what rules could not tell until it is decided, also while the applicant was asked something. */
    Optional<Refusal> refusalToRule(Actor actor) {
        return refusalUnlessOfficer(actor)
                .or(() -> state instanceof ProposalState.Waiting ? Optional.empty() : refusalUnlessSubmitted());
    }

    /** Access officers ask the applicant while the centre holds it. */
    Optional<Refusal> refusalToAsk(Actor actor) {
        return refusalUnlessOfficer(actor).or(this::refusalUnlessSubmitted);
    }

    /** All of the organisation's people answer what it was asked. */
    Optional<Refusal> refusalToAnswer(Actor actor) {
        if (!actor.isMemberOf(organisation)) {
            return Optional.of(Refusal.forbidden("members-only"));
        }
        return state instanceof ProposalState.Waiting
                ? Optional.empty()
                : Optional.of(Refusal.conflict("proposal-not-waiting", code));
    }

    /** Owners accept an offer or turn it down, because it binds the organisation. */
    Optional<Refusal> refusalToAcceptOrTurnDown(Actor actor) {
        if (!actor.isOwnerOf(organisation)) {
            return Optional.of(Refusal.forbidden("owners-only"));
        }
        return state instanceof ProposalState.Offered ? Optional.empty() : Optional.of(notOffered());
    }

    /** Access officers take an offer back that was not accepted in time; by itself none lapses. */
    Optional<Refusal> refusalToTakeBack(Actor actor, Instant now) {
        Optional<Refusal> refusal = refusalUnlessOfficer(actor);
        if (refusal.isPresent()) {
            return refusal;
        }
        Instant dueAt = state instanceof ProposalState.Offered || state instanceof ProposalState.NoRoom
                ? state.decisionDueAt()
                : null;
        if (dueAt == null) {
            return Optional.of(notOffered());
        }
        return now.isAfter(dueAt)
                ? Optional.empty()
                : Optional.of(Refusal.conflict("offer-still-open", code, local(dueAt)));
    }

    /** As every language reads it: {@code 2027-01-15 10:00}. */
    private static String local(Instant instant) {
        return LocalDateTime.ofInstant(instant, Intake.BRUSSELS)
                .truncatedTo(ChronoUnit.MINUTES)
                .toString()
                .replace('T', ' ');
    }

    Optional<Refusal> refusalUnlessOfficer(Actor actor) {
        if (!actor.is(CentreRole.ACCESS_OFFICER)) {
            return Optional.of(Refusal.forbidden("access-officers-only"));
        }
        return actor.isMemberOf(organisation) ? Optional.of(Refusal.forbidden("own-proposal")) : Optional.empty();
    }

    private Optional<Refusal> refusalUnlessSubmitted() {
        if (state instanceof ProposalState.Waiting) {
            return Optional.of(Refusal.conflict("proposal-waiting", code));
        }
        return state instanceof ProposalState.Submitted
                ? Optional.empty()
                : Optional.of(Refusal.conflict("proposal-not-submitted", code, state.name()));
    }

    private Refusal notDraft() {
        return Refusal.conflict("proposal-not-draft", code, state.name());
    }

    private Refusal notOffered() {
        return Refusal.conflict("proposal-not-offered", code);
    }

    /** Why these facts cannot be submitted: something is missing, or a rule that must hold does not. */
    static Optional<Refusal> refusalOf(List<String> missing, List<Finding> findings) {
        if (!missing.isEmpty()) {
            List<FieldProblem> fields = missing.stream()
                    .map(f -> new FieldProblem(
                            f, f.equals("sizeDeclaration") ? "size-not-declared" : "missing", List.of()))
                    .toList();
            return Optional.of(
                    new Refusal(Refusal.Kind.INVALID, "proposal-incomplete", List.of(missing.size()), fields));
        }
        return findings.stream()
                .filter(Finding::refuses)
                .findFirst()
                .map(f -> f.rule().refusal(f));
    }

    /** An instant, but not before it was submitted, which the database's clock says: that one may be ahead of this one. */
    Instant notBefore(Instant now) {
        ProposalState.Submission submission = state.handedIn();
        return submission != null && submission.at().isAfter(now) ? submission.at() : now;
    }

    Proposal with(ProposalState next) {
        return new Proposal(
                id, code, call, organisation, createdBy, createdAt, editedAt, answers, next, seenRules, version);
    }

    Proposal with(Answers edited, Instant now) {
        return new Proposal(id, code, call, organisation, createdBy, createdAt, now, edited, state, seenRules, version);
    }

    /** The same draft, whose people have seen these rules. */
    Proposal knowing(int rulesVersion) {
        return new Proposal(
                id, code, call, organisation, createdBy, createdAt, editedAt, answers, state, rulesVersion, version);
    }

    /** What an access officer says: yes, perhaps with fewer hours or on another cluster, or no; either way with a reason. */
    record Verdict(
            @Nullable Choice choice,
            @Nullable String reason,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable String cluster,
            List<AwardCondition.@Nullable Wanted> conditions) {
        Verdict {
            conditions = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(conditions));
        }

        /** Without conditions. */
        Verdict(
                @Nullable Choice choice,
                @Nullable String reason,
                @Nullable BigDecimal gpuHours,
                @Nullable BigDecimal cpuHours,
                @Nullable String cluster) {
            this(choice, reason, gpuHours, cpuHours, cluster, List.of());
        }

        enum Choice {
            AWARD,
            DECLINE
        }
    }

    /** Hours that are granted, and where. */
    record Granted(GpuHours gpuHours, CpuHours cpuHours, String cluster) {}

    /**
     * What a verdict grants: the hours asked for, or fewer, but never less than the call's least; on the call's cluster, or
     * another of those that there are.
     */
    Outcome<Granted> grant(Verdict verdict, CallRules rules, Set<String> clusters) {
        GpuHours askedGpu = java.util.Objects.requireNonNull(answers.gpuHours());
        CpuHours askedCpu = java.util.Objects.requireNonNull(answers.cpuHours());
        BigDecimal gpu = verdict.gpuHours() == null ? askedGpu.hours() : verdict.gpuHours();
        BigDecimal cpu = verdict.cpuHours() == null ? askedCpu.hours() : verdict.cpuHours();
        Partition asked = rules.partition(answers.partition()).orElseThrow();
        String cluster = verdict.cluster() == null || verdict.cluster().isBlank()
                ? asked.cluster()
                : verdict.cluster().strip();
        Fields fields =
                new Fields().present("decision", verdict.choice()).text("reason", verdict.reason(), LONGEST_REASON);
        checkGrant(fields, "gpuHours", gpu, asked.minGpuHours().hours(), askedGpu.hours());
        checkGrant(fields, "cpuHours", cpu, asked.minCpuHours().hours(), askedCpu.hours());
        CallRules.checkCluster(fields, cluster, asked.cluster(), clusters);
        var refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new Granted(GpuHours.ofHours(gpu), CpuHours.ofHours(cpu), cluster));
    }

    private static void checkGrant(Fields fields, String field, BigDecimal hours, BigDecimal least, BigDecimal asked) {
        fields.rule(
                field,
                Answers.isHours(hours, CallRules.MOST_HOURS)
                        && hours.compareTo(least.min(asked)) >= 0
                        && hours.compareTo(asked) <= 0,
                "out-of-range",
                least.min(asked),
                asked);
    }
}
