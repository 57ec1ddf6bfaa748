package org.farga.review;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Cursor;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriUtils;

/** Who reviews what: a call's rounds, one proposal with its candidates, and conflicts of interest. */
@Controller
class RoundPages {
    private static final int MOST_CANDIDATES = 25;

    private final Rounds rounds;
    private final Conflicts conflicts;
    private final Shells shells;

    RoundPages(Rounds rounds, Conflicts conflicts, Shells shells) {
        this.rounds = rounds;
        this.conflicts = conflicts;
        this.shells = shells;
    }

    @GetMapping("/calls/{idOrCode}/assignment")
    ModelAndView round(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @RequestParam(required = false) @Nullable String cutOff,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return round(actor, call, cutOff(cutOff), cursor, Map.of(), null, request);
    }

    private ModelAndView round(
            Actor actor,
            String call,
            @Nullable Instant cutOff,
            @Nullable String cursor,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Rounds.Standing standing = rounds.standing(actor, call, cutOff);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("standing", standing);
        model.put("shown", standing.page(cursor, Cursor.size(null)));
        model.put("plot", LoadPlot.of(standing.loads()));
        model.put("openConflicts", conflicts.countOpen());
        model.put("acts", actor.is(CentreRole.ACCESS_OFFICER));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("review/assignment", model, refusal);
    }

    @PostMapping("/calls/{idOrCode}/assignment/runs")
    ModelAndView run(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Instant cutOff = cutOff(typed.get("cutOff"));
        String seed = typed.getOrDefault("seed", "").strip();
        Long chosen;
        try {
            chosen = seed.isEmpty() ? null : Long.valueOf(seed);
        } catch (NumberFormatException e) {
            ReviewRights.requireOfficer(actor);
            return round(
                    actor,
                    call,
                    cutOff,
                    null,
                    typed,
                    Refusal.invalid(List.of(new Refusal.FieldProblem("seed", "not-a-seed", List.of()))),
                    request);
        }
        return after(
                rounds.run(
                        actor, call, new Rounds.Order(cutOff, chosen, ReviewerPages.whole(typed.get("conflictYears")))),
                "review.assign.proposed-now",
                actor,
                call,
                cutOff,
                typed,
                request,
                redirect);
    }

    @PostMapping("/calls/{idOrCode}/assignment/confirmation")
    ModelAndView confirm(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Instant cutOff = cutOff(typed.get("cutOff"));
        Integer version = ReviewerPages.whole(typed.get("version"));
        return after(
                rounds.confirm(actor, call, cutOff, version == null ? null : version.longValue()),
                "review.assign.confirmed-now",
                actor,
                call,
                cutOff,
                typed,
                request,
                redirect);
    }

