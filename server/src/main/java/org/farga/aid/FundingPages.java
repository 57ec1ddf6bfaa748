package org.farga.aid;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.allocation.Allocation;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Who pays: sources with their market values, what they pay, ceilings; and what pays an allocation. */
@Controller
class FundingPages {
    private final Sources sources;
    private final Grants grants;
    private final Register register;
    private final Shells shells;

    FundingPages(Sources sources, Grants grants, Register register, Shells shells) {
        this.sources = sources;
        this.grants = grants;
        this.register = register;
        this.shells = shells;
    }

    @GetMapping("/aid/funding")
    ModelAndView show(Actor actor, HttpServletRequest request) {
        return page(actor, "", Map.of(), null, request);
    }

    @GetMapping({"/aid/sources", "/aid/ceilings", "/aid/funding-plans"})
    String again() {
        return "redirect:/aid/funding";
    }

    @PostMapping("/aid/sources")
    ModelAndView add(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                sources.add(actor, source(typed, true)), "source", "aid.source.added", actor, typed, request, redirect);
    }

    @PostMapping("/aid/ceilings")
    ModelAndView setCeiling(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        AidRights.requireOfficer(actor);
        LocalDate since = Typed.day(typed.get("since"));
        Long cents = Euro.cents(Euro.typed(typed.get("ceilingEuros")));
        Outcome<Ceiling> outcome = since == null
                ? missingDay("since")
                : sources.setCeiling(
                        actor,
                        new Ceiling(
                                since,
                                Typed.day(typed.get("until")),
                                cents == null ? -1 : cents,
                                Typed.whole(typed.get("years")),
                                Typed.whole(typed.get("warningPercent")),
                                Typed.whole(typed.get("declarationDays")),
                                typed.getOrDefault("regulation", ""),
                                actor.person(),
                                Instant.EPOCH));
        return done(outcome, "ceiling", "aid.ceiling.set", actor, typed, request, redirect);
    }

    @PostMapping("/aid/funding-plans")
    ModelAndView setPlan(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                sources.setPlan(actor, typed.get("subject"), Typed.day(typed.get("since")), Typed.shares(typed)),
                "plan",
                "aid.plan.set",
                actor,
                typed,
                request,
                redirect);
    }

    private static <T> Outcome<T> missingDay(String field) {
        return Outcome.refused(
                Refusal.invalid(java.util.List.of(new Refusal.FieldProblem(field, "aid-day", java.util.List.of()))));
    }

    private static Sources.NewSource source(Map<String, String> typed, boolean active) {
        return new Sources.NewSource(
                typed.get("code"),
                typed.get("name"),
                Typed.one(FundingSource.Kind.class, typed.get("kind")),
                typed.get("memberState"),
                typed.get("authority"),
                Typed.one(Regime.class, typed.get("regime")),
                active);
    }

    private <T> ModelAndView done(
            Outcome<T> outcome,
            String form,
            String notice,
            Actor actor,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<T>(Refusal refusal)) {
            return page(actor, form, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/aid/funding");
    }

    private ModelAndView page(
            Actor actor,
            String form,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("sources", sources.list(actor));
        model.put("ceilings", sources.ceilings(actor));
        model.put("plans", sources.plans(actor));
        model.put("subjects", sources.subjects());
        model.put("today", register.today());
        model.put("acts", AidRights.mayAct(actor));
        model.put("form", form);
        model.put("typed", typed);
        model.put("refusal", refusal);
        return CompanyAidPages.refused(new ModelAndView("aid/funding", model), refusal);
    }

    @GetMapping("/aid/sources/{source}")
    ModelAndView source(Actor actor, @PathVariable UUID source, HttpServletRequest request) {
        return source(actor, source, "", Map.of(), null, request);
    }

    @PostMapping("/aid/sources/{source}")
    ModelAndView change(
            Actor actor,
            @PathVariable UUID source,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return sourceDone(
                sources.change(
                        actor, source, Typed.whole(typed.get("version")), source(typed, typed.containsKey("active"))),
                "source",
                "aid.source.changed",
                actor,
                source,
                typed,
                request,
                redirect);
    }

    @GetMapping("/aid/sources/{source}/market-values")
    String valuesAgain(@PathVariable UUID source) {
        return "redirect:/aid/sources/" + source;
    }

    @PostMapping("/aid/sources/{source}/market-values")
    ModelAndView value(
            Actor actor,
            @PathVariable UUID source,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        AidRights.requireOfficer(actor);
        LocalDate since = Typed.day(typed.get("since"));
        Outcome<FundingSource> outcome = since == null
                ? missingDay("since")
                : sources.setValue(
                        actor,
                        source,
                        new FundingSource.MarketValue(
                                since,
                                Typed.day(typed.get("until")),
                                Typed.number(typed.get("gpuHourCents")),
                                Typed.number(typed.get("cpuHourCents")),
                                typed.getOrDefault("evidence", ""),
                                actor.person(),
                                Instant.EPOCH));
        return sourceDone(outcome, "value", "aid.value.set", actor, source, typed, request, redirect);
    }

    private ModelAndView sourceDone(
            Outcome<FundingSource> outcome,
            String form,
            String notice,
            Actor actor,
            UUID id,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<FundingSource>(Refusal refusal)) {
            return source(actor, id, form, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/aid/sources/" + id);
    }

    private ModelAndView source(
            Actor actor,
            UUID id,
            String form,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("source", sources.get(actor, id));
        model.put("today", register.today());
        model.put("acts", AidRights.mayAct(actor));
        model.put("form", form);
        model.put("typed", typed);
        model.put("refusal", refusal);
        return CompanyAidPages.refused(new ModelAndView("aid/source", model), refusal);
    }

    @GetMapping("/allocations/{id}/funding")
    ModelAndView allocation(Actor actor, @PathVariable AllocationId id, HttpServletRequest request) {
        return allocation(actor, id, Map.of(), null, request);
    }

    @PostMapping("/allocations/{id}/funding")
    ModelAndView assign(
            Actor actor,
            @PathVariable AllocationId id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        grants.requireSight(actor, id);
        Outcome<FundingTable.Funding> outcome = grants.assign(actor, id, Typed.shares(typed), typed.get("reason"));
        if (outcome instanceof Outcome.Refused<FundingTable.Funding>(Refusal refusal)) {
            return allocation(actor, id, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "aid.funding.assigned");
        return new ModelAndView("redirect:/allocations/" + id + "/funding");
    }

    private ModelAndView allocation(
            Actor actor,
            AllocationId id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Allocation allocation = grants.requireSight(actor, id);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("allocation", allocation);
        model.put("funding", grants.fundingOf(actor, id));
        model.put("history", grants.fundingHistory(actor, id));
        model.put("entries", grants.entriesOf(actor, id));
        model.put("sources", sources.all());
        model.put("acts", AidRights.mayAct(actor));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return CompanyAidPages.refused(new ModelAndView("aid/allocation", model), refusal);
    }
}
