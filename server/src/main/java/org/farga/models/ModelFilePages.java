package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
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

    private List<RunFile> files(Actor actor, ModelId id, int number) {
        return models.files(models.version(actor, id, number));
    }

    @GetMapping("/folder")
    ModelAndView folder(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam(defaultValue = "") String path,
            HttpServletRequest request) {
        FileHome home = FileHome.of(models.version(actor, id, number));
        return views.folder(home, models.get(actor, id).name(), files(actor, id, number), path, request);
    }

    @GetMapping("/file")
    ModelAndView file(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam String path,
            HttpServletRequest request)
            throws IOException {
        FileHome home = FileHome.of(models.version(actor, id, number));
        return views.file(home, models.get(actor, id).name(), files(actor, id, number), path, request);
    }

    @GetMapping("/content")
    ResponseEntity<Resource> content(
            Actor actor, @PathVariable ModelId id, @PathVariable int number, @RequestParam String path) {
        return views.content(files(actor, id, number), path);
    }

    @GetMapping("/image")
    ResponseEntity<Resource> image(
            Actor actor, @PathVariable ModelId id, @PathVariable int number, @RequestParam String path)
            throws IOException {
        return views.image(files(actor, id, number), path);
    }
}
