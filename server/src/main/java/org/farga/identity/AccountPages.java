package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Languages;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
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

/** One's own account: name, language, password, API tokens and where one is signed in. */
@Controller
@RequestMapping("/account")
class AccountPages {
    private final People people;
    private final Accounts accounts;
    private final ApiTokens tokens;
    private final BrowserSessions sessions;
    private final ExternalIdentities identities;
    private final OidcProviders providers;
    private final SecondFactors factors;
    private final EmailAddresses addresses;
    private final Passkeys passkeys;
    private final Shells shells;

    AccountPages(
            People people,
            Accounts accounts,
            ApiTokens tokens,
            BrowserSessions sessions,
            ExternalIdentities identities,
            OidcProviders providers,
            SecondFactors factors,
            EmailAddresses addresses,
            Passkeys passkeys,
            Shells shells) {
        this.people = people;
        this.accounts = accounts;
        this.tokens = tokens;
        this.sessions = sessions;
        this.identities = identities;
        this.providers = providers;
        this.factors = factors;
        this.addresses = addresses;
        this.passkeys = passkeys;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView show(Actor actor, HttpServletRequest request) {
        return page(actor, "", null, null, request);
    }

    /** Where a form was refused, its address is in the browser's bar: reloading it shows the account again. */
    @GetMapping({"/name", "/password", "/tokens"})
    String again() {
        return "redirect:/account";
    }

    @PostMapping("/name")
    ModelAndView change(
            Actor actor,
            @RequestParam Map<String, String> typed,
            @RequestParam int version,
            HttpServletRequest request,
            HttpServletResponse response,
            RedirectAttributes redirect) {
        return switch (people.change(actor, version, typed.get("name"), typed.get("language"))) {
            case Outcome.Done<Person>(Person person) -> {
                BrowserSessions.remember(person.language(), response);
                yield done("identity.account.saved", redirect);
            }
            case Outcome.Refused<Person>(Refusal refusal) -> page(actor, "name", refusal, null, request);
        };
    }

    @NeedsProof
    @PostMapping("/password")
    ModelAndView changePassword(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (accounts.changePassword(actor, typed.get("present"), typed.get("password"), session(request))) {
            case Outcome.Done<Person> done -> done("identity.account.password-changed", redirect);
            case Outcome.Refused<Person>(Refusal refusal) -> page(actor, "password", refusal, null, request);
        };
    }

    /** Answers with the page itself: a redirect would have to keep the secret somewhere on its way. */
    @NeedsProof
    @PostMapping("/tokens")
    ModelAndView issue(
            Actor actor,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable Set<Scope> scopes,
            @RequestParam(required = false) @Nullable Integer lifeDays,
            HttpServletRequest request) {
        return switch (tokens.issue(actor, name, scopes, lifeDays, SignInFilter.signedIn(request))) {
            case Outcome.Done<ApiTokens.Issued>(ApiTokens.Issued issued) ->
                page(actor, "", null, issued.secret().text(), request);
            case Outcome.Refused<ApiTokens.Issued>(Refusal refusal) -> page(actor, "tokens", refusal, null, request);
        };
    }

    @PostMapping("/tokens/{id}/revocation")
    ModelAndView revoke(Actor actor, @PathVariable UUID id, RedirectAttributes redirect) {
        tokens.revoke(actor, id);
        return done("identity.account.token-revoked", redirect);
    }

    @PostMapping("/sessions/{handle}/end")
    ModelAndView end(Actor actor, @PathVariable String handle, RedirectAttributes redirect) {
        sessions.end(actor, handle);
        return done("identity.account.session-ended", redirect);
    }

    @PostMapping("/sessions/end")
    ModelAndView endOthers(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        sessions.endOthers(actor, session(request));
        return done("identity.account.others-ended", redirect);
    }

    private static ModelAndView done(String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/account");
    }

    static @Nullable String session(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session == null ? null : session.getId();
    }

    /** {@code part} is the form that was refused, so that its problems show beside its own fields. */
    ModelAndView page(
            Actor actor, String part, @Nullable Refusal refusal, @Nullable String secret, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        Person person = people.get(actor.person());
        model.put("person", person);
        model.put("email", addresses.status(person));
        model.put("tokens", tokens.list(actor));
        model.put("sessions", sessions.list(actor.person(), session(request)));
        model.put("identities", identities.list(actor));
        model.put("providers", providers.choices(Languages.of(request)));
        model.put("factors", factors.status(actor.person()));
        model.put("passkeys", passkeys.list(actor.person()));
        model.put("passkeyHost", passkeys.relyingParty().map(RelyingParty::id).orElse(""));
        model.put("part", part);
        model.put("refusal", refusal);
        model.put("secret", secret);
        ModelAndView page = new ModelAndView("identity/account", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.TOO_MANY
                            ? HttpStatus.TOO_MANY_REQUESTS
                            : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }
}
