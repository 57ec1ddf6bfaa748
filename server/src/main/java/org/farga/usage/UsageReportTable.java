package org.farga.usage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class UsageReportTable {
    private final JdbcClient jdbc;

    UsageReportTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** When the first run or byte began, and the last one ended. */
    record Extent(Instant from, Instant to) {}

    Optional<Extent> extent(Collection<AllocationId> allocations, StorageAsked stored) {
        return StorageTable.of(jdbc, stored, """
                        SELECT min(first) AS first, max(last) AS last FROM (
                            SELECT min(started_at) AS first, max(ended_at) AS last FROM usage_record
                            WHERE allocation_id = ANY(:allocations)
                            UNION ALL
                            SELECT min(begins), max(ends) - interval '1 second' FROM kept WHERE begins < ends) extents""")
                .param("allocations", ids(allocations))
                .query((row, n) -> {
                    OffsetDateTime first = row.getObject("first", OffsetDateTime.class);
                    return Optional.ofNullable(
                            first == null
                                    ? null
                                    : new Extent(
                                            first.toInstant(),
                                            row.getObject("last", OffsetDateTime.class)
                                                    .toInstant()));
                })
                .single();
    }

    /**
     * What runs held between boundaries, by shape: rows are as few as shapes, however many the runs. A run is cut at the
     * boundaries by its milliseconds.
     *
     * @param boundaries of periods, in order, the last one the end
     * @param eras since when other rates are in force
     */
    List<UsageReport.Part> parts(Collection<AllocationId> allocations, List<Instant> boundaries, List<Instant> eras) {
        return jdbc.sql("""
                        WITH calendar AS MATERIALIZED (
                            SELECT CAST(:boundaries AS timestamptz[]) AS bounds, CAST(:eras AS timestamptz[]) AS eras),
                        held AS (
                            SELECT r.allocation_id, r.cluster, r.partition_name, r.sign, r.cpus, r.gpus, r.memory_mebibytes,
                                r.started_at, r.duration_milliseconds,
                                r.started_at + r.duration_milliseconds * interval '1 millisecond' AS until, c.bounds, c.eras
                            FROM usage_record r CROSS JOIN calendar c
                            WHERE r.allocation_id = ANY(:allocations) AND r.started_at < :end AND r.ended_at >= :begin),
                        cut AS (
                            SELECT h.*, p.period, width_bucket(h.started_at, h.bounds) = p.period AS begins,
                                CASE WHEN h.started_at >= h.bounds[p.period] AND h.until <= h.bounds[p.period + 1]
                                    THEN h.duration_milliseconds
                                    ELSE (extract(epoch FROM least(h.until, h.bounds[p.period + 1])
                                        - greatest(h.started_at, h.bounds[p.period])) * 1000)::bigint END AS milliseconds
                            FROM held h CROSS JOIN LATERAL generate_series(
                                greatest(width_bucket(h.started_at, h.bounds), 1),
                                least(greatest(width_bucket(h.until - interval '1 microsecond', h.bounds),
                                    width_bucket(h.started_at, h.bounds)), :periods)) AS p (period))
                        SELECT allocation_id, period, cluster, partition_name, cpus, gpus, memory_mebibytes,
                            eras[nullif(width_bucket(started_at, eras), 0)] AS era,
                            sum(sign * milliseconds)::bigint AS milliseconds,
                            sum(CASE WHEN begins THEN sign ELSE 0 END)::bigint AS runs
                        FROM cut GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
                        HAVING sum(sign * milliseconds) <> 0 OR sum(CASE WHEN begins THEN sign ELSE 0 END) <> 0
                        ORDER BY period, allocation_id""")
                .param("allocations", ids(allocations))
                .param("boundaries", boundaries.stream().map(Instant::toString).toArray(String[]::new))
                .param(
                        "eras",
                        (eras.isEmpty() ? List.of(Instant.EPOCH) : eras)
                                .stream().map(Instant::toString).toArray(String[]::new))
                .param("begin", org.farga.platform.Timestamps.utc(boundaries.getFirst()))
                .param("end", org.farga.platform.Timestamps.utc(boundaries.getLast()))
                .param("periods", boundaries.size() - 1)
                .query(UsageReportTable::part)
                .list();
    }

    private static UsageReport.Part part(ResultSet row, int number) throws SQLException {
        OffsetDateTime era = row.getObject("era", OffsetDateTime.class);
        return new UsageReport.Part(
                new AllocationId(row.getObject("allocation_id", UUID.class)),
                row.getInt("period") - 1,
                row.getString("cluster"),
                row.getString("partition_name"),
                era == null ? Instant.MIN : era.toInstant(),
                row.getInt("cpus"),
                row.getInt("gpus"),
                row.getLong("memory_mebibytes"),
                row.getLong("milliseconds"),
                row.getLong("runs"));
    }

    private static UUID[] ids(Collection<AllocationId> allocations) {
        return allocations.stream().map(AllocationId::value).toArray(UUID[]::new);
    }
}
