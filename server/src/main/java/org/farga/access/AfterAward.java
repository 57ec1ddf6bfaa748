package org.farga.access;

import java.time.Duration;
import org.farga.platform.Rounds;
import org.springframework.stereotype.Component;

/** Reminds of final reports and tells of requests and conditions that are overdue; several processes tell each once. */
@Component
class AfterAward extends Rounds {
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final Duration TROUBLE = Duration.ofMinutes(1);

    private final FinalReports reports;
    private final AllocationRequests requests;
    private final AwardConditions conditions;

    AfterAward(FinalReports reports, AllocationRequests requests, AwardConditions conditions) {
        super("after-award", Duration.ZERO, TROUBLE);
        this.reports = reports;
        this.requests = requests;
        this.conditions = conditions;
    }

    @Override
    protected Duration round() {
        reports.remind();
        requests.escalate();
        conditions.remind();
        return EVERY;
    }
}
