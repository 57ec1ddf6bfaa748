package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.farga.models.RegisteredModel.Stage;
import org.farga.models.RegisteredModel.Version;
import org.farga.shared.ModelId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What may change about registered models and their versions. */
@Component
class RegistryTable {
    private static final TypeReference<LinkedHashMap<String, Integer>> NUMBERS = new TypeReference<>() {};
    private static final String MODEL = """
            m.id, m.name, m.description, m.created_at, m.changed_at,
            (SELECT coalesce(jsonb_object_agg(t.name, t.value), '{}'::jsonb)::text FROM model_tag t
             WHERE t.model_id = m.id) AS tags,
            (SELECT coalesce(jsonb_object_agg(a.name, a.number), '{}'::jsonb)::text FROM model_alias a
             WHERE a.model_id = m.id) AS aliases""";
    private static final String VERSION = """
            v.model_id, m.name, v.number, v.registered_at, n.changed_at, v.registered_by, n.stage, n.description, v.source,
            v.run_id, v.logged_model_id,
            (SELECT coalesce(jsonb_object_agg(t.name, t.value), '{}'::jsonb)::text FROM model_version_tag t
             WHERE t.model_id = v.model_id AND t.number = v.number) AS tags,
            ARRAY(SELECT a.name FROM model_alias a WHERE a.model_id = v.model_id AND a.number = v.number
                  ORDER BY a.name) AS aliases""";
    private static final String VERSIONS = """
             FROM model_version v JOIN model m ON m.id = v.model_id
             JOIN model_version_note n ON n.model_id = v.model_id AND n.number = v.number
            WHERE m.deleted_at IS NULL AND n.deleted_at IS NULL""";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RegistryTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Whatever the case of the name's letters. */
    Optional<RegisteredModel> find(ProjectId project, String name) {
        return jdbc.sql("SELECT " + MODEL + " FROM model m WHERE m.project_id = :project"
                        + " AND lower(m.name) = lower(:name) AND m.deleted_at IS NULL")
                .param("project", project.value())
                .param("name", name)
                .query(this::model)
                .optional();
    }

    /** Lets one at a time change it. */
    void lock(ModelId model) {
        jdbc.sql("SELECT 1 FROM model WHERE id = :id FOR UPDATE")
                .param("id", model.value())
                .query(Integer.class)
                .optional();
    }

    /** One more than asked for, where there is one. */
    List<Search.Placed<RegisteredModel>> search(ProjectId project, Search search) {
        SearchSql sql = new SearchSql(
                RegistryTable::ofModel, search, SearchSql.Key.text("lower(m.name)"), SearchSql.Key.id("m.id"));
        String text = "SELECT " + MODEL + sql.placeColumn()
                + " FROM model m WHERE m.project_id = :project AND m.deleted_at IS NULL"
                + sql.where(search.conditions())
                + sql.behind()
                + " ORDER BY " + sql.orderBy() + " LIMIT :most";
        return jdbc.sql(text)
                .params(sql.parameters())
                .param("project", project.value())
                .param("most", search.most() + 1)
                .query((row, n) ->
                        Search.Placed.of(model(row, n), row.getArray("place").getArray()))
                .list();
    }

    /** Clients ask for models that are no prompts by a tag that models do not have: where it is missing, it is false. */
    private static String otherThanPrompts(SearchSql.Subject of, String value) {
        return of.key().equals("mlflow.prompt.is_prompt") ? "coalesce((" + value + "), 'false')" : value;
    }

    private static SearchSql.Expression ofModel(SearchSql.Subject of) {
        if (of.part() == Search.Part.TAG) {
            return SearchSql.Expression.text(otherThanPrompts(
                    of, "SELECT t.value FROM model_tag t WHERE t.model_id = m.id AND t.name = " + of.parameter()));
        }
        return switch (of.key()) {
            case "name" -> SearchSql.Expression.text("m.name");
            case "creation_timestamp" -> SearchSql.Expression.number(ExperimentTable.milliseconds("m.created_at"));
            case "last_updated_timestamp", "timestamp" ->
                SearchSql.Expression.number(ExperimentTable.milliseconds("m.changed_at"));
            default -> throw new IllegalArgumentException("no attribute " + of.key());
        };
    }

