package org.farga.privacy;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.platform.PersonalData.Fate;
import org.farga.privacy.PrivacyApi.ObstacleJson;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Forgetting people who asked for it in another way than by their account; for administrators. */
@RestController
@RequestMapping("/api/v1")
class ErasuresApi {
    private final Erasures erasures;
    private final ErasurePlans plans;
    private final Messages messages;

    ErasuresApi(Erasures erasures, ErasurePlans plans, Messages messages) {
        this.erasures = erasures;
        this.plans = plans;
        this.messages = messages;
    }

    record ErasureRequestJson(
            UUID id,
            PersonId person,
            PersonId askedBy,
            ErasureRequest.State state,
            Instant askedAt,
            Instant dueAt,
            @Nullable Instant cancelledAt,
            @Nullable Instant doneAt,
            @Nullable String reason,
            @Nullable Long redacted) {}

    record PersonErasureWish(
            @Nullable String confirmation,
            @Nullable String reason,
            @Nullable List<String> redactions) {}

    record PlannedJson(String section, Fate fate, long rows) {}

    record PersonErasureJson(
            @Nullable Instant askedAt, @Nullable Instant dueAt, List<ObstacleJson> obstacles, List<PlannedJson> plan) {}

    record FoundTextJson(String place, String text, String link, String excerpt, boolean redactable) {}

    record ErasureSearchJson(
            UUID id, Instant askedAt, @Nullable Instant endedAt, List<FoundTextJson> findings) {
        static ErasureSearchJson of(ErasureSearch search) {
            return new ErasureSearchJson(
                    search.id(),
                    search.askedAt(),
                    search.endedAt(),
                    search.findings().stream()
                            .map(f -> new FoundTextJson(f.place(), f.text(), f.link(), f.excerpt(), f.redactable()))
                            .toList());
        }
    }

    /** Requests of all people to be forgotten, newest first. */
    @GetMapping("/erasures")
    Page<ErasureRequestJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Page<ErasureRequest> page = erasures.list(actor, cursor, limit);
        return new Page<>(
                page.items().stream()
                        .map(r -> new ErasureRequestJson(
                                r.id(),
                                r.person(),
                                r.askedBy(),
                                erasures.stateOf(r),
                                r.askedAt(),
                                r.dueAt(),
                                r.cancelledAt(),
                                r.doneAt(),
                                r.reason(),
                                r.result() == null ? null : r.result().get("redacted")))
                        .toList(),
                page.next());
    }

    /** What forgetting somebody would do now: what stands against it, and what becomes of each section of their data. */
    @GetMapping("/persons/{person}/erasure")
    PersonErasureJson erasure(Actor actor, @PathVariable PersonId person, HttpServletRequest request) {
        var open = erasures.find(actor, person);
        return new PersonErasureJson(
                open.map(ErasureRequest::askedAt).orElse(null),
                open.map(ErasureRequest::dueAt).orElse(null),
                erasures.obstacles(actor, person).stream()
                        .map(o -> new ObstacleJson(
                                messages.text(
                                        Languages.of(request),
                                        o.message(),
                                        o.arguments().toArray()),
                                o.link()))
                        .toList(),
                plans.plan(actor, person).stream()
                        .map(l -> new PlannedJson(l.section(), l.fate(), l.rows()))
                        .toList());
    }

    /** Enters somebody's wish to be forgotten, with how it reached the centre. */
    @PutMapping("/persons/{person}/erasure")
    PersonErasureJson erase(
            Actor actor,
            @PathVariable PersonId person,
            @RequestBody PersonErasureWish body,
            HttpServletRequest request) {
        Answer.of(erasures.ask(
                actor,
                person,
                body.confirmation(),
                body.reason(),
                Objects.requireNonNullElse(body.redactions(), List.of())));
        return erasure(actor, person, request);
    }

    @DeleteMapping("/persons/{person}/erasure")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void keep(Actor actor, @PathVariable PersonId person) {
        erasures.cancel(actor, person);
    }

    /** Looks in the background where free text names somebody. */
    @PostMapping("/persons/{person}/erasure/searches")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ErasureSearchJson> search(Actor actor, @PathVariable PersonId person) {
        ErasureSearch search = plans.search(actor, person);
        return ResponseEntity.created(URI.create("/api/v1/erasure-searches/" + search.id()))
                .body(ErasureSearchJson.of(search));
    }

    /** What it found; each place can be named in the request, to be redacted. */
    @GetMapping("/erasure-searches/{id}")
    ErasureSearchJson search(Actor actor, @PathVariable UUID id) {
        return ErasureSearchJson.of(plans.getSearch(actor, id));
    }
}
