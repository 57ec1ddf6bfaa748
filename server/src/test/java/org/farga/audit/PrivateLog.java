package org.farga.audit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import javax.sql.DataSource;
import org.farga.platform.Settings;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import tools.jackson.databind.json.JsonMapper;

/** An audit log in a schema of its own, with data folders of its own: what a test may break or grow as it likes. */
final class PrivateLog implements AutoCloseable {
    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

    private final HikariDataSource database;
    private final String schema = "private_log_" + System.nanoTime();
    final JdbcClient jdbc;
    final AuditTreeTable tree;
    final AuditEntryTable entries;

    PrivateLog(DataSource shared) throws Exception {
        HikariDataSource whole = shared.unwrap(HikariDataSource.class);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(whole.getJdbcUrl());
        config.setUsername(whole.getUsername());
        config.setPassword(whole.getPassword());
        config.setSchema(schema);
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        this.database = new HikariDataSource(config);
        this.jdbc = JdbcClient.create(database);
        this.tree = new AuditTreeTable(jdbc);
        this.entries = new AuditEntryTable(jdbc, JsonMapper.builder().build());
    }

    /** @param target null for the newest */
    void migrate(@Nullable String target) {
        var flyway = Flyway.configure()
                .dataSource(database.getJdbcUrl(), database.getUsername(), database.getPassword())
                .schemas(schema)
                .locations("filesystem:" + MIGRATIONS);
        if (target != null) {
            flyway.target(target);
        }
        flyway.load().migrate();
    }

    JdbcTransactionManager transactions() {
        return new JdbcTransactionManager(database);
    }

    /** A sequencer as a process with this data folder has it; it does nothing by itself. */
    AuditSequencer process(Path data, boolean acceptNewKey) {
        Settings settings = new Settings(
                data,
                "https://farga.example.org",
                "Centre",
                ZoneId.of("UTC"),
                Duration.ZERO,
                new Settings.Database(null, null, null, true, 1, null));
        AuditSettings own = new AuditSettings(null, null, acceptNewKey, Duration.ofHours(6));
        return new AuditSequencer(
                tree, entries, new AuditKey(settings, own), own, settings, transactions(), Clock.systemUTC());
    }

    AuditVerification.Verdict verify(AuditSequencer process) {
        return new AuditVerification(tree, entries, process).verify();
    }

    /** Entries as they come; their numbers follow each other. */
    void write(int count) {
        jdbc.sql("""
                INSERT INTO audit_entry (at, action, subject_type, subject_id, details)
                SELECT now(), 'organisation.founded', 'test', n::text, '{}' FROM generate_series(1, :count) n""").param("count", count).update();
    }

    @Override
    public void close() {
        jdbc.sql("DROP SCHEMA IF EXISTS " + schema + " CASCADE").update();
        database.close();
    }
}
