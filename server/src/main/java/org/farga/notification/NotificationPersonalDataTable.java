package org.farga.notification;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What people were told. */
@Component
class NotificationPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    NotificationPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(new Section("notifications", Fate.ERASED, Set.of("notification.person_id"), """
                        SELECT at, message, arguments, link, read_at FROM notification WHERE person_id = :person ORDER BY at"""));
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM notification WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                UPDATE notification
                SET arguments = replace(replace(arguments::text, to_json(:name::text)::text, to_json(:newName::text)::text),
                to_json(:email::text)::text, to_json(:newEmail::text)::text)::jsonb
                WHERE position(to_json(:name::text)::text IN arguments::text) > 0 OR position(to_json(:email::text)::text IN arguments::text) > 0""")
                .param("email", person.email().value())
                .param("name", person.name())
                .param("newEmail", person.newEmail().value())
                .param("newName", person.newName())
                .update();
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(RetentionRule.of(
                "notifications", 365, limit -> remove("DELETE FROM notification WHERE at < :limit", limit)));
    }

    private long remove(String sql, Instant limit) {
        return jdbc.sql(sql).param("limit", utc(limit)).update();
    }
}
