package org.farga.people;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/centre/emergency-accesses")
class EmergencyAccessApi {
    private final EmergencyAccesses accesses;

    EmergencyAccessApi(EmergencyAccesses accesses) {
        this.accesses = accesses;
    }

    /**
     * @param reason at least 20 characters: whoever reviews it has only these words
     * @param hours 1 to 4; without it, one hour
     */
    record NewEmergencyAccess(
            @Nullable CentreRole role,
            @Nullable String reason,
            @Nullable Integer hours) {}

    record NewReview(
            EmergencyAccess.@Nullable Verdict verdict,
            @Nullable String note) {}

    record ReviewJson(EmergencyAccess.Verdict verdict, String note, PersonId by, Instant at) {}

    record EmergencyAccessJson(
            UUID id,
            PersonId person,
            String name,
            CentreRole role,
            String reason,
            Instant openedAt,
            Instant endsAt,
            @Nullable ReviewJson review) {
        static EmergencyAccessJson of(EmergencyAccesses.Named n) {
            EmergencyAccess a = n.access();
            EmergencyAccess.Review r = a.review();
            return new EmergencyAccessJson(
                    a.id(),
                    a.person(),
                    n.person(),
                    a.role(),
                    a.reason(),
                    a.openedAt(),
                    a.endsAt(),
                    r == null ? null : new ReviewJson(r.verdict(), r.note(), r.by(), r.at()));
        }
    }

    /** Takes a role at the centre that one does not hold, for hours; administrators and auditors are told at once. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<EmergencyAccessJson> open(Actor actor, @RequestBody NewEmergencyAccess body) {
        EmergencyAccess opened = Answer.of(accesses.open(actor, body.role(), body.reason(), body.hours()));
        return ResponseEntity.created(URI.create("/api/v1/centre/emergency-accesses/" + opened.id()))
                .body(json(actor, opened));
    }

    /** All there were, newest first; for the centre's staff. */
    @GetMapping
    Page<EmergencyAccessJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return accesses.list(actor, cursor, limit).map(EmergencyAccessJson::of);
    }

    @GetMapping("/{id}")
    EmergencyAccessJson get(Actor actor, @PathVariable UUID id) {
        return EmergencyAccessJson.of(accesses.named(actor, id));
    }

    /** The requests that were made with it, at most 5,000. */
    @GetMapping("/{id}/uses")
    List<EmergencyAccessTable.Use> uses(Actor actor, @PathVariable UUID id) {
        return accesses.uses(actor, id);
    }

    /** Ends it before its time. */
    @PutMapping("/{id}/closure")
    EmergencyAccessJson close(Actor actor, @PathVariable UUID id) {
        return json(actor, Answer.of(accesses.close(actor, id)));
    }

    /** Says afterwards whether it was right; never by the person themselves. */
    @PutMapping("/{id}/review")
    EmergencyAccessJson review(Actor actor, @PathVariable UUID id, @RequestBody NewReview body) {
        return json(actor, Answer.of(accesses.review(actor, id, body.verdict(), body.note())));
    }

    private EmergencyAccessJson json(Actor actor, EmergencyAccess access) {
        return EmergencyAccessJson.of(accesses.named(actor, access.id()));
    }
}
