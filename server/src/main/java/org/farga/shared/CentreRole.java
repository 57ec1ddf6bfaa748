package org.farga.shared;

/** What a person may do for the whole centre. */
public enum CentreRole {
    /** Grants and withdraws roles. */
    ADMINISTRATOR,
    /** Runs calls and decides on proposals. */
    ACCESS_OFFICER,
    /** Looks after clusters, jobs and the program itself. */
    OPERATOR,
    /** Publishes the centre's datasets. */
    DATA_STEWARD,
    /** Reads everything, changes nothing. */
    AUDITOR
}
