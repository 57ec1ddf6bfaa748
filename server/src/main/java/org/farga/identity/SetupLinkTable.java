package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.OffsetDateTime;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class SetupLinkTable {
    private final JdbcClient jdbc;

    SetupLinkTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lets no other process make or use the link until this transaction's end. */
    void lock() {
        jdbc.sql("LOCK TABLE setup_link IN SHARE ROW EXCLUSIVE MODE").update();
    }

    Optional<SetupLink> find() {
        return jdbc.sql("SELECT sha256, created_at FROM setup_link")
                .query((row, n) -> new SetupLink(
                        row.getBytes(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .optional();
    }

    /** Takes the place of the one there was. */
    void put(SetupLink link) {
        jdbc.sql("""
                INSERT INTO setup_link (sha256, created_at) VALUES (:sha256, :createdAt)
                ON CONFLICT (single) DO UPDATE SET sha256 = :sha256, created_at = :createdAt""")
                .param("sha256", link.sha256())
                .param("createdAt", utc(link.createdAt()))
                .update();
    }

    void delete() {
        jdbc.sql("DELETE FROM setup_link").update();
    }
}
