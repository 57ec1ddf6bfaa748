package org.farga.platform;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes one of all Farga processes on a database the one that does something. It is a lock of a database session, so it
 * is free again as soon as the process that held it is gone, however it went. Whoever holds it keeps one connection.
 *
 * <p>A process that is cut off from the database may take itself for the holder until its next {@link #hold}; what is
 * done under it must stand being done twice at the same time.
 */
public final class SoleHolder implements AutoCloseable {
    private static final int ANSWERS_WITHIN_SECONDS = 5;

    private final DataSource source;
    private final String name;
    private @Nullable Connection session;

    public SoleHolder(DataSource source, String name) {
        this.source = source;
        this.name = name;
    }

    /** Whether this process holds it now, by this call or an earlier one. */
    public synchronized boolean hold() throws SQLException {
        if (session != null) {
            if (session.isValid(ANSWERS_WITHIN_SECONDS)) {
                return true;
            }
            close();
        }
        Connection tried = source.getConnection();
        try {
            if (ask(tried, "SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
                session = tried;
                return true;
            }
        } finally {
            if (session == null) {
                tried.close();
            }
        }
        return false;
    }

    /** Leaves it to the next. */
    @Override
    public synchronized void close() throws SQLException {
        Connection held = session;
        session = null;
        if (held != null) {
            // The pool gives the session to others, who must not hold it.
            try (held) {
                ask(held, "SELECT pg_advisory_unlock(hashtextextended(?, 0))");
            }
        }
    }

    private boolean ask(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
