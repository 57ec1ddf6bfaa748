package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.dataspace.Card;
import org.farga.platform.Shells;
import org.farga.shared.NotFoundException;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Shows folders and files of a run or of a model version, and what can be shown of them. */
@Component
class FileViews {
    private final FileStore store;
    private final Shells shells;

    FileViews(FileStore store, Shells shells) {
        this.store = store;
        this.shells = shells;
    }

    /** A folder; throws {@link NotFoundException} where no file lies in it. */
    ModelAndView folder(FileHome home, String name, List<RunFile> all, String path, HttpServletRequest request) {
        RunFolder folder = RunFolder.of(all, path).orElseThrow(() -> new NotFoundException("folder"));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("home", home);
        model.put("homeName", name);
        model.put("folder", folder);
        return new ModelAndView("models/folder", model);
    }

    ModelAndView file(FileHome home, String name, List<RunFile> all, String path, HttpServletRequest request)
            throws IOException {
        Runs.Kept kept = kept(all, path);
        FilePreview preview = FilePreview.of(kept);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("home", home);
        model.put("homeName", name);
        model.put("file", kept.file());
        model.put("folder", RunFolder.of(List.of(kept.file()), parent(path)).orElseThrow());
        model.put("preview", preview);
        model.put(
                "html",
                preview instanceof FilePreview.Markdown markdown
                        ? Card.html(markdown.text(), linked -> beside(home, all, path, linked))
                        : null);
        return new ModelAndView("models/file", model);
    }

    /** The file itself, whole or by range. */
    ResponseEntity<Resource> content(List<RunFile> all, String path) {
        return RunsApi.download(kept(all, path));
    }

    /** A picture for the page about it: only what its bytes say is one, under a policy that lets it do nothing. */
    ResponseEntity<Resource> image(List<RunFile> all, String path) throws IOException {
        Runs.Kept kept = kept(all, path);
        String type = FilePreview.image(kept).orElseThrow(() -> new NotFoundException("picture"));
        return ResponseEntity.ok()
                .eTag("\"" + kept.file().sha256() + "\"")
                .contentType(MediaType.parseMediaType(type))
                .header(HttpHeaders.CONTENT_DISPOSITION, "inline")
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
                .header("X-Content-Type-Options", "nosniff")
                .body(new FileSystemResource(kept.content()));
    }

    private Runs.Kept kept(List<RunFile> all, String path) {
        return all.stream()
                .filter(file -> file.path().equals(path))
                .findFirst()
                .map(file -> new Runs.Kept(file, store.place(file.sha256())))
                .orElseThrow(() -> new NotFoundException("file"));
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** The page of a file that a Markdown file beside it links to. */
    private static Optional<String> beside(FileHome home, List<RunFile> all, String path, String linked) {
        try {
            String target = Path.of(parent(path))
                    .resolve(URI.create(linked).getPath())
                    .normalize()
                    .toString();
            return all.stream().anyMatch(f -> f.path().equals(target))
                    ? Optional.of(home.address("file", target))
                    : Optional.empty();
        } catch (IllegalArgumentException | NullPointerException e) {
            // No address at all, or one without a path.
            return Optional.empty();
        }
    }
}
