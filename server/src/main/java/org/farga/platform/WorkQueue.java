package org.farga.platform;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The work queue as an operator sees it: what waits, what fails, and trying it again now. */
@Component
public class WorkQueue {
    /** So often a work item has failed in a row before it is told as failing: once or twice is a hiccup. */
    public static final int FAILING_FROM = 3;

    private final JdbcClient jdbc;
    private final SchedulerClient queue;

    WorkQueue(JdbcClient jdbc, @Lazy SchedulerClient queue) {
        this.jdbc = jdbc;
        this.queue = queue;
    }

    /**
     * All work of one kind.
     *
     * @param items in all, those for later included
     * @param due that should have begun and have not
     * @param oldestDue when the first of those was to begin
     * @param failing that failed {@link #FAILING_FROM} times in a row or more
     * @param running that a process is at
     * @param silent that a process is at which gave no sign of life for so long
     */
    public record Task(
            String name, long items, long due, @Nullable Instant oldestDue, long failing, long running, long silent) {}

    /** One work item that failed in a row, and why the last time. */
    public record Failing(
            String task,
            String item,
            int failures,
            @Nullable Instant failedAt,
            Instant nextAt,
            @Nullable String summary) {}

    /** Every kind of work there is now, by name. */
    public List<Task> tasks(Instant now, Duration silentFor) {
        return jdbc.sql("""
                        SELECT task_name, count(*) AS items,
                               count(*) FILTER (WHERE NOT picked AND execution_time <= :now) AS due,
                               min(execution_time) FILTER (WHERE NOT picked AND execution_time <= :now) AS oldest,
                               count(*) FILTER (WHERE consecutive_failures >= :failing) AS failing,
                               count(*) FILTER (WHERE picked) AS running,
                               count(*) FILTER (WHERE picked AND last_heartbeat < :silent) AS silent
                        FROM scheduled_tasks
                        GROUP BY task_name
                        ORDER BY task_name""")
                .param("now", Timestamps.utc(now))
                .param("silent", Timestamps.utc(now.minus(silentFor)))
                .param("failing", FAILING_FROM)
                .query((row, n) -> new Task(
                        row.getString("task_name"),
                        row.getLong("items"),
                        row.getLong("due"),
                        instant(row, "oldest"),
                        row.getLong("failing"),
                        row.getLong("running"),
                        row.getLong("silent")))
                .list();
    }

    /** Work items that failed at least so often in a row, those that failed longest first. */
    public List<Failing> failing(int atLeast, int most) {
        return jdbc.sql("""
                        SELECT t.task_name, t.task_instance, t.consecutive_failures, t.last_failure, t.execution_time,
                               f.summary
                        FROM scheduled_tasks t
                        LEFT JOIN failure f
                          ON f.kind = 'WORK' AND f.name = t.task_name AND f.instance = t.task_instance
                        WHERE t.consecutive_failures >= :least
                        ORDER BY t.consecutive_failures DESC, t.task_name, t.task_instance
                        LIMIT :most""")
                .param("least", atLeast)
                .param("most", most)
                .query((row, n) -> new Failing(
                        row.getString("task_name"),
                        row.getString("task_instance"),
                        row.getInt("consecutive_failures"),
                        instant(row, "last_failure"),
                        row.getObject("execution_time", OffsetDateTime.class).toInstant(),
                        row.getString("summary")))
                .list();
    }

    /** Lets a work item begin at once; false where there is none by that name or somebody is at it now. */
    public boolean runNow(String task, String item, Instant now) {
        try {
            return queue.reschedule(TaskInstanceId.of(task, item), now);
        } catch (TaskInstanceNotFoundException | TaskInstanceCurrentlyExecutingException e) {
            return false;
        }
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
