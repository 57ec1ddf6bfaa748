package org.farga.aid;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The officer's register of aid, and each grant in it. */
@Controller
@RequestMapping("/aid")
class RegisterPages {
    private final Register register;
    private final Grants grants;
    private final Sources sources;
    private final Undertakings undertakings;
    private final Letters letters;
    private final Shells shells;

    RegisterPages(
            Register register,
            Grants grants,
            Sources sources,
            Undertakings undertakings,
            Letters letters,
            Shells shells) {
        this.register = register;
        this.grants = grants;
        this.sources = sources;
        this.undertakings = undertakings;
        this.letters = letters;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor,
            @RequestParam Map<String, String> asked,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        EntryTable.Filter filter = new EntryTable.Filter(
                asked.get("text"),
                Typed.one(Regime.class, asked.get("regime")),
                Typed.day(asked.get("from")),
                Typed.day(asked.get("to")),
                "true".equals(asked.get("open")),
                "true".equals(asked.get("overdue")));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("page", register.list(actor, filter, cursor, null));
        model.put("filter", filter);
        model.put("query", query(asked));
        model.put("open", register.open(actor));
        model.put("waiting", undertakings.waiting(actor));
        model.put("today", register.today());
        model.put("acts", AidRights.mayAct(actor));
        return new ModelAndView("aid/register", model);
    }

