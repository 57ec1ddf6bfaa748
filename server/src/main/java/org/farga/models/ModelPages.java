package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.allocation.Projects;
import org.farga.people.People;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.ModelId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Page;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
@RequestMapping("/models")
class ModelPages {
    private final Models models;
    private final Projects projects;
    private final People people;
    private final ModelCards cards;
    private final Shells shells;

    ModelPages(Models models, Projects projects, People people, ModelCards cards, Shells shells) {
        this.models = models;
        this.projects = projects;
        this.people = people;
        this.cards = cards;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor,
            @RequestParam(required = false) @Nullable ProjectId project,
            @RequestParam(required = false) @Nullable DatasetVersionId datasetVersion,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Page<Models.Shown> page = models.list(actor, project, datasetVersion, cursor, null);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("page", page);
        model.put("project", project == null ? null : projects.summary(project));
        model.put("datasetVersion", datasetVersion);
        return new ModelAndView("models/models", model);
    }

    @GetMapping("/{id}")
    ModelAndView show(
            Actor actor,
            @PathVariable ModelId id,
            @RequestParam(required = false) @Nullable Integer version,
            HttpServletRequest request) {
        Model model = models.get(actor, id);
        List<ModelVersion> versions = models.versions(id);
        ModelVersion shown = versions.stream()
                .filter(v -> version == null ? !v.deleted() : v.number() == version)
                .findFirst()
                // Of a model that is no longer offered, the newest in the record.
                .or(() -> version == null ? versions.stream().findFirst() : java.util.Optional.empty())
                .orElseThrow(() -> new NotFoundException("model version"));
        Map<String, Object> page = new HashMap<>();
        page.put("shell", shells.of(request));
        page.put("model", model);
        page.put("project", projects.summary(model.project()));
        page.put("versions", versions);
        page.put("shown", shown);
        page.put("person", people.summary(shown.registeredBy()).name());
        page.put("files", models.files(shown));
        page.put("parameters", models.parameters(model, shown));
        page.put("card", cards.shown(cards.get(actor, id, shown.number()), shown));
        page.put("writable", cards.mayWrite(actor, model));
        return new ModelAndView("models/model", page);
    }
}
