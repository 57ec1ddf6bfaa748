package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
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
 * reasons, and each says them, and what would change those that are in the way.
 *
 * @param instead the answers nearest to the given ones with which it would fit; null where it does, or no answer would help
 */
record CallAdvice(
        Call call, Fit fit, List<Reason> reasons, @Nullable Question instead) {
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

    /**
     * A sentence of the messages {@code access.advice.<name>} with its arguments.
     *
     * @param change what would make it hold, as a sentence {@code access.advice.change.<name>}; null where it holds
     */
    record Reason(
            String name,
            boolean holds,
            List<Object> arguments,
            @Nullable Change change) {
        Reason {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * What would change the advice.
     *
     * @param gpuHours to be asked for instead; null where others would do
     * @param anyTime whether it takes more time than is given
     */
    record Change(
            String name, List<Object> arguments, @Nullable GpuHours gpuHours, boolean anyTime) {
        Change {
            arguments = List.copyOf(arguments);
        }

        /** Whether the asker could change it: not who they are, nor what a call takes today. */
        private boolean isTheirs() {
            return gpuHours != null || anyTime;
        }
    }

    /** The calls that take proposals now, the best first; those that do not fit say why. */
    static List<CallAdvice> of(Question question, Collection<Call> calls, Instant now, ZoneId zone) {
        List<CallAdvice> fitting = new ArrayList<>();
        List<CallAdvice> others = new ArrayList<>();
        calls.stream().filter(call -> call.takes(now)).sorted(order(question)).forEach(call -> {
            List<Reason> reasons = reasons(question, call, now, zone);
            if (reasons.stream().allMatch(Reason::holds)) {
                fitting.add(new CallAdvice(call, fitting.isEmpty() ? Fit.BEST : Fit.ALSO, reasons, null));
            } else {
                others.add(new CallAdvice(
                        call, Fit.NO, reasons, instead(question, reasons).orElse(null)));
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

    private static Optional<Question> instead(Question question, List<Reason> reasons) {
        GpuHours gpuHours = question.gpuHours();
        Integer days = question.withinWorkingDays();
        for (Reason reason : reasons) {
            Change change = reason.change();
            if (change != null) {
                if (!change.isTheirs()) {
                    return Optional.empty();
                }
                gpuHours = change.gpuHours() == null ? gpuHours : change.gpuHours();
                days = change.anyTime() ? null : days;
            }
        }
        return Optional.of(new Question(question.who(), question.purpose(), gpuHours, days));
    }

    private static List<Reason> reasons(Question question, Call call, Instant now, ZoneId zone) {
        CallRules rules = call.rules();
        LocalDate today = LocalDate.ofInstant(now, zone);
        return List.of(audience(question, rules), size(question, rules, today), time(question, rules, now));
    }

    private static Reason audience(Question question, CallRules rules) {
        boolean whom = rules.audience().contains(question.who());
        return new Reason(
                "audience",
                whom,
                List.of(),
                whom ? null : new Change("audience", List.of(rules.audience()), null, false));
    }

    private static Reason size(Question question, CallRules rules, LocalDate today) {
        List<Partition> open =
                rules.partitions().stream().filter(p -> p.isOpen(today)).toList();
        if (open.isEmpty()) {
            Optional<LocalDate> next = rules.partitions().stream()
                    .filter(p -> p.closedReason() == null)
                    .flatMap(p -> p.available().stream())
                    .map(Partition.Availability::from)
                    .filter(day -> day.isAfter(today))
                    .min(Comparator.naturalOrder());
            return new Reason(
                    "closed-for-demand",
                    false,
                    List.of(),
                    next.map(day -> new Change("opens", List.of(day), null, false))
                            .orElse(new Change("closed-for-demand", List.of(), null, false)));
        }
        GpuHours asked = question.gpuHours();
        boolean granted = open.stream()
                .anyMatch(p -> asked.compareTo(p.minGpuHours()) >= 0 && asked.compareTo(p.maxGpuHours()) <= 0);
        GpuHours least = open.stream()
                .map(Partition::minGpuHours)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        GpuHours most = open.stream()
                .map(Partition::maxGpuHours)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        GpuHours nearest = open.stream()
                .map(p -> asked.compareTo(p.minGpuHours()) < 0 ? p.minGpuHours() : p.maxGpuHours())
                .min(Comparator.comparingLong(h -> Math.abs(h.milliseconds() - asked.milliseconds())))
                .orElseThrow();
        return new Reason(
                "size",
                granted,
                List.of(least.hours(), most.hours()),
                granted ? null : new Change("size", List.of(nearest.hours()), nearest, false));
    }

    private static Reason time(Question question, CallRules rules, Instant now) {
        int days = rules.decisionWorkingDays();
        boolean soon = question.withinWorkingDays() == null || days <= question.withinWorkingDays();
        Optional<Instant> cutOff = rules.intake().next(now);
        if (rules.awardAtOnce()) {
            return time("at-once", soon, List.of(days));
        }
        // Waiting for the cut-off takes time as well: it is not soon unless any time is.
        return cutOff.isPresent()
                ? time("after-cut-off", question.withinWorkingDays() == null, List.of(days, cutOff.get()))
                : time("within", soon, List.of(days));
    }

    private static Reason time(String name, boolean soon, List<Object> arguments) {
        return new Reason(name, soon, arguments, soon ? null : new Change("time", arguments, null, true));
    }
}
