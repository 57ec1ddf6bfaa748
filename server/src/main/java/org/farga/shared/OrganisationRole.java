package org.farga.shared;

/** What a person may do in an organisation. */
public enum OrganisationRole {
    /** Speaks for the organisation: declares its size, invites, submits proposals, accepts terms. */
    OWNER,
    /** Works in its projects. */
    MEMBER
}
