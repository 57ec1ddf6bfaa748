package org.farga.usage;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
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
                slice_memory_gibibytes, NULL AS kind, NULL AS terabyte_hour, set_by, set_at
            FROM usage_rate
            UNION ALL
            SELECT id, NULL, NULL, since, unit, NULL, NULL, NULL, NULL, NULL, NULL, kind, terabyte_hour, set_by, set_at
            FROM storage_rate
            ORDER BY cluster, partition_name NULLS FIRST, kind NULLS FIRST, since DESC""";

    private final JdbcClient jdbc;

    RateTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Rates of runs and rates of storage, in the order of a list. */
    record All(List<Rate> runs, List<StorageRate> storage) {}

    /** All there are; a centre has few. */
    All list() {
        List<Rate> runs = new ArrayList<>();
        List<StorageRate> storage = new ArrayList<>();
        jdbc.sql(SELECT).query(row -> {
            if (row.getBigDecimal("terabyte_hour") == null) {
                runs.add(row(row));
            } else {
                storage.add(ofStorage(row));
            }
        });
        return new All(runs, storage);
    }

    Optional<Rate> find(UUID id) {
        return list().runs().stream().filter(r -> r.id().equals(id)).findFirst();
    }

    Optional<StorageRate> findOfStorage(UUID id) {
        return list().storage().stream().filter(r -> r.id().equals(id)).findFirst();
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

    /** False where another is in force from the same instant on. */
    boolean insert(StorageRate rate) {
        return jdbc.sql("""
                        INSERT INTO storage_rate (id, kind, since, unit, terabyte_hour, set_by, set_at)
                        VALUES (:id, :kind, :since, :unit, :price, :by, :at) ON CONFLICT DO NOTHING""")
                        .param("id", rate.id())
                        .param("kind", rate.kind() == null ? null : rate.kind().name(), Types.VARCHAR)
                        .param("since", utc(rate.since()))
                        .param("unit", rate.unit())
                        .param("price", rate.terabyteHour())
                        .param("by", rate.setBy().value())
                        .param("at", utc(rate.setAt()))
                        .update()
                == 1;
    }

    void deleteOfStorage(UUID id) {
        jdbc.sql("DELETE FROM storage_rate WHERE id = :id").param("id", id).update();
    }

    private static StorageRate ofStorage(ResultSet row) throws SQLException {
        String kind = row.getString("kind");
        return new StorageRate(
                row.getObject("id", UUID.class),
                kind == null ? null : StoredBytes.Kind.valueOf(kind),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                row.getString("unit"),
                row.getBigDecimal("terabyte_hour"),
                new PersonId(row.getObject("set_by", UUID.class)),
                row.getObject("set_at", OffsetDateTime.class).toInstant());
    }

    private static Rate row(ResultSet row) throws SQLException {
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
