package org.farga.access;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/**
 * Which call fits, after four questions: who asks, what for, how many GPU-hours, how soon. Each call is weighed by the same
 * reasons, and each says them.
 */
record CallAdvice(Call call, Fit fit, List<Reason> reasons) {
    CallAdvice {
        reasons = List.copyOf(reasons);
    }

    enum Purpose {
        TRY,
        TRAIN,
        LARGE,
        SCIENCE
    }

    /** @param withinWorkingDays until when a decision is needed; null for any time */
    record Question(
            Audience who,
            Purpose purpose,
            GpuHours gpuHours,
            @Nullable Integer withinWorkingDays) {}

    enum Fit {
        BEST,
        ALSO,
        NO
    }

    /** A sentence of the messages {@code access.advice.<name>} with its arguments. */
    record Reason(String name, boolean holds, List<Object> arguments) {}

    /** The calls that take proposals now, the best first; those that do not fit say why. */
    static List<CallAdvice> of(Question question, Collection<Call> calls, Instant now, ZoneId zone) {
        List<CallAdvice> fitting = new ArrayList<>();
        List<CallAdvice> others = new ArrayList<>();
        calls.stream().filter(call -> call.takes(now)).sorted(order(question)).forEach(call -> {
            List<Reason> reasons = reasons(question, call, now, zone);
            if (reasons.stream().allMatch(Reason::holds)) {
                fitting.add(new CallAdvice(call, fitting.isEmpty() ? Fit.BEST : Fit.ALSO, reasons));
            } else {
                others.add(new CallAdvice(call, Fit.NO, reasons));
            }
        });
        fitting.addAll(others);
        return fitting;
    }

    /** What is made for the purpose first, then what decides soonest, then what asks least. */
    private static Comparator<Call> order(Question question) {
        return Comparator.comparing((Call call) -> !modesFor(question.purpose()).contains(call.mode()))
                .thenComparingInt(
                        call -> call.rules().awardAtOnce() ? 0 : call.rules().decisionWorkingDays())
                .thenComparingInt(call -> call.rules().form().size())
                .thenComparing(Call::code);
    }

    private static List<Call.Mode> modesFor(Purpose purpose) {
        return switch (purpose) {
            case TRY -> List.of(Call.Mode.PLAYGROUND, Call.Mode.BENCHMARK, Call.Mode.DEVELOPMENT);
            case TRAIN -> List.of(Call.Mode.FAST_LANE, Call.Mode.PLAYGROUND, Call.Mode.AI_FOR_SCIENCE);
            case LARGE -> List.of(Call.Mode.LARGE_SCALE, Call.Mode.EXTREME_SCALE, Call.Mode.REGULAR);
            case SCIENCE -> List.of(Call.Mode.AI_FOR_SCIENCE, Call.Mode.REGULAR, Call.Mode.EXTREME_SCALE);
        };
    }

    private static List<Reason> reasons(Question question, Call call, Instant now, ZoneId zone) {
        CallRules rules = call.rules();
        List<Reason> reasons = new ArrayList<>();
        reasons.add(new Reason("audience", rules.audience().contains(question.who()), List.of()));
        var today = java.time.LocalDate.ofInstant(now, zone);
        List<Partition> open =
                rules.partitions().stream().filter(p -> p.isOpen(today)).toList();
        if (open.isEmpty()) {
            reasons.add(new Reason("closed-for-demand", false, List.of()));
        } else {
            boolean granted = open.stream()
                    .anyMatch(p -> question.gpuHours().compareTo(p.minGpuHours()) >= 0
                            && question.gpuHours().compareTo(p.maxGpuHours()) <= 0);
            reasons.add(new Reason(
                    "size",
                    granted,
                    List.of(
                            open.stream()
                                    .map(Partition::minGpuHours)
                                    .min(Comparator.naturalOrder())
                                    .orElseThrow()
                                    .hours(),
                            open.stream()
                                    .map(Partition::maxGpuHours)
                                    .max(Comparator.naturalOrder())
                                    .orElseThrow()
                                    .hours())));
        }
        int days = rules.decisionWorkingDays();
        boolean soon = question.withinWorkingDays() == null || days <= question.withinWorkingDays();
        Optional<Instant> cutOff = rules.intake().next(now);
        if (rules.awardAtOnce()) {
            reasons.add(new Reason("at-once", soon, List.of(days)));
        } else if (cutOff.isPresent()) {
            // Waiting for the cut-off takes time as well: it is not soon unless any time is.
            reasons.add(new Reason("after-cut-off", question.withinWorkingDays() == null, List.of(days, cutOff.get())));
        } else {
            reasons.add(new Reason("within", soon, List.of(days)));
        }
        return reasons;
    }
}
