package org.farga.compute;

/** How jobs are kept from each other and from Farga. */
enum IsolationLevel {
    /**
     * Every job has its own process, mount and IPC namespaces (and, where Farga is not root, a user namespace): it sees
     * its own processes and folder only, cannot write to a dataset, and dies whole.
     */
    NAMESPACES,
    /**
     * Every job is a session of ordinary processes, found again by a mark in their environment. Where Farga runs as
     * root each job has its own user; otherwise jobs are only as apart as the programs of one person, so this is for
     * trials among friends.
     */
    PLAIN
}
