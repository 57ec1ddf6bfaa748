package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.support.RequestContextUtils;

/** The form in which proposals are written: saved as one types, by several people at once, and handed in. */
@Controller
@RequestMapping("/proposals/{id}")
class DraftPages {
    private static final Set<String> OF_THE_STATUS =
            Set.of("shell", "detail", "judged", "sentences", "maySubmit", "aid", "refusal");

    private final ProposalPages pages;
    private final Proposals proposals;
    private final Drafts drafts;
    private final Eligibility eligibility;
    private final DraftViews views;
    private final Attachments attachments;
    private final Papers papers;
    private final Shells shells;

    DraftPages(
            ProposalPages pages,
            Proposals proposals,
            Drafts drafts,
            Eligibility eligibility,
            DraftViews views,
            Attachments attachments,
            Papers papers,
            Shells shells) {
        this.pages = pages;
        this.proposals = proposals;
        this.drafts = drafts;
        this.eligibility = eligibility;
        this.views = views;
        this.attachments = attachments;
        this.papers = papers;
        this.shells = shells;
    }

    /** What a form sent: a field with what stood in it before, unless one chose between two people's answers. */
    private static Map<String, Drafts.Typed> typed(Map<String, String> sent) {
        String take = sent.getOrDefault("take", "");
        String keep = sent.getOrDefault("keep", "");
        Map<String, Drafts.Typed> typed = new TreeMap<>();
        sent.forEach((name, value) -> {
            if (FormValues.isField(name) && !name.equals(take)) {
                String was = name.equals(keep) ? sent.get("theirs." + name) : sent.get("was." + name);
                typed.put(name, new Drafts.Typed(was, value));
            }
        });
        return typed;
    }

