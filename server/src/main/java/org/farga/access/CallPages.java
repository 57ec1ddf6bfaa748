package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.allocation.ClusterNames;
import org.farga.people.Organisations;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
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
    private final Organisations organisations;
    private final Sentences sentences;
    private final ClusterNames clusters;
    private final Shells shells;

    CallPages(
            Calls calls,
            Proposals proposals,
            Organisations organisations,
            Sentences sentences,
            ClusterNames clusters,
            Shells shells) {
        this.calls = calls;
        this.proposals = proposals;
        this.organisations = organisations;
        this.sentences = sentences;
        this.clusters = clusters;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(HttpServletRequest request) {
        return new ModelAndView("access/calls", Map.of("shell", shells.of(request), "calls", calls.newest()));
    }

    @GetMapping("/{idOrCode}")
    ModelAndView show(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        return show(actor, calls.get(idOrCode), null, request);
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
                        : proposals.drafts(actor, 20).stream()
                                .filter(p -> p.call().equals(call.id()))
                                .toList());
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("access/call", model);
        if (refusal != null) {
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    @GetMapping("/{idOrCode}/rules")
    ModelAndView rules(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        Call call = calls.get(idOrCode);
        if (actor == null || Call.refusalToRun(actor).isPresent()) {
            return new ModelAndView("redirect:/calls/" + call.code());
        }
        return form(call, typed(call.rules()), null, request);
    }

    private ModelAndView form(
            Call call, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Shell shell = shells.of(request);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("call", call);
        model.put("typed", typed);
        model.put("clusters", clusters.all());
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("access/call-rules", model);
        if (refusal != null) {
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    private static Map<String, String> typed(CallRules rules) {
        return Map.of(
                "cluster", rules.cluster(),
                "minGpuHours", rules.minGpuHours().toString(),
                "maxGpuHours", rules.maxGpuHours().toString(),
                "minCpuHours", rules.minCpuHours().toString(),
                "maxCpuHours", rules.maxCpuHours().toString(),
                "durationsMonths", rules.durations(),
                "decisionWorkingDays", String.valueOf(rules.decisionWorkingDays()),
                "liveAwardsPerOrganisation", String.valueOf(rules.liveAwardsPerOrganisation()));
    }

    @PostMapping("/{idOrCode}/rules")
    ModelAndView changeRules(
            @Nullable Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(idOrCode);
        if (actor == null) {
            return new ModelAndView("redirect:/sign-in");
        }
        Fields fields = new Fields();
        CallRules.Change change = new CallRules.Change(
                typed.get("cluster"),
                hours(fields, "minGpuHours", typed),
                hours(fields, "maxGpuHours", typed),
                hours(fields, "minCpuHours", typed),
                hours(fields, "maxCpuHours", typed),
                durations(fields, typed),
                whole(fields, "decisionWorkingDays", typed),
                whole(fields, "liveAwardsPerOrganisation", typed),
                null,
                null);
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

    private static @Nullable BigDecimal hours(Fields fields, String field, Map<String, String> typed) {
        String text = typed.getOrDefault(field, "").strip();
        try {
            return text.isEmpty() || text.length() > 20 ? missing(fields, field) : new BigDecimal(text);
        } catch (NumberFormatException e) {
            fields.rule(field, false, "not-hours", CallRules.MOST_HOURS);
            return null;
        }
    }

    private static @Nullable Integer whole(Fields fields, String field, Map<String, String> typed) {
        try {
            return Integer.valueOf(typed.getOrDefault(field, "").strip());
        } catch (NumberFormatException e) {
            fields.rule(field, false, "not-a-number");
            return null;
        }
    }

    private static @Nullable List<Integer> durations(Fields fields, Map<String, String> typed) {
        try {
            return CallRules.durations(typed.getOrDefault("durationsMonths", ""));
        } catch (NumberFormatException e) {
            fields.rule("durationsMonths", false, "bad-durations");
            return null;
        }
    }

    private static @Nullable BigDecimal missing(Fields fields, String field) {
        fields.rule(field, false, "missing");
        return null;
    }

    @PostMapping("/{idOrCode}/closure")
    ModelAndView close(
            @Nullable Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Call call = calls.get(idOrCode);
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
        Call call = calls.get(idOrCode);
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
