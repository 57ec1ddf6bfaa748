package org.farga.access;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProposalId;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Final reports: who owes one, and what becomes of it. */
@Service
class FinalReports {
    private final FinalReportTable table;
    private final Clock clock;

    FinalReports(FinalReportTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /**
     * A report that was due and is not there.
     *
     * @param code the code of the proposal that was awarded
     * @param title its title
     * @param dueAt the end of the last day on which it would have been in time
     */
    record Overdue(ProposalId proposal, String code, String title, Instant dueAt) {}

    /** What an organisation has not handed in although it was due, whoever asks, the longest due first. */
    List<Overdue> overdue(OrganisationId organisation) {
        return table.overdue(organisation, clock.instant()).stream()
                .map(row -> new Overdue(
                        row.report().proposal(), row.code(), row.title(), row.report().dueAt()))
                .toList();
    }

    /** Has a report be owed for what is awarded; in the transaction of the award. */
    @Transactional(propagation = Propagation.MANDATORY)
    void owe(ProposalId proposal, Instant endsAt) {
        table.insert(proposal, endsAt, FinalReport.due(endsAt));
    }
}
