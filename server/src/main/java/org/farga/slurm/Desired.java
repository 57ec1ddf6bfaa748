package org.farga.slurm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.farga.slurm.SlurmTree.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What Slurm should have for Farga's sake, as it follows from projects and allocations.
 *
 * @param way how the centre wants its accounts
 * @param accounts by their names, each after its parent
 * @param qos that must be there, each with its priority
 */
record Desired(Holding.Way way, Map<String, Account> accounts, Map<String, Integer> qos) {
    Desired {
        accounts = Collections.unmodifiableMap(new LinkedHashMap<>(accounts));
        qos = Map.copyOf(qos);
    }

    /** The account that all of Farga's own hang under. */
    String root() {
        return way.root();
    }

    /** Why an account's limits are as they are. */
    enum Reason {
        /** Only holds others together. */
        TREE,
        /** As awarded. */
        AWARD,
        /** Its period has not begun. */
        PLANNED,
        /** Its period is over. */
        EXPIRED,
        /** The centre, or its organisation's closing, holds it back. */
        SUSPENDED,
        /** Its budget is used up, and it goes on slowly. */
        SLOW,
        /** So much more than its budget is used that it stops. */
        STOPPED,
        /** Nothing in Farga stands for it. */
        STRAY
    }

    /**
     * An account.
     *
     * @param parent null for an adopted one, which stays where it is
     * @param description what Slurm keeps beside it when it is made
     * @param users who may charge it, by their Unix names
     * @param waiting who may as soon as a cluster knows their Unix name
     */
    record Account(
            String name,
            @Nullable String parent,
            String description,
            Limits limits,
            Reason reason,
            Set<String> users,
            Set<String> waiting) {
        Account {
            users = Set.copyOf(users);
            waiting = Set.copyOf(waiting);
        }

        boolean adopted() {
            return parent == null;
        }
    }
}
