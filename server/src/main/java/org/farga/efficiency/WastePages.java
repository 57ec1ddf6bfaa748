package org.farga.efficiency;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.farga.allocation.Projects;
import org.farga.efficiency.Wastes.By;
import org.farga.efficiency.Wastes.Question;
import org.farga.efficiency.Wastes.Sort;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
class WastePages {
    private final Wastes wastes;
    private final Projects projects;
    private final Shells shells;

    WastePages(Wastes wastes, Projects projects, Shells shells) {
        this.wastes = wastes;
        this.projects = projects;
        this.shells = shells;
    }

    @GetMapping("/operations/waste")
    ModelAndView ofCentre(
            Actor actor,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String sort,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("address", "/operations/waste");
        model.put("choices", List.of(By.values()));
        return page(model, question -> wastes.ofCentre(actor, question), by, sort, from, to, cursor, request);
    }

    @GetMapping("/projects/{idOrSlug}/waste")
    ModelAndView ofProject(
            Actor actor,
            @PathVariable String idOrSlug,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String sort,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Projects.Summary project = projects.visible(actor, idOrSlug);
        Map<String, Object> model = new HashMap<>();
        model.put("project", project);
        model.put("address", "/projects/" + project.slug() + "/waste");
        model.put("choices", List.of(By.PERSON, By.CLUSTER, By.PARTITION));
        return page(model, question -> wastes.ofProject(actor, project, question), by, sort, from, to, cursor, request);
    }

    private ModelAndView page(
            Map<String, Object> model,
            Function<Question, Wastes.View> ask,
            @Nullable String by,
            @Nullable String sort,
            @Nullable String from,
            @Nullable String to,
            @Nullable String cursor,
            HttpServletRequest request) {
        By asked = parsed("by", by, By::valueOf);
        Sort sorted = parsed("sort", sort, Sort::valueOf);
        model.put("shell", shells.of(request));
        HttpStatus status = HttpStatus.OK;
        try {
            model.put("view", ask.apply(new Question(asked, sorted, from, to, cursor, null)));
        } catch (Answer.RefusedException e) {
            // A month that is none: what would have been shown without it, with what is wrong beside the field.
            if (e.refusal().fields().isEmpty()) {
                throw e;
            }
            model.put("view", ask.apply(new Question(asked, sorted, null, null, null, null)));
            model.put("refusal", e.refusal());
            status = HttpStatus.UNPROCESSABLE_CONTENT;
        }
        return new ModelAndView("efficiency/waste", model, status);
    }

    /** Null for what is left empty; what cannot be read is refused as {@code bad-parameter}. */
    private static <T> @Nullable T parsed(String name, @Nullable String text, Function<String, T> parse) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new Answer.RefusedException(Refusal.invalid("bad-parameter", name));
        }
    }
}
