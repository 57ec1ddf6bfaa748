package org.farga.review;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.farga.access.PanelStep;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The reviews of a proposal, what the panel finds about it, and the ranking of a cut-off. */
@Controller
class PanelPages {
    private final Reviews reviews;
    private final Panels panels;
    private final Shells shells;

    PanelPages(Reviews reviews, Panels panels, Shells shells) {
        this.reviews = reviews;
        this.panels = panels;
        this.shells = shells;
    }

    @GetMapping("/proposals/{id}/reviews")
    ModelAndView reviews(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        return reviews(actor, id, Map.of(), null, request);
    }

    /** Forms lead back to the page when somebody reloads after a refusal. */
    @GetMapping({
        "/proposals/{id}/rebuttal",
        "/proposals/{id}/panel-finding",
        "/proposals/{id}/reviews/{number}/reopening"
    })
    String again(@PathVariable ProposalId id) {
        return "redirect:/proposals/" + id + "/reviews";
    }

    private ModelAndView reviews(
            Actor actor,
            ProposalId id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Reviews.Reading reading = reviews.reading(actor, id);
        boolean applicant = reading.reader() == Reviews.Reader.APPLICANT;
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("reading", reading);
        model.put("typed", typed);
        model.put("refusal", refusal);
        model.put("finding", applicant ? null : panels.finding(actor, id));
        model.put("mayWrite", !applicant && panels.mayWrite(actor, id));
        model.put("mayConfirm", !applicant && panels.mayConfirm(actor, id));
        ModelAndView page = Answer.page("review/reading", model, refusal);
        if (refusal != null && refusal.kind() == Refusal.Kind.STALE) {
            page.setStatus(HttpStatus.PRECONDITION_FAILED);
        }
        return page;
    }

