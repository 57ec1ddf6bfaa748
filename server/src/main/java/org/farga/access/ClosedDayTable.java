package org.farga.access;

import static org.farga.platform.Timestamps.utc;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ClosedDayTable {
    private final JdbcClient jdbc;

    ClosedDayTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes the place of what was entered for the same day. */
    void put(ClosedDay closed) {
        jdbc.sql("""
                INSERT INTO closed_day (day, reason, entered_by, entered_at) VALUES (:day, :reason, :by, :at)
                ON CONFLICT (day) DO UPDATE
                SET reason = excluded.reason, entered_by = excluded.entered_by, entered_at = excluded.entered_at""")
                .param("day", closed.day())
                .param("reason", closed.reason())
                .param("by", closed.by().value())
                .param("at", utc(closed.at()))
                .update();
    }

    boolean remove(LocalDate day) {
        return jdbc.sql("DELETE FROM closed_day WHERE day = :day")
                        .param("day", day)
                        .update()
                == 1;
    }

    /** From a day on, in order. */
    List<ClosedDay> list(LocalDate from) {
        return jdbc.sql("""
                        SELECT day, reason, entered_by, entered_at FROM closed_day WHERE day >= :from ORDER BY day""")
                .param("from", from)
                .query((row, n) -> new ClosedDay(
                        row.getObject("day", LocalDate.class),
                        row.getString("reason"),
                        new PersonId(row.getObject("entered_by", UUID.class)),
                        row.getObject("entered_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    Set<LocalDate> days() {
        return Set.copyOf(
                jdbc.sql("SELECT day FROM closed_day").query(LocalDate.class).list());
    }
}
