package org.farga.access;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.ClusterNames;
import org.farga.people.Organisations;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Calls, for strangers as well; what access officers do with them is behind the same addresses. */
@Controller
@RequestMapping("/calls")
class CallPages {
    private final Calls calls;
    private final Proposals proposals;
    private final Drafts drafts;
    private final Attachments attachments;
    private final Organisations organisations;
    private final Sentences sentences;
    private final ClusterNames clusters;
    private final ClosedDays closedDays;
    private final RulesDiff diff;
    private final Shells shells;

    CallPages(
            Calls calls,
            Proposals proposals,
            Drafts drafts,
            Attachments attachments,
            Organisations organisations,
            Sentences sentences,
            ClusterNames clusters,
            ClosedDays closedDays,
            RulesDiff diff,
            Shells shells) {
        this.calls = calls;
        this.proposals = proposals;
        this.drafts = drafts;
        this.attachments = attachments;
        this.organisations = organisations;
        this.sentences = sentences;
        this.clusters = clusters;
        this.closedDays = closedDays;
        this.diff = diff;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            @Nullable Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return new ModelAndView(
                "access/calls",
                Map.of(
                        "shell", shells.of(request),
                        "catalogue", calls.catalogue(actor, cursor),
                        "first", cursor == null,
                        "officer", runs(actor)));
    }

    private static boolean runs(@Nullable Actor actor) {
        return actor != null && Call.refusalToRun(actor).isEmpty();
    }

