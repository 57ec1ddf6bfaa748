package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.farga.people.Person;
import org.farga.platform.Languages;
import org.farga.platform.LinkTokens;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page behind the one-time set-up link. */
@Controller
class SetupPages {
    private final SetupLinks links;
    private final Shells shells;
    private final BrowserSessions sessions;
    private final Clock clock;

    SetupPages(SetupLinks links, Shells shells, BrowserSessions sessions, Clock clock) {
        this.links = links;
        this.shells = shells;
        this.sessions = sessions;
        this.clock = clock;
    }

    /** Once the address can be reached, says where to set Farga up; on the console only, never in a log. */
    @EventListener(ApplicationReadyEvent.class)
    void announce() {
        links.make().ifPresent(link -> {
            @SuppressWarnings("SystemOut") // The console is where whoever starts Farga for the first time looks.
            var console = System.out;
            console.println("Set up Farga's first administrator (this link works once): " + link);
        });
    }

    @GetMapping("/setup")
    ModelAndView form(
            @RequestParam(required = false) @Nullable String token,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (token != null) {
            LinkTokens.keep(LinkTokens.Purpose.SETUP, token, request, response);
            return new ModelAndView("redirect:/setup");
        }
        return page(LinkTokens.kept(LinkTokens.Purpose.SETUP, request), Map.of(), null, request);
    }

    @PostMapping("/setup")
    ModelAndView setUp(
            @Nullable Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            HttpServletResponse response,
            RedirectAttributes redirect) {
        String token = LinkTokens.kept(LinkTokens.Purpose.SETUP, request);
        Outcome<Person> outcome = actor != null
                ? links.setUp(actor, token)
                : links.setUp(
                        token,
                        typed.get("email"),
                        typed.get("name"),
                        typed.get("password"),
                        Languages.of(request).getLanguage());
        return switch (outcome) {
            case Outcome.Done<Person>(Person person) -> {
                // Who was signed in already proved it in their way, and goes on with it.
                SignedIn how = actor == null
                        ? SignedIn.byPassword(clock.instant())
                        : BrowserSessions.signedIn(request).orElseGet(() -> SignedIn.byPassword(clock.instant()));
                sessions.open(person, how, request, response);
                redirect.addFlashAttribute(Shells.NOTICE, "identity.setup.done");
                yield new ModelAndView("redirect:/centre");
            }
            case Outcome.Refused<Person>(Refusal refusal) -> page(token, typed, refusal, request);
        };
    }

    private ModelAndView page(
            @Nullable String token, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        boolean opens = links.opens(token);
        model.put("shell", shells.of(request));
        model.put("opens", opens);
        model.put("typed", typed);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("identity/setup", model);
        if (!opens) {
            page.setStatus(HttpStatus.NOT_FOUND);
        } else if (refusal != null) {
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }
}
