package org.farga.access;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes what assessors and coordinators think of proposals, and shows it to whoever decides. */
@Service
class Assessments {
    private final AssessmentTable table;
    private final ProposalTable proposalTable;
    private final Proposals proposals;
    private final People people;
    private final AuditLog audit;
    private final Clock clock;

    Assessments(
            AssessmentTable table,
            ProposalTable proposalTable,
            Proposals proposals,
            People people,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.proposalTable = proposalTable;
        this.proposals = proposals;
        this.people = people;
        this.audit = audit;
        this.clock = clock;
    }

    /** An assessment with its author's name. */
    record Named(Assessment assessment, String by) {}

    /** Says what one thinks of a proposal while it waits for a decision; said again, the later word counts. */
    @Transactional
    Outcome<Assessment> assess(
            Actor actor, ProposalId id, Assessment.@Nullable Recommendation recommendation, @Nullable String reason) {
        proposals.get(actor, id);
        // Locked, so that nobody assesses what is being decided this moment.
        Proposal proposal = proposalTable.lock(id).orElseThrow();
        Optional<Refusal> refusal = proposal.refusalToAssess(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return Assessment.of(id, actor.person(), recommendation, reason, clock.instant())
                .map(assessment -> {
                    table.put(assessment);
                    if (proposal.state() instanceof ProposalState.Submitted submitted
                            && submitted.step() == Step.Kind.TECHNICAL_ASSESSMENT
                            && !beforeCutOff(submitted)) {
                        proposals.goOn(
                                proposal,
                                submitted,
                                assessment.recommendation() == Assessment.Recommendation.AWARD
                                        ? ProposalEvent.Result.PASSED
                                        : ProposalEvent.Result.FAILED,
                                assessment.reason(),
                                actor.person(),
                                false);
                    }
                    audit.record(
                            actor,
                            "proposal.assessed",
                            "proposal",
                            id,
                            Map.of("code", proposal.code(), "recommendation", assessment.recommendation()));
                    return assessment;
                });
    }

    private boolean beforeCutOff(ProposalState.Submitted submitted) {
        Instant cutOff = submitted.submission().cutOff();
        return cutOff != null && clock.instant().isBefore(cutOff);
    }

    /** What this actor could still say something on, the oldest first. */
    List<Proposal> open(Actor actor, int most) {
        Set<String> calls = actor.scopesOf(ScopedRole.Kind.ASSESSOR);
        Set<String> sectors = actor.scopesOf(ScopedRole.Kind.COORDINATOR);
        if (calls.isEmpty() && sectors.isEmpty()) {
            return List.of();
        }
        List<Proposal> waiting = proposalTable.list(
                new ProposalTable.Visible(List.of(), false, false, calls, sectors),
                ProposalState.Name.SUBMITTED,
                null,
                200);
        Set<ProposalId> done = table.assessedBy(
                actor.person(), waiting.stream().map(Proposal::id).toList());
        return waiting.reversed().stream()
                .filter(p -> !done.contains(p.id()) && p.refusalToAssess(actor).isEmpty())
                .limit(most)
                .toList();
    }

    /** Those that the actor may read: all for whoever decides or audits, else one's own. */
    List<Named> list(Actor actor, ProposalId id) {
        Proposal proposal = proposals.get(actor, id);
        boolean all = Proposal.seesSubmitted(actor) && !actor.isMemberOf(proposal.organisation());
        List<Assessment> readable = table.list(id).stream()
                .filter(a -> all || a.by().equals(actor.person()))
                .toList();
        Map<PersonId, People.Summary> names =
                people.summaries(readable.stream().map(Assessment::by).toList());
        return readable.stream()
                .map(a -> new Named(a, ProposalsApi.name(a.by(), names)))
                .toList();
    }
}
