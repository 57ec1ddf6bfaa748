package org.farga.mlflow;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.models.Registry;
import org.farga.models.TrackedFiles;
import org.farga.models.Tracker;
import org.farga.platform.Answer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The files of runs, of logged models and of registered versions (MLflow's artifact proxy). A run's lie at
 * {@code <experiment>/<run>/artifacts/…}, a logged model's at {@code <experiment>/models/<id>/artifacts/…}, a version's,
 * which can only be read, at {@code versions/<model>/<number>/artifacts/…}.
 */
@Hidden
@RestController
@RequestMapping({"/api/2.0/mlflow-artifacts", "/mlflow/{project}/api/2.0/mlflow-artifacts"})
class ArtifactEndpoints {
    private static final String BASE = "/api/2.0/mlflow-artifacts";
    private static final Map<String, Object> NOTHING = Map.of();

    private final TrackedFiles files;
    private final Registry registry;

    ArtifactEndpoints(TrackedFiles files, Registry registry) {
        this.files = files;
        this.registry = registry;
    }

    /** Whose file, and where among theirs; of a registered version there is its model and number instead of an owner. */
    private record Address(
            TrackedFiles.@Nullable Owner owner, @Nullable String model, int number, String path) {
        TrackedFiles.Owner writable() {
            if (owner == null) {
                throw new MlflowException(
                        MlflowException.Code.PERMISSION_DENIED, "The files of a registered version are final.");
            }
            return owner;
        }

        /** Where a file can be: not the whole. */
        String file() {
            if (!TrackedFiles.isPath(path)) {
                throw MlflowException.invalid("Invalid path");
            }
            return path;
        }

        /** Where a folder can be, or the whole. */
        String folder() {
            return path.isEmpty() ? path : file();
        }
    }

    private static Address address(String given) {
        String path = given.replaceFirst("^/+", "").replaceFirst("/+$", "");
        String[] parts = path.split("/", 5);
        boolean model = parts.length >= 4 && parts[1].equals("models") && parts[3].equals("artifacts");
        boolean version = parts.length >= 4
                && parts[0].equals("versions")
                && parts[2].matches("[0-9]{1,9}")
                && parts[3].equals("artifacts");
        if (version) {
            return new Address(null, parts[1], Integer.parseInt(parts[2]), parts.length > 4 ? parts[4] : "");
        }
        if (model) {
            return new Address(
                    new TrackedFiles.Owner(null, TrackingEndpoints.loggedModel(parts[2])),
                    null,
                    0,
                    parts.length > 4 ? parts[4] : "");
        }
        parts = path.split("/", 4);
        if (parts.length >= 3 && parts[2].equals("artifacts")) {
            return new Address(
                    new TrackedFiles.Owner(MlflowCall.run(parts[1]), null), null, 0, parts.length > 3 ? parts[3] : "");
        }
        throw MlflowException.invalid(
                "Invalid path: files lie below <experiment>/<run>/artifacts and <experiment>/models/<id>/artifacts.");
    }

    @GetMapping("/artifacts")
    Map<String, Object> list(Tracker by, @RequestParam(required = false) @Nullable String path) {
        Address address = address(path == null ? "" : path);
        String folder = address.folder();
        TrackedFiles.Owner owner = address.owner();
        List<TrackedFiles.Entry> entries = owner == null
                ? registry.list(by, String.valueOf(address.model()), address.number(), folder)
                : files.list(by, owner, folder);
        return Shapes.object("files", Shapes.entries(entries, folder));
    }

    @GetMapping("/artifacts/{*path}")
    ResponseEntity<Resource> download(Tracker by, @PathVariable String path) {
        Address address = address(path);
        String file = address.file();
        TrackedFiles.Owner owner = address.owner();
        TrackedFiles.Content content = owner == null
                ? registry.file(by, String.valueOf(address.model()), address.number(), file)
                : files.get(by, owner, file);
        return ResponseEntity.ok()
                .eTag("\"" + content.sha256() + "\"")
                // Never shown in the browser as a page of ours: what a program sent is not to be trusted.
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header("X-Content-Type-Options", "nosniff")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(file.substring(file.lastIndexOf('/') + 1), StandardCharsets.UTF_8)
                                .build()
                                .toString())
                .body(new FileSystemResource(content.place()));
    }

    @PutMapping("/artifacts/{*path}")
    Map<String, Object> upload(Tracker by, @PathVariable String path, HttpServletRequest request) throws IOException {
        Address address = address(path);
        TrackedFiles.Owner owner = address.writable();
        try (ReadableByteChannel content = Channels.newChannel(request.getInputStream())) {
            Answer.of(files.put(by, owner, address.file(), content, request.getContentLengthLong()));
        }
        return NOTHING;
    }

    @DeleteMapping("/artifacts/{*path}")
    Map<String, Object> delete(Tracker by, @PathVariable String path) {
        Address address = address(path);
        Answer.of(files.remove(by, address.writable(), address.folder()));
        return NOTHING;
    }

    /** The file's own name comes in the body, its folder in the address. */
    private static Address address(String folder, MlflowCall call) {
        String name = call.asked().given("path");
        String last = name.substring(name.lastIndexOf('/') + 1);
        return address(folder.replaceFirst("/+$", "") + "/" + last);
    }

    /** The pieces are sent to Farga itself, with the same right as this request. */
    @PostMapping("/mpu/create/{*path}")
    Map<String, Object> begin(MlflowCall call, @PathVariable String path, HttpServletRequest request) {
        Answer.holdsSecret(request);
        Address address = address(path, call);
        int pieces = call.asked().whole("num_parts", 1, 1, TrackedFiles.MOST_PIECES);
        UUID upload = Answer.of(files.begin(call.by(), address.writable(), address.file(), pieces));
        String url = request.getRequestURL().toString();
        String base = url.substring(0, url.indexOf(BASE) + BASE.length());
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        Map<String, Object> headers = Shapes.object(HttpHeaders.AUTHORIZATION, authorization);
        List<Map<String, Object>> credentials = new ArrayList<>();
        for (int number = 1; number <= pieces; number++) {
            credentials.add(Shapes.object(
                    "url", base + "/mpu/pieces/" + upload + "/" + number, "part_number", number, "headers", headers));
        }
        return Shapes.object("upload_id", upload.toString(), "credentials", credentials);
    }

    @PutMapping("/mpu/pieces/{upload}/{number}")
    ResponseEntity<Void> piece(
            Tracker by, @PathVariable String upload, @PathVariable String number, HttpServletRequest request)
            throws IOException {
        if (!number.matches("[0-9]{1,5}")) {
            throw MlflowException.missing("piece of that number");
        }
        try (ReadableByteChannel content = Channels.newChannel(request.getInputStream())) {
            String sha256 = Answer.of(files.piece(
                    by, upload(upload), Integer.parseInt(number), content, request.getContentLengthLong()));
            return ResponseEntity.ok().eTag("\"" + sha256 + "\"").build();
        }
    }

    private static UUID upload(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw MlflowException.missing("upload with that id");
        }
    }

    @PostMapping("/mpu/complete/{*path}")
    Map<String, Object> complete(MlflowCall call, @PathVariable String path) throws IOException {
        Address address = address(path, call);
        Map<Integer, String> told = new HashMap<>();
        for (Asked part : call.asked().messages("parts", TrackedFiles.MOST_PIECES)) {
            String etag = part.text("etag");
            told.put(
                    part.whole("part_number", 0, 1, TrackedFiles.MOST_PIECES),
                    etag == null ? "" : etag.replace("\"", ""));
        }
        Answer.of(files.complete(
                call.by(),
                address.writable(),
                address.file(),
                upload(call.asked().given("upload_id")),
                told));
        return NOTHING;
    }

    @PostMapping("/mpu/abort/{*path}")
    Map<String, Object> abort(MlflowCall call, @PathVariable String path) throws IOException {
        Address address = address(path, call);
        Answer.of(files.abort(
                call.by(), address.writable(), upload(call.asked().given("upload_id"))));
        return NOTHING;
    }
}
