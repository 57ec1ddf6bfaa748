package org.farga.slurm;

import java.util.Optional;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.farga.usage.Attribution;
import org.springframework.stereotype.Component;

/** Tells the ledger of usage what Slurm's accounts and users stand for. */
@Component
class SlurmAttribution implements Attribution {
    private final Associations associations;

    SlurmAttribution(Associations associations) {
        this.associations = associations;
    }

    @Override
    public Optional<AllocationId> allocationOf(String cluster, String account) {
        return associations.allocationOf(cluster, account);
    }

    @Override
    public Optional<PersonId> personOf(String unixUser) {
        return associations.personOf(unixUser);
    }
}
