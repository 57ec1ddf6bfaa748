package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.models.TrackedFiles.Owner;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The files of runs and of logged models, as programs send them. */
@Component
class TrackedFileTable {
    private final JdbcClient jdbc;

    TrackedFileTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static String table(Owner owner) {
        return owner.run() != null ? "run_file" : "logged_model_file";
    }

    private static String column(Owner owner) {
        return owner.run() != null ? "run_id" : "logged_model_id";
    }

    List<RunFile> files(Owner owner) {
        return jdbc.sql("SELECT path, bytes, sha256 FROM " + table(owner) + " WHERE " + column(owner)
                        + " = :owner ORDER BY path")
                .param("owner", owner.id())
                .query((row, n) -> file(row))
                .list();
    }

    Optional<RunFile> find(Owner owner, String path) {
        return jdbc.sql("SELECT path, bytes, sha256 FROM " + table(owner) + " WHERE " + column(owner)
                        + " = :owner AND path = :path")
                .param("owner", owner.id())
                .param("path", path)
                .query((row, n) -> file(row))
                .optional();
    }

    /** How many files there are beside this one, and how much they hold. */
    record Held(int files, long bytes) {}

    Held heldBeside(Owner owner, String path) {
        return jdbc.sql("SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM " + table(owner) + " WHERE "
                        + column(owner) + " = :owner AND path <> :path")
                .param("owner", owner.id())
                .param("path", path)
                .query((row, n) -> new Held(row.getInt("files"), row.getLong("bytes")))
                .single();
    }

    void put(Owner owner, RunFile file) {
        jdbc.sql("INSERT INTO " + table(owner) + " (" + column(owner) + ", path, bytes, sha256)"
                        + " VALUES (:owner, :path, :bytes, :sha256)"
                        + " ON CONFLICT (" + column(owner) + ", path) DO UPDATE SET bytes = excluded.bytes,"
                        + " sha256 = excluded.sha256")
                .param("owner", owner.id())
                .param("path", file.path())
                .param("bytes", file.bytes())
                .param("sha256", file.sha256Bytes())
                .update();
    }

    /** Removes a file, or all under a folder; how many. */
    int remove(Owner owner, String path) {
        return jdbc.sql("DELETE FROM " + table(owner) + " WHERE " + column(owner)
                        + " = :owner AND (:path = '' OR path = :path OR starts_with(path, :path || '/'))")
                .param("owner", owner.id())
                .param("path", path)
                .update();
    }

    /** A large file that comes in pieces. */
    record Upload(UUID id, ProjectId project, Owner owner, String path, int pieces) {}

    void insert(Upload upload, PersonId by, Instant now) {
        RunId run = upload.owner().run();
        jdbc.sql("""
                INSERT INTO file_upload (id, project_id, run_id, logged_model_id, path, pieces, begun_at, begun_by)
                VALUES (:id, :project, CAST(:run AS uuid), CAST(:model AS uuid), :path, :pieces, :now, :by)""")
                .param("id", upload.id())
                .param("project", upload.project().value())
                .param("run", run == null ? null : run.value())
                .param("model", upload.owner().model())
                .param("path", upload.path())
                .param("pieces", upload.pieces())
                .param("now", utc(now))
                .param("by", by.value())
                .update();
    }

    int countUploads(Owner owner) {
        return jdbc.sql("SELECT count(*) FROM file_upload WHERE " + column(owner) + " = :owner")
                .param("owner", owner.id())
                .query(Integer.class)
                .single();
    }

    Optional<Upload> findUpload(ProjectId project, UUID id) {
        return jdbc.sql("""
                        SELECT id, project_id, run_id, logged_model_id, path, pieces FROM file_upload
                        WHERE id = :id AND project_id = :project""")
                .param("id", id)
                .param("project", project.value())
                .query((row, n) -> {
                    UUID run = row.getObject("run_id", UUID.class);
                    return new Upload(
                            row.getObject("id", UUID.class),
                            new ProjectId(row.getObject("project_id", UUID.class)),
                            new Owner(run == null ? null : new RunId(run), row.getObject("logged_model_id", UUID.class)),
                            row.getString("path"),
                            row.getInt("pieces"));
                })
                .optional();
    }

    List<UUID> uploadsBefore(Instant then) {
        return jdbc.sql("SELECT id FROM file_upload WHERE begun_at < :then ORDER BY begun_at LIMIT 1000")
                .param("then", utc(then))
                .query(UUID.class)
                .list();
    }

    boolean removeUpload(UUID id) {
        return jdbc.sql("DELETE FROM file_upload WHERE id = :id").param("id", id).update() == 1;
    }

    /** A piece that is on disk. */
    record Piece(int number, long bytes, String sha256) {}

    List<Piece> pieces(UUID upload) {
        return jdbc.sql("SELECT number, bytes, sha256 FROM file_upload_piece WHERE upload_id = :upload ORDER BY number")
                .param("upload", upload)
                .query((row, n) -> new Piece(
                        row.getInt("number"),
                        row.getLong("bytes"),
                        java.util.HexFormat.of().formatHex(row.getBytes("sha256"))))
                .list();
    }

    /** False where the upload is no more. */
    boolean put(UUID upload, Piece piece) {
        return jdbc.sql("""
                        INSERT INTO file_upload_piece (upload_id, number, bytes, sha256)
                        SELECT u.id, :number, :bytes, :sha256 FROM file_upload u WHERE u.id = :upload FOR SHARE
                        ON CONFLICT (upload_id, number) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256""")
                        .param("upload", upload)
                        .param("number", piece.number())
                        .param("bytes", piece.bytes())
                        .param("sha256", java.util.HexFormat.of().parseHex(piece.sha256()))
                        .update()
                == 1;
    }

    /** Those of the contents, by their SHA-256 in hexadecimal, that a run, a logged model or a version names. */
    Set<String> named(List<String> sha256s) {
        return Set.copyOf(jdbc.sql("""
                        SELECT encode(given.sha256, 'hex') FROM unnest(CAST(:sha256s AS bytea[])) AS given (sha256)
                        WHERE EXISTS (SELECT 1 FROM run_file f WHERE f.sha256 = given.sha256)
                           OR EXISTS (SELECT 1 FROM logged_model_file f WHERE f.sha256 = given.sha256)
                           OR EXISTS (SELECT 1 FROM model_version_file f WHERE f.sha256 = given.sha256)""")
                .param(
                        "sha256s",
                        sha256s.stream()
                                .map(java.util.HexFormat.of()::parseHex)
                                .toArray(byte[][]::new))
                .query(String.class)
                .list());
    }

    private static RunFile file(ResultSet row) throws SQLException {
        return RunFile.of(row.getString("path"), row.getLong("bytes"), row.getBytes("sha256"));
    }
}
