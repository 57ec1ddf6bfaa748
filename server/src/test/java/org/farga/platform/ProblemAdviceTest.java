package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.UncategorizedSQLException;

class ProblemAdviceTest {
    @Test
    void aFullDiskIsKnownFromTheDatabaseAndFromTheDataFolder() {
        SQLException full = new SQLException("could not extend file", "53100");
        assertThat(FullDisk.caused(new UncategorizedSQLException("t", "s", full)))
                .isTrue();
        assertThat(FullDisk.caused(new UncheckedIOException(new IOException("x: No space left on device"))))
                .isTrue();
        assertThat(FullDisk.caused(new SQLException("other", "23505"))).isFalse();
    }

    @Test
    void aDatabaseThatIsAwayIsToldFromOneThatRefuses() {
        assertThat(DatabaseGate.isAway(new IllegalStateException(new SQLException("starting up", "57P03"))))
                .isTrue();
        assertThat(DatabaseGate.isAway(new SQLTransientConnectionException("no connection")))
                .isTrue();
        assertThat(DatabaseGate.isAway(new SQLException("connection failure", "08006")))
                .isTrue();
        assertThat(DatabaseGate.isAway(new SQLException("unique", "23505"))).isFalse();
        assertThat(DatabaseGate.isAway(new SQLException("cancelled", "57014"))).isFalse();
    }
}
