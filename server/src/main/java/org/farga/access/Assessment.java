package org.farga.access;

import java.time.Instant;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;

/** What an assessor or a coordinator thinks of a proposal: advice to whoever decides, not a decision. */
record Assessment(ProposalId proposal, PersonId by, Recommendation recommendation, String reason, Instant at) {
    private static final int LONGEST_REASON = 5_000;

    enum Recommendation {
        AWARD,
        DECLINE
    }

    static Outcome<Assessment> of(
            ProposalId proposal,
            PersonId by,
            @Nullable Recommendation recommendation,
            @Nullable String reason,
            Instant now) {
        var refusal = new Fields()
                .present("recommendation", recommendation)
                .text("reason", reason, LONGEST_REASON)
                .refusal();
        return refusal.isPresent() || recommendation == null || reason == null
                ? Outcome.refused(refusal.orElseThrow())
                : Outcome.done(new Assessment(proposal, by, recommendation, reason.strip(), now));
    }
}
