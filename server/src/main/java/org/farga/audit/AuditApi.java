package org.farga.audit;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class AuditApi {
    private final AuditEntries entries;

    AuditApi(AuditEntries entries) {
        this.entries = entries;
    }

    record AuditEntryJson(
            long number,
            Instant at,
            @Nullable PersonId person,
            @Nullable String personName,
            String action,
            String subjectType,
            String subject,
            String sentence,
            Map<String, Object> details) {
        static AuditEntryJson of(AuditEntries.Line line) {
            AuditEntry e = line.entry();
            return new AuditEntryJson(
                    e.number(),
                    e.at(),
                    e.person(),
                    line.personName(),
                    e.action(),
                    e.subjectType(),
                    e.subject(),
                    line.sentence(),
                    all(e, line.personal()));
        }

        private static Map<String, Object> all(AuditEntry entry, Map<String, String> personal) {
            Map<String, Object> all = new LinkedHashMap<>(entry.details());
            all.putAll(personal);
            return all;
        }
    }

    /** The log, newest first; for auditors and administrators. */
    @GetMapping(path = "/audit", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<AuditEntryJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable PersonId person,
            @RequestParam(required = false) @Nullable String action,
            @RequestParam(required = false) @Nullable String subject,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        return entries.list(actor, new AuditFilter(person, action, subject), cursor, limit, Languages.of(request))
                .map(AuditEntryJson::of);
    }

    /** The newest 100,000 entries as CSV (RFC 4180). */
    @GetMapping(path = "/audit.csv", produces = "text/csv")
    void export(
            Actor actor,
            @RequestParam(required = false) @Nullable PersonId person,
            @RequestParam(required = false) @Nullable String action,
            @RequestParam(required = false) @Nullable String subject,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        AuditEntries.requireReader(actor);
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader("Content-Disposition", "attachment; filename=\"audit.csv\"");
        entries.export(new AuditFilter(person, action, subject), Languages.of(request), response.getWriter());
    }
}