    /** Saves what is typed: by itself as one types, or by the button where no script runs. */
    @PostMapping
    @Nullable
    ModelAndView save(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam Map<String, String> sent,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String byScript,
            HttpServletRequest request,
            HttpServletResponse response,
            RedirectAttributes redirect) {
        Map<String, Drafts.Typed> typed = typed(sent);
        return switch (eligibility.save(actor, id, typed, Practice.typed(sent))) {
            case Outcome.Done<Drafts.Saved>(Drafts.Saved saved)
            when byScript != null && sent.containsKey("next") && saved.refusal().isEmpty() -> {
                response.setHeader("HX-Redirect", "/proposals/" + id + "?step=" + next(sent));
                yield null;
            }
            case Outcome.Done<Drafts.Saved>(Drafts.Saved saved)
            when byScript != null ->
                status(actor, saved, typed, sent, saved.refusal().orElse(null), request);
            case Outcome.Done<Drafts.Saved>(Drafts.Saved saved)
            when saved.refusal().isPresent() ->
                form(actor, saved, sent, saved.refusal().get(), request);
            case Outcome.Done<Drafts.Saved> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield to(id, next(sent));
            }
            case Outcome.Refused<Drafts.Saved>(Refusal refusal)
            when byScript != null && isHandedIn(refusal) -> {
                response.setHeader("HX-Redirect", "/proposals/" + id);
                yield null;
            }
            case Outcome.Refused<Drafts.Saved>(Refusal refusal) -> pages.show(actor, id, sent, refusal, request);
        };
    }

    /** After a second click, or because somebody else handed it in meanwhile: its page says what became of it. */
    private static boolean isHandedIn(Refusal refusal) {
        return refusal.name().equals("proposal-not-draft");
    }

    /** The step to go on with: a name of capitals, whatever was sent. */
    private static @Nullable String next(Map<String, String> sent) {
        String step = sent.getOrDefault("next", sent.get("step"));
        return step != null && step.matches("[A-Z_]{1,40}") ? step : null;
    }

    private static ModelAndView to(ProposalId id, @Nullable String step) {
        return new ModelAndView("redirect:/proposals/" + id + (step == null ? "" : "?step=" + step));
    }

    /** The whole form again, with what was typed and not saved still in it. */
    private ModelAndView form(
            Actor actor, Drafts.Saved saved, Map<String, String> sent, Refusal refusal, HttpServletRequest request) {
        ModelAndView page = pages.show(actor, saved.proposal().id(), unsaved(saved, sent), refusal, request);
        Map<String, String> was = new HashMap<>(FormValues.of(saved.proposal().answers()));
        saved.conflicts().forEach(c -> was.put(c.field(), sent.getOrDefault("was." + c.field(), "")));
        DraftViews.View view = views.of(actor, saved.proposal(), sent.get("step"));
        page.addObject("draft", view.with(was, views.named(saved.conflicts())));
        return page;
    }

    private static Map<String, String> unsaved(Drafts.Saved saved, Map<String, String> sent) {
        Map<String, String> unsaved = new HashMap<>();
        saved.conflicts().forEach(c -> unsaved.put(c.field(), sent.getOrDefault(c.field(), "")));
        saved.problems().forEach(p -> unsaved.put(p.field(), sent.getOrDefault(p.field(), "")));
        return unsaved;
    }

    /** What the page shows anew after a save that it made by itself. */
    private ModelAndView status(
            Actor actor,
            Drafts.Saved saved,
            Map<String, Drafts.Typed> typed,
            Map<String, String> sent,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Proposal proposal = saved.proposal();
        Map<String, Object> model = pages.model(actor, proposal.id(), refusal, request);
        model.keySet().retainAll(OF_THE_STATUS);
        String take = sent.getOrDefault("take", "");
        Map<String, String> news = DraftViews.news(typed, proposal);
        saved.conflicts().forEach(c -> news.remove(c.field()));
        saved.problems().forEach(p -> news.remove(p.field()));
        if (FormValues.isField(take)) {
            news.put(take, FormValues.of(proposal.answers()).getOrDefault(take, ""));
        }
        model.put("taken", take);
        model.put("news", news);
        model.put("draft", views.of(actor, proposal, sent.get("step")).with(Map.of(), views.named(saved.conflicts())));
        return new ModelAndView("access/draft-saved", model);
    }

    /** Saves what is typed and hands it in, so that nothing typed in the last moment is lost. */
    @PostMapping("/submission")
    @Nullable
    ModelAndView submit(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Map<String, String> sent,
            @RequestHeader(name = "HX-Request", required = false) @Nullable String byScript,
            HttpServletRequest request,
            HttpServletResponse response,
            RedirectAttributes redirect) {
        Map<String, Drafts.Typed> typed = typed(sent);
        Outcome<Drafts.Saved> outcome = eligibility.save(actor, id, typed, Practice.typed(sent));
        if (!(outcome instanceof Outcome.Done<Drafts.Saved>(Drafts.Saved saved))) {
            Refusal refusal = ((Outcome.Refused<Drafts.Saved>) outcome).refusal();
            if (byScript == null) {
                return pages.show(actor, id, Map.of(), refusal, request);
            }
            if (isHandedIn(refusal)) {
                response.setHeader("HX-Redirect", "/proposals/" + id);
                return null;
            }
            throw new Answer.RefusedException(refusal);
        }
        // What somebody else wrote since this page was loaded is looked at before it is handed in.
        Outcome<Proposal> submitted = saved.refusal().isPresent()
                ? Outcome.refused(saved.refusal().get())
                : saved.versionBefore() != version
                        ? Outcome.refused(Refusal.stale())
                        : Answer.outcome(() ->
                                proposals.submit(actor, id, saved.proposal().version()));
        return switch (submitted) {
            case Outcome.Done<Proposal>(Proposal done) -> {
                String notice =
                        done.state() instanceof ProposalState.Awarded ? "access.done.awarded" : "access.done.submitted";
                if (byScript == null) {
                    redirect.addFlashAttribute(Shells.NOTICE, notice);
                    yield to(id, null);
                }
                var flash = RequestContextUtils.getOutputFlashMap(request);
                flash.put(Shells.NOTICE, notice);
                RequestContextUtils.saveOutputFlashMap("/proposals/" + id, request, response);
                response.setHeader("HX-Redirect", "/proposals/" + id);
                yield null;
            }
            case Outcome.Refused<Proposal>(Refusal refusal) ->
                byScript == null
                        ? form(actor, saved, sent, refusal, request)
                        : status(actor, saved, typed, sent, refusal, request);
        };
    }

    @PostMapping("/prefill")
    ModelAndView prefill(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam(required = false) @Nullable String from,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(actor, id, drafts.prefill(actor, id, from), "access.done.prefilled", null, request, redirect);
    }

    @PostMapping("/plan-evenly")
    ModelAndView planEvenly(
            Actor actor, @PathVariable ProposalId id, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(actor, id, drafts.planEvenly(actor, id), "access.done.saved", "PLAN", request, redirect);
    }

    @GetMapping("/attachments/{attachment}")
    ResponseEntity<byte[]> attachment(Actor actor, @PathVariable ProposalId id, @PathVariable UUID attachment) {
        return DraftsApi.download(attachments.content(actor, id, attachment));
    }

    @PostMapping("/attachments/{attachment}/removal")
    ModelAndView remove(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable UUID attachment,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                id,
                attachments.remove(actor, id, attachment),
                "access.done.document-removed",
                DraftViews.DOCUMENTS,
                request,
                redirect);
    }

    @GetMapping("/paper")
    ResponseEntity<byte[]> paper(Actor actor, @PathVariable ProposalId id) {
        return DraftsApi.download(papers.pdf(actor, id));
    }

    /** Helps to say how many GPU-hours are needed: from a model's size, or from what was measured. */
    @GetMapping("/sizing")
    ModelAndView sizing(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam Map<String, String> asked,
            HttpServletRequest request) {
        Proposal proposal = proposals.get(actor, id);
        String way = asked.getOrDefault("way", "");
        Outcome<Sizing> outcome = way.equals("estimate")
                ? Sizing.estimated(
                        SectionForm.number(asked.get("billionParameters")),
                        SectionForm.number(asked.get("billionTokens")),
                        asked.get("gpu"),
                        SectionForm.number(asked.get("leastPercent")),
                        SectionForm.number(asked.get("mostPercent")),
                        SectionForm.number(asked.get("runs")))
                : way.equals("measured")
                        ? Sizing.measured(
                                SectionForm.number(asked.get("perSecond")),
                                SectionForm.number(asked.get("gpus")),
                                SectionForm.number(asked.get("millions")),
                                SectionForm.number(asked.get("leastPercent")),
                                SectionForm.number(asked.get("runs")))
                        : null;
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("proposal", proposal);
        model.put("mayEdit", proposal.refusalToEdit(actor).isEmpty());
        model.put("asked", asked);
        model.put("sizing", outcome instanceof Outcome.Done<Sizing>(Sizing found) ? found : null);
        Refusal refusal = outcome instanceof Outcome.Refused<Sizing>(Refusal why) ? why : null;
        model.put("refusal", refusal);
        return ProposalPages.answered(new ModelAndView("access/sizing", model), refusal);
    }

    /** Takes an estimate over into the form. */
    @PostMapping("/sizing")
    ModelAndView takeOver(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam(required = false) @Nullable String gpuHours,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        BigDecimal hours = SectionForm.number(gpuHours);
        Outcome<Drafts.Saved> outcome = drafts.save(
                actor, id, Map.of("gpuHours", new Drafts.Typed(null, hours == null ? "?" : hours.toPlainString())));
        Outcome<Proposal> taken = outcome.then(saved -> saved.refusal()
                .<Outcome<Proposal>>map(Outcome::refused)
                .orElseGet(() -> Outcome.done(saved.proposal())));
        return answer(actor, id, taken, "access.done.taken-over", FormSection.RESOURCES.name(), request, redirect);
    }

    private ModelAndView answer(
            Actor actor,
            ProposalId id,
            Outcome<Proposal> outcome,
            String notice,
            @Nullable String step,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<Proposal> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield to(id, step);
            }
            case Outcome.Refused<Proposal>(Refusal refusal) -> pages.show(actor, id, Map.of(), refusal, request);
        };
    }
}
