package org.farga.access;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Proposals as whoever organises reviews may know them; who may see them is the caller's to check. */
@Service
public class ReviewedProposals {
    private final ReviewedProposalTable table;
    private final Calls calls;

    ReviewedProposals(ReviewedProposalTable table, Calls calls) {
        this.table = table;
        this.calls = calls;
    }

    /**
     * A call of whose proposals some are reviewed.
     *
     * @param rounds what is in expert review now, by cut-off, the latest first
     */
    public record ReviewedCall(CallId id, String code, String title, boolean hasReview, List<Round> rounds) {}

    /** @param cutOff null where intake was rolling */
    public record Round(@Nullable Instant cutOff, int proposals) {}

    /** The codes of the sectors that a proposal can be of; {@code access.sector.<code>} names each. */
    public List<String> sectors() {
        return Sectors.CODES;
    }

    /** One that was submitted; empty for a draft. */
    public Optional<ReviewedProposal> find(ProposalId id) {
        return list(List.of(id)).stream().findFirst();
    }

    /** Those of these that were submitted, in the order of their codes. */
    public List<ReviewedProposal> list(Collection<ProposalId> ids) {
        return ids.isEmpty() ? List.of() : table.list(ids);
    }

    /** Those in expert review that were submitted for a cut-off, or without one; in the order of their codes. */
    public List<ReviewedProposal> inExpertReview(CallId call, @Nullable Instant cutOff, int most) {
        return table.inExpertReview(call, cutOff, most);
    }

    /** By identifier or code, where the actor may see it; throws {@link org.farga.shared.NotFoundException}. */
    public ReviewedCall call(Actor actor, String idOrCode) {
        Call call = calls.get(actor, idOrCode);
        return new ReviewedCall(
                call.id(),
                call.code(),
                call.title(),
                call.rules().review() != null,
                table.standing(call.id()).stream()
                        .map(s -> new Round(s.cutOff(), s.proposals()))
                        .toList());
    }
}
