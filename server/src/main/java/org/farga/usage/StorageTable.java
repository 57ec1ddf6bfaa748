package org.farga.usage;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What was kept from when to when. */
@Component
class StorageTable {
    // The spans that are asked for, cut to the time that is asked of their owner; an open one reaches to the last
    // sample.
    private static final String KEPT = """
            WITH asked AS (
                SELECT * FROM unnest(CAST(:owners AS uuid[]), CAST(:froms AS timestamptz[]), CAST(:untils AS timestamptz[]))
                    AS a (owner_id, earliest, latest)
                UNION ALL SELECT DISTINCT owner_id, '-infinity'::timestamptz, 'infinity'::timestamptz FROM storage_span WHERE :all),
            kept AS (
                SELECT s.kind, s.project_id, s.organisation_id, s.bytes, greatest(s.begins_at, a.earliest) AS begins,
                    least(coalesce(s.ends_at, (SELECT sampled_at FROM storage_sample)), a.latest) AS ends
                FROM asked a JOIN storage_span s ON s.owner_id = a.owner_id)
            """;

    private final JdbcClient jdbc;

    StorageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What was kept in some intervals.
     *
     * @param until up to when everything is counted; null before the first sample
     * @param bytesNow that are kept by the last sample
     * @param parts {@link StoragePart#interval} counts the intervals from 0
     */
    record Stored(@Nullable Instant until, long bytesNow, List<StoragePart> parts) {}

    /** Up to when everything is counted, locked until the transaction ends; empty before the first sample. */
    Optional<Instant> lock() {
        return sampledAt("SELECT sampled_at FROM storage_sample FOR UPDATE");
    }

    Optional<Instant> sampledAt() {
        return sampledAt("SELECT sampled_at FROM storage_sample");
    }

    private Optional<Instant> sampledAt(String sql) {
        return jdbc.sql(sql)
                .query((row, n) -> Optional.ofNullable(instant(row, "sampled_at")))
                .single();
    }

    /** Lets what is open reach to the instant. */
    void sampled(Instant at) {
        jdbc.sql("UPDATE storage_sample SET sampled_at = :at")
                .param("at", utc(at))
                .update();
    }

    /** Closes spans of owners that keep another number of bytes now, and opens new ones; what is unchanged stays untouched. */
    void enter(StoredBytes.Kind kind, Collection<StoredBytes.Holding> holdings, Instant at) {
        List<StoredBytes.Holding> held =
                holdings.stream().filter(h -> h.bytes() > 0).toList();
        for (String sql : new String[] {"""
                UPDATE storage_span s SET ends_at = :at
                WHERE s.kind = :kind AND s.ends_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM unnest(:projects, :organisations, :bytes) AS h (project_id, organisation_id, bytes)
                    WHERE h.project_id IS NOT DISTINCT FROM s.project_id
                      AND h.organisation_id IS NOT DISTINCT FROM s.organisation_id AND h.bytes = s.bytes)""", """
                INSERT INTO storage_span (kind, project_id, organisation_id, bytes, begins_at)
                SELECT :kind, h.project_id, h.organisation_id, h.bytes, :at
                FROM unnest(:projects, :organisations, :bytes) AS h (project_id, organisation_id, bytes)
                WHERE NOT EXISTS (SELECT 1 FROM storage_span s WHERE s.kind = :kind AND s.ends_at IS NULL
                    AND s.owner_id = coalesce(h.project_id, h.organisation_id, '00000000-0000-0000-0000-000000000000'::uuid))"""}) {
            jdbc.sql(sql)
                    .param("kind", kind.name())
                    .param("at", utc(at))
                    .param(
                            "projects",
                            ids(
                                    held,
                                    o -> o.project() == null
                                            ? null
                                            : o.project().value()))
                    .param(
                            "organisations",
                            ids(
                                    held,
                                    o -> o.organisation() == null
                                            ? null
                                            : o.organisation().value()))
                    .param(
                            "bytes",
                            held.stream().map(StoredBytes.Holding::bytes).toArray(Long[]::new))
                    .update();
        }
    }

    private static @Nullable UUID[] ids(
            List<StoredBytes.Holding> held, Function<StoredBytes.Owner, @Nullable UUID> id) {
        return held.stream().map(h -> id.apply(h.owner())).toArray(UUID[]::new);
    }

    /**
     * What was kept between each two instants that follow one another, and what is kept now.
     *
     * @param cuts in order, whole seconds, at least two
     */
    Stored stored(StorageAsked asked, List<Instant> cuts) {
        record Row(
                @Nullable Instant until,
                long bytesNow,
                @Nullable StoragePart part) {}
        List<Row> rows = of(jdbc, asked, """
                        , cut AS MATERIALIZED (SELECT CAST(:cuts AS timestamptz[]) AS cuts),
                        part AS (
                            SELECT k.kind, k.project_id, k.organisation_id, i AS number,
                                sum(k.bytes * extract(epoch FROM least(k.ends, c.cuts[i + 1]) - greatest(k.begins, c.cuts[i])))
                                    AS byte_seconds
                            FROM kept k CROSS JOIN cut c CROSS JOIN LATERAL generate_series(
                                greatest(width_bucket(k.begins, c.cuts), 1),
                                least(width_bucket(k.ends - interval '1 microsecond', c.cuts), :intervals)) AS p (i)
                            WHERE k.begins < k.ends GROUP BY 1, 2, 3, 4)
                        SELECT n.sampled_at, n.bytes_now, p.kind, p.project_id, p.organisation_id, p.number, p.byte_seconds
                        FROM (SELECT (SELECT sampled_at FROM storage_sample) AS sampled_at,
                                (SELECT coalesce(sum(s.bytes), 0)::bigint FROM storage_span s JOIN asked a ON a.owner_id = s.owner_id
                                 WHERE s.ends_at IS NULL AND a.latest = 'infinity') AS bytes_now) n
                            LEFT JOIN part p ON true
                        ORDER BY p.number, p.kind, p.project_id, p.organisation_id""")
                .param("cuts", cuts.stream().map(Instant::toString).toArray(String[]::new))
                .param("intervals", cuts.size() - 1)
                .query((row, n) -> {
                    String kind = row.getString("kind");
                    return new Row(
                            instant(row, "sampled_at"),
                            row.getLong("bytes_now"),
                            kind == null
                                    ? null
                                    : new StoragePart(
                                            StoredBytes.Kind.valueOf(kind),
                                            owner(row),
                                            row.getInt("number") - 1,
                                            new TerabyteHours(row.getBigDecimal("byte_seconds")
                                                    .toBigIntegerExact())));
                })
                .list();
        Row first = rows.getFirst();
        return new Stored(
                first.until(),
                first.bytesNow(),
                rows.stream().flatMap(r -> Stream.ofNullable(r.part())).toList());
    }

    /** Such a statement, after the spans that are asked for, which it knows as {@code kept}, and their owners, {@code asked}. */
    static JdbcClient.StatementSpec of(JdbcClient jdbc, StorageAsked asked, String sql) {
        List<StorageAsked.Window> windows = asked.windows();
        return jdbc.sql(KEPT + sql)
                .param("all", asked.all())
                .param("owners", windows.stream().map(w -> w.owner().id()).toArray(UUID[]::new))
                .param(
                        "froms",
                        windows.stream()
                                .map(w -> w.from() == null
                                        ? "-infinity"
                                        : w.from().toString())
                                .toArray(String[]::new))
                .param(
                        "untils",
                        windows.stream()
                                .map(w -> w.until() == null
                                        ? "infinity"
                                        : w.until().toString())
                                .toArray(String[]::new));
    }

    private static StoredBytes.Owner owner(ResultSet row) throws SQLException {
        UUID project = row.getObject("project_id", UUID.class);
        UUID organisation = row.getObject("organisation_id", UUID.class);
        return project != null
                ? StoredBytes.Owner.of(new ProjectId(project))
                : StoredBytes.Owner.ofProvider(organisation == null ? null : new OrganisationId(organisation));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
