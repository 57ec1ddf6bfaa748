package org.farga.access;

import org.farga.people.ClosingEffect;
import org.farga.people.OrganisationClosing;
import org.farga.shared.OrganisationId;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Withdraws what an organisation that leaves has submitted. */
@Component
class ProposalsOfClosing implements ClosingEffect {
    private final Proposals proposals;

    ProposalsOfClosing(Proposals proposals) {
        this.proposals = proposals;
    }

    @Override
    public String message() {
        return "access.closing";
    }

    @Override
    public int count(OrganisationId organisation) {
        return proposals.waiting(organisation).size();
    }

    @ApplicationModuleListener
    void on(OrganisationClosing closing) {
        proposals.withdrawAll(closing.organisation(), closing.by());
    }
}
