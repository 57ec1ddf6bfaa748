package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Languages;
import org.farga.platform.OwnPath;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Asking for a second factor on the way in, setting one up, and proving again who one is. */
@Controller
class SecondFactorPages {
    private final SecondFactors factors;
    private final Passkeys passkeys;
    private final SignInSteps steps;
    private final Accounts accounts;
    private final BrowserSessions sessions;
    private final ExternalIdentities identities;
    private final People people;
    private final Shells shells;
    private final java.time.Clock clock;

    SecondFactorPages(
            SecondFactors factors,
            Passkeys passkeys,
            SignInSteps steps,
            Accounts accounts,
            BrowserSessions sessions,
            ExternalIdentities identities,
            People people,
            Shells shells,
            java.time.Clock clock) {
        this.factors = factors;
        this.passkeys = passkeys;
        this.steps = steps;
        this.accounts = accounts;
        this.sessions = sessions;
        this.identities = identities;
        this.people = people;
        this.shells = shells;
        this.clock = clock;
    }

    @GetMapping("/sign-in/second-factor")
    ModelAndView ask(@RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        return steps.pending(request)
                .map(pending -> asking(pending, OwnPath.of(next), null, request))
                .orElseGet(() -> new ModelAndView("redirect:" + OwnPath.address("/sign-in", next)));
    }

