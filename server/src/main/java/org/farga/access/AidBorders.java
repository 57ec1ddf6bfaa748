package org.farga.access;

import java.time.LocalDate;
import java.util.Comparator;
import org.farga.aid.FundedSubjects;
import org.farga.aid.RegisterCalendar;
import org.farga.platform.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the register of aid asks of calls: the centre's working days, and what it gives under. */
@Configuration(proxyBeanMethods = false)
class AidBorders {
    private static final int MOST_CALLS = 1_000;

    /** The key by which the register knows a call. */
    static String subject(Call call) {
        return "call:" + call.code();
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
