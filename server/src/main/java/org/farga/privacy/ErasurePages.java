package org.farga.privacy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.people.People;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.EmailAddress;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
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

/** Requests to be forgotten, as an administrator enters, prepares and follows them. */
@Controller
@RequestMapping("/centre/erasures")
class ErasurePages {
    private final Erasures erasures;
    private final ErasurePlans plans;
    private final People people;
    private final Shells shells;

    ErasurePages(Erasures erasures, ErasurePlans plans, People people, Shells shells) {
        this.erasures = erasures;
        this.plans = plans;
        this.people = people;
        this.shells = shells;
    }

    /** A request with how far it has come. */
    record Row(ErasureRequest request, ErasureRequest.State state) {}

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        return list(actor, cursor, null, request);
    }

    private ModelAndView list(
            Actor actor, @Nullable String cursor, @Nullable String nobody, HttpServletRequest request) {
        Page<ErasureRequest> page = erasures.list(actor, cursor, null);
        Set<PersonId> ids = new HashSet<>();
        page.items().forEach(r -> {
            ids.add(r.person());
            ids.add(r.askedBy());
        });
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("page", new Page<>(page.items().stream().map(this::row).toList(), page.next()));
        model.put("names", people.summaries(ids));
        model.put("nobody", nobody);
        ModelAndView view = new ModelAndView("privacy/erasures", model);
        if (nobody != null) {
            view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return view;
    }

    private Row row(ErasureRequest request) {
        return new Row(request, erasures.stateOf(request));
    }

    /** Looks somebody up; by POST, so that the address stands in no log of addresses. */
    @PostMapping
    ModelAndView find(Actor actor, @RequestParam(defaultValue = "") String email, HttpServletRequest request) {
        Erasures.requireAdministrator(actor);
        Optional<PersonId> found = Optional.empty();
        try {
            found = people.find(new EmailAddress(email.strip())).map(People.Summary::id);
        } catch (IllegalArgumentException e) {
            // Nobody has what is no address.
        }
        return found.map(id -> new ModelAndView("redirect:/centre/erasures/" + id))
                .orElseGet(() -> list(actor, null, email, request));
    }

    /** What forgetting this person would do, and how a request for it stands. */
    @GetMapping("/{person}")
    ModelAndView person(Actor actor, @PathVariable PersonId person, HttpServletRequest request) {
        return person(actor, person, "", Set.of(), null, request);
    }

    private ModelAndView person(
            Actor actor,
            PersonId person,
            String reason,
            Set<String> chosen,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Erasures.requireAdministrator(actor);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("person", people.summary(person));
        model.put("lines", plans.plan(actor, person));
        model.put("obstacles", erasures.obstacles(actor, person));
        model.put("search", plans.newestSearch(actor, person).orElse(null));
        model.put(
                "requests",
                erasures.listOf(actor, person).stream().map(this::row).toList());
        model.put("open", erasures.find(actor, person).map(this::row).orElse(null));
        model.put("days", erasures.coolingOffDays());
        model.put("reason", reason);
        model.put("chosen", chosen);
        model.put("refusal", refusal);
        ModelAndView view = new ModelAndView("privacy/erasure", model);
        if (refusal != null) {
            view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return view;
    }

    @PostMapping("/{person}/searches")
    ModelAndView search(Actor actor, @PathVariable PersonId person, RedirectAttributes redirect) {
        plans.search(actor, person);
        return done("privacy.search.asked", person, redirect);
    }

    @PostMapping("/{person}")
    ModelAndView ask(
            Actor actor,
            @PathVariable PersonId person,
            @RequestParam(required = false) @Nullable String confirmation,
            @RequestParam(defaultValue = "") String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        // Not as a parameter of the method: Spring would part a single one at its commas.
        String[] chosen = request.getParameterValues("place");
        List<String> place = chosen == null ? List.of() : List.of(chosen);
        return switch (erasures.ask(actor, person, confirmation, reason, place)) {
            case Outcome.Done<ErasureRequest> done -> done("privacy.erasure.entered", person, redirect);
            case Outcome.Refused<ErasureRequest>(Refusal refusal) ->
                person(actor, person, reason, new HashSet<>(place), refusal, request);
        };
    }

    @PostMapping("/{person}/cancellation")
    ModelAndView cancel(Actor actor, @PathVariable PersonId person, RedirectAttributes redirect) {
        erasures.cancel(actor, person);
        return done("privacy.erasure.was-cancelled", person, redirect);
    }

    private static ModelAndView done(String notice, PersonId person, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/centre/erasures/" + person);
    }
}
