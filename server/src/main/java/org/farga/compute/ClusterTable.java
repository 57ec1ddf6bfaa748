package org.farga.compute;

import java.util.List;
import java.util.UUID;
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
     * @param id its own in this database
     * @param scheduler the kind of engine behind it
     * @param enabled whether it takes new jobs
     */
    record Entry(UUID id, String name, String scheduler, boolean enabled) {}

    /**
     * The cluster of this name, made where it is missing. Throws {@link IllegalStateException} when there is one with
     * another engine, and a database's error when the name will not do.
     */
    Entry ensure(String name, String scheduler) {
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, :scheduler) ON CONFLICT (name) DO NOTHING")
                .param("name", name)
                .param("scheduler", scheduler)
                .update();
        return list().stream()
                .filter(entry -> entry.name().equals(name) && entry.scheduler().equals(scheduler))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the cluster " + name + " has another engine already"));
    }

    List<Entry> list() {
        return jdbc.sql("SELECT id, name, scheduler, enabled FROM cluster ORDER BY name")
                .query((row, n) -> new Entry(
                        row.getObject("id", UUID.class),
                        row.getString("name"),
                        row.getString("scheduler"),
                        row.getBoolean("enabled")))
                .list();
    }
}
