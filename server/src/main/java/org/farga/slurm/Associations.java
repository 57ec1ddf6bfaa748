package org.farga.slurm;

import java.util.Optional;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.springframework.stereotype.Service;

/** Who is who between Farga and Slurm: a person's Unix user, and an allocation's account. */
@Service
public class Associations {
    private final AssociationTable table;

    Associations(AssociationTable table) {
        this.table = table;
    }

    /** As whom, and charged to which account, somebody's jobs run. */
    public record Association(String account, String unixUser) {}

    /**
     * The person's association with the allocation's account on this cluster; empty until Slurm has it, so that a job sent
     * under it is not refused there.
     */
    public Optional<Association> find(String cluster, AllocationId allocation, PersonId person) {
        return table.find(cluster, allocation, person);
    }

    /** The allocation that an account of the cluster stands for; empty for accounts that are none of Farga's. */
    public Optional<AllocationId> allocationOf(String cluster, String account) {
        return table.allocationOf(cluster, account);
    }

    /** Whose Unix user this is, on any cluster. */
    public Optional<PersonId> personOf(String unixUser) {
        return table.personOf(unixUser);
    }
}
