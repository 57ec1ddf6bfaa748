package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.ModelId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Shows and edits a model version's card. */
@Controller
@RequestMapping("/models/{id}/versions/{number}/card")
class ModelCardPages {
    private final ModelCards cards;
    private final Models models;
    private final Shells shells;

    ModelCardPages(ModelCards cards, Models models, Shells shells) {
        this.cards = cards;
        this.models = models;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView show(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam(required = false) @Nullable Integer edition,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        ModelVersion version = models.version(actor, id, number);
        Model of = models.get(actor, id);
        ModelCard card = edition == null ? cards.get(actor, id, number) : cards.get(actor, id, number, edition);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("model", of);
        model.put("shown", cards.shown(card, version));
        model.put("editions", cards.list(actor, id, number, cursor, null));
        model.put("writable", cards.mayWrite(actor, of));
        return new ModelAndView("models/model-card", model);
    }

    @GetMapping("/README.md")
    ResponseEntity<String> readme(Actor actor, @PathVariable ModelId id, @PathVariable int number) {
        return ModelCardsApi.download(cards.get(actor, id, number));
    }

    @GetMapping("/edit")
    ModelAndView edit(Actor actor, @PathVariable ModelId id, @PathVariable int number, HttpServletRequest request) {
        ModelCard card = cards.get(actor, id, number);
        return form(actor, id, number, card.edition(), card.text(), null, request);
    }

    private ModelAndView form(
            Actor actor,
            ModelId id,
            int number,
            long edition,
            String text,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Model of = models.get(actor, id);
        ModelCard now = cards.get(actor, id, number);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("model", of);
        model.put("number", number);
        // Somebody whose text was overtaken has seen the other one below it, and saves over that.
        model.put("edition", refusal != null && refusal.kind() == Refusal.Kind.STALE ? now.edition() : edition);
        model.put("text", text);
        model.put("refusal", refusal);
        model.put("other", refusal != null && refusal.kind() == Refusal.Kind.STALE ? now.text() : null);
        ModelAndView page = new ModelAndView("models/model-card-edit", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.STALE ? HttpStatus.CONFLICT : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    @PostMapping
    ModelAndView write(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam long edition,
            @RequestParam(required = false) @Nullable String text,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (cards.write(actor, id, number, edition, text)) {
            case Outcome.Done<ModelCard> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "models.card-saved");
                yield new ModelAndView("redirect:/models/" + id + "/versions/" + number + "/card");
            }
            case Outcome.Refused<ModelCard>(Refusal refusal) ->
                form(actor, id, number, edition, text == null ? "" : text, refusal, request);
        };
    }
}
