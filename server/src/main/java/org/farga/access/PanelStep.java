package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Where a panel comes in: whoever organises it reads here what is ranked together, and says here what the panel found. */
@Service
public class PanelStep {
    private final Proposals proposals;
    private final ProposalTable table;
    private final Calls calls;
    private final CallTable callTable;
    private final AuditLog audit;
    private final Clock clock;

    PanelStep(Proposals proposals, ProposalTable table, Calls calls, CallTable callTable, AuditLog audit, Clock clock) {
        this.proposals = proposals;
        this.table = table;
        this.calls = calls;
        this.callTable = callTable;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A call as its panel sees it.
     *
     * @param terms what it asks of reviews now; null where it asks for none
     * @param partitions where it grants time
     * @param cutOffs of which something was submitted, the latest first; null stands for a rolling intake
     */
    public record PanelCall(
            CallId id,
            String code,
            String title,
            @Nullable Review terms,
            List<String> partitions,
            List<@Nullable Instant> cutOffs) {}

    /**
     * A proposal that is past its reviews and is ranked or was decided on.
     *
     * @param hours those that were granted or offered; else those that it asks for
     * @param inPanel whether it is in the panel's step now
     * @param open whether it is not decided on
     * @param granted whether hours are granted or offered
     */
    public record Ranked(
            ProposalId id,
            String code,
            String title,
            OrganisationId organisation,
            String partition,
            GpuHours hours,
            boolean inPanel,
            boolean open,
            boolean granted) {}

    /** By identifier or code, where the actor may see the call; throws {@link NotFoundException}. */
    public PanelCall call(Actor actor, String idOrCode) {
        Call call = calls.get(actor, idOrCode);
        return new PanelCall(
                call.id(),
                call.code(),
                call.title(),
                call.rules().review(),
                call.rules().partitions().stream().map(Partition::key).toList(),
                table.cutOffs(call.id()));
    }

    /** By the proposal, where it was submitted. */
    public Optional<Ranked> find(ProposalId id) {
        return table.find(id)
                .filter(p -> p.state().handedIn() != null)
                .map(p -> ranked(
                        p,
                        callTable.rules(
                                p.call(), requireNonNull(p.state().handedIn()).rulesVersion())));
    }

    /** Those of a cut-off, or without one, that are past their reviews, by their codes; without those that were declined. */
    public List<Ranked> ranked(CallId call, @Nullable Instant cutOff, int most) {
        Map<Integer, CallRules> rules = new HashMap<>();
        return table.pastReview(call, cutOff, most).stream()
                .map(p -> ranked(
                        p,
                        rules.computeIfAbsent(
                                requireNonNull(p.state().handedIn()).rulesVersion(),
                                version -> callTable.rules(call, version))))
                .toList();
    }

    private static Ranked ranked(Proposal proposal, CallRules rules) {
        ProposalState state = proposal.state();
        GpuHours granted = switch (state) {
            case ProposalState.Offered offered -> offered.granted().gpuHours();
            case ProposalState.Awarded awarded -> awarded.gpuHours();
            case ProposalState.Draft draft -> null;
            case ProposalState.Submitted submitted -> null;
            case ProposalState.Waiting waiting -> null;
            case ProposalState.NoRoom noRoom -> null;
            case ProposalState.Queued queued -> null;
            case ProposalState.Declined declined -> null;
            case ProposalState.Withdrawn withdrawn -> null;
        };
        return new Ranked(
                proposal.id(),
                proposal.code(),
                requireNonNull(proposal.answers().title()),
                proposal.organisation(),
                rules.partition(proposal.answers().partition()).orElseThrow().key(),
                granted == null ? requireNonNull(proposal.answers().gpuHours()) : granted,
                state instanceof ProposalState.Submitted s && s.step() == Step.Kind.PANEL,
                state instanceof ProposalState.Submitted || state instanceof ProposalState.Waiting,
                granted != null);
    }

    /**
     * Ends the panel's step of a proposal; an access officer confirms what it found.
     *
     * @param summary what whoever decides reads; at most 5,000 characters
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<ProposalId> done(Actor officer, ProposalId id, boolean recommended, String summary) {
        Proposal proposal = table.lock(id).orElseThrow(() -> new NotFoundException("proposal"));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Optional<Refusal> refusal = proposal.refusalToDo(Step.Kind.PANEL, officer, now);
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        ProposalEvent.Result result = recommended ? ProposalEvent.Result.PASSED : ProposalEvent.Result.FAILED;
        audit.record(
                officer,
                "proposal.step-done",
                "proposal",
                id,
                Map.of("code", proposal.code(), "step", Step.Kind.PANEL, "result", result));
        proposals.goOn(proposal, submitted, result, summary, officer.person(), false);
        return Outcome.done(id);
    }
}