    /** Four questions, and which call fits; the answers stand in the address, so that they can be sent to others. */
    @GetMapping("/guide")
    ModelAndView guide(
            @RequestParam(defaultValue = "") String who,
            @RequestParam(defaultValue = "") String purpose,
            @RequestParam(defaultValue = "") String gpuHours,
            @RequestParam(defaultValue = "") String soon,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>(Map.of(
                "shell", shells.of(request),
                "sentences", sentences,
                "who", who,
                "purpose", purpose,
                "gpuHours", gpuHours,
                "soon", soon));
        Fields fields = new Fields();
        boolean asked = !who.isEmpty() || !purpose.isEmpty() || !gpuHours.isEmpty();
        Audience audience = choice(Audience.class, who);
        CallAdvice.Purpose use = choice(CallAdvice.Purpose.class, purpose);
        BigDecimal hours = number(gpuHours);
        Integer days = soon.matches("[0-9]{1,3}") ? Integer.valueOf(soon) : null;
        fields.present("who", audience)
                .present("purpose", use)
                .rule(
                        "gpuHours",
                        hours != null && Answers.isHours(hours, CallRules.MOST_HOURS),
                        "not-hours",
                        CallRules.MOST_HOURS);
        Optional<Refusal> refusal = asked ? fields.refusal() : Optional.empty();
        boolean answered = asked && refusal.isEmpty() && audience != null && use != null && hours != null;
        model.put(
                "advice",
                answered
                        ? calls.advice(CatalogueApi.question(
                                requireNonNull(audience), requireNonNull(use), requireNonNull(hours), days))
                        : List.of());
        model.put("refusal", refusal.orElse(null));
        ModelAndView page = new ModelAndView("access/guided", model);
        if (refusal.isPresent()) {
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    private static <E extends Enum<E>> @Nullable E choice(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable BigDecimal number(String text) {
        try {
            return text.length() > 20 ? null : new BigDecimal(text.strip().replace(',', '.'));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether the open calls leave a size that none serves; for access officers. */
    @GetMapping("/coverage")
    ModelAndView coverage(@Nullable Actor actor, HttpServletRequest request) {
        if (!runs(actor)) {
            throw new NotFoundException("page");
        }
        return new ModelAndView("access/coverage", Map.of("shell", shells.of(request), "coverage", calls.coverage()));
    }

    /** How long decisions took; for the centre's own. */
    @GetMapping("/decision-times")
    ModelAndView decisionTimes(@Nullable Actor actor, HttpServletRequest request) {
        if (actor == null) {
            throw new NotFoundException("page");
        }
        return new ModelAndView(
                "access/decision-times", Map.of("shell", shells.of(request), "times", proposals.decisionTimes(actor)));
    }

    /** Public holidays and the days on which the centre is closed. */
    @GetMapping("/calendar")
    ModelAndView calendar(
            @Nullable Actor actor, @RequestParam(required = false) @Nullable Integer year, HttpServletRequest request) {
        return calendar(actor, year, null, request);
    }

    private ModelAndView calendar(
            @Nullable Actor actor, @Nullable Integer year, @Nullable Refusal refusal, HttpServletRequest request) {
        Shell shell = shells.of(request);
        int present = LocalDate.ofInstant(shell.now(), shell.zone()).getYear();
        int shown = year == null ? present : Math.clamp(year, present - 10, present + 10);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("year", shown);
        model.put("holidays", closedDays.holidays().of(shown).toList());
        model.put("place", closedDays.holidays().place(shell.language()));
        model.put("closed", closedDays.list());
        model.put("mayEnter", actor != null && ClosedDays.refusalToEnter(actor).isEmpty());
        model.put("refusal", refusal);
        return Answer.page("access/calendar", model, refusal);
    }

    @PostMapping("/calendar")
    ModelAndView enterClosedDay(
            Actor actor,
            @RequestParam String day,
            @RequestParam String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (closedDays.enter(actor, CallRulesForm.day(day), reason)) {
            case Outcome.Done<ClosedDay> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield new ModelAndView("redirect:/calls/calendar");
            }
            case Outcome.Refused<ClosedDay>(Refusal refusal) -> {
                if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                    throw new Answer.RefusedException(refusal);
                }
                yield calendar(actor, null, refusal, request);
            }
        };
    }

    @PostMapping("/calendar/removal")
    ModelAndView removeClosedDay(Actor actor, @RequestParam String day, RedirectAttributes redirect) {
        Answer.of(closedDays.remove(actor, CallRulesForm.day(day)));
        redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
        return new ModelAndView("redirect:/calls/calendar");
    }

    /** A version of the rules with what it changed against the one before. */
    record ShownVersion(int number, Instant since, List<RulesDiff.Line> changes) {}

    @GetMapping("/{idOrCode}/versions")
    ModelAndView versions(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        Call call = calls.get(actor, idOrCode);
        Shell shell = shells.of(request);
        List<CallTable.Version> versions = calls.versions(call);
        List<ShownVersion> shown = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            CallTable.Version version = versions.get(i);
            shown.add(new ShownVersion(
                    version.number(),
                    version.since(),
                    i + 1 == versions.size()
                            ? List.of()
                            : diff.between(versions.get(i + 1).rules(), version.rules(), shell.language())));
        }
        return new ModelAndView("access/versions", Map.of("shell", shell, "call", call, "versions", shown));
    }

    @GetMapping("/{idOrCode}")
    ModelAndView show(
            @Nullable Actor actor,
            @PathVariable String idOrCode,
            @RequestParam(defaultValue = "") String gpuHours,
            HttpServletRequest request) {
        ModelAndView page = show(actor, calls.get(actor, idOrCode), null, request);
        BigDecimal asked = number(gpuHours);
        // Taken along from the guide; what is no number of hours is left behind.
        page.addObject(
                "gpuHours", asked != null && Answers.isHours(asked, CallRules.MOST_HOURS) ? asked.toPlainString() : "");
        return page;
    }

    private ModelAndView show(@Nullable Actor actor, Call call, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("call", call);
        model.put("sentences", sentences);
        model.put("officer", actor != null && Call.refusalToRun(actor).isEmpty());
        model.put(
                "organisations",
                actor == null
                        ? List.of()
                        : organisations.summaries(actor.organisations().keySet()).values().stream()
                                .sorted(Comparator.comparing(Organisations.Summary::name))
                                .toList());
        model.put(
                "drafts",
                actor == null
                        ? List.of()
                        : drafts.list(actor, 20).stream()
                                .filter(p -> p.call().equals(call.id()))
                                .toList());
        model.put("refusal", refusal);
        return Answer.page("access/call", model, refusal);
    }

    @GetMapping("/{idOrCode}/rules")
    ModelAndView rules(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        Call call = calls.get(actor, idOrCode);
        if (actor == null || Call.refusalToRun(actor).isPresent()) {
            return new ModelAndView("redirect:/calls/" + call.code());
        }
        return form(call, CallRulesForm.typed(call.rules()), null, request);
    }

    private ModelAndView form(
            Call call, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Shell shell = shells.of(request);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("call", call);
        model.put("typed", typed);
        model.put("sentences", sentences);
        model.put("partitions", CallRulesForm.partitions(typed));
        model.put("clusters", clusters.all());
        model.put("refusal", refusal);
        model.put("documentLimit", attachments.limit(call));
        return Answer.page("access/call-rules", model, refusal);
    }

    @PostMapping("/{idOrCode}/rules")
    ModelAndView changeRules(
            @Nullable Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(actor, idOrCode);
        if (actor == null) {
            return new ModelAndView("redirect:/sign-in");
        }
        Optional<Refusal> forbidden = Call.refusalToRun(actor);
        if (forbidden.isPresent()) {
            throw new Answer.RefusedException(forbidden.get());
        }
        Fields fields = new Fields();
        CallRules.Change change = CallRulesForm.change(typed, call.rules(), fields);
        var unreadable = fields.refusal();
        if (unreadable.isPresent()) {
            return form(call, typed, unreadable.get(), request);
        }
        return switch (calls.changeRules(actor, call.id(), version, change)) {
            case Outcome.Done<Call>(Call changed) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.rules-changed");
                yield new ModelAndView("redirect:/calls/" + changed.code());
            }
            case Outcome.Refused<Call>(Refusal refusal) -> form(call, typed, refusal, request);
        };
    }

    /** Fills the list of cut-offs after a pattern, for the officer to look at and change before saving. */
    @PostMapping("/{idOrCode}/rules/cut-offs")
    ModelAndView fillCutOffs(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request) {
        Call call = calls.get(actor, idOrCode);
        Optional<Refusal> forbidden = Call.refusalToRun(actor);
        if (forbidden.isPresent()) {
            throw new Answer.RefusedException(forbidden.get());
        }
        Map<String, String> filled = new HashMap<>(typed);
        Fields fields = new Fields();
        LocalDate from = CallRulesForm.day(typed.get("from"));
        LocalDate until = CallRulesForm.day(typed.get("until"));
        String every = typed.getOrDefault("everyMonths", "").strip();
        String at = typed.getOrDefault("at", "").strip();
        fields.rule("from", from != null, "not-a-day")
                .rule("until", until != null, "not-a-day")
                .rule("everyMonths", every.matches("[0-9]{1,2}"), "not-a-number")
                .rule("at", at.matches("([01][0-9]|2[0-3]):[0-5][0-9]"), "not-a-time");
        var unreadable = fields.refusal();
        if (unreadable.isPresent() || from == null || until == null) {
            return form(call, filled, unreadable.orElseThrow(), request);
        }
        try {
            List<LocalDateTime> cutOffs = CatalogueApi.pattern(
                    typed.getOrDefault("days", ""), Integer.parseInt(every), LocalTime.parse(at), from, until);
            filled.put("cutOffs", CallRulesForm.lines(cutOffs));
            filled.put("rolling", "false");
            return form(call, filled, null, request);
        } catch (Answer.RefusedException e) {
            return form(call, filled, e.refusal(), request);
        }
    }

    @GetMapping("/{idOrCode}/description")
    ModelAndView description(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        Call call = calls.get(actor, idOrCode);
        if (!runs(actor)) {
            return new ModelAndView("redirect:/calls/" + call.code());
        }
        Shell shell = shells.of(request);
        Map<String, String> typed = new HashMap<>();
        typed.put("title", call.title());
        call.summary().forEach((language, text) -> typed.put("summary." + language, text));
        typed.put("opensAt", local(call.opensAt(), shell));
        if (call.closesAt() != null) {
            typed.put("closesAt", local(call.closesAt(), shell));
        }
        return description(call, typed, null, shell);
    }

    private static String local(Instant instant, Shell shell) {
        return LocalDateTime.ofInstant(instant, shell.zone())
                .truncatedTo(ChronoUnit.MINUTES)
                .toString();
    }

    private static ModelAndView description(
            Call call, Map<String, String> typed, @Nullable Refusal refusal, Shell shell) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("call", call);
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("access/description", model, refusal);
    }

