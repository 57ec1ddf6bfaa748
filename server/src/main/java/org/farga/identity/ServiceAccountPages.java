package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.people.Organisations;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
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

/** An organisation's programs and their tokens. */
@Controller
@RequestMapping("/organisations/{organisation}/service-accounts")
class ServiceAccountPages {
    private final ServiceAccounts accounts;
    private final Organisations organisations;
    private final Shells shells;

    ServiceAccountPages(ServiceAccounts accounts, Organisations organisations, Shells shells) {
        this.accounts = accounts;
        this.organisations = organisations;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(Actor actor, @PathVariable OrganisationId organisation, HttpServletRequest request) {
        return page(actor, organisation, Map.of(), null, null, request);
    }

    @PostMapping
    ModelAndView found(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (accounts.found(actor, organisation, typed.get("name"), typed.get("purpose"))) {
            case Outcome.Done<ServiceAccount> done -> done(organisation, "identity.service-account.created", redirect);
            case Outcome.Refused<ServiceAccount>(Refusal refusal) ->
                page(actor, organisation, typed, refusal, null, request);
        };
    }

    /** Where a form was refused or a secret shown, its address is in the browser's bar. */
    @GetMapping("/{account}/tokens")
    String again(@PathVariable OrganisationId organisation, @PathVariable String account) {
        return "redirect:/organisations/" + organisation + "/service-accounts";
    }

    /** Answers with the page itself: a redirect would have to keep the secret somewhere on its way. */
    @PostMapping("/{account}/tokens")
    ModelAndView issue(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable PersonId account,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable Set<Scope> scopes,
            @RequestParam(required = false) @Nullable Integer lifeDays,
            HttpServletRequest request) {
        return switch (accounts.issueToken(actor, organisation, account, name, scopes, lifeDays)) {
            case Outcome.Done<ApiTokens.Issued>(ApiTokens.Issued issued) ->
                page(actor, organisation, Map.of(), null, issued.secret().text(), request);
            case Outcome.Refused<ApiTokens.Issued>(Refusal refusal) ->
                page(actor, organisation, Map.of(), refusal, null, request);
        };
    }

    @PostMapping("/{account}/tokens/{token}/revocation")
    ModelAndView revoke(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable PersonId account,
            @PathVariable UUID token,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                organisation,
                accounts.revokeToken(actor, organisation, account, token),
                "identity.account.token-revoked",
                request,
                redirect);
    }

    @PostMapping("/{account}/closure")
    ModelAndView close(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @PathVariable PersonId account,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                organisation,
                accounts.close(actor, organisation, account),
                "identity.service-account.closed",
                request,
                redirect);
    }

    private ModelAndView answer(
            Actor actor,
            OrganisationId organisation,
            Outcome<Boolean> outcome,
            String notice,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<Boolean> done -> done(organisation, notice, redirect);
            case Outcome.Refused<Boolean>(Refusal refusal) ->
                page(actor, organisation, Map.of(), refusal, null, request);
        };
    }

    private static ModelAndView done(OrganisationId organisation, String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/organisations/" + organisation + "/service-accounts");
    }

    private ModelAndView page(
            Actor actor,
            OrganisationId organisation,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            @Nullable String secret,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("accounts", accounts.list(actor, organisation));
        model.put("organisation", organisations.summary(organisation));
        model.put("owner", actor.isOwnerOf(organisation));
        model.put("typed", typed);
        model.put("refusal", refusal);
        model.put("secret", secret);
        ModelAndView page = new ModelAndView("identity/service-accounts", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        }
        return page;
    }
}
