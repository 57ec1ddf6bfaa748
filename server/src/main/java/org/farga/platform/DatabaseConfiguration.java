package org.farga.platform;

import com.zaxxer.hikari.HikariDataSource;
import java.security.SecureRandom;
import org.farga.platform.LocalPostgres.Durability;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one PostgreSQL: a private one in the data folder unless a URL names a real server. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
    /** Holds the private server, where there is one, so that it is stopped after everything that uses it. */
    record PrivateServer(@Nullable LocalPostgres postgres) implements AutoCloseable {
        @Override
        public void close() {
            if (postgres != null) {
                postgres.close();
            }
        }
    }

    @Bean
    PrivateServer privateServer(Settings settings) {
        if (settings.database().url() != null) {
            return new PrivateServer(null);
        }
        Durability durability = settings.database().durable() ? Durability.DURABLE : Durability.FAST;
        return new PrivateServer(LocalPostgres.start(
                settings.data().resolve("postgres"),
                durability,
                settings.database().archive()));
    }

    /**
     * Of several processes on one database, its sessions say whose they are; never those of another, as two containers
     * have the same process number.
     */
    private static final String SESSIONS = "farga "
            + ProcessHandle.current().pid()
            + " "
            + Integer.toHexString(new SecureRandom().nextInt(1 << 24) | 1 << 24).substring(1);

    @Bean
    HikariDataSource dataSource(PrivateServer server, Settings settings) {
        HikariDataSource source = new HikariDataSource();
        LocalPostgres postgres = server.postgres();
        if (postgres != null) {
            source.setJdbcUrl(postgres.jdbcUrl());
            source.setUsername(postgres.user());
            source.setPassword(postgres.password());
        } else {
            source.setJdbcUrl(settings.database().url());
            source.setUsername(settings.database().user());
            source.setPassword(settings.database().password());
        }
        source.setPoolName("farga");
        // Somebody waits for the answer: better a clear one soon than half a minute of nothing.
        source.setConnectionTimeout(10_000);
        source.setMaximumPoolSize(settings.database().connections());
        source.addDataSourceProperty("reWriteBatchedInserts", "true");
        source.addDataSourceProperty("ApplicationName", SESSIONS);
        return source;
    }
}
