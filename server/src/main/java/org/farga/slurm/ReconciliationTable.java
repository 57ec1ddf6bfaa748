package org.farga.slurm;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.farga.shared.PersonId;
import org.farga.slurm.Reconciliation.Applied;
import org.farga.slurm.Reconciliation.Applying;
import org.farga.slurm.Reconciliation.Mode;
import org.farga.slurm.Reconciliation.Read;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class ReconciliationTable {
    private static final String SELECT = """
            SELECT cluster, slurm_name, mode, read_wanted_at, apply_wanted_at, apply_wanted_by, tried_at, complaint, read_at,
                   associations, changes, stops, troubles::text AS troubles, drift_since, held,
                   applying_since, applying_changes, applying_done, applied_at, applied_changes, applied_left, applied_complaint
            FROM slurm_reconciliation
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    ReconciliationTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void ensure(String cluster) {
        jdbc.sql("INSERT INTO slurm_reconciliation (cluster) VALUES (:cluster) ON CONFLICT DO NOTHING")
                .param("cluster", cluster)
                .update();
    }

    Optional<Reconciliation> find(String cluster) {
        return jdbc.sql(SELECT + "WHERE cluster = :cluster")
                .param("cluster", cluster)
                .query(this::reconciliation)
                .optional();
    }

    /** Whether somebody asked for a reading or an application that has not been yet. */
    boolean asked(String cluster) {
        return jdbc.sql("""
                        SELECT EXISTS (
                            SELECT FROM slurm_reconciliation
                            WHERE cluster = :cluster AND (apply_wanted_at IS NOT NULL
                                OR read_wanted_at > coalesce(tried_at, '-infinity')))""").param("cluster", cluster).query(Boolean.class).single();
    }

    void setMode(String cluster, Mode mode) {
        jdbc.sql("UPDATE slurm_reconciliation SET mode = :mode, held = false WHERE cluster = :cluster")
                .param("mode", mode.name())
                .param("cluster", cluster)
                .update();
    }

    void wantReading(String cluster, Instant at) {
        jdbc.sql("UPDATE slurm_reconciliation SET read_wanted_at = :at WHERE cluster = :cluster")
                .param("at", utc(at))
                .param("cluster", cluster)
                .update();
    }

    void wantApplication(String cluster, PersonId by, Instant at) {
        jdbc.sql("""
                UPDATE slurm_reconciliation SET apply_wanted_at = :at, apply_wanted_by = :by
                WHERE cluster = :cluster AND apply_wanted_at IS NULL""")
                .param("at", utc(at))
                .param("by", by.value())
                .param("cluster", cluster)
                .update();
    }

    void setSlurmName(String cluster, String name) {
        jdbc.sql("UPDATE slurm_reconciliation SET slurm_name = :name WHERE cluster = :cluster")
                .param("name", name)
                .param("cluster", cluster)
                .update();
    }

    /** Slurm could not be read, or not be changed; what was read before stays. */
    void setFailed(String cluster, String complaint, Instant at) {
        jdbc.sql("UPDATE slurm_reconciliation SET tried_at = :at, complaint = :complaint WHERE cluster = :cluster")
                .param("at", utc(at))
                .param("complaint", Reconciliation.shortened(complaint))
                .param("cluster", cluster)
                .update();
    }

    /** What was read; where something must change and had to before, it does so since then. */
    void setRead(
            String cluster,
            long associations,
            int changes,
            int stops,
            List<Plan.Trouble> troubles,
            boolean held,
            Instant at) {
        jdbc.sql("""
                UPDATE slurm_reconciliation
                SET tried_at = :at, complaint = NULL, read_at = :at, associations = :associations, changes = :changes,
                    stops = :stops, lines = '[]', troubles = :troubles::jsonb, held = :held,
                    drift_since = CASE WHEN :changes > 0 THEN coalesce(drift_since, :at) END
                WHERE cluster = :cluster""")
                .param("at", utc(at))
                .param("associations", associations)
                .param("changes", changes)
                .param("stops", stops)
                .param("troubles", json.writeValueAsString(troubles))
                .param("held", held)
                .param("cluster", cluster)
                .update();
    }

    /** Replaces the plan. */
    void setPlan(String cluster, List<PlanLine> lines) {
        jdbc.sql("DELETE FROM slurm_plan_line WHERE cluster = :cluster")
                .param("cluster", cluster)
                .update();
        // Tens of thousands of lines in one statement, each column an array.
        jdbc.sql("""
                INSERT INTO slurm_plan_line (cluster, position, kind, subject, user_name, reason, slurm_has, slurm_shall)
                SELECT :cluster, l.position, l.kind, l.subject, l.user_name, l.reason, l.slurm_has, l.slurm_shall
                FROM unnest(:kinds::text[], :subjects::text[], :users::text[], :reasons::text[], :has::text[], :shall::text[])
                     WITH ORDINALITY AS l (kind, subject, user_name, reason, slurm_has, slurm_shall, position)""")
                .param("cluster", cluster)
                .param("kinds", column(lines, line -> line.kind().name()))
                .param("subjects", column(lines, PlanLine::subject))
                .param("users", column(lines, PlanLine::user))
                .param(
                        "reasons",
                        column(
                                lines,
                                line -> line.reason() == null
                                        ? null
                                        : line.reason().name()))
                .param("has", column(lines, PlanLine::from))
                .param("shall", column(lines, PlanLine::to))
                .update();
    }

    private static @Nullable String[] column(List<PlanLine> lines, Function<PlanLine, @Nullable String> of) {
        return lines.stream().map(of).toArray(String[]::new);
    }

    /** A line with its place in the plan, from 1. */
    record Placed(int position, PlanLine line) {}

    /**
     * Lines of the plan in its order, those after a place.
     *
     * @param kind null for all
     * @param words a part of an account's or a user's name, whatever its case; empty for all
     */
    List<Placed> plan(String cluster, PlanLine.@Nullable Kind kind, String words, int after, int limit) {
        return jdbc.sql("""
                SELECT position, kind, subject, user_name, reason, slurm_has, slurm_shall FROM slurm_plan_line
                WHERE cluster = :cluster AND position > :after AND (:kind::text IS NULL OR kind = :kind)
                      AND (:words = '' OR strpos(lower(subject || ' ' || coalesce(user_name, '')), lower(:words)) > 0)
                ORDER BY position LIMIT :limit""")
                .param("cluster", cluster)
                .param("after", after)
                .param("kind", kind == null ? null : kind.name())
                .param("words", words)
                .param("limit", limit)
                .query((row, number) -> new Placed(
                        row.getInt("position"),
                        new PlanLine(
                                PlanLine.Kind.valueOf(row.getString("kind")),
                                row.getString("subject"),
                                row.getString("user_name"),
                                row.getString("reason") == null
                                        ? null
                                        : Desired.Reason.valueOf(row.getString("reason")),
                                row.getString("slurm_has"),
                                row.getString("slurm_shall"))))
                .list();
    }

    /** How many lines of each kind there are, of those with such words. */
    Map<PlanLine.Kind, Long> planCounts(String cluster, String words) {
        Map<PlanLine.Kind, Long> counts = new EnumMap<>(PlanLine.Kind.class);
        jdbc.sql("""
                SELECT kind, count(*) AS lines FROM slurm_plan_line
                WHERE cluster = :cluster
                      AND (:words = '' OR strpos(lower(subject || ' ' || coalesce(user_name, '')), lower(:words)) > 0)
                GROUP BY kind""").param("cluster", cluster).param("words", words).query(row -> {
            counts.put(PlanLine.Kind.valueOf(row.getString("kind")), row.getLong("lines"));
        });
        return counts;
    }

    /** The lines of each kind, the first of each; in the order of kinds. */
    List<PlanLine> planByKinds(String cluster, int ofEach) {
        return List.of(PlanLine.Kind.values()).stream()
                .flatMap(kind -> plan(cluster, kind, "", 0, ofEach).stream().map(Placed::line))
                .toList();
    }

    /** An application is under way, and has come so far. */
    void setApplying(String cluster, Applying applying) {
        jdbc.sql("""
                UPDATE slurm_reconciliation
                SET applying_since = :since, applying_changes = :changes, applying_done = :done WHERE cluster = :cluster""")
                .param("since", utc(applying.since()))
                .param("changes", applying.changes())
                .param("done", Math.min(applying.done(), applying.changes()))
                .param("cluster", cluster)
                .update();
    }

    /** None is under way. */
    void endApplying(String cluster) {
        jdbc.sql("""
                UPDATE slurm_reconciliation SET applying_since = NULL, applying_changes = NULL, applying_done = NULL
                WHERE cluster = :cluster AND applying_since IS NOT NULL""").param("cluster", cluster).update();
    }

    /** The application has ended that was asked for until then. */
    void setApplied(String cluster, int changes, int left, @Nullable String complaint, Instant began, Instant at) {
        jdbc.sql("""
                UPDATE slurm_reconciliation
                SET applied_at = :at, applied_changes = :changes, applied_left = :left, applied_complaint = :complaint,
                    apply_wanted_by = CASE WHEN apply_wanted_at > :began THEN apply_wanted_by END,
                    apply_wanted_at = CASE WHEN apply_wanted_at > :began THEN apply_wanted_at END
                WHERE cluster = :cluster""")
                .param("at", utc(at))
                .param("changes", changes)
                .param("left", left)
                .param("complaint", complaint == null ? null : Reconciliation.shortened(complaint))
                .param("began", utc(began))
                .param("cluster", cluster)
                .update();
    }

    private Reconciliation reconciliation(ResultSet row, int number) throws SQLException {
        Instant readAt = instant(row, "read_at");
        Instant appliedAt = instant(row, "applied_at");
        Instant applyingSince = instant(row, "applying_since");
        UUID by = row.getObject("apply_wanted_by", UUID.class);
        return new Reconciliation(
                row.getString("cluster"),
                row.getString("slurm_name"),
                Mode.valueOf(row.getString("mode")),
                instant(row, "read_wanted_at"),
                instant(row, "apply_wanted_at"),
                by == null ? null : new PersonId(by),
                instant(row, "tried_at"),
                row.getString("complaint"),
                readAt == null
                        ? null
                        : new Read(
                                readAt,
                                row.getLong("associations"),
                                row.getInt("changes"),
                                row.getInt("stops"),
                                json.readValue(row.getString("troubles"), new TypeReference<List<Plan.Trouble>>() {}),
                                instant(row, "drift_since")),
                row.getBoolean("held"),
                applyingSince == null
                        ? null
                        : new Applying(applyingSince, row.getInt("applying_changes"), row.getInt("applying_done")),
                appliedAt == null
                        ? null
                        : new Applied(
                                appliedAt,
                                row.getInt("applied_changes"),
                                row.getInt("applied_left"),
                                row.getString("applied_complaint")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
