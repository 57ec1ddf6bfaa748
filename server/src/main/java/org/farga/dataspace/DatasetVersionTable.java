package org.farga.dataspace;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.DatasetId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.usage.StoredBytes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Versions of datasets, and the files in them. */
@Component
class DatasetVersionTable implements StoredBytes {
    private static final String COLUMNS = """
            id, dataset_id, number, state, revision, created_by, created_at, published_by, published_at, files, size_bytes,
            rows, manifest_sha256, retired_by, retired_at, retirement_reason""";

    private final JdbcClient jdbc;

    DatasetVersionTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    int nextNumber(DatasetId dataset) {
        return jdbc.sql("SELECT coalesce(max(number), 0) + 1 FROM dataset_version WHERE dataset_id = :dataset")
                .param("dataset", dataset.value())
                .query(Integer.class)
                .single();
    }

    void insert(DatasetVersion version) {
        jdbc.sql("""
                INSERT INTO dataset_version (id, dataset_id, number, state, created_by, created_at)
                VALUES (:id, :dataset, :number, 'DRAFT', :createdBy, :createdAt)""")
                .param("id", version.id().value())
                .param("dataset", version.dataset().value())
                .param("number", version.number())
                .param("createdBy", version.createdBy().value())
                .param("createdAt", utc(version.createdAt()))
                .update();
    }

    void publish(DatasetVersionId version, DatasetVersion.State.Published published) {
        DatasetVersion.Contents contents = published.contents();
        jdbc.sql("""
                UPDATE dataset_version SET state = 'PUBLISHED', published_by = :by, published_at = :at, files = :files,
                       size_bytes = :bytes, rows = :rows, manifest_sha256 = :manifest
                WHERE id = :id""")
                .param("by", published.by().value())
                .param("at", utc(published.at()))
                .param("files", contents.files())
                .param("bytes", contents.bytes())
                .param("rows", contents.rows())
                .param("manifest", contents.manifest().bytes())
                .param("id", version.value())
                .update();
    }

    void retire(DatasetVersionId version, DatasetVersion.State.Retired retired) {
        jdbc.sql("""
                UPDATE dataset_version SET state = 'RETIRED', retired_by = :by, retired_at = :at,
                       retirement_reason = :reason
                WHERE id = :id""")
                .param("by", retired.by().value())
                .param("at", utc(retired.at()))
                .param("reason", retired.reason())
                .param("id", version.value())
                .update();
    }

