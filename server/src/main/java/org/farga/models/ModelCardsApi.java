package org.farga.models;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Instant;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.ModelId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/models/{id}/versions/{number}/card")
class ModelCardsApi {
    private final ModelCards cards;

    ModelCardsApi(ModelCards cards) {
        this.cards = cards;
    }

    /** A card; edition 0 is the draft from lineage, which nobody wrote. */
    record ModelCardJson(
            int edition,
            String text,
            @Nullable PersonId writtenBy,
            @Nullable Instant writtenAt) {
        static ModelCardJson of(ModelCard card) {
            return new ModelCardJson(card.edition(), card.text(), card.writtenBy(), card.writtenAt());
        }
    }

    record ModelCardEditionJson(
            int edition,
            @Nullable PersonId writtenBy,
            @Nullable Instant writtenAt) {}

    record WrittenModelCard(@Nullable String text) {}

    /** The newest edition, or the draft; the ETag is the edition. */
    @GetMapping
    ResponseEntity<ModelCardJson> get(Actor actor, @PathVariable ModelId id, @PathVariable int number) {
        ModelCard card = cards.get(actor, id, number);
        return Answer.versioned(ModelCardJson.of(card), card.edition());
    }

    /** Writes the next edition; If-Match holds the edition that was read, "0" for the draft. */
    @PutMapping
    ResponseEntity<ModelCardJson> write(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody WrittenModelCard body) {
        ModelCard card = Answer.of(cards.write(actor, id, number, Answer.version(ifMatch), body.text()));
        return Answer.versioned(ModelCardJson.of(card), card.edition());
    }

    /** The editions that were written, the newest first, without their texts. */
    @GetMapping("/editions")
    Page<ModelCardEditionJson> editions(
            Actor actor,
            @PathVariable ModelId id,
            @PathVariable int number,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return cards.list(actor, id, number, cursor, limit)
                .map(card -> new ModelCardEditionJson(card.edition(), card.writtenBy(), card.writtenAt()));
    }

    /** One edition; 0 is the draft as it would be made now. */
    @GetMapping("/editions/{edition}")
    ModelCardJson edition(Actor actor, @PathVariable ModelId id, @PathVariable int number, @PathVariable int edition) {
        return ModelCardJson.of(cards.get(actor, id, number, edition));
    }

    /** The newest edition as the file that Hugging Face's hub expects. */
    @ApiResponse(
            responseCode = "200",
            description = "The card",
            content = @Content(mediaType = "text/markdown", schema = @Schema(type = "string")))
    @GetMapping(path = "/README.md", produces = "text/markdown;charset=UTF-8")
    ResponseEntity<String> readme(Actor actor, @PathVariable ModelId id, @PathVariable int number) {
        return download(cards.get(actor, id, number));
    }

    static ResponseEntity<String> download(ModelCard card) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_TYPE, "text/markdown;charset=UTF-8")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"README.md\"")
                .body(card.text());
    }
}
