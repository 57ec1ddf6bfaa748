package org.farga.usage;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class RateTable {
    private static final String SELECT = """
            SELECT id, cluster, partition_name, since, unit, formula, cpu_hour, memory_gibibyte_hour, gpu_hour, slice_cpus,
                slice_memory_gibibytes, set_by, set_at
            FROM usage_rate
            """;

    private final JdbcClient jdbc;

    RateTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All there are; a centre has few. */
    List<Rate> list() {
        return jdbc.sql(SELECT + "ORDER BY cluster, partition_name NULLS FIRST, since DESC")
                .query(RateTable::row)
                .list();
    }

    Optional<Rate> find(UUID id) {
        return jdbc.sql(SELECT + "WHERE id = :id")
                .param("id", id)
                .query(RateTable::row)
                .optional();
    }

    /** False where another is in force from the same instant on. */
    boolean insert(Rate rate) {
        return jdbc.sql("""
                        INSERT INTO usage_rate (id, cluster, partition_name, since, unit, formula, cpu_hour, memory_gibibyte_hour,
                            gpu_hour, slice_cpus, slice_memory_gibibytes, set_by, set_at)
                        VALUES (:id, :cluster, :partition, :since, :unit, :formula, :cpu, :memory, :gpu, :sliceCpus, :sliceMemory,
                            :by, :at)
                        ON CONFLICT DO NOTHING""")
                        .param("id", rate.id())
                        .param("cluster", rate.cluster())
                        .param("partition", rate.partition(), Types.VARCHAR)
                        .param("since", utc(rate.since()))
                        .param("unit", rate.unit())
                        .param("formula", rate.formula().name())
                        .param("cpu", rate.cpuHour())
                        .param("memory", rate.memoryGibibyteHour())
                        .param("gpu", rate.gpuHour())
                        .param("sliceCpus", rate.sliceCpus(), Types.INTEGER)
                        .param("sliceMemory", rate.sliceMemoryGibibytes(), Types.INTEGER)
                        .param("by", rate.setBy().value())
                        .param("at", utc(rate.setAt()))
                        .update()
                == 1;
    }

    void delete(UUID id) {
        jdbc.sql("DELETE FROM usage_rate WHERE id = :id").param("id", id).update();
    }

    private static Rate row(ResultSet row, int number) throws SQLException {
        return new Rate(
                row.getObject("id", UUID.class),
                row.getString("cluster"),
                row.getString("partition_name"),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                row.getString("unit"),
                Rate.Formula.valueOf(row.getString("formula")),
                row.getBigDecimal("cpu_hour"),
                row.getBigDecimal("memory_gibibyte_hour"),
                row.getBigDecimal("gpu_hour"),
                row.getObject("slice_cpus", Integer.class),
                row.getObject("slice_memory_gibibytes", Integer.class),
                new PersonId(row.getObject("set_by", UUID.class)),
                row.getObject("set_at", OffsetDateTime.class).toInstant());
    }
}
