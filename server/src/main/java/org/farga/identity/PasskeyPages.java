package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.people.People;
import org.farga.platform.OwnPath;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Passkeys: the options that a browser asks for, and the forms in which it brings its answers (passkey.js). */
@Controller
class PasskeyPages {
    private final Passkeys passkeys;
    private final SignInSteps steps;
    private final SignInPages signIn;
    private final SecondFactorPages factorPages;
    private final AccountPages account;
    private final People people;
    private final Clock clock;

    PasskeyPages(
            Passkeys passkeys,
            SignInSteps steps,
            SignInPages signIn,
            SecondFactorPages factorPages,
            AccountPages account,
            People people,
            Clock clock) {
        this.passkeys = passkeys;
        this.steps = steps;
        this.signIn = signIn;
        this.factorPages = factorPages;
        this.account = account;
        this.people = people;
        this.clock = clock;
    }

    /** For whoever is signed in or between their factors their own passkeys; for strangers whichever the browser has. */
    @PostMapping("/sign-in/passkey/options")
    ResponseEntity<Map<String, Object>> requestOptions(@Nullable Actor actor, HttpServletRequest request) {
        PersonId person = actor != null
                ? actor.person()
                : steps.pending(request).map(SignInSteps.Pending::person).orElse(null);
        return json(passkeys.requestOptions(person, steps.challenge(request)));
    }

    @PostMapping("/sign-in/passkey")
    ModelAndView signIn(
            @RequestParam(required = false) @Nullable String credential,
            @RequestParam(required = false) @Nullable String next,
            HttpServletRequest request,
            HttpServletResponse response) {
        return switch (passkeys.prove(null, credential, steps.takeChallenge(request))) {
            case Outcome.Done<Passkeys.Proved>(Passkeys.Proved proved) -> {
                SignedIn how = new SignedIn(
                        Set.of(SignedIn.Method.PASSKEY), clock.instant(), proved.userVerified(), null, null);
                yield new ModelAndView("redirect:"
                        + steps.enter(people.get(proved.person()), how, OwnPath.of(next), request, response));
            }
            case Outcome.Refused<Passkeys.Proved>(Refusal refusal) -> signIn.refused(refusal, next, request);
        };
    }

    @NeedsProof
    @PostMapping("/account/passkeys/options")
    ResponseEntity<Map<String, Object>> creationOptions(Actor actor, HttpServletRequest request) {
        return json(passkeys.creationOptions(actor, steps.challenge(request)));
    }

    @NeedsProof
    @PostMapping("/account/passkeys")
    ModelAndView register(
            Actor actor,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable String credential,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (passkeys.register(actor, name, credential, steps.takeChallenge(request))) {
            case Outcome.Done<Passkeys.Registered>(Passkeys.Registered registered) -> {
                factorPages.proved(request, SignedIn.Method.PASSKEY);
                if (registered.recoveryCodes().isEmpty()) {
                    yield done("identity.passkey.added", redirect);
                }
                yield factorPages.recoveryCodes(registered.recoveryCodes(), "identity.passkey.added", request);
            }
            case Outcome.Refused<Passkeys.Registered>(Refusal refusal) ->
                account.page(actor, "passkeys", refusal, null, request);
        };
    }

    /** Where a form was refused, its address is in the browser's bar: reloading it shows the page again. */
    @GetMapping({"/account/passkeys", "/account/passkeys/{id}/name"})
    String again() {
        return "redirect:/account";
    }

    @GetMapping("/sign-in/passkey")
    String signInAgain() {
        return "redirect:/sign-in";
    }

    @PostMapping("/account/passkeys/{id}/name")
    ModelAndView rename(
            Actor actor,
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable String name,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (passkeys.rename(actor, id, name)) {
            case Outcome.Done<Boolean> renamed -> done("identity.account.saved", redirect);
            case Outcome.Refused<Boolean>(Refusal refusal) -> account.page(actor, "passkeys", refusal, null, request);
        };
    }

    @NeedsProof
    @PostMapping("/account/passkeys/{id}/removal")
    ModelAndView remove(Actor actor, @PathVariable UUID id, RedirectAttributes redirect) {
        passkeys.remove(actor, id);
        return done("identity.passkey.removed", redirect);
    }

    private static ResponseEntity<Map<String, Object>> json(Map<String, Object> options) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(options);
    }

    private static ModelAndView done(String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/account");
    }
}
