package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.farga.shared.Actor;
import org.farga.shared.ModelId;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Browses the files of a model version as they were registered. */
@Controller
@RequestMapping("/models/{id}/versions/{number}")
class ModelFilePages {
    private final Models models;
    private final FileViews views;

    ModelFilePages(Models models, FileViews views) {
        this.models = models;
        this.views = views;
    }

    @GetMapping("/folder")
    ModelAndView folder(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam(defaultValue = "") String path,
            HttpServletRequest request) {
        Model model = models.get(actor, id);
        ModelVersion version = models.version(model, number);
        return views.folder(FileHome.of(version), model.name(), models.files(version), path, request);
    }

    @GetMapping("/file")
    ModelAndView file(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam String path,
            HttpServletRequest request)
            throws IOException {
        Model model = models.get(actor, id);
        ModelVersion version = models.version(model, number);
        return views.file(FileHome.of(version), model.name(), models.files(version), path, request);
    }

    @GetMapping("/content")
    ResponseEntity<Resource> content(
            Actor actor, @PathVariable ModelId id, @PathVariable int number, @RequestParam String path) {
        return views.content(models.files(models.version(actor, id, number)), path);
    }

    @GetMapping("/image")
    ResponseEntity<Resource> image(
            Actor actor, @PathVariable ModelId id, @PathVariable int number, @RequestParam String path)
            throws IOException {
        return views.image(models.files(models.version(actor, id, number)), path);
    }
}