    private ModelAndView after(
            Outcome<Round> outcome,
            String notice,
            Actor actor,
            String call,
            @Nullable Instant cutOff,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Refused<Round>(Refusal refusal) -> round(actor, call, cutOff, null, typed, refusal, request);
            case Outcome.Done<Round>(Round round) -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:" + address(round.call().toString(), round.cutOff()));
            }
        };
    }

    /** The page of a round. */
    static String address(String call, @Nullable Instant cutOff) {
        return "/calls/" + call + "/assignment" + (cutOff == null ? "" : "?cutOff=" + cutOff);
    }

    @GetMapping("/calls/{idOrCode}/assignment/{proposal}")
    ModelAndView choice(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @PathVariable ProposalId proposal,
            @RequestParam(defaultValue = "false") boolean all,
            HttpServletRequest request) {
        return choice(actor, proposal, all, Map.of(), null, request);
    }

    private ModelAndView choice(
            Actor actor,
            ProposalId proposal,
            boolean all,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Rounds.Choice choice = rounds.choice(actor, proposal);
        List<Pool.Candidate> candidates = choice.candidates();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("choice", choice);
        model.put(
                "candidates",
                all || candidates.size() <= MOST_CANDIDATES ? candidates : candidates.subList(0, MOST_CANDIDATES));
        model.put("acts", actor.is(CentreRole.ACCESS_OFFICER));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("review/choice", model, refusal);
    }

    /** Adds one, or puts them in the place of another. */
    @PostMapping("/calls/{idOrCode}/assignment/{proposal}/pairs")
    ModelAndView add(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @PathVariable ProposalId proposal,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        PersonId reviewer = person(typed.get("reviewer"));
        PersonId instead = person(typed.get("instead"));
        return after(
                instead == null
                        ? rounds.add(actor, proposal, reviewer)
                        : rounds.replace(actor, proposal, instead, reviewer, typed.get("reason")),
                actor,
                call,
                proposal,
                typed,
                request,
                redirect);
    }

    @PostMapping("/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/pin")
    ModelAndView pin(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @PathVariable ProposalId proposal,
            @PathVariable PersonId reviewer,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return after(
                rounds.pin(actor, proposal, reviewer, "true".equals(typed.get("pinned"))),
                actor,
                call,
                proposal,
                typed,
                request,
                redirect);
    }

    @PostMapping("/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/removal")
    ModelAndView remove(
            Actor actor,
            @PathVariable("idOrCode") String call,
            @PathVariable ProposalId proposal,
            @PathVariable PersonId reviewer,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return after(
                rounds.remove(actor, proposal, reviewer, typed.get("reason")),
                actor,
                call,
                proposal,
                typed,
                request,
                redirect);
    }

    private ModelAndView after(
            Outcome<Pair> outcome,
            Actor actor,
            String call,
            ProposalId proposal,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Refused<Pair>(Refusal refusal) -> choice(actor, proposal, false, typed, refusal, request);
            case Outcome.Done<Pair> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "review.assign.changed");
                yield new ModelAndView(again(call, proposal));
            }
        };
    }

    @GetMapping("/review-conflicts")
    ModelAndView conflicts(
            Actor actor,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return conflicts(actor, state, cursor, "", Map.of(), null, request);
    }

    private ModelAndView conflicts(
            Actor actor,
            @Nullable String typedState,
            @Nullable String cursor,
            String decided,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        // The open ones are what there is to do; any other word means all.
        Conflict.State state = typedState == null ? Conflict.State.OPEN : state(typedState);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("conflicts", conflicts.list(actor, state, null, cursor, null));
        model.put("state", state == null ? "" : state.name());
        model.put("acts", actor.is(CentreRole.ACCESS_OFFICER));
        model.put("decided", decided);
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("review/conflicts", model, refusal);
    }

    @PostMapping("/review-conflicts/{conflict}/decision")
    ModelAndView decide(
            Actor actor,
            @PathVariable UUID conflict,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (conflicts.decide(
                actor, conflict, null, state(typed.getOrDefault("decision", "")), typed.get("reason"))) {
            case Outcome.Refused<Conflict>(Refusal refusal) ->
                conflicts(actor, null, null, conflict.toString(), typed, refusal, request);
            case Outcome.Done<Conflict> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "review.conflict.decided");
                yield new ModelAndView("redirect:/review-conflicts");
            }
        };
    }

    /** Where somebody reloads the page of a refused form. */
    @GetMapping({"/calls/{idOrCode}/assignment/runs", "/calls/{idOrCode}/assignment/confirmation"})
    String again(@PathVariable("idOrCode") String call) {
        return "redirect:/calls/" + UriUtils.encodePathSegment(call, StandardCharsets.UTF_8) + "/assignment";
    }

    @GetMapping({
        "/calls/{idOrCode}/assignment/{proposal}/pairs",
        "/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/pin",
        "/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/removal"
    })
    String again(@PathVariable("idOrCode") String call, @PathVariable ProposalId proposal) {
        return again(call) + "/" + proposal;
    }

    @GetMapping("/review-conflicts/{conflict}/decision")
    String again() {
        return "redirect:/review-conflicts";
    }

    private static Conflict.@Nullable State state(String typed) {
        return Arrays.stream(Conflict.State.values())
                .filter(s -> s.name().equals(typed))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable PersonId person(@Nullable String typed) {
        try {
            return typed == null || typed.isBlank() ? null : PersonId.valueOf(typed);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Instant cutOff(@Nullable String typed) {
        try {
            return typed == null || typed.isBlank() ? null : Instant.parse(typed);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
