package org.farga.access;

/**
 * A step that proposals go through under a call, with the working days that whoever holds it has for it.
 */
record Step(Kind kind, int workingDays) {
    /** In the order in which they are gone through. */
    enum Kind {
        ADMINISTRATIVE_CHECK(ProposalState.Holder.ACCESS_OFFICER),
        TECHNICAL_ASSESSMENT(ProposalState.Holder.ASSESSOR),
        EXPERT_REVIEW(ProposalState.Holder.EXPERTS),
        PANEL(ProposalState.Holder.PANEL),
        DECISION(ProposalState.Holder.ACCESS_OFFICER),
        ACCEPTANCE(ProposalState.Holder.APPLICANT);

        private final ProposalState.Holder holder;

        Kind(ProposalState.Holder holder) {
            this.holder = holder;
        }

        ProposalState.Holder holder() {
            return holder;
        }
    }
}