    @PostMapping("/{idOrCode}/description")
    ModelAndView describe(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(actor, idOrCode);
        Optional<Refusal> forbidden = Call.refusalToRun(actor);
        if (forbidden.isPresent()) {
            throw new Answer.RefusedException(forbidden.get());
        }
        Shell shell = shells.of(request);
        Map<String, String> summary = new HashMap<>();
        Call.LANGUAGES.forEach(language -> summary.put(language, typed.getOrDefault("summary." + language, "")));
        Fields fields = new Fields();
        Instant opens = instant(fields, "opensAt", typed, shell, call.opensAt());
        String closing = typed.getOrDefault("closesAt", "");
        Instant closes = closing.isBlank() ? null : instant(fields, "closesAt", typed, shell, call.closesAt());
        var unreadable = fields.refusal();
        if (unreadable.isPresent()) {
            return description(call, typed, unreadable.get(), shell);
        }
        return switch (calls.describe(
                actor,
                call.id(),
                version,
                new Call.Change(typed.getOrDefault("title", ""), summary, opens, closes, closing.isBlank()))) {
            case Outcome.Done<Call>(Call changed) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield new ModelAndView("redirect:/calls/" + changed.code());
            }
            case Outcome.Refused<Call>(Refusal refusal) -> description(call, typed, refusal, shell);
        };
    }

    /** What a form shows has whole minutes: an instant whose minute was not changed keeps its seconds. */
    private static @Nullable Instant instant(
            Fields fields, String field, Map<String, String> typed, Shell shell, @Nullable Instant before) {
        String text = typed.getOrDefault(field, "").strip();
        if (before != null && text.equals(local(before, shell))) {
            return before;
        }
        try {
            return LocalDateTime.parse(text).atZone(shell.zone()).toInstant();
        } catch (DateTimeParseException e) {
            fields.rule(field, false, "not-a-time");
            return null;
        }
    }

    @PostMapping("/{idOrCode}/copy")
    ModelAndView copy(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam(required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String title,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(actor, idOrCode);
        return answer(actor, call, calls.copy(actor, idOrCode, code, title), "access.done.copied", request, redirect);
    }

    @PostMapping("/{idOrCode}/publication")
    ModelAndView publish(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(actor, idOrCode);
        return answer(
                actor, call, calls.publish(actor, call.id(), version), "access.done.published", request, redirect);
    }

    @PostMapping("/{idOrCode}/closure")
    ModelAndView close(
            @Nullable Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(actor, idOrCode);
        return actor == null
                ? new ModelAndView("redirect:/sign-in")
                : answer(
                        actor,
                        call,
                        calls.close(actor, call.id(), version),
                        "access.done.call-closed",
                        request,
                        redirect);
    }

    @PostMapping("/{idOrCode}/opening")
    ModelAndView open(
            @Nullable Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(actor, idOrCode);
        return actor == null
                ? new ModelAndView("redirect:/sign-in")
                : answer(
                        actor,
                        call,
                        calls.open(actor, call.id(), version),
                        "access.done.call-opened",
                        request,
                        redirect);
    }

    private ModelAndView answer(
            Actor actor,
            Call call,
            Outcome<Call> outcome,
            String notice,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<Call>(Call changed) -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:/calls/" + changed.code());
            }
            case Outcome.Refused<Call>(Refusal refusal) -> show(actor, call, refusal, request);
        };
    }
}
