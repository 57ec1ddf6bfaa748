package org.farga.efficiency;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.farga.shared.JobId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Component
class GpuUseTable {
    private static final String SELECT = """
            SELECT job, gpu_index, uuid, model, memory_mebibytes, first_at, last_at, samples, busy_samples, percent_sum,
                   peak_memory_mebibytes, counter_millijoules, power_milliwatts, energy_millijoules, energy_milliseconds,
                   span_seconds, spans
            FROM job_gpu
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    GpuUseTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** In the order of their indexes. */
    List<GpuUse> list(JobId job) {
        return list(List.of(job));
    }

    /** Of several jobs, by job and index. */
    List<GpuUse> list(Collection<JobId> jobs) {
        return jdbc.sql(SELECT + "WHERE job = ANY(:jobs) ORDER BY job, gpu_index")
                .param("jobs", jobs.stream().map(JobId::value).toArray(Long[]::new))
                .query(this::use)
                .list();
    }

    /**
     * Puts what was seen in the place of what had been, of which {@code before} looks; 0 for none. False where another process has
     * looked meanwhile: then what it wrote stays.
     */
    boolean put(GpuUse use, long before) {
        String set = before == 0 ? """
                INSERT INTO job_gpu (job, gpu_index, uuid, model, memory_mebibytes, first_at, last_at, samples, busy_samples,
                    percent_sum, peak_memory_mebibytes, counter_millijoules, power_milliwatts, energy_millijoules,
                    energy_milliseconds, span_seconds, spans)
                VALUES (:job, :index, :uuid, :model, :memory, :firstAt, :lastAt, :samples, :busy, :percent, :peak, :counter,
                    :power, :energy, :over, :span, :spans::jsonb)
                ON CONFLICT (job, gpu_index) DO NOTHING""" : """
                UPDATE job_gpu
                SET uuid = :uuid, model = :model, memory_mebibytes = :memory, first_at = :firstAt, last_at = :lastAt,
                    samples = :samples, busy_samples = :busy, percent_sum = :percent, peak_memory_mebibytes = :peak,
                    counter_millijoules = :counter, power_milliwatts = :power, energy_millijoules = :energy,
                    energy_milliseconds = :over, span_seconds = :span, spans = :spans::jsonb
                WHERE job = :job AND gpu_index = :index AND samples = :before""";
        var statement = jdbc.sql(set)
                .param("job", use.job().value())
                .param("index", use.index())
                .param("uuid", use.uuid())
                .param("model", use.model())
                .param("memory", use.memoryMebibytes())
                .param("firstAt", utc(use.firstAt()))
                .param("lastAt", utc(use.lastAt()))
                .param("samples", use.samples())
                .param("busy", use.busySamples())
                .param("percent", use.percentSum())
                .param("peak", use.peakMemoryMebibytes())
                .param("counter", use.counterMillijoules())
                .param("power", use.powerMilliwatts())
                .param("energy", use.energyMillijoules())
                .param("over", use.energyMilliseconds())
                .param("span", use.series().spanSeconds())
                .param("spans", json.writeValueAsString(spans(use.series())));
        return (before == 0 ? statement : statement.param("before", before)).update() == 1;
    }

    /** Drops what there is to draw of jobs that were looked at last before then; their sums stay. */
    long forgetSeriesBefore(Instant limit) {
        return jdbc.sql("UPDATE job_gpu SET spans = '[]' WHERE last_at < :limit AND spans <> '[]'")
                .param("limit", utc(limit))
                .update();
    }

    private static List<List<Long>> spans(GpuSeries series) {
        return series.spans().stream()
                .map(s -> List.of(s.busySamples(), s.percentSum(), s.memorySamples(), s.mebibytesSum()))
                .toList();
    }

    private GpuUse use(ResultSet row, int number) throws SQLException {
        List<GpuSeries.Span> spans = new ArrayList<>();
        for (JsonNode span : json.readTree(row.getString("spans"))) {
            spans.add(new GpuSeries.Span(
                    span.path(0).asLong(0),
                    span.path(1).asLong(0),
                    span.path(2).asLong(0),
                    span.path(3).asLong(0)));
        }
        return new GpuUse(
                new JobId(row.getLong("job")),
                row.getInt("gpu_index"),
                row.getString("uuid"),
                row.getString("model"),
                row.getObject("memory_mebibytes", Long.class),
                row.getObject("first_at", OffsetDateTime.class).toInstant(),
                row.getObject("last_at", OffsetDateTime.class).toInstant(),
                row.getLong("samples"),
                row.getLong("busy_samples"),
                row.getLong("percent_sum"),
                row.getObject("peak_memory_mebibytes", Long.class),
                row.getObject("counter_millijoules", Long.class),
                row.getObject("power_milliwatts", Long.class),
                row.getLong("energy_millijoules"),
                row.getLong("energy_milliseconds"),
                new GpuSeries(row.getLong("span_seconds"), spans));
    }
}
