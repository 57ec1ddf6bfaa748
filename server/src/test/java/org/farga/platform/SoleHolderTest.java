package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.farga.FargaTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@FargaTest
class SoleHolderTest {
    private final String name = "test." + UUID.randomUUID();

    @Autowired
    private DataSource source;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void oneOfTwoHoldsItUntilItLeaves() throws SQLException {
        try (SoleHolder first = new SoleHolder(source, name);
                SoleHolder second = new SoleHolder(source, name)) {
            assertThat(first.hold()).isTrue();
            assertThat(first.hold()).isTrue();
            assertThat(second.hold()).isFalse();
            first.close();
            assertThat(second.hold()).isTrue();
            assertThat(first.hold()).isFalse();
        }
    }

    @Test
    void whoeverIsCutOffFromTheDatabaseHoldsItNoLonger() throws SQLException {
        try (SoleHolder first = new SoleHolder(source, name);
                SoleHolder second = new SoleHolder(source, name)) {
            assertThat(first.hold()).isTrue();
            // As the database sees the end of a killed process.
            jdbc.sql("""
                            SELECT pg_terminate_backend(pid, 10000) FROM pg_locks
                            WHERE locktype = 'advisory' AND granted
                              AND (classid::bigint << 32 | objid::bigint) = hashtextextended(:name, 0)""").param("name", name).query(Boolean.class).single();
            assertThat(second.hold()).isTrue();
            assertThat(isHeld(first)).isFalse();
        }
    }

    private static boolean isHeld(SoleHolder holder) {
        try {
            return holder.hold();
        } catch (SQLException e) {
            return false;
        }
    }
}
