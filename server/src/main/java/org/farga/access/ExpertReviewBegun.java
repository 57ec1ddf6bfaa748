package org.farga.access;

import java.time.Instant;
import org.farga.shared.CallId;
import org.farga.shared.ProposalId;

/**
 * A proposal came to the step of expert review.
 *
 * @param reviewersNeeded how many reviews it needs
 * @param dueAt until when the step is to be done
 */
public record ExpertReviewBegun(ProposalId proposal, CallId call, int reviewersNeeded, Instant dueAt) {}
