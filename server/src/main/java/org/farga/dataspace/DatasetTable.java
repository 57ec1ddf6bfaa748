package org.farga.dataspace;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.DatasetId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Datasets with their terms. */
@Component
class DatasetTable {
    private static final String SELECT = """
            SELECT d.id, d.slug, d.title, d.summary, d.licence, d.card, d.language, d.provider_organisation_id, d.preview_public,
                   d.created_by, d.created_at, d.version,
                   t.version AS terms_version, t.text AS terms_text, t.sha256 AS terms_sha256, t.since AS terms_since
            FROM dataset d
            JOIN LATERAL (SELECT version, text, sha256, since FROM dataset_terms
                          WHERE dataset_id = d.id ORDER BY version DESC LIMIT 1) t ON true
            """;

    private final JdbcClient jdbc;

    DatasetTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether it was written: false where the slug is taken. */
    boolean insert(Dataset dataset) {
        int written = jdbc.sql("""
                        INSERT INTO dataset (id, slug, title, summary, licence, card, language,
                                             provider_organisation_id, preview_public, created_by, created_at)
                        VALUES (:id, :slug, :title, :summary, :licence, :card, :language, :provider, :previewPublic,
                                :createdBy, :createdAt)
                        ON CONFLICT (slug) DO NOTHING""")
                .param("id", dataset.id().value())
                .param("slug", dataset.slug())
                .param("title", dataset.title())
                .param("summary", dataset.summary())
                .param("licence", dataset.licence().id())
                .param("card", dataset.card())
                .param("language", dataset.language())
                .param(
                        "provider",
                        dataset.provider() == null ? null : dataset.provider().value())
                .param("previewPublic", dataset.previewPublic())
                .param("createdBy", dataset.createdBy().value())
                .param("createdAt", utc(dataset.createdAt()))
                .update();
        if (written == 1) {
            insertTerms(dataset.id(), dataset.terms(), dataset.createdBy());
        }
        return written == 1;
    }

    void insertTerms(DatasetId dataset, Terms terms, PersonId writtenBy) {
        jdbc.sql("""
                INSERT INTO dataset_terms (dataset_id, version, text, sha256, written_by, since)
                VALUES (:dataset, :version, :text, :sha256, :writtenBy, :since)""")
                .param("dataset", dataset.value())
                .param("version", terms.version())
                .param("text", terms.text())
                .param("sha256", terms.sha256().bytes())
                .param("writtenBy", writtenBy.value())
                .param("since", utc(terms.since()))
                .update();
    }