    /** Newest first; a dataset has a handful of versions, so that the list is whole. */
    List<DatasetVersion> list(DatasetId dataset) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM dataset_version WHERE dataset_id = :dataset ORDER BY number DESC LIMIT 1000")
                .param("dataset", dataset.value())
                .query(DatasetVersionTable::version)
                .list();
    }

    /** As lineage names them, with their datasets. */
    List<Datasets.VersionSummary> summaries(Collection<DatasetVersionId> ids) {
        return jdbc.sql("""
                        SELECT v.id, v.dataset_id, d.slug, v.number, d.title, d.licence
                        FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id WHERE v.id = ANY(:ids)""")
                .param("ids", ids.stream().map(DatasetVersionId::value).toArray(UUID[]::new))
                .query((row, n) -> new Datasets.VersionSummary(
                        new DatasetVersionId(row.getObject("id", UUID.class)),
                        new DatasetId(row.getObject("dataset_id", UUID.class)),
                        row.getString("slug"),
                        row.getInt("number"),
                        row.getString("title"),
                        row.getString("licence")))
                .list();
    }

    Optional<DatasetVersion> find(DatasetVersionId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM dataset_version WHERE id = :id")
                .param("id", id.value())
                .query(DatasetVersionTable::version)
                .optional();
    }

    Optional<DatasetVersion> find(DatasetId dataset, int number) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM dataset_version WHERE dataset_id = :dataset AND number = :number")
                .param("dataset", dataset.value())
                .param("number", number)
                .query(DatasetVersionTable::version)
                .optional();
    }

    /** The newest that can be had. */
    Optional<DatasetVersion> findNewest(DatasetId dataset) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM dataset_version WHERE dataset_id = :dataset AND state = 'PUBLISHED'
                        ORDER BY number DESC LIMIT 1""")
                .param("dataset", dataset.value())
                .query(DatasetVersionTable::version)
                .optional();
    }

    /** The version, locked until the transaction ends: files and publication take turns. */
    Optional<DatasetVersion> lock(DatasetVersionId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM dataset_version WHERE id = :id FOR UPDATE")
                .param("id", id.value())
                .query(DatasetVersionTable::version)
                .optional();
    }

    void countRevision(DatasetVersionId id) {
        jdbc.sql("UPDATE dataset_version SET revision = revision + 1 WHERE id = :id")
                .param("id", id.value())
                .update();
    }

    int countFiles(DatasetVersionId version) {
        return jdbc.sql("SELECT count(*) FROM dataset_file WHERE version_id = :version")
                .param("version", version.value())
                .query(Integer.class)
                .single();
    }

    List<DatasetFile> files(DatasetVersionId version) {
        return jdbc.sql("""
                        SELECT path, size_bytes, sha256, media_type, uploaded_by, uploaded_at
                        FROM dataset_file WHERE version_id = :version ORDER BY path""")
                .param("version", version.value())
                .query(DatasetVersionTable::file)
                .list();
    }

    Optional<DatasetFile> findFile(DatasetVersionId version, FilePath path) {
        return jdbc.sql("""
                        SELECT path, size_bytes, sha256, media_type, uploaded_by, uploaded_at
                        FROM dataset_file WHERE version_id = :version AND path = :path""")
                .param("version", version.value())
                .param("path", path.value())
                .query(DatasetVersionTable::file)
                .optional();
    }

    /**
     * A path of the version that cannot stand beside the given one: the same but for case or Unicode form, a file where
     * the other needs a folder, or a folder spelt differently.
     */
    Optional<String> findCollision(DatasetVersionId version, FilePath path) {
        List<String> folders = path.folders();
        return jdbc.sql("""
                        SELECT path FROM dataset_file
                        WHERE version_id = :version AND path <> :path
                          AND (path_key = :key
                               OR path_key = ANY(:folderKeys)
                               OR starts_with(path_key, :key || '/')
                               OR EXISTS (SELECT 1 FROM unnest(:folders, :folderKeys) AS f (folder, folder_key)
                                          WHERE starts_with(path_key, folder_key || '/')
                                            AND NOT starts_with(path, folder || '/')))
                        ORDER BY path LIMIT 1""")
                .param("version", version.value())
                .param("path", path.value())
                .param("key", path.key())
                .param("folders", folders.toArray(String[]::new))
                .param("folderKeys", folders.stream().map(FilePath::key).toArray(String[]::new))
                .query(String.class)
                .optional();
    }

    /** Puts a file in its place, over what was there. */
    void put(DatasetVersionId version, DatasetFile file) {
        jdbc.sql("""
                INSERT INTO dataset_file (version_id, path, path_key, size_bytes, sha256, media_type, uploaded_by,
                                          uploaded_at)
                VALUES (:version, :path, :key, :bytes, :sha256, :mediaType, :by, :at)
                ON CONFLICT (version_id, path) DO UPDATE
                SET size_bytes = :bytes, sha256 = :sha256, uploaded_by = :by, uploaded_at = :at""")
                .param("version", version.value())
                .param("path", file.path().value())
                .param("key", file.path().key())
                .param("bytes", file.bytes())
                .param("sha256", file.sha256().bytes())
                .param("mediaType", file.mediaType())
                .param("by", file.uploadedBy().value())
                .param("at", utc(file.uploadedAt()))
                .update();
    }

    boolean remove(DatasetVersionId version, FilePath path) {
        return jdbc.sql("DELETE FROM dataset_file WHERE version_id = :version AND path = :path")
                        .param("version", version.value())
                        .param("path", path.value())
                        .update()
                == 1;
    }

    /** Keeps others from writing down files until the transaction ends. */
    void lockFiles() {
        jdbc.sql("LOCK TABLE dataset_file IN SHARE ROW EXCLUSIVE MODE").update();
    }

    boolean usesContent(Sha256 content) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM dataset_file WHERE sha256 = :sha256)")
                .param("sha256", content.bytes())
                .query(Boolean.class)
                .single();
    }

    @Override
    public Kind kind() {
        return Kind.DATASETS;
    }

    /** Those of drafts and of retired versions too: their bytes stay on the disk. A content counts once for each provider. */
    @Override
    public List<Holding> holdings() {
        return jdbc.sql("""
                        SELECT provider, sum(size_bytes)::bigint AS bytes FROM (
                            SELECT DISTINCT d.provider_organisation_id AS provider, f.sha256, f.size_bytes
                            FROM dataset_file f JOIN dataset_version v ON v.id = f.version_id JOIN dataset d ON d.id = v.dataset_id) held
                        GROUP BY provider""")
                .query((row, n) -> {
                    UUID provider = row.getObject("provider", UUID.class);
                    return new Holding(
                            Owner.ofProvider(provider == null ? null : new OrganisationId(provider)),
                            row.getLong("bytes"));
                })
                .list();
    }

    private static DatasetFile file(ResultSet row, int number) throws SQLException {
        return new DatasetFile(
                new FilePath(row.getString("path")),
                row.getLong("size_bytes"),
                Sha256.of(row.getBytes("sha256")),
                row.getString("media_type"),
                new PersonId(row.getObject("uploaded_by", UUID.class)),
                instant(row, "uploaded_at"));
    }

    private static DatasetVersion version(ResultSet row, int number) throws SQLException {
        return new DatasetVersion(
                new DatasetVersionId(row.getObject("id", UUID.class)),
                new DatasetId(row.getObject("dataset_id", UUID.class)),
                row.getInt("number"),
                row.getInt("revision"),
                new PersonId(row.getObject("created_by", UUID.class)),
                instant(row, "created_at"),
                state(row));
    }

    private static DatasetVersion.State state(ResultSet row) throws SQLException {
        String state = row.getString("state");
        if (state.equals("DRAFT")) {
            return new DatasetVersion.State.Draft();
        }
        var published = new DatasetVersion.State.Published(
                new DatasetVersion.Contents(
                        row.getInt("files"),
                        row.getLong("size_bytes"),
                        row.getObject("rows", Long.class),
                        Sha256.of(row.getBytes("manifest_sha256"))),
                instant(row, "published_at"),
                new PersonId(row.getObject("published_by", UUID.class)));
        return state.equals("PUBLISHED")
                ? published
                : new DatasetVersion.State.Retired(
                        published,
                        instant(row, "retired_at"),
                        new PersonId(row.getObject("retired_by", UUID.class)),
                        row.getString("retirement_reason"));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
