package org.farga.compute;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ClusterTable {
    private final JdbcClient jdbc;

    ClusterTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A machine that jobs can be sent to.
     *
     * @param scheduler the kind of engine behind it
     * @param enabled whether it takes new jobs
     */
    record Entry(String name, String scheduler, boolean enabled) {}

    List<Entry> list() {
        return jdbc.sql("SELECT name, scheduler, enabled FROM cluster ORDER BY name")
                .query((row, n) ->
                        new Entry(row.getString("name"), row.getString("scheduler"), row.getBoolean("enabled")))
                .list();
    }
}
