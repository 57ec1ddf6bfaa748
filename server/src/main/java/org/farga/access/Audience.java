package org.farga.access;

/** Whom a call is for; what the catalogue's guide and the check of sizes go by, while eligibility is for the rules. */
enum Audience {
    STARTUP_OR_SME,
    LARGE_COMPANY,
    RESEARCH,
    PUBLIC_BODY
}
