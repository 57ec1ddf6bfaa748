package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.dataspace.Card;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.RunId;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
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
    private final Shells shells;

    RunFilePages(Runs runs, Shells shells) {
        this.runs = runs;
        this.shells = shells;
    }

    /** The address of a page about a file or folder; names that jobs choose cannot always stand in an address's path. */
    static String address(RunId run, String what, String path) {
        return "/runs/%s/%s?path=%s".formatted(run, what, URLEncoder.encode(path, StandardCharsets.UTF_8));
    }

    @GetMapping("/folder")
    ModelAndView folder(
            Actor actor,
            @PathVariable RunId id,
            @RequestParam(defaultValue = "") String path,
            HttpServletRequest request) {
        Run run = runs.get(actor, id);
        RunFolder folder = RunFolder.of(runs.files(id), path).orElseThrow(() -> new NotFoundException("folder"));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("run", run);
        model.put("folder", folder);
        return new ModelAndView("models/folder", model);
    }

    @GetMapping("/file")
    ModelAndView file(Actor actor, @PathVariable RunId id, @RequestParam String path, HttpServletRequest request)
            throws IOException {
        Runs.Kept kept = runs.file(actor, id, path);
        FilePreview preview = FilePreview.of(kept);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("run", runs.get(actor, id));
        model.put("file", kept.file());
        model.put("folder", RunFolder.of(List.of(kept.file()), parent(path)).orElseThrow());
        model.put("preview", preview);
        model.put(
                "html",
                preview instanceof FilePreview.Markdown markdown
                        ? Card.html(markdown.text(), linked -> beside(id, path, linked))
                        : null);
        return new ModelAndView("models/file", model);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** The page of a file that a Markdown file of the same run links to. */
    private Optional<String> beside(RunId run, String path, String linked) {
        try {
            String target = Path.of(parent(path))
                    .resolve(URI.create(linked).getPath())
                    .normalize()
                    .toString();
            return runs.files(run).stream().anyMatch(f -> f.path().equals(target))
                    ? Optional.of(address(run, "file", target))
                    : Optional.empty();
        } catch (IllegalArgumentException | NullPointerException e) {
            // No address at all, or one without a path.
            return Optional.empty();
        }
    }

    /** The file itself, whole or by range. */
    @GetMapping("/content")
    ResponseEntity<Resource> content(Actor actor, @PathVariable RunId id, @RequestParam String path) {
        return RunsApi.download(runs.file(actor, id, path));
    }

    /** A picture for the page about it: only what its bytes say is one, under a policy that lets it do nothing. */
    @GetMapping("/image")
    ResponseEntity<Resource> image(Actor actor, @PathVariable RunId id, @RequestParam String path) throws IOException {
        Runs.Kept kept = runs.file(actor, id, path);
        String type = FilePreview.image(kept).orElseThrow(() -> new NotFoundException("picture"));
        return ResponseEntity.ok()
                .eTag("\"" + kept.file().sha256() + "\"")
                .contentType(MediaType.parseMediaType(type))
                .header(HttpHeaders.CONTENT_DISPOSITION, "inline")
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
                .header("X-Content-Type-Options", "nosniff")
                .body(new FileSystemResource(kept.content()));
    }
}