    @PostMapping("/proposals/{id}/rebuttal")
    ModelAndView rebut(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                id,
                reviews.answer(actor, id, typed.get("answer")),
                "review.done.answered",
                typed,
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/reviews/{number}/reopening")
    ModelAndView reopen(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable int number,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                id,
                reviews.reopen(actor, id, number, typed.get("reason")),
                "review.done.reopened",
                typed,
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/panel-finding")
    ModelAndView write(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        panels.finding(actor, id);
        Fields fields = new Fields();
        Optional<BigDecimal> score = number(fields, "score", typed);
        Optional<BigDecimal> placing = number(fields, "placing", typed);
        placing.ifPresent(p -> fields.rule("placing", p.stripTrailingZeros().scale() <= 0, "not-a-number"));
        Optional<Refusal> refusal = fields.refusal();
        String award = typed.getOrDefault("award", "");
        Outcome<PanelFinding> outcome = refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : panels.write(
                        actor,
                        id,
                        version,
                        new PanelFinding.Content(
                                award.isEmpty() ? null : Boolean.valueOf(award),
                                typed.get("note"),
                                score.orElse(null),
                                // Beyond any place, but small enough to be an int.
                                placing.map(p -> p.min(BigDecimal.valueOf(1_000_000))
                                                .max(BigDecimal.ZERO)
                                                .intValue())
                                        .orElse(null)));
        return answer(actor, id, outcome, "review.done.found", typed, request, redirect);
    }

    private static Optional<BigDecimal> number(Fields fields, String field, Map<String, String> typed) {
        String text = typed.getOrDefault(field, "");
        return text.isBlank() ? Optional.empty() : TrialReader.number(fields, field, text);
    }

    @PostMapping("/proposals/{id}/panel-confirmation")
    ModelAndView confirm(
            Actor actor, @PathVariable ProposalId id, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(actor, id, panels.confirm(actor, id), "review.done.confirmed", Map.of(), request, redirect);
    }

    @GetMapping("/proposals/{id}/panel-confirmation")
    String confirmAgain(@PathVariable ProposalId id) {
        return "redirect:/proposals/" + id + "/reviews";
    }

    private <T> ModelAndView answer(
            Actor actor,
            ProposalId id,
            Outcome<T> outcome,
            String notice,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<T>(Refusal refusal)) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                throw new Answer.RefusedException(refusal);
            }
            return reviews(actor, id, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/proposals/" + id + "/reviews");
    }

    @GetMapping("/calls/{idOrCode}/ranking")
    ModelAndView ranking(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request) {
        return ranking(actor, idOrCode, typed, null, request);
    }

    /** Forms lead back to the page when somebody reloads after a refusal. */
    @GetMapping({"/calls/{idOrCode}/ranking/hours", "/calls/{idOrCode}/ranking/decision-proposals"})
    String rankingAgain(@PathVariable String idOrCode) {
        return "redirect:/calls/" + java.net.URLEncoder.encode(idOrCode, java.nio.charset.StandardCharsets.UTF_8)
                + "/ranking";
    }

    private ModelAndView ranking(
            Actor actor,
            String idOrCode,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        PanelStep.PanelCall call = panels.call(actor, idOrCode);
        Instant cutOff = TrialReader.cutOff(typed.get("cutOff"), call);
        Refusal wrong = refusal;
        Panels.Trial trial = Panels.Trial.NOTHING;
        try {
            trial = TrialReader.ofForm(typed);
        } catch (Answer.RefusedException e) {
            wrong = e.refusal();
        }
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        Panels.View view = panels.view(actor, call, cutOff, trial);
        model.put("view", view);
        model.put("plot", OffsetPlot.of(view.offsets()));
        model.put("typed", typed);
        model.put("tried", tried(trial, cutOff));
        model.put("query", query(trial, cutOff));
        model.put("refusal", wrong);
        return Answer.page("review/ranking", model, wrong);
    }

    /** The same trial as the fields of a form, so that what is kept is what is seen. */
    private static Map<String, String> tried(Panels.Trial trial, @Nullable Instant cutOff) {
        Map<String, String> fields = new TreeMap<>();
        fields.put("cutOff", cutOff == null ? TrialReader.NO_CUT_OFF : cutOff.toString());
        fields.put("by", trial.by() == null ? "" : trial.by().name());
        trial.weights().forEach((criterion, weight) -> fields.put("weight." + criterion, weight.toPlainString()));
        trial.hours().forEach((partition, hours) -> fields.put("hours." + partition, hours.toString()));
        fields.put(
                "percents",
                trial.percents().entrySet().stream()
                        .map(p -> p.getKey() + ":" + p.getValue())
                        .sorted()
                        .collect(java.util.stream.Collectors.joining(", ")));
        return fields;
    }

    /** The same trial as the parameters of the API's addresses. */
    private static String query(Panels.Trial trial, @Nullable Instant cutOff) {
        var query = org.springframework.web.util.UriComponentsBuilder.newInstance()
                .queryParam("cutOff", cutOff == null ? TrialReader.NO_CUT_OFF : cutOff.toString());
        if (trial.by() != null) {
            query.queryParam("by", trial.by());
        }
        trial.weights()
                .forEach((criterion, weight) -> query.queryParam("weights", criterion + ":" + weight.toPlainString()));
        trial.hours().forEach((partition, hours) -> query.queryParam("hours", partition + ":" + hours));
        trial.percents().forEach((code, percent) -> query.queryParam("percents", code + ":" + percent));
        return query.encode().build().toUriString();
    }

    @PostMapping("/calls/{idOrCode}/ranking/hours")
    ModelAndView keepHours(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        PanelStep.PanelCall call = panels.call(actor, idOrCode);
        Instant cutOff = TrialReader.cutOff(typed.get("cutOff"), call);
        Map<String, BigDecimal> hours = new TreeMap<>();
        Fields fields = new Fields();
        typed.forEach((name, text) -> {
            if (name.startsWith("hours.") && !text.isBlank()) {
                TrialReader.number(fields, name, text)
                        .ifPresent(number -> hours.put(name.substring("hours.".length()), number));
            }
        });
        Optional<Refusal> unreadable = fields.refusal();
        Outcome<Map<String, GpuHours>> outcome = unreadable.isPresent()
                ? Outcome.refused(unreadable.get())
                : panels.keepHours(actor, idOrCode, cutOff, hours);
        return kept(actor, idOrCode, outcome, "review.done.hours", typed, request, redirect);
    }

    @PostMapping("/calls/{idOrCode}/ranking/decision-proposals")
    ModelAndView propose(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        PanelStep.PanelCall call = panels.call(actor, idOrCode);
        Instant cutOff = TrialReader.cutOff(typed.get("cutOff"), call);
        Outcome<Integer> outcome =
                Answer.outcome(() -> panels.propose(actor, idOrCode, cutOff, TrialReader.ofForm(typed)));
        return kept(actor, idOrCode, outcome, "review.done.proposed", typed, request, redirect);
    }

    private <T> ModelAndView kept(
            Actor actor,
            String idOrCode,
            Outcome<T> outcome,
            String notice,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<T>(Refusal refusal)) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                throw new Answer.RefusedException(refusal);
            }
            return ranking(actor, idOrCode, typed, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        ModelAndView page = new ModelAndView(
                "redirect:/calls/" + panels.call(actor, idOrCode).code() + "/ranking");
        for (String name : List.of("cutOff", "by")) {
            if (typed.containsKey(name)) {
                page.addObject(name, typed.get(name));
            }
        }
        return page;
    }
}
