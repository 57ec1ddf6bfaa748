package org.farga.access;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.people.People;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What persons say beside what rules found, and what it means to an award. */
@Component
class Rulings {
    private final EligibilityTable table;
    private final People people;
    private final AuditLog audit;

    Rulings(EligibilityTable table, People people, AuditLog audit) {
        this.table = table;
        this.people = people;
        this.audit = audit;
    }

    /**
     * A finding with what persons said of it.
     *
     * @param exception why the applicant asks for an exception; null where they do not
     * @param by the name of who ruled; null where nobody has
     */
    record Judged(
            Finding finding,
            @Nullable ExceptionAsked exception,
            @Nullable FindingRuling ruling,
            @Nullable String by) {
        /** What holds now: the ruling where there is one, else what the rule found. */
        Finding.Answer answer() {
            return ruling == null ? finding.answer() : ruling.answer();
        }

        /** Whether a person has to look at it and none has. */
        boolean waits() {
            return finding.needsPerson() && ruling == null;
        }
    }

    /** The findings in their order, each with what was said of it. */
    List<Judged> judged(ProposalId proposal, List<Finding> findings) {
        Map<Rule, ExceptionAsked> asked = table.exceptions(proposal);
        Map<Rule, FindingRuling> ruled = table.rulings(proposal);
        Map<PersonId, People.Summary> names = people.summaries(
                ruled.values().stream().map(FindingRuling::by).distinct().toList());
        return findings.stream()
                .map(f -> {
                    FindingRuling ruling = ruled.get(f.rule());
                    return new Judged(
                            f,
                            asked.get(f.rule()),
                            ruling,
                            ruling == null ? null : ProposalsApi.name(ruling.by(), names));
                })
                .toList();
    }

    /**
     * Why this must not be awarded although somebody with the right to decide wants to: a person found that it does not meet a
     * rule, or a fund of the call as it is now does not hold the hours. From then on the funds stand still.
     */
    Optional<Refusal> refusalToAward(
            Proposal proposal, Call call, ProposalState.Submission submission, Proposal.Granted granted) {
        Map<Rule, FindingRuling> ruled = table.rulings(proposal.id());
        for (Finding finding : submission.findings()) {
            FindingRuling ruling = ruled.get(finding.rule());
            if (finding.needsPerson() && ruling != null && ruling.answer() == Finding.Answer.NOT_MET) {
                return Optional.of(Refusal.conflict("found-not-eligible", proposal.code(), finding.rule()));
            }
        }
        if (!call.rules().asked().contains(Rule.FUNDS_LEFT)) {
            return Optional.empty();
        }
        table.lockFunds(call.id());
        String key = call.rules()
                .partition(proposal.answers().partition())
                .map(Partition::key)
                .orElse("");
        boolean covered = table.fundsLeft(call.id(), call.rules(), proposal.id()).stream()
                .filter(f -> f.isOf(key))
                .allMatch(f ->
                        f.covers(granted.gpuHours().hours(), granted.cpuHours().hours()));
        return covered
                ? Optional.empty()
                : Optional.of(Refusal.conflict(
                        "no-funds-left",
                        granted.gpuHours().hours(),
                        granted.cpuHours().hours()));
    }

    /** Who awards settles with their reason what nobody ruled on before; in the transaction of the award or offer. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void settle(
            Actor officer, Proposal proposal, ProposalState.Submission submission, String reason, Instant now) {
        Map<Rule, FindingRuling> ruled = table.rulings(proposal.id());
        List<String> settled = new ArrayList<>();
        for (Finding finding : submission.findings()) {
            if (finding.needsPerson() && !ruled.containsKey(finding.rule())) {
                table.insert(new FindingRuling(
                        proposal.id(), finding.rule(), Finding.Answer.MET, reason, null, officer.person(), now));
                settled.add(finding.rule().name());
            }
        }
        if (!settled.isEmpty()) {
            audit.record(
                    officer,
                    "proposal.findings-settled",
                    "proposal",
                    proposal.id(),
                    Map.of("code", proposal.code(), "rules", String.join(", ", settled)));
        }
    }
}
