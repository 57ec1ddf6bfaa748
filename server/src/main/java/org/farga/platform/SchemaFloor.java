package org.farga.platform;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.stereotype.Component;

/**
 * Migrates the schema at start, and lets an older program start on the schema of a newer one while both are rolled over, as
 * long as the newer has not taken away what the older needs; otherwise it does not start.
 */
@Component
class SchemaFloor implements FlywayMigrationStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaFloor.class);

    /** This program may not run on a database that a newer one has changed for good. */
    static final class TooOld extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        TooOld(int known, int floor) {
            super(
                    "this Farga is too old for its database: it knows migrations up to V%04d, and the database asks for V%04d"
                                    .formatted(known, floor)
                            + " at least. Start the newer Farga, or restore the back-up from before the upgrade.");
        }
    }

    /** How a program that knows migrations up to {@code known} stands to a database. */
    enum Fit {
        SAME,
        /** A newer program was here; this one may go on beside it. */
        TOLERATED,
        TOO_OLD
    }

    static Fit fit(int known, int applied, int floor) {
        return known < floor ? Fit.TOO_OLD : known < applied ? Fit.TOLERATED : Fit.SAME;
    }

    @Override
    public void migrate(Flyway flyway) {
        flyway.migrate();
        MigrationInfo[] all = flyway.info().all();
        int known = newest(all, true);
        int applied = newest(all, false);
        int floor = floor(flyway);
        switch (fit(known, applied, floor)) {
            case SAME -> {}
            case TOLERATED ->
                LOG.warn(
                        "a newer Farga has changed the database (V{}, this one knows V{}); that is well while both are"
                                + " rolled over",
                        applied,
                        known);
            case TOO_OLD -> throw new TooOld(known, floor);
        }
    }

    /** The newest migration that this program brings, or that was applied by any. */
    private static int newest(MigrationInfo[] all, boolean known) {
        return Arrays.stream(all)
                .filter(m -> m.getVersion() != null
                        && (known ? m.getState().isResolved() : m.getState().isApplied()))
                .mapToInt(m -> Integer.parseInt(m.getVersion().getVersion()))
                .max()
                .orElse(0);
    }

    private static int floor(Flyway flyway) {
        try (Connection connection = flyway.getConfiguration().getDataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM schema_floor")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException("the schema's floor cannot be read", e);
        }
    }
}
