package org.farga.access;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.farga.people.SmeStatus;
import org.farga.shared.Country;
import org.jspecify.annotations.Nullable;

/**
 * All that the rules look at, taken at one instant.
 *
 * @param size what the organisation is by its latest size declaration; null where it never declared
 * @param today where the centre is: partitions are available by the day
 * @param otherLiveProposals of the same mode and organisation: under decision, or awarded and not over
 */
record Facts(
        Answers answers,
        Country country,
        @Nullable SmeStatus size,
        int otherLiveProposals,
        String callTitle,
        boolean callOpen,
        LocalDate today,
        CallRules rules) {

    /** What each rule of the call says, in its order; rules that lack facts say nothing. */
    List<Finding> findings() {
        return rules.rules().stream()
                .map(applied -> applied.rule().judge(this, applied.kind()))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The fields that a submission still needs; the size is asked for where a rule looks at it. */
    List<String> missing() {
        List<String> fields = new java.util.ArrayList<>(answers.missing(rules));
        if (size == null && rules.asked().contains(Rule.SME)) {
            fields.add("sizeDeclaration");
        }
        return fields;
    }
}