    Optional<Version> find(ProjectId project, String name, int number) {
        return jdbc.sql("SELECT " + VERSION + VERSIONS + " AND m.project_id = :project"
                        + " AND lower(m.name) = lower(:name) AND v.number = :number")
                .param("project", project.value())
                .param("name", name)
                .param("number", number)
                .query(this::version)
                .optional();
    }

    /** The newest version of each stage of each model. */
    List<Version> newest(Collection<ModelId> models) {
        return jdbc.sql("SELECT " + VERSION + VERSIONS + """
                          AND v.model_id = ANY(:models) AND NOT EXISTS (
                              SELECT 1 FROM model_version_note later
                              WHERE later.model_id = n.model_id AND later.stage = n.stage
                                AND later.deleted_at IS NULL AND later.number > n.number)
                        ORDER BY v.model_id, v.number DESC""")
                .param("models", models.stream().map(ModelId::value).toArray(UUID[]::new))
                .query(this::version)
                .list();
    }

    /** One more than asked for, where there is one. */
    List<Search.Placed<Version>> searchVersions(ProjectId project, Search search) {
        SearchSql sql = new SearchSql(
                RegistryTable::ofVersion,
                search,
                SearchSql.Key.latest("n.changed_at"),
                SearchSql.Key.text("lower(m.name)"),
                SearchSql.Key.largest("v.number"));
        String text = "SELECT " + VERSION + sql.placeColumn() + VERSIONS + " AND m.project_id = :project"
                + sql.where(search.conditions())
                + sql.behind()
                + " ORDER BY " + sql.orderBy() + " LIMIT :most";
        return jdbc.sql(text)
                .params(sql.parameters())
                .param("project", project.value())
                .param("most", search.most() + 1)
                .query((row, n) ->
                        Search.Placed.of(version(row, n), row.getArray("place").getArray()))
                .list();
    }

    private static SearchSql.Expression ofVersion(SearchSql.Subject of) {
        if (of.part() == Search.Part.TAG) {
            return SearchSql.Expression.text(otherThanPrompts(
                    of,
                    "SELECT t.value FROM model_version_tag t WHERE t.model_id = v.model_id"
                            + " AND t.number = v.number AND t.name = " + of.parameter()));
        }
        return switch (of.key()) {
            case "name" -> SearchSql.Expression.text("m.name");
            case "run_id" -> SearchSql.Expression.text("CAST(v.run_id AS text)");
            case "source_path" -> SearchSql.Expression.text("v.source");
            case "version_number" -> SearchSql.Expression.number("CAST(v.number AS float8)");
            case "creation_timestamp" -> SearchSql.Expression.number(ExperimentTable.milliseconds("v.registered_at"));
            case "last_updated_timestamp" -> SearchSql.Expression.number(ExperimentTable.milliseconds("n.changed_at"));
            default -> throw new IllegalArgumentException("no attribute " + of.key());
        };
    }

    void rename(ModelId model, String name, Instant now) {
        jdbc.sql("UPDATE model SET name = :name, changed_at = :now WHERE id = :id")
                .param("name", name)
                .param("now", utc(now))
                .param("id", model.value())
                .update();
    }

    void describe(ModelId model, String description, Instant now) {
        jdbc.sql("UPDATE model SET description = :description, changed_at = :now WHERE id = :id")
                .param("description", description)
                .param("now", utc(now))
                .param("id", model.value())
                .update();
    }

    void touch(ModelId model, Instant now) {
        jdbc.sql("UPDATE model SET changed_at = :now WHERE id = :id")
                .param("now", utc(now))
                .param("id", model.value())
                .update();
    }

    void delete(ModelId model, Instant now) {
        jdbc.sql("DELETE FROM model_alias WHERE model_id = :id")
                .param("id", model.value())
                .update();
        jdbc.sql("UPDATE model SET deleted_at = :now, changed_at = :now WHERE id = :id")
                .param("now", utc(now))
                .param("id", model.value())
                .update();
    }

    void putTag(ModelId model, String name, String value) {
        jdbc.sql("""
                INSERT INTO model_tag (model_id, name, value) VALUES (:model, :name, :value)
                ON CONFLICT (model_id, name) DO UPDATE SET value = excluded.value""")
                .param("model", model.value())
                .param("name", name)
                .param("value", value)
                .update();
    }

