package org.farga.access;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationChange;
import org.farga.allocation.AllocationState;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.usage.Balance;
import org.jspecify.annotations.Nullable;

/**
 * What a project's lead asks for an allocation, which an access officer decides, or which happens at once where the call's terms
 * let it.
 *
 * @param proposal null for an allocation that was there before Farga
 * @param gpu what is asked for while it is asked, and what was granted once it is; of a transfer in hours of the cluster it
 *     leaves
 * @param months by how many months longer, or for how many; null where it is about none
 * @param cluster where hours are moved to; null for all but a transfer
 * @param ends whether the allocation ends with what is given back
 * @param dueAt until when it is to be decided
 * @param decidedBy null where it happened at once or was withdrawn
 * @param note what the officer wrote
 */
record AllocationRequest(
        UUID id,
        AllocationId allocation,
        @Nullable ProposalId proposal,
        Kind kind,
        State state,
        GpuHours gpu,
        CpuHours cpu,
        @Nullable Integer months,
        @Nullable String cluster,
        boolean ends,
        String reason,
        PersonId askedBy,
        Instant askedAt,
        Instant dueAt,
        @Nullable PersonId decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String note) {
    /** Within how many working days a request is decided. */
    static final int WORKING_DAYS = 5;

    static final int LONGEST_REASON = 2_000;

    /** How many days before its end an allocation can be renewed at the earliest. */
    static final int RENEWABLE_DAYS = 60;

    enum Kind {
        EXTEND,
        SUPPLEMENT,
        TRANSFER,
        RENEW,
        GIVE_BACK,
        SUSPEND,
        RESUME;

        boolean takesHours() {
            return this == SUPPLEMENT || this == TRANSFER || this == RENEW || this == GIVE_BACK;
        }

        boolean takesMonths() {
            return this == EXTEND || this == RENEW;
        }
    }

    enum State {
        ASKED,
        GRANTED,
        DECLINED,
        WITHDRAWN
    }

    /** What somebody types. */
    record Wish(
            @Nullable Kind kind,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable Integer months,
            @Nullable String cluster,
            @Nullable Boolean ends,
            @Nullable String reason) {}

    /** What was typed, once it holds together. */
    record Asked(
            Kind kind,
            GpuHours gpu,
            CpuHours cpu,
            @Nullable Integer months,
            @Nullable String cluster,
            boolean ends,
            String reason) {
        /** Why so much cannot be had as things stand. */
        Optional<Refusal> refusal(Ground ground, Instant now) {
            return switch (kind) {
                case SUPPLEMENT -> within("more-than-supplement", ground.gpuToSupplement(), ground.cpuToSupplement());
                case RENEW -> within("more-than-awarded", ground.gpuAwarded(), ground.cpuAwarded());
                case TRANSFER -> within("more-than-unused", ground.gpuLeft(), ground.cpuLeft());
                case GIVE_BACK -> {
                    if (ends && !now.isAfter(ground.allocation().period().from())) {
                        yield conflict(
                                "allocation-not-begun", ground.allocation().proposalCode());
                    }
                    yield ends && ground.isHeldByJobs()
                            ? conflict("jobs-hold-hours", ground.allocation().proposalCode())
                            : within("more-than-unused", ground.gpuLeft(), ground.cpuLeft());
                }
                case EXTEND, SUSPEND, RESUME -> Optional.empty();
            };
        }

        private Optional<Refusal> within(String name, GpuHours mostGpu, CpuHours mostCpu) {
            return gpu.isMoreThan(mostGpu) || cpu.milliseconds() > mostCpu.milliseconds()
                    ? conflict(name, mostGpu.hours(), mostCpu.hours())
                    : Optional.empty();
        }
    }

    /**
     * How an allocation stands when something is asked for it.
     *
     * @param rules those that its proposal was submitted under; null where there was none
     * @param changes all that became of it
     * @param renewals how often its award was renewed
     */
    record Ground(
            Allocation allocation,
            Balance balance,
            AwardTerms terms,
            @Nullable CallRules rules,
            List<AllocationChange> changes,
            int renewals,
            ZoneId zone) {
        /** What it was awarded or renewed with, before anything was added or taken away. */
        GpuHours gpuAwarded() {
            return new GpuHours(allocation.gpuHours().milliseconds()
                    - changed().mapToLong(AllocationChange::gpuMilliseconds).sum());
        }

        CpuHours cpuAwarded() {
            return new CpuHours(allocation.cpuHours().milliseconds()
                    - changed().mapToLong(AllocationChange::cpuMilliseconds).sum());
        }

        private java.util.stream.Stream<AllocationChange> changed() {
            return changes.stream().filter(c -> c.kind() != AllocationChange.Kind.RENEWED);
        }

        /** What supplements may still add. */
        GpuHours gpuToSupplement() {
            return new GpuHours(part(
                    gpuAwarded().milliseconds(),
                    supplements().mapToLong(AllocationChange::gpuMilliseconds).sum()));
        }

        CpuHours cpuToSupplement() {
            return new CpuHours(part(
                    cpuAwarded().milliseconds(),
                    supplements().mapToLong(AllocationChange::cpuMilliseconds).sum()));
        }

        private java.util.stream.Stream<AllocationChange> supplements() {
            return changes.stream().filter(c -> c.kind() == AllocationChange.Kind.SUPPLEMENTED);
        }

        private long part(long awarded, long supplemented) {
            long most = BigDecimal.valueOf(awarded)
                    .multiply(BigDecimal.valueOf(terms.mostSupplementPercent()))
                    .divide(BigDecimal.valueOf(100), 0, RoundingMode.DOWN)
                    .longValueExact();
            return Math.max(0, most - supplemented);
        }

        /** When it would have ended without any extension. */
        Instant firstEnd() {
            return changes.stream()
                    .filter(c -> c.kind() == AllocationChange.Kind.EXTENDED)
                    .map(AllocationChange::endsBefore)
                    .findFirst()
                    .orElse(allocation.period().to());
        }

        Instant endAfter(int months) {
            return plus(allocation.period().to(), months);
        }

        /** By how many months it can still be extended. */
        int monthsToExtend() {
            Instant last = plus(firstEnd(), terms.mostExtensionMonths());
            int months = 0;
            while (!endAfter(months + 1).isAfter(last)) {
                months++;
            }
            return months;
        }

        Instant plus(Instant end, int months) {
            return ZonedDateTime.ofInstant(end, zone).plusMonths(months).toInstant();
        }

        /** Where and for how long a renewal runs: from the end, or from now where that is past; whole days for people. */
        Instant renewedFrom(Instant now) {
            Instant end = allocation.period().to();
            return end.isAfter(now) ? end : now;
        }

        Instant renewedTo(Instant now, int months) {
            Instant from = renewedFrom(now);
            Instant midnight = LocalDate.ofInstant(from, zone)
                    .plusMonths(months)
                    .atStartOfDay(zone)
                    .toInstant();
            return from.equals(allocation.period().to()) ? plus(from, months) : midnight.plus(1, ChronoUnit.DAYS);
        }

        GpuHours gpuLeft() {
            return balance.gpuLeft().isPositive() ? balance.gpuLeft() : GpuHours.ZERO;
        }

        CpuHours cpuLeft() {
            return balance.cpuLeft().milliseconds() > 0 ? balance.cpuLeft() : CpuHours.ZERO;
        }

        /** Whether jobs run on it or were accepted. */
        boolean isHeldByJobs() {
            return balance.gpuInFlight().isPositive()
                    || balance.gpuCommitted().isPositive()
                    || balance.cpuInFlight().milliseconds() > 0
                    || balance.cpuCommitted().milliseconds() > 0;
        }
    }

    /** What can be asked for as things stand, in their order; whoever asks for another is told why not. */
    static List<Kind> possible(Ground ground, Instant now) {
        return java.util.Arrays.stream(Kind.values())
                .filter(kind -> refusal(kind, ground, now).isEmpty())
                .toList();
    }

    /** Why this cannot be asked for as things stand, whatever is typed. */
    static Optional<Refusal> refusal(Kind kind, Ground ground, Instant now) {
        AllocationState state = ground.allocation().state(now);
        if (kind != Kind.RENEW && state == AllocationState.EXPIRED) {
            return conflict("allocation-over", ground.allocation().proposalCode());
        }
        return switch (kind) {
            case EXTEND ->
                ground.monthsToExtend() > 0
                        ? Optional.empty()
                        : conflict("no-more-extension", ground.terms().mostExtensionMonths());
            case SUPPLEMENT ->
                ground.gpuToSupplement().isPositive()
                                || ground.cpuToSupplement().milliseconds() > 0
                        ? Optional.empty()
                        : conflict("no-more-supplement", ground.terms().mostSupplementPercent());
            case TRANSFER ->
                ground.terms().targets(ground.allocation().cluster()).isEmpty()
                        ? conflict("no-transfer-rate", ground.allocation().cluster())
                        : nothingLeft(ground);
            case RENEW -> refusalToRenew(ground, now);
            case GIVE_BACK -> Optional.empty();
            case SUSPEND -> state == AllocationState.SUSPENDED ? conflict("allocation-suspended") : Optional.empty();
            case RESUME -> state == AllocationState.SUSPENDED ? Optional.empty() : conflict("allocation-not-suspended");
        };
    }

    private static Optional<Refusal> refusalToRenew(Ground ground, Instant now) {
        if (ground.rules() == null || ground.renewals() >= ground.terms().mostRenewals()) {
            return conflict(
                    "no-more-renewal",
                    ground.rules() == null ? 0 : ground.terms().mostRenewals());
        }
        Instant from = ground.allocation().period().to().minus(RENEWABLE_DAYS, ChronoUnit.DAYS);
        return now.isBefore(from)
                ? conflict(
                        "too-early-to-renew",
                        LocalDate.ofInstant(from, ground.zone()).toString())
                : Optional.empty();
    }

    private static Optional<Refusal> nothingLeft(Ground ground) {
        return ground.gpuLeft().isPositive() || ground.cpuLeft().milliseconds() > 0
                ? Optional.empty()
                : conflict("nothing-unused", ground.allocation().proposalCode());
    }

    private static Optional<Refusal> conflict(String name, Object... arguments) {
        return Optional.of(Refusal.conflict(name, arguments));
    }

    /** What is asked for, where it can be and holds together. */
    static Outcome<Asked> of(Wish wish, Ground ground, Instant now) {
        Optional<Refusal> missing = new Fields()
                .present("kind", wish.kind())
                .text("reason", wish.reason(), LONGEST_REASON)
                .refusal();
        if (missing.isPresent() || wish.kind() == null || wish.reason() == null) {
            return Outcome.refused(missing.orElseThrow());
        }
        Kind kind = wish.kind();
        Optional<Refusal> impossible = refusal(kind, ground, now);
        if (impossible.isPresent()) {
            return Outcome.refused(impossible.get());
        }
        BigDecimal gpu = wish.gpuHours() == null ? BigDecimal.ZERO : wish.gpuHours();
        BigDecimal cpu = wish.cpuHours() == null ? BigDecimal.ZERO : wish.cpuHours();
        boolean ends = kind == Kind.GIVE_BACK && Boolean.TRUE.equals(wish.ends());
        Fields fields = new Fields();
        if (kind.takesHours() && !ends) {
            fields.rule("gpuHours", Answers.isHours(gpu, CallRules.MOST_HOURS), "not-hours", CallRules.MOST_HOURS)
                    .rule("cpuHours", Answers.isHours(cpu, CallRules.MOST_HOURS), "not-hours", CallRules.MOST_HOURS)
                    .rule("gpuHours", gpu.signum() != 0 || cpu.signum() != 0, "hours-needed");
        }
        switch (kind) {
            case EXTEND -> months(fields, wish, 1, ground.monthsToExtend());
            case RENEW ->
                fields.rule(
                        "months",
                        wish.months() != null
                                && java.util.Objects.requireNonNull(ground.rules())
                                        .durationsMonths()
                                        .contains(wish.months()),
                        "not-an-award-duration");
            case TRANSFER ->
                fields.rule(
                        "cluster",
                        wish.cluster() != null
                                && ground.terms()
                                        .targets(ground.allocation().cluster())
                                        .contains(wish.cluster()),
                        "no-rate-to",
                        String.join(
                                ", ", ground.terms().targets(ground.allocation().cluster())));
            case SUPPLEMENT, GIVE_BACK, SUSPEND, RESUME -> {}
        }
        Optional<Refusal> refusal = fields.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Asked asked = new Asked(
                kind,
                ends ? ground.gpuLeft() : kind.takesHours() ? GpuHours.ofHours(gpu) : GpuHours.ZERO,
                ends ? ground.cpuLeft() : kind.takesHours() ? CpuHours.ofHours(cpu) : CpuHours.ZERO,
                kind.takesMonths() ? wish.months() : null,
                kind == Kind.TRANSFER ? wish.cluster() : null,
                ends,
                wish.reason().strip());
        Optional<Refusal> tooMuch = asked.refusal(ground, now);
        return tooMuch.isPresent() ? Outcome.refused(tooMuch.get()) : Outcome.done(asked);
    }

    /** What is granted of it: what was asked for, or less where an officer says so; never more. */
    Outcome<Asked> granted(@Nullable BigDecimal gpuHours, @Nullable BigDecimal cpuHours, @Nullable Integer granted) {
        BigDecimal gpuGranted = gpuHours == null ? gpu.hours() : gpuHours;
        BigDecimal cpuGranted = cpuHours == null ? cpu.hours() : cpuHours;
        boolean less = kind.takesHours() && kind != Kind.GIVE_BACK;
        Fields fields = new Fields()
                .rule(
                        "gpuHours",
                        gpuHours == null || (less && fits(gpuHours, gpu.hours())),
                        "out-of-range",
                        0,
                        gpu.hours())
                .rule(
                        "cpuHours",
                        cpuHours == null || (less && fits(cpuHours, cpu.hours())),
                        "out-of-range",
                        0,
                        cpu.hours())
                .rule("gpuHours", !less || gpuGranted.signum() > 0 || cpuGranted.signum() > 0, "hours-needed")
                .rule(
                        "months",
                        granted == null
                                || kind == Kind.EXTEND
                                        && granted >= 1
                                        && granted <= java.util.Objects.requireNonNull(months),
                        "out-of-range",
                        1,
                        months == null ? 1 : months);
        Optional<Refusal> refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new Asked(
                        kind,
                        gpuHours == null ? gpu : GpuHours.ofHours(gpuHours),
                        cpuHours == null ? cpu : CpuHours.ofHours(cpuHours),
                        granted == null ? months : granted,
                        cluster,
                        ends,
                        reason));
    }

    private static boolean fits(BigDecimal hours, BigDecimal most) {
        return Answers.isHours(hours, CallRules.MOST_HOURS) && hours.compareTo(most) <= 0;
    }

    private static void months(Fields fields, Wish wish, int least, int most) {
        Integer months = wish.months();
        fields.number("months", months == null ? null : months.longValue(), least, most);
    }
}
