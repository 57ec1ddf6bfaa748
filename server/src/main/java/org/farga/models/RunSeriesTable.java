package org.farga.models;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.farga.shared.RunId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads series for pictures: the database thins them, so that a hundred thousand points never leave it. */
@Component
class RunSeriesTable {
    private static final String POINTS = """
             FROM run_point p
            WHERE p.run_id = :run AND p.metric_number = :metric AND p.step BETWEEN :from AND :to
              AND p.value > '-Infinity' AND p.value < 'Infinity'""";

    private final JdbcClient jdbc;

    RunSeriesTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The number under which a metric's points stand; nothing where the run has none of that name. */
    Optional<Integer> metric(RunId run, String name) {
        return jdbc.sql("SELECT number FROM run_metric WHERE run_id = :run AND name = :name")
                .param("run", run.value())
                .param("name", name)
                .query(Integer.class)
                .optional();
    }

    /** How many values lie in the window, and at which steps the first and the last of them stand. */
    private record Extent(long total, long first, long last) {}

    /**
     * A series of at most so many points. Where there are more, the window is cut into stretches of equal steps, and of each
     * the first, the least, the most and the last value stay (as in {@link Thinning}), so that no extreme gets lost.
     */
    RunSeries read(RunId run, int metric, RunSeries.Window window) {
        Map<String, Object> of = Map.of("run", run.value(), "metric", metric, "from", window.from(), "to", window.to());
        Extent extent = jdbc.sql("SELECT count(*), coalesce(min(p.step), 0), coalesce(max(p.step), 0)" + POINTS)
                .params(of)
                .query((row, n) -> new Extent(row.getLong(1), row.getLong(2), row.getLong(3)))
                .single();
        TreeMap<Long, Double> points = new TreeMap<>();
        if (extent.total() <= window.most()) {
            jdbc.sql("SELECT p.step, p.value" + POINTS + " ORDER BY p.step, p.line_offset")
                    .params(of)
                    .query(row -> {
                        points.put(row.getLong(1), row.getDouble(2));
                    });
        } else {
            int stretches = Math.max(1, window.most() / 4);
            // Arrays compare element by element: the least [value, step] is the least value with its step, in one pass.
            jdbc.sql("SELECT min(ARRAY[p.step, p.line_offset, p.value]), min(ARRAY[p.value, p.step]),"
                            + " max(ARRAY[p.value, p.step]), max(ARRAY[p.step, p.line_offset, p.value])" + POINTS
                            + " GROUP BY least(:stretches - 1, floor((p.step - :first)::float8 * :stretches / :width))")
                    .params(of)
                    .param("stretches", stretches)
                    .param("first", extent.first())
                    .param("width", Math.max(1.0, (double) (extent.last() - extent.first()) + 1))
                    .query(row -> {
                        put(points, numbers(row, 1), 0, 2);
                        put(points, numbers(row, 4), 0, 2);
                        put(points, numbers(row, 2), 1, 0);
                        put(points, numbers(row, 3), 1, 0);
                    });
        }
        List<RunSeries.Point> series = new ArrayList<>(points.size());
        points.forEach((step, value) -> series.add(new RunSeries.Point(step, value)));
        return new RunSeries(run, extent.total(), series);
    }

    private static Double[] numbers(java.sql.ResultSet row, int column) throws SQLException {
        return (Double[]) row.getArray(column).getArray();
    }

    private static void put(Map<Long, Double> points, Double[] numbers, int step, int value) {
        points.put(numbers[step].longValue(), numbers[value]);
    }
}
