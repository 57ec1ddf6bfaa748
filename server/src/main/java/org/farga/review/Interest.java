package org.farga.review;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a reviewer says themselves: that they have an interest in an organisation, or in one proposal.
 *
 * @param organisation its name as typed: whether it has an account here is not the reviewer's to know
 */
record Interest(
        UUID id,
        PersonId reviewer,
        @Nullable String organisation,
        @Nullable ProposalId proposal,
        String reason,
        Instant declaredAt) {
    private static final int SHORTEST_NAME = 3;

    static Optional<Refusal> refusal(@Nullable String organisation, @Nullable String reason) {
        return new Fields()
                .text("organisation", organisation, 200)
                .rule(
                        "organisation",
                        organisation == null
                                || organisation.isBlank()
                                || Affinity.normal(organisation).length() >= SHORTEST_NAME,
                        "organisation-name-short",
                        SHORTEST_NAME)
                .text("reason", reason, 2_000)
                .refusal();
    }

    /** Whether it means an organisation of this name: all words of one are in the other, in their order. */
    boolean means(String name) {
        if (organisation == null) {
            return false;
        }
        String declared = " " + Affinity.normal(organisation) + " ";
        String other = " " + Affinity.normal(name) + " ";
        return other.contains(declared) || (other.strip().length() >= SHORTEST_NAME && declared.contains(other));
    }
}
