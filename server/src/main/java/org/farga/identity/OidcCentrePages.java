package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Languages;
import org.farga.platform.Settings;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What the centre sees of its sign-in providers, and what an organisation's owners let them do. */
@Controller
class OidcCentrePages {
    private final OidcProviders providers;
    private final OidcSettings settings;
    private final Settings farga;
    private final ExternalIdentities identities;
    private final People people;
    private final Shells shells;

    OidcCentrePages(
            OidcProviders providers,
            OidcSettings settings,
            Settings farga,
            ExternalIdentities identities,
            People people,
            Shells shells) {
        this.providers = providers;
        this.settings = settings;
        this.farga = farga;
        this.identities = identities;
        this.people = people;
        this.shells = shells;
    }

    /** Asks each provider anew that did not answer last, so that the page says how it is now. */
    @GetMapping("/centre/sign-in-providers")
    ModelAndView show(Actor actor, @RequestParam(required = false) @Nullable String email, HttpServletRequest request) {
        boolean administrator = actor.is(CentreRole.ADMINISTRATOR);
        if (!administrator && !actor.is(CentreRole.OPERATOR)) {
            throw new NotFoundException("sign-in providers");
        }
        Locale language = Languages.of(request);
        settings.oidc().keySet().forEach(providers::find);
        List<ExternalIdentity> holders = administrator ? identities.listWithRoles(actor) : List.of();
        Optional<Person> found =
                administrator && email != null ? Person.parse(email).flatMap(people::findPerson) : Optional.empty();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("standings", providers.standings(language));
        model.put("settings", settings);
        model.put("publicUrl", farga.publicUrl().replaceFirst("/+$", ""));
        model.put("administrator", administrator);
        model.put("holders", holders);
        model.put(
                "names",
                people.summaries(holders.stream().map(ExternalIdentity::person).collect(Collectors.toSet())));
        model.put("email", email == null ? "" : email);
        model.put("found", found.orElse(null));
        model.put("identities", found.map(p -> identities.list(actor, p.id())).orElse(List.of()));
        return new ModelAndView("identity/sign-in-providers", model);
    }

    @GetMapping("/organisations/{id}/providers")
    ModelAndView doors(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("organisation", id);
        model.put("doors", identities.doors(actor, id));
        return new ModelAndView("identity/doors", model);
    }

    @PostMapping("/organisations/{id}/providers/{provider}")
    ModelAndView setDoor(
            Actor actor,
            @PathVariable OrganisationId id,
            @PathVariable String provider,
            @RequestParam boolean open,
            RedirectAttributes redirect) {
        identities.setDoor(actor, id, provider, open);
        redirect.addFlashAttribute(Shells.NOTICE, "identity.doors.saved");
        return new ModelAndView("redirect:/organisations/" + id + "/providers");
    }
}
