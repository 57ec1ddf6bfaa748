package org.farga.allocation;

import java.util.List;
import org.farga.people.ClosingEffect;
import org.farga.people.OrganisationClosing;
import org.farga.people.OrganisationReopened;
import org.farga.shared.OrganisationId;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Holds back the allocations of an organisation that leaves, which stops its jobs; gives them free if it stays. */
@Component
class ClosingOrganisations implements ClosingEffect {
    private final AllocationTable table;

    ClosingOrganisations(AllocationTable table) {
        this.table = table;
    }

    @Override
    public String message() {
        return "allocation.closing";
    }

    @Override
    public int count(OrganisationId organisation) {
        return table.freeOf(organisation).size();
    }

    @ApplicationModuleListener
    void on(OrganisationClosing closing) {
        List<org.farga.shared.AllocationId> free = table.freeOf(closing.organisation());
        table.suspendForClosing(free, closing.by(), closing.begunAt());
    }

    @ApplicationModuleListener
    void on(OrganisationReopened reopened) {
        table.liftForReopening(reopened.organisation(), reopened.by(), reopened.at());
    }
}