    /** Whether it was written: false where the row has another version by now. Terms are inserted, not updated. */
    boolean update(Dataset dataset) {
        return jdbc.sql("""
                        UPDATE dataset SET title = :title, summary = :summary, licence = :licence, card = :card,
                               language = :language, provider_organisation_id = :provider, preview_public = :previewPublic,
                               version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("title", dataset.title())
                        .param("summary", dataset.summary())
                        .param("licence", dataset.licence().id())
                        .param("card", dataset.card())
                        .param("language", dataset.language())
                        .param(
                                "provider",
                                dataset.provider() == null
                                        ? null
                                        : dataset.provider().value())
                        .param("previewPublic", dataset.previewPublic())
                        .param("id", dataset.id().value())
                        .param("version", dataset.version())
                        .update()
                == 1;
    }

    Optional<Dataset> find(String slug) {
        return jdbc.sql(SELECT + "WHERE d.slug = :slug")
                .param("slug", slug)
                .query(DatasetTable::dataset)
                .optional();
    }

    Optional<Dataset> find(DatasetId id) {
        return jdbc.sql(SELECT + "WHERE d.id = :id")
                .param("id", id.value())
                .query(DatasetTable::dataset)
                .optional();
    }

    Map<DatasetId, String> slugs(Collection<DatasetId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : jdbc
                        .sql("SELECT id, slug FROM dataset WHERE id = ANY(:ids)")
                        .param("ids", ids.stream().map(DatasetId::value).toArray(UUID[]::new))
                        .query((row, n) -> Map.entry(new DatasetId(row.getObject(1, UUID.class)), row.getString(2)))
                        .list()
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The same, locked until the transaction ends: whoever changes or accepts its terms takes turns. */
    Optional<Dataset> lock(String slug) {
        jdbc.sql("SELECT id FROM dataset WHERE slug = :slug FOR UPDATE")
                .param("slug", slug)
                .query(UUID.class)
                .optional();
        return find(slug);
    }

    /** A dataset as the catalogue lists it, with its newest version where there is one to be had. */
    record Listing(
            DatasetId id,
            String slug,
            String title,
            String summary,
            @Nullable String language,
            Licence licence,
            @Nullable Integer number,
            @Nullable Instant publishedAt,
            int files,
            long bytes,
            @Nullable Long rows,
            String key) {}

    List<String> acceptedBy(Collection<OrganisationId> organisations) {
        return jdbc.sql("""
                        SELECT d.slug FROM dataset d
                        WHERE EXISTS (SELECT 1 FROM agreement a
                                      WHERE a.dataset_id = d.id AND a.organisation_id = ANY(:organisations)
                                        AND a.ended_at IS NULL)
                          AND EXISTS (SELECT 1 FROM dataset_version v
                                      WHERE v.dataset_id = d.id AND v.state = 'PUBLISHED')
                        ORDER BY d.slug""")
                .param(
                        "organisations",
                        organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query(String.class)
                .list();
    }

    /**
     * Best match first, then by title. All datasets match an empty search.
     *
     * @param search words and beginnings of words, all of which must stand in it, as {@code to_tsquery} reads it
     * @param unpublished whether also those without a version that can be had
     */
    List<Listing> list(String search, boolean unpublished, @Nullable ListKey after, int most) {
        return jdbc.sql("""
                        SELECT * FROM (
                            SELECT d.id, d.slug, d.title, d.summary, d.language, d.licence, v.number, v.published_at,
                                   v.files, v.size_bytes, v.rows, lower(d.title) AS sort_title,
                                   CASE WHEN :search = '' THEN 0
                                        ELSE round(-1000000 * ts_rank(d.search, to_tsquery('simple', :search)))::bigint
                                   END AS distance
                            FROM dataset d
                            LEFT JOIN LATERAL (
                                SELECT number, published_at, files, size_bytes, rows FROM dataset_version
                                WHERE dataset_id = d.id AND state = 'PUBLISHED' ORDER BY number DESC LIMIT 1) v ON true
                            WHERE (:search = '' OR d.search @@ to_tsquery('simple', :search))
                              AND (:unpublished OR v.number IS NOT NULL)) listing
                        WHERE :fromTop OR (distance, sort_title, id) > (:distance, :title, :id)
                        ORDER BY distance, sort_title, id LIMIT :most""")
                .param("search", search)
                .param("unpublished", unpublished)
                .param("fromTop", after == null)
                .param("distance", after == null ? 0L : after.distance())
                .param("title", after == null ? "" : after.title())
                .param("id", after == null ? new UUID(0, 0) : after.id())
                .param("most", most)
                .query(DatasetTable::listing)
                .list();
    }

    /** Where the catalogue stands: how far the last row is from the search, its title in lower case, its identifier. */
    record ListKey(long distance, String title, UUID id) {
        static ListKey parse(String text) {
            String[] parts = text.split("\n", 3);
            return new ListKey(Long.parseLong(parts[0]), parts[2], UUID.fromString(parts[1]));
        }
    }

    private static Listing listing(ResultSet row, int number) throws SQLException {
        OffsetDateTime publishedAt = row.getObject("published_at", OffsetDateTime.class);
        UUID id = row.getObject("id", UUID.class);
        return new Listing(
                new DatasetId(id),
                row.getString("slug"),
                row.getString("title"),
                row.getString("summary"),
                row.getString("language"),
                Licence.stored(row.getString("licence")),
                row.getObject("number", Integer.class),
                publishedAt == null ? null : publishedAt.toInstant(),
                row.getInt("files"),
                row.getLong("size_bytes"),
                row.getObject("rows", Long.class),
                row.getLong("distance") + "\n" + id + "\n" + row.getString("sort_title"));
    }

    private static Dataset dataset(ResultSet row, int number) throws SQLException {
        UUID provider = row.getObject("provider_organisation_id", UUID.class);
        return new Dataset(
                new DatasetId(row.getObject("id", UUID.class)),
                row.getString("slug"),
                row.getString("title"),
                row.getString("summary"),
                Licence.stored(row.getString("licence")),
                row.getString("card"),
                row.getString("language"),
                provider == null ? null : new OrganisationId(provider),
                row.getBoolean("preview_public"),
                new Terms(
                        row.getInt("terms_version"),
                        row.getString("terms_text"),
                        Sha256.of(row.getBytes("terms_sha256")),
                        row.getObject("terms_since", OffsetDateTime.class).toInstant()),
                new PersonId(row.getObject("created_by", UUID.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("version"));
    }
}
