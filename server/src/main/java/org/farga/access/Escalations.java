package org.farga.access;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Finds steps that are overdue and tells those who can do something about it, once for each deadline. */
@Configuration(proxyBeanMethods = false)
class Escalations {
    private static final int AT_ONCE = 200;

    @Bean
    RecurringTask<Void> escalateOverdueSteps(Proposals proposals) {
        return Tasks.recurring("escalate-overdue-steps", FixedDelay.ofMinutes(5))
                .execute((instance, context) -> run(proposals));
    }

    /** Each in a transaction of its own: one that fails does not hold up the others, and is tried again. */
    static void run(Proposals proposals) {
        proposals.overdue(AT_ONCE).forEach(proposals::escalate);
    }
}
