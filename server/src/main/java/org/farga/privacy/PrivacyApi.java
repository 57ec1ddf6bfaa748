package org.farga.privacy;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.platform.PersonalData.Obstacle;
import org.farga.shared.Actor;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What a person may do about their data, and how long the centre keeps things. */
@RestController
@RequestMapping("/api/v1")
class PrivacyApi {
    private final DataExports exports;
    private final Erasures erasures;
    private final Consents consents;
    private final Retentions retentions;
    private final Messages messages;

    PrivacyApi(DataExports exports, Erasures erasures, Consents consents, Retentions retentions, Messages messages) {
        this.exports = exports;
        this.erasures = erasures;
        this.consents = consents;
        this.retentions = retentions;
        this.messages = messages;
    }

    record DataExportJson(
            UUID id,
            DataExport.State state,
            Instant askedAt,
            @Nullable Instant readyAt,
            @Nullable Instant expiresAt,
            @Nullable Long bytes) {
        static DataExportJson of(DataExports.State s) {
            DataExport e = s.export();
            return new DataExportJson(
                    e.id(), s.state(), e.askedAt(), e.readyAt(), e.expiresAt(), e.readyAt() == null ? null : e.bytes());
        }
    }

    record ObstacleJson(String sentence, String link) {}

    record ErasureJson(@Nullable Instant askedAt, @Nullable Instant dueAt, List<ObstacleJson> obstacles) {}

    record ErasureWish(@Nullable String confirmation) {}

    record ConsentJson(
            Consent.Purpose purpose,
            boolean given,
            int version,
            String text,
            @Nullable Instant givenAt,
            @Nullable Instant withdrawnAt,
            @Nullable String textSha256) {
        static ConsentJson of(Consent c) {
            return new ConsentJson(
                    c.purpose(), c.given(), c.version(), c.text(), c.givenAt(), c.withdrawnAt(), c.sha256());
        }
    }

    record RetentionJson(
            String rule,
            int days,
            @Nullable Instant lastRunAt,
            @Nullable Long lastRemoved,
            long removed) {
        static RetentionJson of(Retentions.Clocked c) {
            return new RetentionJson(c.rule(), c.days(), c.lastRunAt(), c.lastRemoved(), c.removed());
        }
    }

    record RetentionChange(@Nullable Integer days) {}

    record NewsJson(@Nullable String subject, @Nullable String text) {}

    record SentJson(UUID id, String subject, int recipients) {}

    /** Asks for a copy of all data about oneself; it is put together in the background. */
    @PostMapping("/me/data-exports")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<DataExportJson> export(Actor actor) {
        DataExport export = Answer.of(exports.ask(actor));
        return ResponseEntity.created(URI.create("/api/v1/me/data-exports/" + export.id()))
                .body(DataExportJson.of(exports.stateOf(export)));
    }

    @GetMapping("/me/data-exports")
    List<DataExportJson> exports(Actor actor) {
        return exports.list(actor).stream()
                .map(exports::stateOf)
                .map(DataExportJson::of)
                .toList();
    }

    @GetMapping("/me/data-exports/{id}")
    DataExportJson export(Actor actor, @PathVariable UUID id) {
        return DataExportJson.of(exports.stateOf(exports.get(actor, id)));
    }

    /** The copy: a ZIP of JSON files and one readable page. */
    @GetMapping(path = "/me/data-exports/{id}/file", produces = "application/zip")
    void file(Actor actor, @PathVariable UUID id, HttpServletResponse response) throws IOException {
        Path file = exports.download(actor, id);
        response.setContentType("application/zip");
        response.setHeader("Content-Disposition", "attachment; filename=\"my-data.zip\"");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLengthLong(Files.size(file));
        Files.copy(file, response.getOutputStream());
    }

    /** Whether one asked to be forgotten, and what would stand against it now. */
    @GetMapping("/me/erasure")
    ErasureJson erasure(Actor actor, HttpServletRequest request) {
        return json(actor, actor.person(), request);
    }

    /** Asks to be forgotten; can be cancelled until it is due. */
    @PutMapping("/me/erasure")
    ErasureJson erase(Actor actor, @RequestBody ErasureWish body, HttpServletRequest request) {
        Answer.of(erasures.ask(actor, actor.person(), body.confirmation(), null, List.of()));
        return json(actor, actor.person(), request);
    }

    @DeleteMapping("/me/erasure")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void keep(Actor actor) {
        erasures.cancel(actor, actor.person());
    }

    private ErasureJson json(Actor actor, PersonId person, HttpServletRequest request) {
        var open = erasures.find(actor, person);
        List<Obstacle> obstacles = erasures.obstacles(actor, person);
        return new ErasureJson(
                open.map(ErasureRequest::askedAt).orElse(null),
                open.map(ErasureRequest::dueAt).orElse(null),
                obstacles.stream()
                        .map(o -> new ObstacleJson(
                                messages.text(
                                        Languages.of(request),
                                        o.message(),
                                        o.arguments().toArray()),
                                o.link()))
                        .toList());
    }

    /** What one agreed to, and is asked. */
    @GetMapping("/me/consents")
    List<ConsentJson> consents(Actor actor, HttpServletRequest request) {
        return consents.list(actor, Languages.of(request)).stream()
                .map(ConsentJson::of)
                .toList();
    }

    /** Agrees, to the text in the request's language. */
    @PutMapping("/me/consents/{purpose}")
    ConsentJson give(Actor actor, @PathVariable Consent.Purpose purpose, HttpServletRequest request) {
        return ConsentJson.of(consents.give(actor, purpose, Languages.of(request)));
    }

    /** Takes consent back. */
    @DeleteMapping("/me/consents/{purpose}")
    ConsentJson withdraw(Actor actor, @PathVariable Consent.Purpose purpose, HttpServletRequest request) {
        return ConsentJson.of(consents.withdraw(actor, purpose, Languages.of(request)));
    }

    /** How long kinds of data are kept, and what was last removed. */
    @GetMapping("/retention")
    List<RetentionJson> retention(Actor actor) {
        return retentions.list(actor).stream().map(RetentionJson::of).toList();
    }

    @PutMapping("/retention/{rule}")
    RetentionJson keep(Actor actor, @PathVariable String rule, @RequestBody RetentionChange body) {
        return RetentionJson.of(Answer.of(retentions.keep(actor, rule, body.days())));
    }

    /** Sends news by mail to those who agreed to get it. */
    @PostMapping("/news")
    @ResponseStatus(HttpStatus.CREATED)
    SentJson send(Actor actor, @RequestBody NewsJson body) {
        Consents.News news = Answer.of(consents.send(actor, body.subject(), body.text()));
        return new SentJson(news.id(), news.subject(), news.recipients());
    }
}
