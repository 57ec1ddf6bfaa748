package org.farga.privacy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
class PrivacyPages {
    private final DataExports exports;
    private final Erasures erasures;
    private final Consents consents;
    private final Retentions retentions;
    private final PrivacySettings settings;
    private final Shells shells;

    PrivacyPages(
            DataExports exports,
            Erasures erasures,
            Consents consents,
            Retentions retentions,
            PrivacySettings settings,
            Shells shells) {
        this.exports = exports;
        this.erasures = erasures;
        this.consents = consents;
        this.retentions = retentions;
        this.settings = settings;
        this.shells = shells;
    }

    /** The privacy notice; open to anyone. */
    @GetMapping("/privacy")
    ModelAndView notice(HttpServletRequest request) {
        return new ModelAndView("privacy/notice", Map.of("shell", shells.of(request), "contact", settings.contact()));
    }

    /** One's own data: copies, consents, being forgotten. */
    @GetMapping("/account/data")
    ModelAndView data(Actor actor, HttpServletRequest request) {
        return page(actor, null, request);
    }

    private ModelAndView page(Actor actor, @Nullable Refusal refusal, HttpServletRequest request) {
        Shell shell = shells.of(request);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("exports", exports.list(actor).stream().map(exports::stateOf).toList());
        model.put("consents", consents.list(actor, shell.language()));
        model.put("obstacles", erasures.obstacles(actor, actor.person()));
        model.put("erasure", erasures.find(actor, actor.person()).orElse(null));
        model.put("days", erasures.coolingOffDays());
        model.put("refusal", refusal);
        return Answer.page("privacy/data", model, refusal);
    }

    @PostMapping("/account/data/exports")
    ModelAndView export(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        return switch (exports.ask(actor)) {
            case Outcome.Done<DataExport> done -> done("privacy.export.asked", redirect);
            case Outcome.Refused<DataExport>(Refusal refusal) -> page(actor, refusal, request);
        };
    }

    @PostMapping("/account/data/consents/{purpose}")
    ModelAndView consent(
            Actor actor,
            @PathVariable Consent.Purpose purpose,
            @RequestParam boolean given,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        if (given) {
            consents.give(actor, purpose, shells.of(request).language());
        } else {
            consents.withdraw(actor, purpose, shells.of(request).language());
        }
        return done(given ? "privacy.consent.was-given" : "privacy.consent.was-withdrawn", redirect);
    }

    @PostMapping("/account/data/erasure")
    ModelAndView erase(
            Actor actor,
            @RequestParam(required = false) @Nullable String confirmation,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (erasures.ask(actor, actor.person(), confirmation, null, List.of())) {
            case Outcome.Done<ErasureRequest> done -> done("privacy.erasure.asked", redirect);
            case Outcome.Refused<ErasureRequest>(Refusal refusal) -> page(actor, refusal, request);
        };
    }

    @PostMapping("/account/data/erasure/cancellation")
    ModelAndView keep(Actor actor, RedirectAttributes redirect) {
        erasures.cancel(actor, actor.person());
        return done("privacy.erasure.cancelled", redirect);
    }

    private static ModelAndView done(String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/account/data");
    }

    /** How long kinds of data are kept. */
    @GetMapping("/centre/retention")
    ModelAndView retention(Actor actor, HttpServletRequest request) {
        return retention(actor, null, request);
    }

    private ModelAndView retention(Actor actor, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("rules", retentions.list(actor));
        model.put("administrator", actor.isAny(CentreRole.ADMINISTRATOR));
        model.put("refusal", refusal);
        return Answer.page("privacy/retention", model, refusal);
    }

    @PostMapping("/centre/retention/{rule}")
    ModelAndView keep(
            Actor actor,
            @PathVariable String rule,
            @RequestParam(required = false) @Nullable Integer days,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (retentions.keep(actor, rule, days)) {
            case Outcome.Done<Retentions.Clocked> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "privacy.retention.saved");
                yield new ModelAndView("redirect:/centre/retention");
            }
            case Outcome.Refused<Retentions.Clocked>(Refusal refusal) -> retention(actor, refusal, request);
        };
    }

    /** News to those who agreed to get it. */
    @GetMapping("/centre/news")
    ModelAndView news(Actor actor, HttpServletRequest request) {
        return news(actor, Map.of(), null, request);
    }

    private ModelAndView news(
            Actor actor, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("readers", consents.readers(actor));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("privacy/news", model, refusal);
    }

    @PostMapping("/centre/news")
    ModelAndView send(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (consents.send(actor, typed.get("subject"), typed.get("text"))) {
            case Outcome.Done<Consents.News> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "privacy.news.sent");
                yield new ModelAndView("redirect:/centre/news");
            }
            case Outcome.Refused<Consents.News>(Refusal refusal) -> news(actor, typed, refusal, request);
        };
    }
}
