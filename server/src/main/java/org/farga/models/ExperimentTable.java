package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class ExperimentTable {
    private static final TypeReference<LinkedHashMap<String, String>> TEXTS = new TypeReference<>() {};
    private static final String COLUMNS = """
            e.project_id, e.number, e.name, e.created_at, e.changed_at, e.deleted_at,
            (SELECT coalesce(jsonb_object_agg(t.name, t.value), '{}'::jsonb)::text FROM experiment_tag t
             WHERE t.project_id = e.project_id AND t.number = e.number) AS tags""";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    ExperimentTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Writes the project's first one, for runs that name none, unless it is there. */
    void ensureDefault(ProjectId project, Instant now) {
        jdbc.sql("""
                INSERT INTO experiment (project_id, number, name, created_at, changed_at)
                SELECT :project, 0, :name, :now, :now
                WHERE NOT EXISTS (SELECT 1 FROM experiment WHERE project_id = :project AND number = 0)
                ON CONFLICT DO NOTHING""")
                .param("project", project.value())
                .param("name", Experiment.DEFAULT_NAME)
                .param("now", utc(now))
                .update();
    }

    /** Lets one at a time make or rename experiments of a project. */
    void lock(ProjectId project) {
        jdbc.sql("SELECT 1 FROM experiment WHERE project_id = :project AND number = 0 FOR UPDATE")
                .param("project", project.value())
                .query(Integer.class)
                .optional();
    }

    /** The number that the next one takes; under the lock. */
    int nextNumber(ProjectId project) {
        return jdbc.sql("SELECT coalesce(max(number), 0) + 1 FROM experiment WHERE project_id = :project")
                .param("project", project.value())
                .query(Integer.class)
                .single();
    }

    void insert(Experiment experiment, PersonId by) {
        jdbc.sql("""
                INSERT INTO experiment (project_id, number, name, created_at, created_by, changed_at)
                VALUES (:project, :number, :name, :createdAt, :by, :createdAt)""")
                .param("project", experiment.project().value())
                .param("number", experiment.number())
                .param("name", experiment.name())
                .param("createdAt", utc(experiment.createdAt()))
                .param("by", by.value())
                .update();
        experiment.tags().forEach((name, value) -> putTag(experiment.project(), experiment.number(), name, value));
    }

    Optional<Experiment> find(ProjectId project, int number) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM experiment e WHERE e.project_id = :project AND e.number = :number")
                .param("project", project.value())
                .param("number", number)
                .query(this::experiment)
                .optional();
    }

    Optional<Experiment> find(ProjectId project, String name) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM experiment e WHERE e.project_id = :project AND e.name = :name")
                .param("project", project.value())
                .param("name", name)
                .query(this::experiment)
                .optional();
    }

    /** One more than asked for, where there is one. */
    List<Search.Placed<Experiment>> search(ProjectId project, Search search) {
        SearchSql sql = new SearchSql(ExperimentTable::expression, search, SearchSql.Key.largest("e.number"));
        String text = "SELECT " + COLUMNS + sql.placeColumn() + " FROM experiment e WHERE e.project_id = :project"
                + shown("e.deleted_at", search.shown())
                + sql.where(search.conditions())
                + sql.behind()
                + " ORDER BY " + sql.orderBy() + " LIMIT :most";
        return jdbc.sql(text)
                .params(sql.parameters())
                .param("project", project.value())
                .param("most", search.most() + 1)
                .query((row, n) -> Search.Placed.of(
                        experiment(row, n), row.getArray("place").getArray()))
                .list();
    }

    static String shown(String deletedAt, Search.Shown shown) {
        return switch (shown) {
            case ACTIVE -> " AND " + deletedAt + " IS NULL";
            case DELETED -> " AND " + deletedAt + " IS NOT NULL";
            case ALL -> "";
        };
    }

    private static SearchSql.Expression expression(SearchSql.Subject of) {
        if (of.part() == Search.Part.TAG) {
            return SearchSql.Expression.text("SELECT t.value FROM experiment_tag t WHERE t.project_id = e.project_id"
                    + " AND t.number = e.number AND t.name = " + of.parameter());
        }
        return switch (of.key()) {
            case "name" -> SearchSql.Expression.text("e.name");
            case "creation_time" -> SearchSql.Expression.number(milliseconds("e.created_at"));
            case "last_update_time" -> SearchSql.Expression.number(milliseconds("e.changed_at"));
            case "experiment_id" -> SearchSql.Expression.number("CAST(e.number AS float8)");
            default -> throw new IllegalArgumentException("no attribute " + of.key());
        };
    }

    static String milliseconds(String column) {
        return "CAST(floor(extract(epoch FROM " + column + ") * 1000) AS float8)";
    }

    void rename(ProjectId project, int number, String name, Instant now) {
        jdbc.sql(
                        "UPDATE experiment SET name = :name, changed_at = :now WHERE project_id = :project AND number = :number")
                .param("name", name)
                .param("now", utc(now))
                .param("project", project.value())
                .param("number", number)
                .update();
    }

    void setDeleted(ProjectId project, int number, boolean deleted, Instant now) {
        jdbc.sql("""
                UPDATE experiment SET deleted_at = CASE WHEN :deleted THEN CAST(:now AS timestamptz) END,
                    changed_at = :now
                WHERE project_id = :project AND number = :number AND (deleted_at IS NOT NULL) <> :deleted""")
                .param("deleted", deleted)
                .param("now", utc(now))
                .param("project", project.value())
                .param("number", number)
                .update();
    }

    int countTags(ProjectId project, int number, String except) {
        return jdbc.sql("""
                        SELECT count(*) FROM experiment_tag
                        WHERE project_id = :project AND number = :number AND name <> :except""")
                .param("project", project.value())
                .param("number", number)
                .param("except", except)
                .query(Integer.class)
                .single();
    }

    void putTag(ProjectId project, int number, String name, String value) {
        jdbc.sql("""
                INSERT INTO experiment_tag (project_id, number, name, value) VALUES (:project, :number, :name, :value)
                ON CONFLICT (project_id, number, name) DO UPDATE SET value = excluded.value""")
                .param("project", project.value())
                .param("number", number)
                .param("name", name)
                .param("value", value)
                .update();
    }

    boolean removeTag(ProjectId project, int number, String name) {
        return jdbc.sql("""
                        DELETE FROM experiment_tag
                        WHERE project_id = :project AND number = :number AND name = :name""")
                        .param("project", project.value())
                        .param("number", number)
                        .param("name", name)
                        .update()
                == 1;
    }

    private Experiment experiment(ResultSet row, int n) throws SQLException {
        OffsetDateTime deletedAt = row.getObject("deleted_at", OffsetDateTime.class);
        return new Experiment(
                new ProjectId(row.getObject("project_id", UUID.class)),
                row.getInt("number"),
                row.getString("name"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                deletedAt == null ? null : deletedAt.toInstant(),
                texts(json, row.getString("tags")));
    }

    /** Reads a JSON object of texts. */
    static Map<String, String> texts(JsonMapper json, String object) {
        return json.readValue(object, TEXTS);
    }
}
