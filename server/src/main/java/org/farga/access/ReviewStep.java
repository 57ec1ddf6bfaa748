package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.farga.platform.Messages;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where reviews come in: whoever organises them hears of {@link ExpertReviewBegun}, reads here what is reviewed, and says here
 * what the experts found. Where nobody was assigned, access officers enter the outcome by hand, and it is shown as such.
 */
@Service
public class ReviewStep {
    private final Proposals proposals;
    private final ProposalTable table;
    private final CallTable calls;
    private final ClosedDays closedDays;
    private final Messages messages;
    private final Clock clock;

    ReviewStep(
            Proposals proposals,
            ProposalTable table,
            CallTable calls,
            ClosedDays closedDays,
            Messages messages,
            Clock clock) {
        this.proposals = proposals;
        this.table = table;
        this.calls = calls;
        this.closedDays = closedDays;
        this.messages = messages;
        this.clock = clock;
    }

    /** Where a submitted proposal stands, as seen from expert review. */
    public enum Stage {
        BEFORE,
        IN_REVIEW,
        /** In review, and it is the applicant who holds it. */
        PAUSED,
        AFTER,
        DECIDED,
        WITHDRAWN
    }

    /**
     * A submitted proposal and what its rules ask of reviewers.
     *
     * @param terms null where they ask for no review
     * @param partition where it asks for time
     * @param dueAt until when its step is to be done; null where none is due
     */
    public record Subject(
            ProposalId id,
            String code,
            String title,
            String summary,
            CallId call,
            String callTitle,
            OrganisationId organisation,
            String partition,
            GpuHours gpuHours,
            CpuHours cpuHours,
            int months,
            @Nullable Review terms,
            Stage stage,
            @Nullable Instant dueAt) {}

    /** A part of what the applicant wrote, under its heading. */
    public record Text(String heading, String text) {}

    /** Empty for a draft, which is nobody else's business. */
    public Optional<Subject> find(ProposalId id) {
        return table.find(id).flatMap(this::subject);
    }

    /** The same, so that nobody else changes it before the transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<Subject> lock(ProposalId id) {
        return table.lock(id).flatMap(this::subject);
    }

    private Optional<Subject> subject(Proposal proposal) {
        ProposalState.Submission submission = proposal.state().handedIn();
        if (submission == null) {
            return Optional.empty();
        }
        Call call = calls.find(proposal.call()).orElseThrow();
        CallRules rules = calls.rules(proposal.call(), submission.rulesVersion());
        Answers answers = proposal.answers();
        return Optional.of(new Subject(
                proposal.id(),
                proposal.code(),
                requireNonNull(answers.title()),
                requireNonNull(answers.abstractText()),
                proposal.call(),
                call.title(),
                proposal.organisation(),
                rules.partition(answers.partition()).orElseThrow().key(),
                requireNonNull(answers.gpuHours()),
                requireNonNull(answers.cpuHours()),
                requireNonNull(answers.durationMonths()),
                rules.review(),
                stage(proposal.state()),
                proposal.state() instanceof ProposalState.Submitted s ? s.dueAt() : null));
    }

    static Stage stage(ProposalState state) {
        return switch (state) {
            case ProposalState.Draft draft -> Stage.BEFORE;
            case ProposalState.Submitted submitted -> stage(submitted.step(), Stage.IN_REVIEW);
            case ProposalState.Waiting waiting -> stage(waiting.step(), Stage.PAUSED);
            case ProposalState.Offered offered -> Stage.DECIDED;
            case ProposalState.Awarded awarded -> Stage.DECIDED;
            case ProposalState.NoRoom noRoom -> Stage.DECIDED;
            case ProposalState.Queued queued -> Stage.DECIDED;
            case ProposalState.Declined declined -> Stage.DECIDED;
            case ProposalState.Withdrawn withdrawn -> Stage.WITHDRAWN;
        };
    }

    private static Stage stage(Step.Kind step, Stage inReview) {
        return switch (step) {
            case ADMINISTRATIVE_CHECK, TECHNICAL_ASSESSMENT -> Stage.BEFORE;
            case EXPERT_REVIEW -> inReview;
            case PANEL, DECISION -> Stage.AFTER;
            case ACCEPTANCE -> Stage.DECIDED;
        };
    }

    /** What the applicant wrote besides title and abstract; for those who may not know who it is without the team. */
    public List<Text> texts(ProposalId id, boolean withoutTeam, Locale language) {
        Proposal proposal = table.find(id).orElseThrow();
        List<Text> texts = new ArrayList<>();
        for (FormSection section : FormSection.values()) {
            List<AnsweredSection.Line> lines = section.isAlwaysAsked() || (withoutTeam && section == FormSection.TEAM)
                    ? List.of()
                    : AnsweredSection.lines(messages, language, section, proposal.answers());
            if (!lines.isEmpty()) {
                texts.add(new Text(
                        messages.text(language, "access.section." + section),
                        lines.stream()
                                .map(line -> line.question() == null
                                        ? "\n" + line.answer()
                                        : line.question() + ": " + line.answer())
                                .collect(Collectors.joining("\n"))
                                .strip()));
            }
        }
        return texts;
    }

    /**
     * Lets the applicant answer what the reviews say, in the transaction that ends the last review: they hold it, and the step's
     * clock stands still, until {@link #goOn}.
     *
     * @return the last second of the last working day on which they may
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<Instant> askApplicant(ProposalId id, int workingDays) {
        Proposal proposal = table.lock(id).orElseThrow();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return inReview(proposal).map(submitted -> {
            proposals.askByRule(proposal, submitted);
            return closedDays.workingDays().due(now, workingDays);
        });
    }

    /**
     * Ends what {@link #askApplicant} began; the step goes on with the working time that it had left.
     *
     * @param by who answered; null where nobody did in time
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<ProposalId> goOn(ProposalId id, @Nullable PersonId by) {
        Proposal proposal = table.lock(id).orElseThrow();
        if (!(proposal.state() instanceof ProposalState.Waiting waiting)
                || waiting.step() != Step.Kind.EXPERT_REVIEW
                || !proposals.isAskedByRule(id)) {
            return Outcome.refused(Refusal.conflict("proposal-not-waiting", proposal.code()));
        }
        proposals.resume(proposal, waiting, by, null);
        return Outcome.done(id);
    }

    /**
     * Ends the step of expert review; in the transaction that ends the last review.
     *
     * @param recommended whether the proposal reached the thresholds
     * @param summary what whoever decides reads; at most 5,000 characters
     * @return the proposal; refused as {@code proposal-in-another-step} where it is not in this step any more
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<ProposalId> done(ProposalId id, boolean recommended, String summary) {
        Proposal proposal = table.lock(id).orElseThrow();
        return inReview(proposal).map(submitted -> {
            proposals.goOn(
                    proposal,
                    submitted,
                    recommended ? ProposalEvent.Result.PASSED : ProposalEvent.Result.FAILED,
                    summary,
                    null,
                    false);
            return id;
        });
    }

    private static Outcome<ProposalState.Submitted> inReview(Proposal proposal) {
        return proposal.state() instanceof ProposalState.Submitted submitted
                        && submitted.step() == Step.Kind.EXPERT_REVIEW
                ? Outcome.done(submitted)
                : Outcome.refused(Refusal.conflict(
                        "proposal-in-another-step",
                        proposal.code(),
                        String.valueOf(proposal.state().inStep()),
                        Step.Kind.EXPERT_REVIEW));
    }
}
