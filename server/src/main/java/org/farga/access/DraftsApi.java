package org.farga.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.catalina.connector.ClientAbortException;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
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
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What belongs to a proposal besides its answers: documents, its paper, help to size it and to fill it in. */
@RestController
@RequestMapping("/api/v1")
class DraftsApi {
    private final Drafts drafts;
    private final Attachments attachments;
    private final Papers papers;
    private final ProposalsApi proposals;
    private final Calls calls;

    DraftsApi(Drafts drafts, Attachments attachments, Papers papers, ProposalsApi proposals, Calls calls) {
        this.drafts = drafts;
        this.attachments = attachments;
        this.papers = papers;
        this.proposals = proposals;
        this.calls = calls;
    }

    record AttachmentJson(
            UUID id,
            String name,
            FileType type,
            long sizeBytes,
            String sha256,
            PersonId uploadedBy,
            Instant uploadedAt) {
        static AttachmentJson of(Attachment a) {
            return new AttachmentJson(
                    a.id(), a.name(), a.type(), a.sizeBytes(), a.sha256(), a.uploadedBy(), a.uploadedAt());
        }
    }

    /** @param mostMebibytes of each file */
    record AttachmentLimitJson(int mostFiles, int mostMebibytes) {
        static AttachmentLimitJson of(Attachment.Limit limit) {
            return new AttachmentLimitJson(limit.mostFiles(), limit.mostMebibytes());
        }
    }

    record NewAttachmentLimit(
            @Nullable Integer mostFiles, @Nullable Integer mostMebibytes) {}

    /** @param from the identifier of an earlier proposal */
    record Prefill(@Nullable String from) {}

    /**
     * An estimate of GPU-hours.
     *
     * @param flop floating-point operations; left out where the throughput was measured
     * @param presumedSystemicRisk whether the AI Act presumes systemic risk of a model trained with so much
     */
    record SizingJson(
            @Nullable BigDecimal flop,
            BigDecimal leastGpuHours,
            BigDecimal mostGpuHours,
            boolean presumedSystemicRisk) {}

    @GetMapping("/proposals/{id}/attachments")
    List<AttachmentJson> attachments(Actor actor, @PathVariable ProposalId id) {
        return attachments.list(actor, id).stream().map(AttachmentJson::of).toList();
    }

