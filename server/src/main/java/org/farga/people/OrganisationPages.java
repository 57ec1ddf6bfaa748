package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
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

@Controller
@RequestMapping("/organisations")
class OrganisationPages {
    private final Organisations organisations;
    private final SizeDeclarations declarations;
    private final Invitations invitations;
    private final Closings closings;
    private final Shells shells;

    OrganisationPages(
            Organisations organisations,
            SizeDeclarations declarations,
            Invitations invitations,
            Closings closings,
            Shells shells) {
        this.organisations = organisations;
        this.declarations = declarations;
        this.invitations = invitations;
        this.closings = closings;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        return new ModelAndView(
                "people/organisations",
                Map.of("shell", shells.of(request), "page", organisations.list(actor, cursor, null)));
    }

    @GetMapping("/new")
    ModelAndView form(HttpServletRequest request) {
        return form(Map.of(), null, request);
    }

    private ModelAndView form(Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("people/organisation-new", model, refusal);
    }

    @PostMapping
    ModelAndView found(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Optional<LocalDate> foundedOn = date(typed.get("foundedOn"));
        if (foundedOn.isEmpty() && !typed.getOrDefault("foundedOn", "").isBlank()) {
            return form(
                    typed,
                    new Fields()
                            .rule("foundedOn", false, "not-a-date")
                            .refusal()
                            .orElseThrow(),
                    request);
        }
        Outcome<Organisation> outcome =
                organisations.found(actor, typed.get("name"), typed.get("country"), foundedOn.orElse(null));
        return switch (outcome) {
            case Outcome.Done<Organisation>(Organisation founded) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "people.organisation.founded");
                yield new ModelAndView("redirect:/organisations/" + founded.id());
            }
            case Outcome.Refused<Organisation>(Refusal refusal) -> form(typed, refusal, request);
        };
    }

    @GetMapping("/{id}")
    ModelAndView show(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        return page(actor, id, Map.of(), null, null, request);
    }

    /** Where a form was refused, its address is in the browser's bar: reloading it shows the organisation again. */
    @GetMapping({"/{id}/invitations", "/{id}/members"})
    String again(@PathVariable OrganisationId id) {
        return "redirect:/organisations/" + id;
    }

    /** Answers with the page itself: a redirect would have to keep the link somewhere on its way. */
    @PostMapping("/{id}/invitations")
    ModelAndView invite(
            Actor actor,
            @PathVariable OrganisationId id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request) {
        OrganisationRole role = "OWNER".equals(typed.get("role")) ? OrganisationRole.OWNER : OrganisationRole.MEMBER;
        return switch (invitations.invite(actor, id, typed.get("email"), role, Languages.of(request))) {
            case Outcome.Done<Invitations.Sent>(Invitations.Sent sent) ->
                page(actor, id, Map.of(), null, sent, request);
            case Outcome.Refused<Invitations.Sent>(Refusal refusal) -> page(actor, id, typed, refusal, null, request);
        };
    }

    @PostMapping("/{id}/invitations/{invitation}/revocation")
    ModelAndView revoke(
            Actor actor,
            @PathVariable OrganisationId id,
            @PathVariable UUID invitation,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (invitations.revoke(actor, id, invitation)) {
            case Outcome.Done<Invitation> done -> done(id, "people.invitation.revoked", redirect);
            case Outcome.Refused<Invitation>(Refusal refusal) -> page(actor, id, Map.of(), refusal, null, request);
        };
    }

    @PostMapping("/{id}/members/{person}/role")
    ModelAndView changeRole(
            Actor actor,
            @PathVariable OrganisationId id,
            @PathVariable PersonId person,
            @RequestParam OrganisationRole role,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (organisations.changeRole(actor, id, person, role)) {
            case Outcome.Done<Member> done -> done(id, "people.member.changed", redirect);
            case Outcome.Refused<Member>(Refusal refusal) -> page(actor, id, Map.of(), refusal, null, request);
        };
    }

    @PostMapping("/{id}/members/{person}/removal")
    ModelAndView remove(
            Actor actor,
            @PathVariable OrganisationId id,
            @PathVariable PersonId person,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (organisations.remove(actor, id, person)) {
            case Outcome.Done<Member> done -> {
                if (person.equals(actor.person())) {
                    redirect.addFlashAttribute(Shells.NOTICE, "people.member.left");
                    yield new ModelAndView("redirect:/organisations");
                }
                yield done(id, "people.member.removed", redirect);
            }
            case Outcome.Refused<Member>(Refusal refusal) -> page(actor, id, Map.of(), refusal, null, request);
        };
    }

    private static Optional<LocalDate> date(@Nullable String typed) {
        try {
            return typed == null || typed.isBlank() ? Optional.empty() : Optional.of(LocalDate.parse(typed.strip()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static ModelAndView done(OrganisationId id, String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/organisations/" + id);
    }

    private ModelAndView page(
            Actor actor,
            OrganisationId id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            Invitations.@Nullable Sent sent,
            HttpServletRequest request) {
        boolean owner = actor.isOwnerOf(id);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("organisation", organisations.get(actor, id));
        model.put("members", organisations.members(actor, id));
        model.put("owner", owner);
        model.put("mayClose", Closings.mayClose(actor, id));
        model.put("closing", closings.find(actor, id).orElse(null));
        model.put("declaration", declarations.findLatest(actor, id).orElse(null));
        model.put("invitations", owner ? invitations.list(actor, id) : List.of());
        model.put("typed", typed);
        model.put("refusal", refusal);
        model.put("sent", sent);
        ModelAndView page = new ModelAndView("people/organisation", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        }
        return page;
    }
}