    void removeTag(ModelId model, String name) {
        jdbc.sql("DELETE FROM model_tag WHERE model_id = :model AND name = :name")
                .param("model", model.value())
                .param("name", name)
                .update();
    }

    void describe(ModelId model, int number, String description, Instant now) {
        jdbc.sql("""
                UPDATE model_version_note SET description = :description, changed_at = :now
                WHERE model_id = :model AND number = :number""")
                .param("description", description)
                .param("now", utc(now))
                .param("model", model.value())
                .param("number", number)
                .update();
    }

    void setStage(ModelId model, int number, Stage stage, Instant now) {
        jdbc.sql("""
                UPDATE model_version_note SET stage = :stage, changed_at = :now
                WHERE model_id = :model AND number = :number""")
                .param("stage", stage.word())
                .param("now", utc(now))
                .param("model", model.value())
                .param("number", number)
                .update();
    }

    /** Archives the other versions of a stage. */
    void archiveOthers(ModelId model, int number, Stage stage, Instant now) {
        jdbc.sql("""
                UPDATE model_version_note SET stage = 'Archived', changed_at = :now
                WHERE model_id = :model AND number <> :number AND stage = :stage AND deleted_at IS NULL""")
                .param("now", utc(now))
                .param("model", model.value())
                .param("number", number)
                .param("stage", stage.word())
                .update();
    }

    void delete(ModelId model, int number, Instant now) {
        jdbc.sql("DELETE FROM model_alias WHERE model_id = :model AND number = :number")
                .param("model", model.value())
                .param("number", number)
                .update();
        jdbc.sql("""
                UPDATE model_version_note SET deleted_at = :now, changed_at = :now
                WHERE model_id = :model AND number = :number""")
                .param("now", utc(now))
                .param("model", model.value())
                .param("number", number)
                .update();
    }

    void putTag(ModelId model, int number, String name, String value) {
        jdbc.sql("""
                INSERT INTO model_version_tag (model_id, number, name, value) VALUES (:model, :number, :name, :value)
                ON CONFLICT (model_id, number, name) DO UPDATE SET value = excluded.value""")
                .param("model", model.value())
                .param("number", number)
                .param("name", name)
                .param("value", value)
                .update();
    }

    void removeTag(ModelId model, int number, String name) {
        jdbc.sql("DELETE FROM model_version_tag WHERE model_id = :model AND number = :number AND name = :name")
                .param("model", model.value())
                .param("number", number)
                .param("name", name)
                .update();
    }

    void putAlias(ModelId model, String alias, int number) {
        jdbc.sql("""
                INSERT INTO model_alias (model_id, name, number) VALUES (:model, :name, :number)
                ON CONFLICT (model_id, name) DO UPDATE SET number = excluded.number""")
                .param("model", model.value())
                .param("name", alias)
                .param("number", number)
                .update();
    }

    boolean removeAlias(ModelId model, String alias) {
        return jdbc.sql("DELETE FROM model_alias WHERE model_id = :model AND name = :name")
                        .param("model", model.value())
                        .param("name", alias)
                        .update()
                == 1;
    }

    private RegisteredModel model(ResultSet row, int n) throws SQLException {
        return new RegisteredModel(
                new ModelId(row.getObject("id", UUID.class)),
                row.getString("name"),
                row.getString("description"),
                instant(row, "created_at"),
                instant(row, "changed_at"),
                ExperimentTable.texts(json, row.getString("tags")),
                numbers(row.getString("aliases")),
                List.of());
    }

    private Map<String, Integer> numbers(String object) {
        return json.readValue(object, NUMBERS);
    }

    private Version version(ResultSet row, int n) throws SQLException {
        @Nullable UUID run = row.getObject("run_id", UUID.class);
        @Nullable UUID logged = row.getObject("logged_model_id", UUID.class);
        return new Version(
                new ModelId(row.getObject("model_id", UUID.class)),
                row.getString("name"),
                row.getInt("number"),
                instant(row, "registered_at"),
                instant(row, "changed_at"),
                new PersonId(row.getObject("registered_by", UUID.class)),
                Objects.requireNonNull(Stage.parse(row.getString("stage"))),
                row.getString("description"),
                row.getString("source"),
                run == null ? null : new RunId(run),
                logged,
                ExperimentTable.texts(json, row.getString("tags")),
                Arrays.asList((String[]) row.getArray("aliases").getArray()));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
