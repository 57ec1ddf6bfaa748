package org.farga.operations;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
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

/** The operator's page. */
@Controller
@RequestMapping("/operations")
class OperationsPages {
    private final Operations operations;
    private final Shells shells;

    OperationsPages(Operations operations, Shells shells) {
        this.operations = operations;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView show(Actor actor, HttpServletRequest request) {
        return page(actor, null, request);
    }

    @PostMapping("/work")
    ModelAndView runNow(
            Actor actor,
            @RequestParam String task,
            @RequestParam String item,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(operations.runNow(actor, task, item), "operations.rerun", actor, request, redirect);
    }

    @PostMapping("/events/{id}/resubmission")
    ModelAndView resubmit(Actor actor, @PathVariable UUID id, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(operations.resubmit(actor, id), "operations.resubmitted", actor, request, redirect);
    }

    @PostMapping("/events/resubmission")
    ModelAndView resubmitAll(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(operations.resubmitAll(actor), "operations.resubmitted", actor, request, redirect);
    }

    @PostMapping("/test-mail")
    ModelAndView testMail(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(
                operations.testMail(actor, shells.of(request).language()),
                "operations.test-mail.queued",
                actor,
                request,
                redirect);
    }

    private ModelAndView answer(
            Outcome<?> outcome, String notice, Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:/operations");
            }
            case Outcome.Refused<?>(Refusal refusal) -> {
                ModelAndView page = page(actor, refusal, request);
                page.setStatus(HttpStatus.CONFLICT);
                yield page;
            }
        };
    }

    private ModelAndView page(Actor actor, @Nullable Refusal refusal, HttpServletRequest request) {
        Operations.View view = operations.view(actor);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("view", view);
        model.put("acts", Operations.mayAct(actor));
        model.put("queue", Plot.of(view.history(), view.at(), s -> (double) s.workDue()));
        model.put("latency", Plot.of(view.history(), view.at(), SampleTable.Span::p95Milliseconds));
        // A span is ten minutes: six of them are an hour.
        model.put("starts", Plot.of(view.history(), view.at(), s -> s.jobStarts() * 6.0));
        if (refusal != null) {
            model.put("refusal", refusal);
        }
        return new ModelAndView("operations/operations", model);
    }
}
