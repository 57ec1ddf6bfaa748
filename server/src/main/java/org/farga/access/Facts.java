package org.farga.access;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;

/**
 * All that the rules look at, taken at one instant.
 *
 * @param answeredAt when the answers were last changed
 * @param practices what is said of single prohibited practices; none where all were denied or admitted in one word
 * @param today where the centre is: partitions are available by the day
 * @param otherLiveProposals of the same mode and organisation: under decision, or awarded and not over
 * @param funds what the call has to give and has given; none where nobody set a limit
 */
record Facts(
        Answers answers,
        Instant answeredAt,
        Map<Practice, Practice.Said> practices,
        Applicant applicant,
        int otherLiveProposals,
        List<FundLeft> funds,
        String callTitle,
        int rulesVersion,
        boolean callOpen,
        LocalDate today,
        CallRules rules) {
    Facts {
        practices = Map.copyOf(practices);
        funds = List.copyOf(funds);
    }

    /**
     * What each rule of the call says, in its order. While answers are missing, rules that need them say nothing; where none is
     * missing and a rule has nothing to go by all the same, a person looks at it.
     */
    List<Finding> findings() {
        boolean whole = missing().isEmpty();
        return rules.rules().stream()
                .map(applied -> applied.rule()
                        .judge(this, applied.kind())
                        .or(() -> whole ? Optional.of(untold(applied)) : Optional.empty()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Finding untold(CallRules.AppliedRule applied) {
        return Finding.of(applied.rule(), applied.kind(), Finding.Answer.NEEDS_PERSON)
                .because(Rule.UNTOLD);
    }

    /** The rules that say nothing yet, for want of an answer. */
    List<CallRules.AppliedRule> untold() {
        List<Rule> told = findings().stream().map(Finding::rule).toList();
        return rules.rules().stream().filter(r -> !told.contains(r.rule())).toList();
    }

    /** The fields that a submission still needs; the size is asked for where a rule looks at it. */
    List<String> missing() {
        List<String> fields = new ArrayList<>(answers.missing(rules));
        if (applicant.size() == null
                && (rules.asked().contains(Rule.SME) || rules.asked().contains(Rule.STARTUP))) {
            fields.add("sizeDeclaration");
        }
        return fields;
    }

    /** The key of the partition that is asked for, where it is known. */
    Optional<String> partition() {
        return rules.partition(answers.partition()).map(Partition::key);
    }

    /** GPU-hours that are asked for; none while nobody said how many. */
    BigDecimal gpuHours() {
        GpuHours hours = answers.gpuHours();
        return hours == null ? BigDecimal.ZERO : hours.hours();
    }

    /** CPU-hours that are asked for; none while nobody said how many. */
    BigDecimal cpuHours() {
        CpuHours hours = answers.cpuHours();
        return hours == null ? BigDecimal.ZERO : hours.hours();
    }

    /** An answer in the form as evidence. */
    Evidence answer(String field, Object value) {
        return Evidence.of("answer", "@access.field." + field, value, answeredAt.toString());
    }

    /** What the call says as evidence. */
    Evidence call() {
        return Evidence.of("call", callTitle, rulesVersion);
    }
}