    @Operation(
            summary = "Puts a document into a draft: PDF, PNG, JPEG, ODT, DOCX, CSV or plain text, told by its content",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                                            schema = @Schema(type = "string", format = "binary"))))
    @ApiResponse(responseCode = "201", description = "Created", useReturnTypeSchema = true)
    @PutMapping(path = "/proposals/{id}/attachments/{name}", consumes = MediaType.ALL_VALUE)
    ResponseEntity<AttachmentJson> attach(
            Actor actor, @PathVariable ProposalId id, @PathVariable String name, HttpServletRequest request)
            throws IOException {
        String type = request.getContentType();
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            // Such a body was read as a form before it came here; curl --data sends this type unless told otherwise.
            throw new Answer.RefusedException(Refusal.invalid("upload-as-form"));
        }
        Attachment kept =
                Answer.of(attachments.put(actor, id, name, request.getInputStream(), request.getContentLengthLong()));
        return ResponseEntity.created(URI.create("/api/v1/proposals/" + id + "/attachments/" + kept.id()))
                .body(AttachmentJson.of(kept));
    }

    /** The other side went away in the middle of a file: nobody is left to be told, and nothing of it was kept. */
    @ExceptionHandler(ClientAbortException.class)
    void gone() {}

    @Operation(summary = "The document as it was put; its ETag is its SHA-256")
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    @GetMapping(path = "/proposals/{id}/attachments/{attachment}", produces = MediaType.ALL_VALUE)
    ResponseEntity<byte[]> attachment(Actor actor, @PathVariable ProposalId id, @PathVariable UUID attachment) {
        return download(attachments.content(actor, id, attachment));
    }

    /** To be saved, never to be shown inside of Farga's own pages. */
    static ResponseEntity<byte[]> download(Attachments.Content content) {
        Attachment attachment = content.attachment();
        MediaType known = MediaType.parseMediaType(attachment.type().mediaType());
        // Text is taken as UTF-8 only.
        MediaType type = known.getType().equals("text") ? new MediaType(known, StandardCharsets.UTF_8) : known;
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, saved(attachment.name()))
                .header("X-Content-Type-Options", "nosniff")
                .cacheControl(org.springframework.http.CacheControl.noStore())
                .eTag("\"" + attachment.sha256() + "\"")
                .contentType(type)
                .body(content.bytes());
    }

    static ResponseEntity<byte[]> download(Papers.Kept paper) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, saved(paper.fileName()))
                .header("X-Content-Type-Options", "nosniff")
                .cacheControl(org.springframework.http.CacheControl.noStore())
                .contentType(MediaType.APPLICATION_PDF)
                .body(paper.pdf());
    }

    private static String saved(String name) {
        return ContentDisposition.attachment()
                .filename(name, StandardCharsets.UTF_8)
                .build()
                .toString();
    }

    @DeleteMapping("/proposals/{id}/attachments/{attachment}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Actor actor, @PathVariable ProposalId id, @PathVariable UUID attachment) {
        Answer.of(attachments.remove(actor, id, attachment));
    }

    @Operation(summary = "What was submitted, as PDF; the same bytes each time")
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PDF_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    @GetMapping(path = "/proposals/{id}/paper", produces = MediaType.ALL_VALUE)
    ResponseEntity<byte[]> paper(Actor actor, @PathVariable ProposalId id) {
        return download(papers.pdf(actor, id));
    }

    /** Fills in what is still empty from an earlier proposal of the same organisation. */
    @PutMapping("/proposals/{id}/prefill")
    ResponseEntity<ProposalsApi.ProposalJson> prefill(
            Actor actor,
            @PathVariable ProposalId id,
            @org.springframework.web.bind.annotation.RequestBody Prefill body,
            HttpServletRequest request) {
        Answer.of(drafts.prefill(actor, id, body.from()));
        return proposals.get(actor, id, request);
    }

    @GetMapping("/calls/{idOrCode}/attachment-limit")
    AttachmentLimitJson limit(@Nullable Actor actor, @PathVariable String idOrCode) {
        return AttachmentLimitJson.of(attachments.limit(calls.get(actor, idOrCode)));
    }

    @PutMapping("/calls/{idOrCode}/attachment-limit")
    AttachmentLimitJson setLimit(
            Actor actor,
            @PathVariable String idOrCode,
            @org.springframework.web.bind.annotation.RequestBody NewAttachmentLimit body) {
        return AttachmentLimitJson.of(
                Answer.of(attachments.setLimit(actor, idOrCode, body.mostFiles(), body.mostMebibytes())));
    }

    /** From the size of a model and its data. */
    @GetMapping("/sizing/estimate")
    SizingJson estimate(
            Actor actor,
            @RequestParam(required = false) @Nullable BigDecimal billionParameters,
            @RequestParam(required = false) @Nullable BigDecimal billionTokens,
            @RequestParam(required = false) @Nullable String gpu,
            @RequestParam(defaultValue = "30") BigDecimal leastPercent,
            @RequestParam(defaultValue = "45") BigDecimal mostPercent,
            @RequestParam(defaultValue = "1") BigDecimal runs) {
        return json(
                Answer.of(Sizing.estimated(billionParameters, billionTokens, gpu, leastPercent, mostPercent, runs)));
    }

    /** From what a run was measured to do. */
    @GetMapping("/sizing/measured")
    SizingJson measured(
            Actor actor,
            @RequestParam(required = false) @Nullable BigDecimal perSecond,
            @RequestParam(required = false) @Nullable BigDecimal gpus,
            @RequestParam(required = false) @Nullable BigDecimal millions,
            @RequestParam(defaultValue = "80") BigDecimal leastPercent,
            @RequestParam(defaultValue = "1") BigDecimal runs) {
        return json(Answer.of(Sizing.measured(perSecond, gpus, millions, leastPercent, runs)));
    }

    private static SizingJson json(Sizing sizing) {
        return new SizingJson(sizing.flop(), sizing.leastGpuHours(), sizing.mostGpuHours(), sizing.isSystemic());
    }
}
