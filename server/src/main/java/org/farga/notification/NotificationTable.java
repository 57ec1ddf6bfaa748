package org.farga.notification;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class NotificationTable {
    private static final String COLUMNS = "id, person_id, at, message, arguments, link, read_at";
    private static final TypeReference<ArrayList<Object>> ARGUMENTS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;

    NotificationTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Whether it was inserted: false where the person was told under this key before. */
    boolean insert(Notification notification, @Nullable String onceKey) {
        return jdbc.sql("""
                        INSERT INTO notification (id, person_id, at, message, arguments, link, once_key)
                        VALUES (:id, :person, :at, :message, :arguments::jsonb, :link, :onceKey)
                        ON CONFLICT (person_id, once_key) DO NOTHING""")
                        .param("id", notification.id())
                        .param("person", notification.person().value())
                        .param("at", utc(notification.at()))
                        .param("message", notification.message())
                        .param("arguments", json.writeValueAsString(notification.arguments()))
                        .param("link", notification.link())
                        .param("onceKey", onceKey)
                        .update()
                == 1;
    }

    /** Where a list stands: the last row's time and identifier. */
    record Key(Instant at, UUID id) {
        static Key parse(String text) {
            int space = text.indexOf(' ');
            return new Key(Instant.parse(text.substring(0, space)), UUID.fromString(text.substring(space + 1)));
        }

        static String of(Notification notification) {
            return notification.at() + " " + notification.id();
        }
    }

    /** A person's, newest first, after the given one. */
    List<Notification> list(PersonId person, @Nullable Key after, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM notification
                        WHERE person_id = :person AND (:fromTop OR (at, id) < (:at, :id))
                        ORDER BY at DESC, id DESC LIMIT :most""")
                .param("person", person.value())
                .param("fromTop", after == null)
                .param("at", utc(after == null ? Instant.EPOCH : after.at()))
                .param("id", after == null ? new UUID(0, 0) : after.id())
                .param("most", most)
                .query(this::notification)
                .list();
    }

    /** At most {@code most}: a bell needs no more. */
    int countUnread(PersonId person, int most) {
        return jdbc.sql("""
                        SELECT count(*) FROM
                            (SELECT FROM notification WHERE person_id = :person AND read_at IS NULL LIMIT :most) unread""")
                .param("person", person.value())
                .param("most", most)
                .query(Integer.class)
                .single();
    }

    /** Marks one of this person's as read, and gives it; empty where it is not theirs. */
    Optional<Notification> read(UUID id, PersonId person, Instant now) {
        return jdbc.sql("UPDATE notification SET read_at = coalesce(read_at, :now)"
                        + " WHERE id = :id AND person_id = :person RETURNING " + COLUMNS)
                .param("now", utc(now))
                .param("id", id)
                .param("person", person.value())
                .query(this::notification)
                .optional();
    }

    void readAll(PersonId person, Instant now) {
        jdbc.sql("UPDATE notification SET read_at = :now WHERE person_id = :person AND read_at IS NULL")
                .param("now", utc(now))
                .param("person", person.value())
                .update();
    }

    private Notification notification(ResultSet row, int number) throws SQLException {
        OffsetDateTime read = row.getObject("read_at", OffsetDateTime.class);
        return new Notification(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("message"),
                json.readValue(row.getString("arguments"), ARGUMENTS),
                row.getString("link"),
                read == null ? null : read.toInstant());
    }
}
