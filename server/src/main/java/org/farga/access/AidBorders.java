package org.farga.access;

import java.time.LocalDate;
import java.util.Comparator;
import org.farga.aid.FundedSubjects;
import org.farga.aid.Grants;
import org.farga.aid.RegisterCalendar;
import org.farga.platform.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the register of aid asks of calls: the centre's working days, and what it gives under. */
@Configuration(proxyBeanMethods = false)
class AidBorders {
    private static final int MOST_CALLS = 1_000;

    private static String subject(Call call) {
        return "call:" + call.code();
    }

    /** An award as the register of aid is told of it: the sources that pay are those planned for the call. */
    static Grants.Award award(Proposal proposal, Call call, Proposal.Granted granted) {
        return new Grants.Award(
                proposal.organisation(), granted.gpuHours(), granted.cpuHours(), subject(call), proposal.code(), null);
    }

    @Bean
    RegisterCalendar registerCalendar(Settings settings) {
        WorkingDays days = WorkingDays.barcelona(settings.zone());
        return (day, count) ->
                LocalDate.ofInstant(days.due(day.atStartOfDay(settings.zone()).toInstant(), count), settings.zone());
    }

    @Bean
    FundedSubjects fundedCalls(CallTable calls) {
        return () -> calls.list(null, MOST_CALLS).stream()
                .sorted(Comparator.comparing(Call::code))
                .map(c -> new FundedSubjects.Subject(subject(c), c.code() + " · " + c.title()))
                .toList();
    }
}
