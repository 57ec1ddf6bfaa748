package org.farga.review;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.farga.access.Review;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
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

/** A reviewer's own pages. */
@Controller
@RequestMapping("/reviews")
class ReviewPages {
    private final Reviews reviews;
    private final Shells shells;

    ReviewPages(Reviews reviews, Shells shells) {
        this.reviews = reviews;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView mine(Actor actor, HttpServletRequest request) {
        return new ModelAndView("review/mine", Map.of("shell", shells.of(request), "reviews", reviews.mine(actor)));
    }

    @GetMapping("/{proposal}")
    ModelAndView show(Actor actor, @PathVariable ProposalId proposal, HttpServletRequest request) {
        return show(actor, proposal, null, null, request);
    }

    /** Forms lead back to the page when somebody reloads after a refusal. */
    @GetMapping({"/{proposal}/submission", "/{proposal}/refusal"})
    String again(@PathVariable ProposalId proposal) {
        return "redirect:/reviews/" + proposal;
    }

    private ModelAndView show(
            Actor actor,
            ProposalId proposal,
            @Nullable Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Shell shell = shells.of(request);
        Reviews.Task task = reviews.task(actor, proposal, shell.language());
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("task", task);
        model.put("typed", typed == null ? typed(task.review()) : typed);
        model.put("refusal", refusal);
        return Answer.page("review/task", model, refusal);
    }

    private static Map<String, String> typed(WrittenReview review) {
        Map<String, String> typed = new HashMap<>();
        review.scores().forEach((criterion, score) -> typed.put("scores." + criterion, plain(score)));
        typed.put("comments", review.comments() == null ? "" : review.comments());
        typed.put("confidential", review.confidential() == null ? "" : review.confidential());
        typed.put(
                "recommendation",
                review.recommendation() == null ? "" : review.recommendation().name());
        typed.put(
                "confidence",
                review.confidence() == null ? "" : review.confidence().name());
        return typed;
    }

    static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    @PostMapping("/{proposal}")
    ModelAndView save(
            Actor actor,
            @PathVariable ProposalId proposal,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        reviews.task(actor, proposal, shells.of(request).language());
        Outcome<WrittenReview> outcome =
                content(typed).then(content -> reviews.save(actor, proposal, version, content));
        return answer(actor, proposal, outcome, "review.done.saved", typed, request, redirect);
    }

    @PostMapping("/{proposal}/submission")
    ModelAndView submit(
            Actor actor,
            @PathVariable ProposalId proposal,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        reviews.task(actor, proposal, shells.of(request).language());
        Outcome<WrittenReview> outcome =
                content(typed).then(content -> reviews.submit(actor, proposal, version, content));
        return answer(actor, proposal, outcome, "review.done.submitted", typed, request, redirect);
    }

    @PostMapping("/{proposal}/refusal")
    ModelAndView refuse(
            Actor actor,
            @PathVariable ProposalId proposal,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Outcome<Reviews.No> outcome = reviews.refuse(actor, proposal, chosen(Reviews.No.values(), kind), reason);
        if (outcome instanceof Outcome.Refused<Reviews.No>(Refusal refusal)) {
            return show(actor, proposal, null, refusal, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "review.done.refused");
        return new ModelAndView("redirect:/reviews");
    }

    private ModelAndView answer(
            Actor actor,
            ProposalId proposal,
            Outcome<WrittenReview> outcome,
            String notice,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (outcome instanceof Outcome.Refused<WrittenReview>(Refusal refusal)) {
            ModelAndView page = show(actor, proposal, typed, refusal, request);
            if (refusal.kind() == Refusal.Kind.STALE) {
                page.setStatus(HttpStatus.PRECONDITION_FAILED);
            }
            return page;
        }
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/reviews/" + proposal);
    }

    private static Outcome<WrittenReview.Content> content(Map<String, String> typed) {
        Fields fields = new Fields();
        Map<Review.Criterion, BigDecimal> scores = new EnumMap<>(Review.Criterion.class);
        for (Review.Criterion criterion : Review.Criterion.values()) {
            String text = typed.getOrDefault("scores." + criterion, "");
            if (!text.isBlank()) {
                TrialReader.number(fields, "scores." + criterion, text)
                        .ifPresent(score -> scores.put(criterion, score));
            }
        }
        Optional<Refusal> refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new WrittenReview.Content(
                        scores,
                        typed.get("comments"),
                        typed.get("confidential"),
                        chosen(WrittenReview.Recommendation.values(), typed.get("recommendation")),
                        chosen(WrittenReview.Confidence.values(), typed.get("confidence"))));
    }

    private static <E extends Enum<E>> @Nullable E chosen(E[] values, @Nullable String name) {
        return java.util.Arrays.stream(values)
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
