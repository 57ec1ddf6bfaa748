package org.farga.efficiency;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.farga.efficiency.Waste.Sums;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class WasteTable {
    private static final List<String> SUMS = List.of(
            "jobs",
            "cpu_held_milliseconds",
            "cpu_measured_milliseconds",
            "cpu_unused_milliseconds",
            "memory_held_mebibyte_seconds",
            "memory_measured_mebibyte_seconds",
            "memory_unused_mebibyte_seconds",
            "gpu_held_milliseconds",
            "gpu_measured_milliseconds",
            "gpu_unused_milliseconds",
            "gpu_idle_milliseconds",
            "time_asked_seconds",
            "time_unused_seconds");

    /** The same sums, of more and less: each is asked for what it has in the fewest rows. */
    private enum Kept {
        WHOLE("waste_sum", List.of("month", "project_id", "person_id", "cluster", "partition_name")),
        OF_PROJECTS("waste_project_sum", List.of("month", "project_id", "cluster", "partition_name")),
        OF_PERSONS("waste_person_sum", List.of("month", "person_id"));

        private final String table;
        private final List<String> key;

        Kept(String table, List<String> key) {
            this.table = table;
            this.key = key;
        }

        private String add() {
            return "INSERT INTO " + table + " (" + String.join(", ", key) + ", " + String.join(", ", SUMS)
                    + ") VALUES (:"
                    + String.join(", :", key) + ", :" + String.join(", :", SUMS) + ") ON CONFLICT ("
                    + String.join(", ", key) + ") DO UPDATE SET "
                    + String.join(
                            ", ",
                            SUMS.stream()
                                    .map(c -> c + " = " + table + "." + c + " + excluded." + c)
                                    .toList());
        }

        private Map<String, Object> key(Waste waste) {
            Map<String, Object> all = Map.of(
                    "month", waste.month(),
                    "project_id", waste.project().value(),
                    "person_id", waste.person().value(),
                    "cluster", waste.cluster(),
                    "partition_name", waste.partition());
            Map<String, Object> own = new LinkedHashMap<>();
            key.forEach(column -> own.put(column, Objects.requireNonNull(all.get(column))));
            return own;
        }
    }

    private final JdbcClient jdbc;

    WasteTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes jobs as counted; answers those that were not before. */
    Set<JobId> count(Collection<JobId> jobs, Instant now) {
        return new HashSet<>(jdbc.sql("""
                        INSERT INTO job_waste (job, counted_at)
                        SELECT n, :now FROM unnest(CAST(:jobs AS bigint[])) AS n ORDER BY n
                        ON CONFLICT (job) DO NOTHING RETURNING job""")
                .param("jobs", jobs.stream().map(JobId::value).toArray(Long[]::new))
                .param("now", utc(now))
                .query((row, n) -> new JobId(row.getLong("job")))
                .list());
    }

    /** Adds to all sums. Rows are taken in one order by all who do, so that none waits for another that waits for it. */
    void add(Collection<Waste> wastes) {
        for (Kept kept : Kept.values()) {
            Map<Map<String, Object>, Sums> sums = new HashMap<>();
            wastes.forEach(waste -> sums.merge(kept.key(waste), waste.sums(), Sums::plus));
            Map<String, Map<String, Object>> inOrder = new TreeMap<>();
            sums.keySet().forEach(key -> inOrder.put(key.values().toString(), key));
            String sql = kept.add();
            inOrder.values().forEach(key -> add(sql, key, Objects.requireNonNull(sums.get(key))));
        }
    }

    private void add(String sql, Map<String, Object> key, Sums s) {
        List<Long> values = List.of(
                s.jobs(),
                s.cpuHeldMilliseconds(),
                s.cpuMeasuredMilliseconds(),
                s.cpuUnusedMilliseconds(),
                s.memoryHeldMebibyteSeconds(),
                s.memoryMeasuredMebibyteSeconds(),
                s.memoryUnusedMebibyteSeconds(),
                s.gpuHeldMilliseconds(),
                s.gpuMeasuredMilliseconds(),
                s.gpuUnusedMilliseconds(),
                s.gpuIdleMilliseconds(),
                s.timeAskedSeconds(),
                s.timeUnusedSeconds());
        var statement = jdbc.sql(sql).params(key);
        for (int i = 0; i < SUMS.size(); i++) {
            statement = statement.param(SUMS.get(i), values.get(i));
        }
        statement.update();
    }

    /**
     * What the sums are of.
     *
     * @param from first day of the first month
     * @param to first day of the last month
     * @param project only of this one; null for all
     */
    record Filter(LocalDate from, LocalDate to, @Nullable ProjectId project) {}

    /** Sums of one project, person or cluster: its identifier or name. */
    record Row(String key, Sums sums) {}

    /** Some rows, and the sums of all. */
    record Listed(Sums total, List<Row> rows) {}

    /** The first of them by a column, most first, from a place in that order on. */
    Listed list(Wastes.By by, Wastes.Sort sort, Filter filter, long offset, int most) {
        String key = switch (by) {
            case PROJECT -> "project_id";
            case PERSON -> "person_id";
            case CLUSTER -> "cluster";
            case PARTITION -> "(CASE partition_name WHEN '' THEN cluster ELSE cluster || '/' || partition_name END)";
        };
        String order = switch (sort) {
            case GPU_IDLE -> "gpu_idle_milliseconds DESC, gpu_unused_milliseconds DESC, cpu_unused_milliseconds";
            case GPU_UNUSED -> "gpu_unused_milliseconds DESC, cpu_unused_milliseconds";
            case CPU_UNUSED -> "cpu_unused_milliseconds";
            case MEMORY_UNUSED -> "memory_unused_mebibyte_seconds";
            case TIME_UNUSED -> "time_unused_seconds";
            case JOBS -> "jobs";
        };
        // One look at the rows for both: the total is summed from the groups.
        List<Row> rows = parameters(
                        "WITH g AS MATERIALIZED (SELECT " + key + " AS key, " + summed() + " FROM "
                                + kept(by, filter).table + " WHERE "
                                + condition(filter) + " GROUP BY 1) SELECT NULL AS key, " + summed()
                                + " FROM g UNION ALL (SELECT key::text, " + String.join(", ", SUMS)
                                + " FROM g ORDER BY " + order
                                + " DESC, key LIMIT :most OFFSET :offset)",
                        filter)
                .param("most", most)
                .param("offset", offset)
                .query((row, n) -> new Row(Objects.requireNonNullElse(row.getString("key"), ""), sums(row)))
                .list();
        return new Listed(rows.getFirst().sums(), rows.subList(1, rows.size()));
    }

    private static Kept kept(Wastes.By by, Filter filter) {
        return by != Wastes.By.PERSON ? Kept.OF_PROJECTS : filter.project() == null ? Kept.OF_PERSONS : Kept.WHOLE;
    }

    Sums total(Filter filter) {
        return parameters("SELECT " + summed() + " FROM waste_project_sum WHERE " + condition(filter), filter)
                .query((row, n) -> sums(row))
                .single();
    }

    private static String summed() {
        List<String> columns = new ArrayList<>();
        SUMS.forEach(column -> columns.add("coalesce(sum(" + column + "), 0)::bigint AS " + column));
        return String.join(", ", columns);
    }

    private static String condition(Filter filter) {
        return "month BETWEEN :from AND :to" + (filter.project() == null ? "" : " AND project_id = :project");
    }

    private JdbcClient.StatementSpec parameters(String sql, Filter filter) {
        var statement = jdbc.sql(sql).param("from", filter.from()).param("to", filter.to());
        return filter.project() == null
                ? statement
                : statement.param("project", filter.project().value());
    }

    /** The job number up to which ended jobs are counted, for the one who counts on; empty while another does. */
    List<Long> lockBacklog() {
        return jdbc.sql("SELECT counted_up_to FROM waste_backlog FOR UPDATE SKIP LOCKED")
                .query(Long.class)
                .list();
    }

    void moveBacklog(long countedUpTo) {
        jdbc.sql("UPDATE waste_backlog SET counted_up_to = :number")
                .param("number", countedUpTo)
                .update();
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong("jobs"),
                row.getLong("cpu_held_milliseconds"),
                row.getLong("cpu_measured_milliseconds"),
                row.getLong("cpu_unused_milliseconds"),
                row.getLong("memory_held_mebibyte_seconds"),
                row.getLong("memory_measured_mebibyte_seconds"),
                row.getLong("memory_unused_mebibyte_seconds"),
                row.getLong("gpu_held_milliseconds"),
                row.getLong("gpu_measured_milliseconds"),
                row.getLong("gpu_unused_milliseconds"),
                row.getLong("gpu_idle_milliseconds"),
                row.getLong("time_asked_seconds"),
                row.getLong("time_unused_seconds"));
    }
}
