package org.farga.access;

import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;

/**
 * A proposal was submitted; said in its transaction, before anything follows from it.
 *
 * @param rulesVersion the version of the call's rules that judges it
 */
public record ProposalSubmitted(ProposalId proposal, PersonId by, int rulesVersion) {}
