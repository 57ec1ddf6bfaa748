package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.CurrentActor;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.platform.OwnPath;
import org.farga.platform.Settings;
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

/** The door: sign up, sign in, sign out, and the language one reads in. */
@Controller
class SignInPages {
    private final People people;
    private final Accounts accounts;
    private final BrowserSessions sessions;
    private final SignInSteps steps;
    private final Passkeys passkeys;
    private final Shells shells;
    private final OidcProviders providers;
    private final Settings settings;
    private final Clock clock;

    SignInPages(
            People people,
            Accounts accounts,
            BrowserSessions sessions,
            SignInSteps steps,
            Passkeys passkeys,
            Shells shells,
            OidcProviders providers,
            Settings settings,
            Clock clock) {
        this.people = people;
        this.accounts = accounts;
        this.sessions = sessions;
        this.steps = steps;
        this.passkeys = passkeys;
        this.shells = shells;
        this.providers = providers;
        this.settings = settings;
        this.clock = clock;
    }

    @GetMapping("/sign-in")
    ModelAndView signInForm(@RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        return page("identity/sign-in", Map.of("next", OwnPath.of(next)), null, request);
    }

    /** The way in for administrators where passwords are turned off; shows the form whatever the settings say. */
    @GetMapping("/sign-in/local")
    ModelAndView localForm(@RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        ModelAndView page = page("identity/sign-in", Map.of("next", OwnPath.of(next)), null, request);
        page.addObject("passwords", true);
        return page;
    }

    @PostMapping("/sign-in")
    ModelAndView signIn(
            @RequestParam Map<String, String> typed, HttpServletRequest request, HttpServletResponse response) {
        String next = OwnPath.of(typed.get("next"));
        return switch (accounts.signIn(typed.get("email"), typed.get("password"))) {
            case Outcome.Done<Person>(Person person) -> {
                SignedIn how = SignedIn.byPassword(clock.instant());
                yield new ModelAndView("redirect:" + steps.enter(person, how, next, request, response));
            }
            case Outcome.Refused<Person>(Refusal refusal) ->
                page(
                                "identity/sign-in",
                                Map.of("next", next, "email", typed.getOrDefault("email", "")),
                                refusal,
                                request)
                        // Whoever came with a password sees where to type it again.
                        .addObject("passwords", true);
        };
    }

    /** The page again, for a sign-in in another way that was refused. */
    ModelAndView refused(Refusal refusal, @Nullable String next, HttpServletRequest request) {
        return page("identity/sign-in", Map.of("next", OwnPath.of(next)), refusal, request);
    }

    @GetMapping("/sign-up")
    ModelAndView signUpForm(@RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        if (!providers.signIn().password()) {
            return new ModelAndView("redirect:" + OwnPath.address("/sign-in", next));
        }
        return page("identity/sign-up", Map.of("next", OwnPath.of(next)), null, request);
    }

    @PostMapping("/sign-up")
    ModelAndView signUp(
            @RequestParam Map<String, String> typed, HttpServletRequest request, HttpServletResponse response) {
        String next = OwnPath.of(typed.get("next"));
        String language = Languages.of(request).getLanguage();
        return switch (accounts.signUpFrom(
                request.getRemoteAddr(), typed.get("email"), typed.get("name"), typed.get("password"), language)) {
            case Outcome.Done<Person>(Person person) -> {
                sessions.open(person, SignedIn.byPassword(clock.instant()), request, response);
                yield new ModelAndView("redirect:" + next);
            }
            case Outcome.Refused<Person>(Refusal refusal) -> {
                Map<String, String> shown = new HashMap<>(typed);
                shown.remove("password");
                shown.put("next", next);
                yield page("identity/sign-up", shown, refusal, request);
            }
        };
    }

    /** Ends the session here at once, and offers to end the provider's too, where one vouched. */
    @PostMapping("/sign-out")
    ModelAndView signOut(HttpServletRequest request) {
        Optional<String> provider = BrowserSessions.signedIn(request).map(SignedIn::provider);
        Optional<String> idToken = BrowserSessions.idToken(request);
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
        Optional<String> there = provider.isEmpty() || idToken.isEmpty()
                ? Optional.empty()
                : providers
                        .find(provider.get())
                        .flatMap(known -> OidcPages.signOutAddress(
                                known, idToken.get(), settings.publicUrl().replaceFirst("/+$", "")));
        if (there.isEmpty()) {
            return new ModelAndView("redirect:/");
        }
        request.removeAttribute(CurrentActor.ATTRIBUTE);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("provider", providers.label(provider.get(), Languages.of(request)));
        model.put("address", there.get());
        return new ModelAndView("identity/signed-out", model);
    }

    @PostMapping("/language")
    String speak(
            @Nullable Actor actor,
            @RequestParam String language,
            @RequestParam(required = false) @Nullable String next,
            HttpServletResponse response) {
        Locale chosen = Locale.forLanguageTag(language);
        if (Messages.LANGUAGES.contains(chosen)) {
            BrowserSessions.remember(chosen, response);
            if (actor != null) {
                people.speak(actor, chosen);
            }
        }
        return "redirect:" + OwnPath.of(next);
    }

    private ModelAndView page(
            String view, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        model.put("passkeyHost", passkeys.relyingParty().map(RelyingParty::id).orElse(""));
        model.put("refusal", refusal);
        model.put("providers", providers.choices(Languages.of(request)));
        model.put("passwords", providers.signIn().password());
        model.put("signUp", providers.signIn().password());
        ModelAndView page = new ModelAndView(view, model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.TOO_MANY
                            ? HttpStatus.TOO_MANY_REQUESTS
                            : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }
}
