package org.farga.operations;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.Timestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** What each process found at its last look. */
@Component
class FindingTable {
    private final JdbcClient jdbc;
    private final JsonMapper json;

    FindingTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** A finding and who has it. */
    record Found(UUID process, HealthFinding finding) {}

    private record Step(
            String kind, @Nullable String text, @Nullable String path) {}

    private record Document(String sentence, String advice, List<Object> arguments, List<Step> remedies) {}

    /** Puts these in the place of what the process found before. What is still wrong keeps its "since". */
    @Transactional
    public void replace(UUID process, List<HealthFinding> findings, Instant now, Instant rememberedSince) {
        List<String> keys = new ArrayList<>();
        for (HealthFinding f : findings) {
            keys.add(f.name() + " " + f.subject());
            // A restart of Farga ends nothing: the same finding of a process before is the same trouble.
            jdbc.sql("""
                    INSERT INTO operations_finding (process_id, name, subject, severity, since, document)
                    VALUES (:process, :name, :subject, :severity,
                            coalesce(CAST(:since AS timestamptz),
                                     (SELECT min(o.since) FROM operations_finding o
                                      JOIN farga_process p ON p.id = o.process_id
                                      WHERE o.name = :name AND o.subject = :subject AND p.seen_at >= :remembered),
                                     :now),
                            CAST(:document AS jsonb))
                    ON CONFLICT (process_id, name, subject) DO UPDATE
                    SET severity = excluded.severity, document = excluded.document,
                        since = coalesce(CAST(:since AS timestamptz), operations_finding.since)""")
                    .param("process", process)
                    .param("name", f.name())
                    .param("subject", f.subject())
                    .param("severity", f.severity().name())
                    .param("since", f.since() == null ? null : Timestamps.utc(f.since()))
                    .param("remembered", Timestamps.utc(rememberedSince))
                    .param("now", Timestamps.utc(now))
                    .param("document", json.writeValueAsString(document(f)))
                    .update();
        }
        jdbc.sql(
                        "DELETE FROM operations_finding WHERE process_id = :process AND NOT (name || ' ' || subject) = ANY(:keys)")
                .param("process", process)
                .param("keys", keys.toArray(String[]::new))
                .update();
    }

    List<Found> list(Collection<UUID> processes) {
        return jdbc.sql("""
                        SELECT process_id, name, subject, severity, since, document FROM operations_finding
                        WHERE process_id = ANY(:processes) ORDER BY since, name, subject""")
                .param("processes", processes.toArray(UUID[]::new))
                .query((row, n) -> {
                    Document d = json.readValue(row.getString("document"), Document.class);
                    return new Found(
                            row.getObject("process_id", UUID.class),
                            new HealthFinding(
                                    row.getString("name"),
                                    row.getString("subject"),
                                    HealthFinding.Severity.valueOf(row.getString("severity")),
                                    d.sentence(),
                                    d.advice(),
                                    d.arguments(),
                                    row.getObject("since", OffsetDateTime.class).toInstant(),
                                    d.remedies().stream()
                                            .map(FindingTable::remedy)
                                            .toList()));
                })
                .list();
    }

    private static Document document(HealthFinding f) {
        return new Document(
                f.sentence(),
                f.advice(),
                f.arguments(),
                f.remedies().stream()
                        .map(remedy -> switch (remedy) {
                            case Remedy.Command(String line) -> new Step("COMMAND", line, null);
                            case Remedy.Link(String label, String path) -> new Step("LINK", label, path);
                            case Remedy.Button(String label, String path) -> new Step("BUTTON", label, path);
                        })
                        .toList());
    }

    private static Remedy remedy(Step step) {
        String text = String.valueOf(step.text());
        return switch (step.kind()) {
            case "LINK" -> new Remedy.Link(text, String.valueOf(step.path()));
            case "BUTTON" -> new Remedy.Button(text, String.valueOf(step.path()));
            default -> new Remedy.Command(text);
        };
    }
}
