package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
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
    private final BrowserSessions sessions;
    private final Shells shells;

    SignInPages(People people, BrowserSessions sessions, Shells shells) {
        this.people = people;
        this.sessions = sessions;
        this.shells = shells;
    }

    @GetMapping("/sign-in")
    ModelAndView signInForm(@RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        return page("people/sign-in", Map.of("next", ownPath(next)), null, request);
    }

    @PostMapping("/sign-in")
    ModelAndView signIn(
            @RequestParam Map<String, String> typed, HttpServletRequest request, HttpServletResponse response) {
        String next = ownPath(typed.get("next"));
        return switch (people.signIn(typed.get("email"), typed.get("password"))) {
            case Outcome.Done<Person>(Person person) -> {
                sessions.open(person, request, response);
                yield new ModelAndView("redirect:" + next);
            }
            case Outcome.Refused<Person>(Refusal refusal) ->
                page(
                        "people/sign-in",
                        Map.of("next", next, "email", typed.getOrDefault("email", "")),
                        refusal,
                        request);
        };
    }

    @GetMapping("/sign-up")
    ModelAndView signUpForm(@RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        return page("people/sign-up", Map.of("next", ownPath(next)), null, request);
    }

    @PostMapping("/sign-up")
    ModelAndView signUp(
            @RequestParam Map<String, String> typed, HttpServletRequest request, HttpServletResponse response) {
        String next = ownPath(typed.get("next"));
        String language = Languages.of(request).getLanguage();
        return switch (people.signUpFrom(
                request.getRemoteAddr(), typed.get("email"), typed.get("name"), typed.get("password"), language)) {
            case Outcome.Done<Person>(Person person) -> {
                sessions.open(person, request, response);
                yield new ModelAndView("redirect:" + next);
            }
            case Outcome.Refused<Person>(Refusal refusal) -> {
                Map<String, String> shown = new HashMap<>(typed);
                shown.remove("password");
                shown.put("next", next);
                yield page("people/sign-up", shown, refusal, request);
            }
        };
    }

    @PostMapping("/sign-out")
    String signOut(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
        return "redirect:/";
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
        return "redirect:" + ownPath(next);
    }

    /** Only a path on this very site: anything else could send a person who just signed in elsewhere. */
    static String ownPath(@Nullable String next) {
        if (next == null
                || next.length() > 500
                || !next.startsWith("/")
                || next.startsWith("//")
                || next.indexOf('\\') >= 0
                // Braces would be taken for variables of the redirect.
                || next.indexOf('{') >= 0
                || next.indexOf('}') >= 0
                || next.chars().anyMatch(Character::isISOControl)) {
            return "/";
        }
        return next;
    }

    /** A page's address that goes on to {@code next} afterwards. */
    static String address(String page, @Nullable String next) {
        String own = ownPath(next);
        return own.equals("/") ? page : page + "?next=" + URLEncoder.encode(own, StandardCharsets.UTF_8);
    }

    private ModelAndView page(
            String view, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        model.put("refusal", refusal);
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
