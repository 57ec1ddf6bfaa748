package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.farga.shared.Actor;
import org.farga.shared.RunId;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Browses what a run left, and shows what can be shown of it. */
@Controller
@RequestMapping("/runs/{id}")
class RunFilePages {
    private final Runs runs;
    private final FileViews views;

    RunFilePages(Runs runs, FileViews views) {
        this.runs = runs;
        this.views = views;
    }

    private List<RunFile> files(Actor actor, RunId id) {
        return runs.files(runs.get(actor, id).id());
    }

    @GetMapping("/folder")
    ModelAndView folder(
            Actor actor,
            @PathVariable RunId id,
            @RequestParam(defaultValue = "") String path,
            HttpServletRequest request) {
        return views.folder(FileHome.of(id), runs.get(actor, id).name(), files(actor, id), path, request);
    }

    @GetMapping("/file")
    ModelAndView file(Actor actor, @PathVariable RunId id, @RequestParam String path, HttpServletRequest request)
            throws IOException {
        return views.file(FileHome.of(id), runs.get(actor, id).name(), files(actor, id), path, request);
    }

    @GetMapping("/content")
    ResponseEntity<Resource> content(Actor actor, @PathVariable RunId id, @RequestParam String path) {
        return views.content(files(actor, id), path);
    }

    @GetMapping("/image")
    ResponseEntity<Resource> image(Actor actor, @PathVariable RunId id, @RequestParam String path) throws IOException {
        return views.image(files(actor, id), path);
    }
}
