package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AttachmentTable {
    private static final String SELECT = """
            SELECT id, proposal_id, name, file_type, size_bytes, sha256, uploaded_by, uploaded_at FROM proposal_attachment
            """;

    private final JdbcClient jdbc;

    AttachmentTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Attachment attachment, byte[] content) {
        jdbc.sql("""
                INSERT INTO proposal_attachment (id, proposal_id, name, file_type, size_bytes, sha256, uploaded_by, uploaded_at)
                VALUES (:id, :proposal, :name, :type, :size, :sha256, :by, :at)""")
                .param("id", attachment.id())
                .param("proposal", attachment.proposal().value())
                .param("name", attachment.name())
                .param("type", attachment.type().name())
                .param("size", attachment.sizeBytes())
                .param("sha256", HexFormat.of().parseHex(attachment.sha256()))
                .param("by", attachment.uploadedBy().value())
                .param("at", CallTable.utc(attachment.uploadedAt()))
                .update();
        jdbc.sql("INSERT INTO proposal_attachment_content (attachment_id, content) VALUES (:id, :content)")
                .param("id", attachment.id())
                .param("content", content)
                .update();
    }

    /** In the order in which they came. */
    List<Attachment> list(ProposalId proposal) {
        return jdbc.sql(SELECT + "WHERE proposal_id = :proposal ORDER BY id")
                .param("proposal", proposal.value())
                .query(AttachmentTable::attachment)
                .list();
    }

    Optional<Attachment> find(ProposalId proposal, UUID id) {
        return jdbc.sql(SELECT + "WHERE proposal_id = :proposal AND id = :id")
                .param("proposal", proposal.value())
                .param("id", id)
                .query(AttachmentTable::attachment)
                .optional();
    }

    byte[] content(UUID id) {
        return jdbc.sql("SELECT content FROM proposal_attachment_content WHERE attachment_id = :id")
                .param("id", id)
                .query((row, n) -> row.getBytes("content"))
                .single();
    }

    void delete(UUID id) {
        jdbc.sql("DELETE FROM proposal_attachment WHERE id = :id")
                .param("id", id)
                .update();
    }

    /** What a call takes. */
    Attachment.Limit limit(CallId call) {
        return jdbc.sql("SELECT most_files, most_mebibytes FROM call_attachment_limit WHERE call_id = :call")
                .param("call", call.value())
                .query((row, n) -> new Attachment.Limit(row.getInt("most_files"), row.getInt("most_mebibytes")))
                .optional()
                .orElse(Attachment.Limit.USUAL);
    }

    void setLimit(CallId call, Attachment.Limit limit) {
        jdbc.sql("""
                INSERT INTO call_attachment_limit (call_id, most_files, most_mebibytes) VALUES (:call, :files, :mebibytes)
                ON CONFLICT (call_id) DO UPDATE SET most_files = excluded.most_files, most_mebibytes = excluded.most_mebibytes""")
                .param("call", call.value())
                .param("files", limit.mostFiles())
                .param("mebibytes", limit.mostMebibytes())
                .update();
    }

    /** Gives a new edition the limits of the one that it was copied from. */
    void copyLimit(CallId from, CallId to) {
        jdbc.sql("""
                INSERT INTO call_attachment_limit (call_id, most_files, most_mebibytes)
                SELECT :to, most_files, most_mebibytes FROM call_attachment_limit WHERE call_id = :from
                ON CONFLICT (call_id) DO NOTHING""").param("from", from.value()).param("to", to.value()).update();
    }

    private static Attachment attachment(ResultSet row, int number) throws SQLException {
        return new Attachment(
                row.getObject("id", UUID.class),
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                row.getString("name"),
                FileType.valueOf(row.getString("file_type")),
                row.getLong("size_bytes"),
                Attachment.hex(row.getBytes("sha256")),
                new PersonId(row.getObject("uploaded_by", UUID.class)),
                requireNonNull(CallTable.instant(row, "uploaded_at")));
    }
}
