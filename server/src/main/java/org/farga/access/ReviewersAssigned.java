package org.farga.access;

import org.farga.shared.ProposalId;

/** Whoever organises reviews says which proposals have reviewers: their reviews are the step's outcome then, and nothing else. */
public interface ReviewersAssigned {
    boolean has(ProposalId proposal);
}
