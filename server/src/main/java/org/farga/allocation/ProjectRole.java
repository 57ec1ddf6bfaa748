package org.farga.allocation;

/** What a person may do in a project. */
enum ProjectRole {
    /** Accountable for it: says who works in it. */
    LEAD,
    /** Runs jobs in it. */
    MEMBER
}
