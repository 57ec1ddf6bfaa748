package org.farga.efficiency;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.efficiency.EnergySetting.GpuPower;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class EnergySettingTable {
    private static final String SELECT = """
            SELECT s.id, s.cluster, s.valid_from, s.cpu_core_milliwatts, s.memory_milliwatts_per_gibibyte, s.pue_thousandths,
                   s.grid_milligrams_per_kilowatt_hour, s.source, s.entered_at,
                   ARRAY(SELECT g.milliwatts || ' ' || g.model FROM energy_setting_gpu g
                         WHERE g.setting_id = s.id ORDER BY g.model) AS gpus
            FROM energy_setting s
            """;

    private final JdbcClient jdbc;

    EnergySettingTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False where the cluster has one from that day already. */
    boolean insert(EnergySetting setting) {
        boolean first = jdbc.sql("""
                        INSERT INTO energy_setting (id, cluster, valid_from, cpu_core_milliwatts,
                            memory_milliwatts_per_gibibyte, pue_thousandths, grid_milligrams_per_kilowatt_hour, source,
                            entered_at)
                        VALUES (:id, :cluster, :validFrom, :cpu, :memory, :pue, :grid, :source, :enteredAt)
                        ON CONFLICT (cluster, valid_from) DO NOTHING""")
                        .param("id", setting.id())
                        .param("cluster", setting.cluster())
                        .param("validFrom", setting.validFrom())
                        .param("cpu", setting.cpuCoreMilliwatts())
                        .param("memory", setting.memoryMilliwattsPerGibibyte())
                        .param("pue", setting.pueThousandths())
                        .param("grid", setting.gridMilligramsPerKilowattHour())
                        .param("source", setting.source())
                        .param("enteredAt", utc(setting.enteredAt()))
                        .update()
                == 1;
        if (first && !setting.gpus().isEmpty()) {
            jdbc.sql("""
                            INSERT INTO energy_setting_gpu (setting_id, model, milliwatts)
                            SELECT :id, g.model, g.milliwatts
                            FROM unnest(CAST(:models AS text[]), CAST(:milliwatts AS bigint[])) AS g (model, milliwatts)""")
                    .param("id", setting.id())
                    .param(
                            "models",
                            setting.gpus().stream().map(GpuPower::model).toArray(String[]::new))
                    .param(
                            "milliwatts",
                            setting.gpus().stream().map(GpuPower::milliwatts).toArray(Long[]::new))
                    .update();
        }
        return first;
    }

    /** A cluster's, the oldest first. */
    List<EnergySetting> ofCluster(String cluster) {
        return jdbc.sql(SELECT + "WHERE s.cluster = :cluster ORDER BY s.valid_from")
                .param("cluster", cluster)
                .query(EnergySettingTable::setting)
                .list();
    }

    /** Where a page of the list starts: after this one. */
    record Place(String cluster, LocalDate validFrom) {}

    /** By cluster, the newest first. */
    List<EnergySetting> list(@Nullable Place after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE CAST(:cluster AS text) IS NULL OR s.cluster > :cluster
                           OR (s.cluster = :cluster AND s.valid_from < CAST(:validFrom AS date))
                        ORDER BY s.cluster, s.valid_from DESC LIMIT :most""")
                .param("cluster", after == null ? null : after.cluster())
                .param("validFrom", after == null ? null : after.validFrom())
                .param("most", most)
                .query(EnergySettingTable::setting)
                .list();
    }

    Optional<EnergySetting> find(UUID id) {
        return jdbc.sql(SELECT + "WHERE s.id = :id")
                .param("id", id)
                .query(EnergySettingTable::setting)
                .optional();
    }

    boolean delete(UUID id) {
        return jdbc.sql("DELETE FROM energy_setting WHERE id = :id")
                        .param("id", id)
                        .update()
                == 1;
    }

    private static EnergySetting setting(ResultSet row, int number) throws SQLException {
        List<GpuPower> gpus = new ArrayList<>();
        for (String gpu : (String[]) row.getArray("gpus").getArray()) {
            int space = gpu.indexOf(' ');
            gpus.add(new GpuPower(gpu.substring(space + 1), Long.parseLong(gpu.substring(0, space))));
        }
        return new EnergySetting(
                row.getObject("id", UUID.class),
                row.getString("cluster"),
                row.getObject("valid_from", LocalDate.class),
                row.getObject("cpu_core_milliwatts", Long.class),
                row.getObject("memory_milliwatts_per_gibibyte", Long.class),
                gpus,
                row.getObject("pue_thousandths", Integer.class),
                row.getObject("grid_milligrams_per_kilowatt_hour", Long.class),
                row.getString("source"),
                row.getObject("entered_at", OffsetDateTime.class).toInstant());
    }
}
