package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.platform.SchemaFloor.Fit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

@FargaTest
class SchemaFloorTest {
    @Autowired
    private HikariDataSource source;

    @Test
    void anOlderProgramIsToleratedDownToTheFloor() {
        assertThat(SchemaFloor.fit(192, 192, 0)).isEqualTo(Fit.SAME);
        assertThat(SchemaFloor.fit(150, 192, 150)).isEqualTo(Fit.TOLERATED);
        assertThat(SchemaFloor.fit(149, 192, 150)).isEqualTo(Fit.TOO_OLD);
    }

    @Test
    void anOlderProgramStartsOnANewerSchemaUntilTheNewerTakesSomethingAway(@TempDir Path old, @TempDir Path newer)
            throws Exception {
        Files.writeString(old.resolve("V0001__floor.sql"), """
                CREATE TABLE schema_floor (version int NOT NULL);
                INSERT INTO schema_floor (version) VALUES (0);""");
        Files.copy(old.resolve("V0001__floor.sql"), newer.resolve("V0001__floor.sql"));
        Files.writeString(newer.resolve("V0002__expand.sql"), "CREATE TABLE added (id int);");
        String schema = "floor_" + UUID.randomUUID().toString().replace("-", "");
        SchemaFloor floor = new SchemaFloor();
        floor.migrate(flyway(schema, newer));
        floor.migrate(flyway(schema, old));

        Files.writeString(newer.resolve("V0003__contract.sql"), "UPDATE schema_floor SET version = 2;");
        floor.migrate(flyway(schema, newer));
        assertThatThrownBy(() -> floor.migrate(flyway(schema, old)))
                .isInstanceOf(SchemaFloor.TooOld.class)
                .hasMessageContaining("V0001")
                .hasMessageContaining("V0002")
                .hasMessageContaining("Start the newer Farga");
        try (Connection connection = source.getConnection()) {
            connection.createStatement().execute("DROP SCHEMA " + schema + " CASCADE");
        }
    }

    private Flyway flyway(String schema, Path migrations) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(
                        source.getJdbcUrl() + "?currentSchema=" + schema, source.getUsername(), source.getPassword())
                .schemas(schema)
                .configuration(Map.of())
                .locations("filesystem:" + migrations);
        return configuration.load();
    }
}
