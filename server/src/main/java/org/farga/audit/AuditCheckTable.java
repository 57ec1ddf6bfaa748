package org.farga.audit;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditVerification.Verdict;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class AuditCheckTable {
    private static final String COLUMNS =
            "SELECT id, asked_by, asked_at, ended_at, tree_size, checkpoints, findings FROM audit_check ";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    AuditCheckTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(UUID id, @Nullable PersonId askedBy, Instant askedAt) {
        jdbc.sql("INSERT INTO audit_check (id, asked_by, asked_at) VALUES (:id, :by, :at)")
                .param("id", id)
                .param("by", askedBy == null ? null : askedBy.value())
                .param("at", utc(askedAt))
                .update();
    }

    void end(UUID id, Verdict verdict, Instant endedAt) {
        jdbc.sql("""
                UPDATE audit_check SET ended_at = greatest(asked_at, :at), tree_size = :size, checkpoints = :checkpoints,
                    findings = :findings::jsonb
                WHERE id = :id""")
                .param("at", utc(endedAt))
                .param("size", verdict.size())
                .param("checkpoints", verdict.checkpoints())
                .param("findings", json.writeValueAsString(verdict.findings()))
                .param("id", id)
                .update();
    }

    Optional<AuditCheck> find(UUID id) {
        return jdbc.sql(COLUMNS + "WHERE id = :id")
                .param("id", id)
                .query(this::check)
                .optional();
    }

    /** The newest that came to its end. */
    Optional<AuditCheck> lastEnded() {
        return jdbc.sql(COLUMNS + "WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1")
                .query(this::check)
                .optional();
    }

    /** Newest first. */
    List<AuditCheck> list(int most) {
        return jdbc.sql(COLUMNS + "ORDER BY asked_at DESC, id DESC LIMIT :most")
                .param("most", most)
                .query(this::check)
                .list();
    }

    int deleteBefore(Instant limit) {
        return jdbc.sql("DELETE FROM audit_check WHERE asked_at < :limit AND (findings IS NULL OR findings = '[]')")
                .param("limit", utc(limit))
                .update();
    }

    private AuditCheck check(ResultSet row, int number) throws SQLException {
        UUID by = row.getObject("asked_by", UUID.class);
        OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
        String findings = row.getString("findings");
        return new AuditCheck(
                row.getObject("id", UUID.class),
                by == null ? null : new PersonId(by),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getLong("tree_size"),
                row.getLong("checkpoints"),
                findings == null ? List.of() : json.readValue(findings, new TypeReference<List<AuditFinding>>() {}));
    }
}
