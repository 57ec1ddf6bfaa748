package org.farga.dataspace;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import org.apache.catalina.connector.ClientAbortException;
import org.farga.platform.Answer;
import org.farga.platform.ProblemWriter;
import org.farga.shared.Actor;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;

/** The files of a dataset version, in and out as streams: RFC 9110 ranges and conditions, RFC 9530 digests. */
@RestController
@RequestMapping("/api/v1/datasets/{slug}/versions/{number}/files")
class DatasetFilesApi {
    // Tomcat hands a file to the kernel from this size on (sendfile needs a file of some length to pay off).
    private static final long SENDFILE_FROM_BYTES = 48 << 10;

    private final DatasetVersions versions;
    private final ProblemWriter problems;

    DatasetFilesApi(DatasetVersions versions, ProblemWriter problems) {
        this.versions = versions;
        this.problems = problems;
    }

    @Operation(
            summary = "Puts a file into a draft; 201 where its path was new, 200 where it replaced one",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                                            schema = @Schema(type = "string", format = "binary"))))
    @ApiResponse(responseCode = "200", description = "Replaced", useReturnTypeSchema = true)
    @ApiResponse(responseCode = "201", description = "Created", useReturnTypeSchema = true)
    @PutMapping(path = "/{*path}", consumes = MediaType.ALL_VALUE)
    ResponseEntity<DatasetsApi.FileJson> putFile(
            Actor actor,
            @PathVariable String slug,
            @PathVariable int number,
            @PathVariable String path,
            @RequestHeader(name = "Content-Digest", required = false) @Nullable String contentDigest,
            @RequestHeader(name = "If-None-Match", required = false) @Nullable String ifNoneMatch,
            HttpServletRequest request)
            throws IOException {
        String type = request.getContentType();
        if (type != null && type.toLowerCase(java.util.Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            // Such a body was read as a form before it came here; curl --data sends this type unless told otherwise.
            throw new Answer.RefusedException(Refusal.invalid("upload-as-form"));
        }
        long length = request.getContentLengthLong();
        DatasetStore.Announced announced = new DatasetStore.Announced(
                length < 0 ? OptionalLong.empty() : OptionalLong.of(length), digest(contentDigest));
        DatasetVersions.Put put = Answer.of(versions.put(
                actor,
                slug,
                number,
                withoutSlash(path),
                request.getInputStream(),
                announced,
                ifNoneMatch != null && ifNoneMatch.strip().equals("*")));
        DatasetFile file = put.file();
        ResponseEntity.BodyBuilder answer = put.isNew()
                ? ResponseEntity.created(URI.create("/api/v1/datasets/%s/versions/%d/files/%s"
                        .formatted(slug, number, UriUtils.encodePath(file.path().value(), StandardCharsets.UTF_8))))
                : ResponseEntity.ok();
        return answer.eTag("\"" + file.sha256() + "\"").body(DatasetsApi.FileJson.of(file));
    }

    /** The other side went away in the middle of a file: nobody is left to be told, and nothing of it was kept. */
    @ExceptionHandler(ClientAbortException.class)
    void gone() {}

    private static @Nullable Sha256 digest(@Nullable String contentDigest) {
        try {
            return Sha256.inDigestField(contentDigest).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new Answer.RefusedException(Refusal.invalid("bad-digest"));
        }
    }

    @DeleteMapping("/{*path}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeFile(Actor actor, @PathVariable String slug, @PathVariable int number, @PathVariable String path) {
        Answer.of(versions.remove(actor, slug, number, withoutSlash(path)));
    }

    @Operation(summary = "The file, or the part of it that Range names; its ETag is its SHA-256")
    @ApiResponse(
            responseCode = "200",
            description = "The whole file",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    @ApiResponse(
            responseCode = "206",
            description = "The part",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    @ApiResponse(responseCode = "304", description = "The client has it already", content = @Content)
    @GetMapping(path = "/{*path}", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    void getFile(
            Actor actor,
            @PathVariable String slug,
            @PathVariable int number,
            @PathVariable String path,
            @RequestHeader(name = "Range", required = false) @Nullable String range,
            @RequestHeader(name = "If-Range", required = false) @Nullable String ifRange,
            @RequestHeader(name = "If-None-Match", required = false) @Nullable List<String> ifNoneMatch,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        DatasetVersions.Download download = Answer.of(versions.download(actor, slug, number, withoutSlash(path)));
        DatasetFile file = download.file();
        String etag = "\"" + file.sha256() + "\"";
        response.setHeader(HttpHeaders.ETAG, etag);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        response.setHeader("Repr-Digest", file.sha256().digestField());
        if (ifNoneMatch != null && matches(ifNoneMatch, etag)) {
            response.setStatus(HttpStatus.NOT_MODIFIED.value());
            return;
        }
        boolean get = request.getMethod().equals("GET");
        // A range is taken of the file the client has the beginning of, or the whole file is sent (RFC 9110 §13.1.5).
        boolean fits = get && (ifRange == null || ifRange.strip().equals(etag));
        ByteRange asked = fits && range != null ? ByteRange.parse(range, file.bytes()) : new ByteRange.Whole();
        switch (asked) {
            case ByteRange.Unsatisfiable(String why) -> {
                response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + file.bytes());
                problems.write(request, response, HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE, why, file.bytes());
                return;
            }
            case ByteRange.Whole() -> {
                describe(response, file);
                response.setHeader("Content-Digest", file.sha256().digestField());
                response.setContentLengthLong(file.bytes());
                if (get) {
                    send(download.bytes(), 0, file.bytes(), request, response);
                }
            }
            case ByteRange.Part(long first, long last) -> {
                describe(response, file);
                response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
                response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes %d-%d/%d".formatted(first, last, file.bytes()));
                response.setContentLengthLong(last - first + 1);
                send(download.bytes(), first, last + 1, request, response);
            }
        }
    }

    private static void describe(HttpServletResponse response, DatasetFile file) {
        response.setContentType(file.mediaType());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment()
                        .filename(file.path().name(), StandardCharsets.UTF_8)
                        .build()
                        .toString());
    }

    /** Bytes from {@code from} to before {@code to}: by the kernel where the server can, otherwise through our hands. */
    private static void send(Path file, long from, long to, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (to - from >= SENDFILE_FROM_BYTES
                && Boolean.TRUE.equals(request.getAttribute("org.apache.tomcat.sendfile.support"))) {
            request.setAttribute(
                    "org.apache.tomcat.sendfile.filename", file.toRealPath().toString());
            request.setAttribute("org.apache.tomcat.sendfile.start", from);
            request.setAttribute("org.apache.tomcat.sendfile.end", to);
            return;
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            OutputStream out = response.getOutputStream();
            var sink = Channels.newChannel(out);
            long at = from;
            while (at < to) {
                long sent = in.transferTo(at, to - at, sink);
                if (sent <= 0) {
                    throw new IOException("the file ended early: " + file.getFileName());
                }
                at += sent;
            }
        }
    }

    private static boolean matches(List<String> ifNoneMatch, String etag) {
        return ifNoneMatch.stream()
                .map(given -> given.strip().replaceFirst("^W/", ""))
                .anyMatch(given -> given.equals("*") || given.equals(etag));
    }

    // A path that takes the rest of an address starts with the slash before it.
    private static String withoutSlash(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
