package org.farga.access;

import java.time.Instant;
import java.util.Set;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;

/**
 * What whoever organises reviews may know of a submitted proposal.
 *
 * @param summary the abstract as it was submitted
 * @param sector a code, as {@code access.sector.<code>} names it; null where none was said
 * @param team who began it, who submitted it, and who answered for it
 * @param reviewersNeeded how many reviews it needs, by the rules that it was submitted under; 0 where they ask for none
 * @param inExpertReview whether it is in that step now, be it that the applicant was asked something
 * @param cutOff the cut-off that it was submitted for; null where intake was rolling
 * @param dueAt until when its step is to be done; null where it waits for the applicant or is over
 */
public record ReviewedProposal(
        ProposalId id,
        String code,
        CallId call,
        String title,
        String summary,
        @Nullable String sector,
        OrganisationId organisation,
        Set<PersonId> team,
        GpuHours gpuHours,
        CpuHours cpuHours,
        int reviewersNeeded,
        boolean inExpertReview,
        @Nullable Instant cutOff,
        @Nullable Instant dueAt) {
    public ReviewedProposal {
        team = Set.copyOf(team);
    }
}
