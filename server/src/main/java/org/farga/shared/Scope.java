package org.farga.shared;

/** What an API token may be used for; a browser session has all of them. */
public enum Scope {
    /** See what its person may see. */
    READ,
    /** Write proposals, accept terms, keep organisations and projects. */
    WRITE,
    /** Submit and cancel jobs, write runs and models. */
    COMPUTE,
    /** Use its person's roles at the centre. */
    CENTRE
}
