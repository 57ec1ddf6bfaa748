package org.farga.access;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.Optional;
import org.farga.aid.AidOfAwards;
import org.farga.aid.FundedSubjects;
import org.farga.aid.Grants;
import org.farga.aid.RegisterCalendar;
import org.farga.platform.Settings;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
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

    /** What a proposal that is not decided on asks for, in the same words; hours that are not typed yet are none. */
    static Grants.Award asked(Proposal proposal, Call call) {
        GpuHours gpu = proposal.answers().gpuHours();
        CpuHours cpu = proposal.answers().cpuHours();
        return new Grants.Award(
                proposal.organisation(),
                gpu == null ? GpuHours.ZERO : gpu,
                cpu == null ? CpuHours.ZERO : cpu,
                subject(call),
                proposal.code(),
                null);
    }

    /** What a proposal's page shows of aid: what it would be until it is decided, and what it was granted as. */
    static Optional<AidOfAwards.Panel> shown(AidOfAwards aid, Actor actor, Proposals.Detail detail, Shell shell) {
        return switch (detail.proposal().state()) {
            case ProposalState.Awarded awarded ->
                aid.granted(actor, detail.proposal().organisation(), awarded.project(), shell);
            // What was offered, which may be less than what was asked for.
            case ProposalState.Offered offered ->
                aid.ahead(actor, award(detail.proposal(), detail.call(), offered.granted()), shell);
            case ProposalState.Declined declined -> Optional.empty();
            case ProposalState.Withdrawn withdrawn -> Optional.empty();
            default -> aid.ahead(actor, asked(detail.proposal(), detail.call()), shell);
        };
    }

    @Bean
    RegisterCalendar registerCalendar(ClosedDays closedDays, Settings settings) {
        return (day, count) -> LocalDate.ofInstant(
                closedDays.workingDays().due(day.atStartOfDay(settings.zone()).toInstant(), count), settings.zone());
    }

    @Bean
    FundedSubjects fundedCalls(CallTable calls) {
        return () -> calls.list(true, null, MOST_CALLS).stream()
                .sorted(Comparator.comparing(Call::code))
                .map(c -> new FundedSubjects.Subject(subject(c), c.code() + " · " + c.title()))
                .toList();
    }
}
