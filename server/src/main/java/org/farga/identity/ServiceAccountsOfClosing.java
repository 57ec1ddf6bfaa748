package org.farga.identity;

import org.farga.people.ClosingEffect;
import org.farga.people.OrganisationClosing;
import org.farga.shared.OrganisationId;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Ends the service accounts of an organisation that leaves. */
@Component
class ServiceAccountsOfClosing implements ClosingEffect {
    private final ServiceAccounts accounts;

    ServiceAccountsOfClosing(ServiceAccounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public String message() {
        return "identity.closing";
    }

    @Override
    public int count(OrganisationId organisation) {
        return accounts.count(organisation);
    }

    @ApplicationModuleListener
    void on(OrganisationClosing closing) {
        accounts.closeAll(closing.organisation(), closing.by());
    }
}
