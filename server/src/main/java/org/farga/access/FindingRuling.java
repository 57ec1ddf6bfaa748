package org.farga.access;

import java.time.Instant;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What an access officer found where a rule could not tell, or whether an exception is granted.
 *
 * @param answer MET or NOT_MET; of a rule that allows exceptions, whether one is granted
 * @param evidence what was looked at, such as a document; null where the reason says it all
 */
record FindingRuling(
        ProposalId proposal,
        Rule rule,
        Finding.Answer answer,
        String reason,
        @Nullable String evidence,
        PersonId by,
        Instant at) {
    static final int LONGEST = 2_000;

    /** What somebody typed. */
    record NewRuling(
            Finding.@Nullable Answer answer,
            @Nullable String reason,
            @Nullable String evidence) {}

    static Outcome<FindingRuling> of(ProposalId proposal, Rule rule, NewRuling typed, PersonId by, Instant now) {
        String evidence = typed.evidence() == null || typed.evidence().isBlank()
                ? null
                : typed.evidence().strip();
        Optional<Refusal> refusal = new Fields()
                .present("answer", typed.answer())
                .rule("answer", typed.answer() != Finding.Answer.NEEDS_PERSON, "ruling-decides")
                .text("reason", typed.reason(), LONGEST)
                .optionalText("evidence", evidence, LONGEST)
                .refusal();
        return refusal.isPresent() || typed.answer() == null || typed.reason() == null
                ? Outcome.refused(refusal.orElseThrow())
                : Outcome.done(new FindingRuling(
                        proposal, rule, typed.answer(), typed.reason().strip(), evidence, by, now));
    }
}