    @PostMapping("/sign-in/second-factor")
    ModelAndView prove(
            @RequestParam(required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String credential,
            @RequestParam(required = false) @Nullable String next,
            HttpServletRequest request,
            HttpServletResponse response) {
        Optional<SignInSteps.Pending> found = steps.pending(request);
        if (found.isEmpty()) {
            return new ModelAndView("redirect:" + OwnPath.address("/sign-in", next));
        }
        SignInSteps.Pending pending = found.get();
        Outcome<SignedIn.Method> outcome = credential == null || credential.isBlank()
                ? factors.prove(pending.person(), code)
                : passkeys.prove(pending.person(), credential, steps.takeChallenge(request))
                        .map(proved -> SignedIn.Method.PASSKEY);
        return switch (outcome) {
            case Outcome.Done<SignedIn.Method>(SignedIn.Method method) -> {
                steps.finish(pending, method, request, response);
                yield new ModelAndView("redirect:" + OwnPath.of(next));
            }
            case Outcome.Refused<SignedIn.Method>(Refusal refusal) ->
                asking(pending, OwnPath.of(next), refusal, request);
        };
    }

    private ModelAndView asking(
            SignInSteps.Pending pending, String next, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("status", factors.status(pending.person()));
        model.put("passkeys", hasPasskeys(pending.person()));
        model.put("host", passkeys.relyingParty().map(RelyingParty::id).orElse(""));
        model.put("next", next);
        model.put("refusal", refusal);
        return refused(new ModelAndView("identity/second-factor", model), refusal);
    }

    private boolean hasPasskeys(org.farga.shared.PersonId person) {
        return passkeys.relyingParty().isPresent() && !passkeys.list(person).isEmpty();
    }

    /** What a second factor is good for, what one has, and the way to one. */
    @GetMapping("/account/second-factor")
    ModelAndView why(Actor actor, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("status", factors.status(actor.person()));
        model.put("withheld", SessionRights.isCentreWithheld(request));
        model.put("host", passkeys.relyingParty().map(RelyingParty::id).orElse(""));
        return new ModelAndView("identity/second-factor-why", model);
    }

    @NeedsProof
    @PostMapping("/account/authenticator")
    ModelAndView begin(Actor actor, RedirectAttributes redirect) {
        return switch (factors.begin(actor)) {
            case Outcome.Done<SecondFactors.Enrolment> done -> new ModelAndView("redirect:/account/authenticator");
            case Outcome.Refused<SecondFactors.Enrolment> there -> new ModelAndView("redirect:/account");
        };
    }

    @NeedsProof
    @GetMapping("/account/authenticator")
    ModelAndView enrolment(Actor actor, HttpServletRequest request) {
        return enrolling(actor, null, request);
    }

    @NeedsProof
    @PostMapping("/account/authenticator/confirmation")
    ModelAndView confirm(
            Actor actor,
            @RequestParam(required = false) @Nullable String code,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (factors.confirm(actor, code)) {
            case Outcome.Done<List<String>>(List<String> codes) -> {
                proved(request, SignedIn.Method.TOTP);
                if (codes.isEmpty()) {
                    redirect.addFlashAttribute(Shells.NOTICE, "identity.totp.added");
                    yield new ModelAndView("redirect:/account");
                }
                yield recoveryCodes(codes, "identity.totp.added", request);
            }
            case Outcome.Refused<List<String>>(Refusal refusal) -> enrolling(actor, refusal, request);
        };
    }

    /** Where a form was refused or shown once, its address is in the browser's bar. */
    @GetMapping({"/account/authenticator/confirmation", "/account/recovery-codes"})
    String again() {
        return "redirect:/account";
    }

    private ModelAndView enrolling(Actor actor, @Nullable Refusal refusal, HttpServletRequest request) {
        Optional<SecondFactors.Enrolment> enrolment = factors.enrolment(actor);
        if (enrolment.isEmpty()) {
            return new ModelAndView("redirect:/account");
        }
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("enrolment", enrolment.get());
        model.put("refusal", refusal);
        return refused(new ModelAndView("identity/authenticator", model), refusal);
    }

    @NeedsProof
    @PostMapping("/account/authenticator/removal")
    ModelAndView removeApp(Actor actor, RedirectAttributes redirect) {
        factors.removeTotp(actor);
        redirect.addFlashAttribute(Shells.NOTICE, "identity.totp.removed");
        return new ModelAndView("redirect:/account");
    }

    /** Answers with the page itself: a redirect would have to keep the codes somewhere on its way. */
    @NeedsProof
    @PostMapping("/account/recovery-codes")
    ModelAndView renew(Actor actor, HttpServletRequest request) {
        return switch (factors.renewRecoveryCodes(actor)) {
            case Outcome.Done<List<String>>(List<String> codes) ->
                recoveryCodes(codes, "identity.recovery-codes.renewed", request);
            case Outcome.Refused<List<String>> none -> new ModelAndView("redirect:/account");
        };
    }

    ModelAndView recoveryCodes(List<String> codes, String notice, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("codes", codes);
        model.put("notice", notice);
        return new ModelAndView("identity/recovery-codes", model);
    }

    @GetMapping("/account/proof")
    ModelAndView proof(Actor actor, @RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        return proving(actor, OwnPath.of(next), null, request);
    }

    @PostMapping("/account/proof")
    ModelAndView prove(
            Actor actor,
            @RequestParam(required = false) @Nullable String password,
            @RequestParam(required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String credential,
            @RequestParam(required = false) @Nullable String next,
            HttpServletRequest request) {
        Outcome<SignedIn.Method> outcome;
        if (credential != null && !credential.isBlank()) {
            outcome = passkeys.prove(actor.person(), credential, steps.takeChallenge(request))
                    .map(proved -> SignedIn.Method.PASSKEY);
        } else if (code != null && !code.isBlank()) {
            outcome = factors.prove(actor.person(), code);
        } else {
            outcome = factors.isOn(actor.person())
                    // Who has a second factor proves it by that: a password may have been looked over their shoulder.
                    ? Outcome.refused(Refusal.forbidden("wrong-code"))
                    : accounts.signIn(actor.email().value(), password).map(person -> SignedIn.Method.PASSWORD);
        }
        return switch (outcome) {
            case Outcome.Done<SignedIn.Method>(SignedIn.Method method) -> {
                proved(request, method);
                yield new ModelAndView("redirect:" + OwnPath.of(next));
            }
            case Outcome.Refused<SignedIn.Method>(Refusal refusal) ->
                proving(actor, OwnPath.of(next), refusal, request);
        };
    }

    private ModelAndView proving(Actor actor, String next, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        Person person = people.get(actor.person());
        model.put("shell", shells.of(request));
        model.put("person", person);
        model.put("status", factors.status(person.id()));
        model.put("hasPassword", accounts.hasPassword(person.id()));
        model.put("passkeys", hasPasskeys(person.id()));
        model.put("host", passkeys.relyingParty().map(RelyingParty::id).orElse(""));
        model.put("providers", identities.linked(actor, Languages.of(request)));
        model.put("next", next);
        model.put("refusal", refusal);
        return refused(new ModelAndView("identity/proof", model), refusal);
    }

    /** The session goes on with what was shown just now. */
    void proved(HttpServletRequest request, SignedIn.Method method) {
        sessions.proved(request, method, clock.instant());
    }

    private static ModelAndView refused(ModelAndView page, @Nullable Refusal refusal) {
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.TOO_MANY
                            ? HttpStatus.TOO_MANY_REQUESTS
                            : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }
}