    /** The filter as the part of an address; empty where nothing was asked. */
    private static String query(Map<String, String> asked) {
        StringBuilder query = new StringBuilder();
        for (String name : java.util.List.of("text", "regime", "from", "to", "open", "overdue")) {
            String value = asked.get(name);
            if (value != null && !value.isBlank()) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return query.toString();
    }

    @GetMapping("/warnings")
    ModelAndView warnings(Actor actor, HttpServletRequest request) {
        return new ModelAndView(
                "aid/warnings", Map.of("shell", shells.of(request), "warnings", register.warnings(actor)));
    }

    @GetMapping("/grants")
    ModelAndView form(Actor actor, @RequestParam Map<String, String> typed, HttpServletRequest request) {
        AidRights.requireOfficer(actor);
        return form(actor, typed, null, request);
    }

    @PostMapping("/grants")
    ModelAndView record(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        AidRights.requireOfficer(actor);
        Outcome<AidEntry> outcome = grants.record(
                actor,
                new Grants.NewGrant(
                        Typed.organisation(typed.get("organisation")).orElse(null),
                        Typed.id(typed.get("source")),
                        Euro.typed(typed.get("amountEuros")),
                        Typed.day(typed.get("grantedOn")),
                        Typed.one(Instrument.class, typed.get("instrument")),
                        typed.get("reference")));
        return switch (outcome) {
            case Outcome.Done<AidEntry>(AidEntry entry) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "aid.grant.recorded");
                yield new ModelAndView("redirect:/aid/entries/" + entry.id());
            }
            case Outcome.Refused<AidEntry>(Refusal refusal) -> form(actor, typed, refusal, request);
        };
    }

    private ModelAndView form(
            Actor actor, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put(
                "sources",
                sources.list(actor).stream()
                        .filter(s -> s.active() && s.carriesAid())
                        .toList());
        model.put("today", register.today());
        model.put(
                "organisation",
                register.named(actor, Typed.organisation(typed.get("organisation")))
                        .orElse(null));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return CompanyAidPages.refused(new ModelAndView("aid/grant-new", model), refusal);
    }

    @GetMapping("/entries/{aid}")
    ModelAndView show(Actor actor, @PathVariable UUID aid, HttpServletRequest request) {
        return grant(actor, aid, Map.of(), null, request);
    }

    @GetMapping({"/entries/{aid}/correction", "/entries/{aid}/withdrawal", "/entries/{aid}/registration"})
    String again(@PathVariable UUID aid) {
        return "redirect:/aid/entries/" + aid;
    }

    @PostMapping("/entries/{aid}/correction")
    ModelAndView correct(
            Actor actor,
            @PathVariable UUID aid,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                grants.correct(actor, aid, Euro.typed(typed.get("amountEuros")), typed.get("reason")),
                "aid.grant.corrected",
                actor,
                aid,
                typed,
                request,
                redirect);
    }

    @PostMapping("/entries/{aid}/withdrawal")
    ModelAndView withdraw(
            Actor actor,
            @PathVariable UUID aid,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                grants.withdraw(actor, aid, typed.get("reason")),
                "aid.grant.withdrawn",
                actor,
                aid,
                typed,
                request,
                redirect);
    }

    @PostMapping("/entries/{aid}/registration")
    ModelAndView enter(
            Actor actor,
            @PathVariable UUID aid,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                register.enter(actor, aid, Typed.day(typed.get("enteredOn")), typed.get("reference")),
                "aid.grant.entered",
                actor,
                aid,
                typed,
                request,
                redirect);
    }

    private ModelAndView done(
            Outcome<AidEntry> outcome,
            String notice,
            Actor actor,
            UUID id,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<AidEntry>(Refusal refusal)) {
            return grant(actor, id, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/aid/entries/" + id);
    }

    private ModelAndView grant(
            Actor actor, UUID id, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("grant", register.get(actor, id));
        model.put("today", register.today());
        model.put("acts", AidRights.mayAct(actor));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return CompanyAidPages.refused(new ModelAndView("aid/entry", model), refusal);
    }

    /** The letter as a page, in the company's language; its own people see it too. */
    @GetMapping("/letters/{aid}")
    ModelAndView letter(Actor actor, @PathVariable UUID aid, HttpServletRequest request) {
        return new ModelAndView(
                "aid/letter",
                Map.of(
                        "shell", shells.of(request),
                        "letter", letters.get(actor, aid),
                        "centre", AidRights.seesAll(actor)));
    }

    @GetMapping("/undertakings/{organisation}")
    ModelAndView undertaking(Actor actor, @PathVariable OrganisationId organisation, HttpServletRequest request) {
        return undertaking(actor, organisation, null, null, request);
    }

    @GetMapping({"/undertakings/{organisation}/links/{link}/decision", "/undertakings/{organisation}/links/{link}/end"})
    String undertakingAgain(@PathVariable OrganisationId organisation, @PathVariable UUID link) {
        return "redirect:/aid/undertakings/" + organisation;
    }

    @PostMapping("/undertakings/{organisation}/links/{link}/decision")
    ModelAndView decide(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable UUID link,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        AidRights.requireOfficer(actor);
        String other = typed.getOrDefault("other", "");
        String named = other.equals("other") ? typed.getOrDefault("named", "") : other;
        boolean confirmed = "true".equals(typed.get("confirmed"));
        Outcome<EnterpriseLink> outcome =
                confirmed && !named.isBlank() && Typed.organisation(named).isEmpty()
                        ? Outcome.refused(Refusal.invalid(java.util.List.of(
                                new Refusal.FieldProblem("other", "aid-organisation", java.util.List.of()))))
                        : undertakings.decide(
                                actor,
                                link,
                                confirmed,
                                confirmed ? Typed.organisation(named).orElse(null) : null,
                                typed.get("reason"));
        return linkDone(
                outcome,
                confirmed ? "aid.link.confirmed" : "aid.link.rejected",
                actor,
                organisation,
                link,
                request,
                redirect);
    }

    @PostMapping("/undertakings/{organisation}/links/{link}/end")
    ModelAndView end(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable UUID link,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return linkDone(
                undertakings.end(actor, link, Typed.day(typed.get("until"))),
                "aid.link.ended",
                actor,
                organisation,
                link,
                request,
                redirect);
    }

    private ModelAndView linkDone(
            Outcome<EnterpriseLink> outcome,
            String notice,
            Actor actor,
            OrganisationId organisation,
            UUID link,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<EnterpriseLink>(Refusal refusal)) {
            return undertaking(actor, organisation, link, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/aid/undertakings/" + organisation);
    }

    private ModelAndView undertaking(
            Actor actor,
            OrganisationId organisation,
            @Nullable UUID of,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("view", undertakings.view(actor, organisation));
        model.put("standing", register.standing(actor, organisation, null));
        model.put("acts", AidRights.mayAct(actor));
        model.put("of", of);
        model.put("refusal", refusal);
        return CompanyAidPages.refused(new ModelAndView("aid/undertaking", model), refusal);
    }
}
