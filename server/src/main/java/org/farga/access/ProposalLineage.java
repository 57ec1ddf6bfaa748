package org.farga.access;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Where calls and proposals stand in lineage: what a project's hours were asked and granted for. */
@Service
public class ProposalLineage {
    private final ProposalLineageTable table;
    private final Calls calls;

    ProposalLineage(ProposalLineageTable table, Calls calls) {
        this.table = table;
        this.calls = calls;
    }

    public record CallNode(CallId id, String code, String title) {}

    /**
     * A proposal.
     *
     * @param title as its organisation wrote it; null in a draft without one
     * @param project that it opened; null where it was not awarded
     */
    public record Node(
            ProposalId id,
            String code,
            @Nullable String title,
            CallNode call,
            OrganisationId organisation,
            @Nullable ProjectId project) {}

    /** Any call that is published, by its identifier or code. */
    public Optional<CallNode> call(String idOrCode) {
        return calls.find(idOrCode)
                .filter(call -> call.isVisibleTo(null))
                .map(call -> new CallNode(call.id(), call.code(), call.title()));
    }

    /** Those of these that the actor may see. */
    public List<Node> list(Actor actor, Collection<ProposalId> ids) {
        return ids.isEmpty() ? List.of() : table.list(visible(actor), ids);
    }

    /** The visible ones under a call or of an organisation, newest first, from before one on. */
    public List<Node> of(
            Actor actor,
            @Nullable CallId call,
            @Nullable OrganisationId organisation,
            @Nullable ProposalId before,
            int most) {
        return table.of(visible(actor), call, organisation, before, most);
    }

    /** How many those are, counted no further than a bound. */
    public int count(Actor actor, @Nullable CallId call, @Nullable OrganisationId organisation, int upTo) {
        return table.count(visible(actor), call, organisation, upTo);
    }

    private static ProposalTable.Visible visible(Actor actor) {
        return new ProposalTable.Visible(
                actor.organisations().keySet(),
                Proposal.seesSubmitted(actor),
                actor.is(CentreRole.AUDITOR),
                actor.scopesOf(ScopedRole.Kind.ASSESSOR),
                actor.scopesOf(ScopedRole.Kind.COORDINATOR));
    }
}
