package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What stands beside calls: which one fits, whether they leave a hole, cut-offs after a pattern, days the centre is closed. */
@RestController
@RequestMapping("/api/v1")
class CatalogueApi {
    private final Calls calls;
    private final Proposals proposals;
    private final ClosedDays closedDays;
    private final Sentences sentences;

    CatalogueApi(Calls calls, Proposals proposals, ClosedDays closedDays, Sentences sentences) {
        this.calls = calls;
        this.proposals = proposals;
        this.closedDays = closedDays;
        this.sentences = sentences;
    }

    record ClosedDayJson(LocalDate day, String reason) {}

    record NewClosedDay(@Nullable String reason) {}

    /** Which call fits, the best first; each with its reasons. */
    @GetMapping("/call-advice")
    List<CallsApi.CallAdviceJson> advice(
            @RequestParam Audience who,
            @RequestParam CallAdvice.Purpose purpose,
            @RequestParam BigDecimal gpuHours,
            @RequestParam(required = false) @Nullable Integer withinWorkingDays,
            HttpServletRequest request) {
        Locale language = Languages.of(request);
        return calls.advice(question(who, purpose, gpuHours, withinWorkingDays)).stream()
                .map(advice -> CallsApi.CallAdviceJson.of(advice, sentences, language))
                .toList();
    }

    static CallAdvice.Question question(
            Audience who, CallAdvice.Purpose purpose, BigDecimal gpuHours, @Nullable Integer days) {
        Optional<Refusal> refusal = new Fields()
                .rule("gpuHours", Answers.isHours(gpuHours, CallRules.MOST_HOURS), "not-hours", CallRules.MOST_HOURS)
                .rule("withinWorkingDays", days == null || (days >= 0 && days <= 1_000), "out-of-range", 0, 1_000)
                .refusal();
        if (refusal.isPresent()) {
            throw new Answer.RefusedException(refusal.get());
        }
        return new CallAdvice.Question(who, purpose, GpuHours.ofHours(gpuHours), days);
    }

    /** For each audience and partition, the sizes that no open call serves. */
    @GetMapping("/call-coverage")
    List<CallsApi.CoverageJson> coverage(Actor actor) {
        if (Call.refusalToRun(actor).isPresent()) {
            throw new NotFoundException("page");
        }
        return calls.coverage().stream()
                .map(c -> new CallsApi.CoverageJson(
                        c.audience(),
                        c.partition(),
                        c.served().stream().map(s -> s.call().code()).distinct().toList(),
                        c.holes().stream()
                                .map(h -> new CallsApi.HoleJson(h.fromGpu(), h.toGpu(), h.fromCpu(), h.toCpu()))
                                .toList()))
                .toList();
    }

    /**
     * Cut-offs after a pattern, moved off weekends and Belgian public holidays to the working day before.
     *
     * @param days days of the month, such as {@code 15,last}
     */
    @GetMapping("/cut-offs")
    List<CallsApi.CutOffJson> cutOffs(
            @RequestParam String days,
            @RequestParam(defaultValue = "1") int everyMonths,
            @RequestParam(defaultValue = "10:00") LocalTime at,
            @RequestParam LocalDate from,
            @RequestParam LocalDate until) {
        return pattern(days, everyMonths, at, from, until).stream()
                .map(local -> new CallsApi.CutOffJson(local, Intake.instant(local)))
                .toList();
    }

    static List<java.time.LocalDateTime> pattern(
            String days, int everyMonths, LocalTime at, LocalDate from, LocalDate until) {
        Set<Integer> numbers = new TreeSet<>();
        boolean readable = Arrays.stream(days.split(",", -1)).map(String::strip).allMatch(day -> {
            boolean last = day.equalsIgnoreCase("last");
            if (!last && !day.matches("[1-9]|[12][0-9]|3[01]")) {
                return false;
            }
            numbers.add(last ? Intake.LAST_DAY : Integer.parseInt(day));
            return true;
        });
        Optional<Refusal> refusal = new Fields()
                .rule("days", readable, "not-days-of-month")
                .number("everyMonths", (long) everyMonths, 1, 24)
                .rule("until", !until.isBefore(from) && until.isBefore(from.plusYears(10)), "ends-before-it-begins")
                .rule("from", from.getYear() >= 2000 && from.getYear() <= 2100, "out-of-range", 2000, 2100)
                .refusal();
        if (refusal.isPresent()) {
            throw new Answer.RefusedException(refusal.get());
        }
        return Intake.pattern(numbers, everyMonths, at, from, until);
    }

    /**
     * @param targetWorkingDays what the mode's newest call promises
     * @param workingDays the working days that each decision took, in order
     * @param drafts that were begun in the last year and are still drafts
     */
    record DecisionTimesJson(
            Call.Mode mode,
            int targetWorkingDays,
            List<Integer> workingDays,
            int inTime,
            int drafts,
            int submitted,
            Map<Step.Kind, Integer> reached,
            int open,
            int awarded,
            int declined,
            int withdrawn) {}

    /** What was submitted in the last year: how long decisions took, and how far proposals came. */
    @GetMapping("/decision-times")
    List<DecisionTimesJson> decisionTimes(Actor actor) {
        return proposals.decisionTimes(actor).stream()
                .map(t -> new DecisionTimesJson(
                        t.mode(),
                        t.target(),
                        t.days(),
                        t.inTime(),
                        t.drafts(),
                        t.submitted(),
                        t.reached(),
                        t.open(),
                        t.awarded(),
                        t.declined(),
                        t.withdrawn()))
                .toList();
    }

    @GetMapping("/closed-days")
    List<ClosedDayJson> closedDays() {
        return closedDays.list().stream()
                .map(c -> new ClosedDayJson(c.day(), c.reason()))
                .toList();
    }

    @PutMapping("/closed-days/{day}")
    ClosedDayJson close(Actor actor, @PathVariable LocalDate day, @RequestBody NewClosedDay body) {
        ClosedDay closed = Answer.of(closedDays.enter(actor, day, body.reason()));
        return new ClosedDayJson(closed.day(), closed.reason());
    }

    @DeleteMapping("/closed-days/{day}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reopen(Actor actor, @PathVariable LocalDate day) {
        Answer.of(closedDays.remove(actor, day));
    }
}
