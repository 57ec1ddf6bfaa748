package org.farga.aid;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
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

/** A company's own view of its aid. */
@Controller
@RequestMapping("/organisations/{organisation}/aid")
class CompanyAidPages {
    private final Register register;
    private final Undertakings undertakings;
    private final Shells shells;

    CompanyAidPages(Register register, Undertakings undertakings, Shells shells) {
        this.register = register;
        this.undertakings = undertakings;
        this.shells = shells;
    }

    /** One row of the declaration, as it was typed. */
    record Row(String memberState, String grantedOn, String amountEuros, String authority, String reference) {
        static final Row EMPTY = new Row("ES", "", "", "", "");

        private static Row typed(Map<String, String> form, int i) {
            String at = "aid." + i + ".";
            return new Row(
                    form.getOrDefault(at + "memberState", ""),
                    form.getOrDefault(at + "grantedOn", ""),
                    form.getOrDefault(at + "amountEuros", ""),
                    form.getOrDefault(at + "authority", ""),
                    form.getOrDefault(at + "reference", ""));
        }

        private static Row declared(Declaration.Aid a) {
            return new Row(
                    a.memberState(),
                    a.grantedOn().toString(),
                    Euro.of(a.cents()).toPlainString(),
                    a.authority(),
                    a.reference() == null ? "" : a.reference());
        }
    }

    /** The declaration, as it was typed. */
    record Form(String taxId, String sector, boolean confirmed, List<Row> rows) {
        private static Form typed(Map<String, String> form) {
            List<Row> rows = new ArrayList<>();
            while (rows.size() <= Declaration.MOST && form.containsKey("aid." + rows.size() + ".amountEuros")) {
                rows.add(Row.typed(form, rows.size()));
            }
            return new Form(
                    form.getOrDefault("taxId", ""),
                    form.getOrDefault("sector", ""),
                    form.containsKey("confirmed"),
                    rows);
        }

        /** What was declared last, to be looked through and confirmed anew. */
        private static Form declared(@Nullable Declaration d) {
            return d == null
                    ? new Form("", "", false, List.of())
                    : new Form(
                            d.taxId(),
                            d.sector(),
                            false,
                            d.others().stream().map(Row::declared).toList());
        }

        private Declaration.NewDeclaration parsed() {
            return new Declaration.NewDeclaration(
                    taxId,
                    sector,
                    rows.stream()
                            .map(r -> new Declaration.NewAid(
                                    r.memberState(),
                                    Typed.day(r.grantedOn()),
                                    Euro.typed(r.amountEuros()),
                                    r.authority(),
                                    r.reference()))
                            .toList(),
                    confirmed);
        }
    }

    @GetMapping
    ModelAndView show(Actor actor, @PathVariable OrganisationId organisation, HttpServletRequest request) {
        return page(actor, organisation, Map.of(), null, request);
    }

    /** Where a form was refused, its address is in the browser's bar. */
    @GetMapping("/links")
    String again(@PathVariable OrganisationId organisation) {
        return "redirect:/organisations/" + organisation + "/aid";
    }

    @PostMapping("/links")
    ModelAndView link(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        EnterpriseLink.Relation relation = Typed.one(EnterpriseLink.Relation.class, typed.get("relation"));
        Outcome<EnterpriseLink> outcome = undertakings.declareLink(
                actor,
                organisation,
                new EnterpriseLink.NewLink(
                        typed.get("name"),
                        typed.get("country"),
                        typed.get("taxId"),
                        relation,
                        Typed.one(EnterpriseLink.Criterion.class, typed.get("criterion")),
                        typed.get("evidence"),
                        Typed.day(typed.get("since"))));
        if (outcome instanceof Outcome.Refused<EnterpriseLink>(Refusal refusal)) {
            return page(actor, organisation, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "aid.link.declared");
        return new ModelAndView("redirect:/organisations/" + organisation + "/aid");
    }

    @GetMapping("/declaration")
    ModelAndView form(Actor actor, @PathVariable OrganisationId organisation, HttpServletRequest request) {
        Register.Standing standing = register.standing(actor, organisation, null);
        return declaration(actor, standing, Form.declared(standing.declaration()), null, request);
    }

    @PostMapping("/declaration")
    ModelAndView declare(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Form form = Form.typed(typed);
        Outcome<Declaration> outcome = undertakings.declare(actor, organisation, form.parsed());
        if (outcome instanceof Outcome.Refused<Declaration>(Refusal refusal)) {
            return declaration(actor, register.standing(actor, organisation, null), form, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "aid.declaration.made");
        return new ModelAndView("redirect:/organisations/" + organisation + "/aid");
    }

    @GetMapping("/declaration/rows")
    String rowsAgain(@PathVariable OrganisationId organisation) {
        return "redirect:/organisations/" + organisation + "/aid/declaration";
    }

    /** The same form with a row more or less; nothing is stored. */
    @PostMapping("/declaration/rows")
    ModelAndView rows(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request) {
        Form form = Form.typed(typed);
        List<Row> rows = new ArrayList<>(form.rows());
        String remove = typed.getOrDefault("remove", "");
        if (remove.matches("\\d{1,3}") && Integer.parseInt(remove) < rows.size()) {
            rows.remove(Integer.parseInt(remove));
        } else if (remove.isEmpty() && rows.size() < Declaration.MOST) {
            rows.add(Row.EMPTY);
        }
        return declaration(
                actor,
                register.standing(actor, organisation, null),
                new Form(form.taxId(), form.sector(), form.confirmed(), rows),
                null,
                request);
    }

    private ModelAndView declaration(
            Actor actor, Register.Standing standing, Form form, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("standing", standing);
        model.put("form", form);
        model.put("owner", actor.isOwnerOf(standing.organisation().id()));
        model.put("refusal", refusal);
        return refused(new ModelAndView("aid/declaration", model), refusal);
    }

    private ModelAndView page(
            Actor actor,
            OrganisationId organisation,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("standing", register.standing(actor, organisation, null));
        model.put("declarations", undertakings.declarations(actor, organisation));
        model.put("links", undertakings.linksOf(actor, organisation));
        model.put("owner", actor.isOwnerOf(organisation));
        model.put("centre", AidRights.seesAll(actor));
        model.put("mayLink", AidRights.mayAct(actor) || actor.isOwnerOf(organisation));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return refused(new ModelAndView("aid/company", model), refusal);
    }

    static ModelAndView refused(ModelAndView page, @Nullable Refusal refusal) {
        if (refusal != null) {
            page.setStatus(
                    switch (refusal.kind()) {
                        case INVALID -> HttpStatus.UNPROCESSABLE_CONTENT;
                        case FORBIDDEN -> HttpStatus.FORBIDDEN;
                        default -> HttpStatus.CONFLICT;
                    });
        }
        return page;
    }
}
