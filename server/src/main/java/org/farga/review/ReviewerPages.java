package org.farga.review;

import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.access.ReviewedProposals;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pool of reviewers, and a reviewer's own page. */
@Controller
class ReviewerPages {
    private final Reviewers reviewers;
    private final Conflicts conflicts;
    private final ReviewedProposals proposals;
    private final Shells shells;

    ReviewerPages(Reviewers reviewers, Conflicts conflicts, ReviewedProposals proposals, Shells shells) {
        this.reviewers = reviewers;
        this.conflicts = conflicts;
        this.proposals = proposals;
        this.shells = shells;
    }

    @GetMapping("/reviewers")
    ModelAndView list(
            Actor actor,
            @RequestParam(defaultValue = "false") boolean left,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return list(actor, left, cursor, Map.of(), null, request);
    }

    private ModelAndView list(
            Actor actor,
            boolean left,
            @Nullable String cursor,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("pool", reviewers.list(actor, left, cursor, null));
        model.put("left", left);
        model.put("today", reviewers.today());
        model.put("openConflicts", conflicts.countOpen());
        model.put("acts", actor.is(CentreRole.ACCESS_OFFICER));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("review/reviewers", model, refusal);
    }

    @PostMapping("/reviewers")
    ModelAndView invite(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (reviewers.invite(
                actor, typed.get("email"), whole(typed.get("loadLimit")), typed.containsKey("appointed"))) {
            case Outcome.Done<Reviewers.Named> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "review.reviewer.asked");
                yield new ModelAndView("redirect:/reviewers");
            }
            case Outcome.Refused<Reviewers.Named>(Refusal refusal) -> list(actor, false, null, typed, refusal, request);
        };
    }

    @GetMapping("/reviewers/{reviewer}")
    ModelAndView show(Actor actor, @PathVariable PersonId reviewer, HttpServletRequest request) {
        return show(actor, reviewer, Map.of(), null, request);
    }

    private ModelAndView show(
            Actor actor,
            PersonId reviewer,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("detail", reviewers.detail(actor, reviewer));
        model.put("conflicts", conflicts.list(actor, null, reviewer, null, null).items());
        model.put("today", reviewers.today());
        model.put("acts", actor.is(CentreRole.ACCESS_OFFICER));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("review/reviewer", model, refusal);
    }

    @PostMapping("/reviewers/{reviewer}/load-limit")
    ModelAndView limit(
            Actor actor,
            @PathVariable PersonId reviewer,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Outcome<Reviewer> outcome = reviewers.limit(actor, reviewer, null, whole(typed.get("loadLimit")));
        if (outcome instanceof Outcome.Refused<Reviewer>(Refusal refusal)) {
            return show(actor, reviewer, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "review.reviewer.saved");
        return new ModelAndView("redirect:/reviewers/" + reviewer);
    }

    @PostMapping("/reviewers/{reviewer}/departure")
    ModelAndView remove(
            Actor actor,
            @PathVariable PersonId reviewer,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Outcome<Reviewer> outcome = reviewers.remove(actor, reviewer, typed.get("reason"));
        if (outcome instanceof Outcome.Refused<Reviewer>(Refusal refusal)) {
            return show(actor, reviewer, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "review.reviewer.removed");
        return new ModelAndView("redirect:/reviewers/" + reviewer);
    }

    @GetMapping("/reviewer")
    ModelAndView own(Actor actor, HttpServletRequest request) {
        return own(actor, Map.of(), null, request);
    }

    private ModelAndView own(
            Actor actor, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("detail", reviewers.ownDetail(actor));
        model.put("sectors", proposals.sectors());
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("review/own", model, refusal);
    }

    /** The whole form: what is not ticked is not known, and an empty day takes an absence back. */
    @PostMapping("/reviewer")
    ModelAndView describe(
            Actor actor,
            @RequestParam MultiValueMap<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Map<String, String> one = typed.toSingleValueMap();
        String day = one.getOrDefault("unavailableUntil", "").strip();
        LocalDate until;
        try {
            until = day.isEmpty() ? null : LocalDate.parse(day);
        } catch (DateTimeParseException e) {
            return own(
                    actor,
                    one,
                    new Fields()
                            .rule("unavailableUntil", false, "not-a-date")
                            .refusal()
                            .orElseThrow(),
                    request);
        }
        return done(
                reviewers.describe(
                        actor,
                        null,
                        new Reviewer.Profile(
                                Reviewer.keywords(one.getOrDefault("keywords", "")),
                                typed.getOrDefault("sectors", List.of()),
                                until,
                                until == null)),
                "review.reviewer.saved",
                actor,
                one,
                request,
                redirect);
    }

    @PostMapping("/reviewer/acceptance")
    ModelAndView accept(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return done(reviewers.accept(actor), "review.reviewer.joined", actor, Map.of(), request, redirect);
    }

    @PostMapping("/reviewer/departure")
    ModelAndView leave(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                reviewers.leave(actor, typed.get("reason")), "review.reviewer.left", actor, typed, request, redirect);
    }

    @PostMapping("/reviewer/interests")
    ModelAndView declare(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return done(
                reviewers.declare(actor, typed.get("organisation"), typed.get("reason")),
                "review.interest.declared",
                actor,
                typed,
                request,
                redirect);
    }

    @PostMapping("/reviewer/interests/{interest}/withdrawal")
    String withdraw(Actor actor, @PathVariable UUID interest, RedirectAttributes redirect) {
        reviewers.withdrawInterest(actor, interest);
        redirect.addFlashAttribute(Shells.NOTICE, "review.interest.withdrawn");
        return "redirect:/reviewer";
    }

    /** Where somebody reloads the page of a refused form. */
    @GetMapping({"/reviewer/acceptance", "/reviewer/departure", "/reviewer/interests"})
    String again() {
        return "redirect:/reviewer";
    }

    @GetMapping({"/reviewers/{reviewer}/load-limit", "/reviewers/{reviewer}/departure"})
    String again(@PathVariable PersonId reviewer) {
        return "redirect:/reviewers/" + reviewer;
    }

    private <T> ModelAndView done(
            Outcome<T> outcome,
            String notice,
            Actor actor,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<T>(Refusal refusal)) {
            return own(actor, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/reviewer");
    }

    static @Nullable Integer whole(@Nullable String typed) {
        try {
            return typed == null || typed.isBlank() ? null : Integer.valueOf(typed.strip());
        } catch (NumberFormatException e) {
            // Out of every range, so that the form says what is.
            return Integer.MIN_VALUE;
        }
    }
}
