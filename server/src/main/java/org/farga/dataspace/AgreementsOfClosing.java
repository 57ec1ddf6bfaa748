package org.farga.dataspace;

import org.farga.people.ClosingEffect;
import org.farga.people.OrganisationClosing;
import org.farga.shared.OrganisationId;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Ends the agreements of an organisation that leaves. */
@Component
class AgreementsOfClosing implements ClosingEffect {
    private final Agreements agreements;

    AgreementsOfClosing(Agreements agreements) {
        this.agreements = agreements;
    }

    @Override
    public String message() {
        return "dataspace.closing";
    }

    @Override
    public int count(OrganisationId organisation) {
        return agreements.countLive(organisation);
    }

    @ApplicationModuleListener
    void on(OrganisationClosing closing) {
        agreements.endAll(closing.organisation(), closing.by());
    }
}
