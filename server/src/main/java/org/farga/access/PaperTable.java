package org.farga.access;

import java.time.Instant;
import java.util.Optional;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The papers of what was submitted. */
@Component
class PaperTable {
    private final JdbcClient jdbc;

    PaperTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What is known of a paper.
     *
     * @param contentSha256 of what was submitted, in hexadecimal
     * @param madeAt null while it waits to be made
     */
    record Kept(
            String language, String contentSha256, @Nullable Instant madeAt) {}

    void insert(ProposalId proposal, String language, byte[] contentSha256) {
        jdbc.sql("""
                INSERT INTO proposal_paper (proposal_id, language, content_sha256) VALUES (:proposal, :language, :hash)
                ON CONFLICT (proposal_id) DO NOTHING""")
                .param("proposal", proposal.value())
                .param("language", language)
                .param("hash", contentSha256)
                .update();
    }

    Optional<Kept> find(ProposalId proposal) {
        return jdbc.sql("SELECT language, content_sha256, made_at FROM proposal_paper WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query((row, n) -> new Kept(
                        row.getString("language"),
                        Attachment.hex(row.getBytes("content_sha256")),
                        CallTable.instant(row, "made_at")))
                .optional();
    }

    /** Keeps a paper; the first that is made stays. */
    void make(ProposalId proposal, byte[] pdf, byte[] sha256, Instant at) {
        jdbc.sql("""
                UPDATE proposal_paper SET pdf = :pdf, pdf_sha256 = :sha256, made_at = :at
                WHERE proposal_id = :proposal AND made_at IS NULL""")
                .param("pdf", pdf)
                .param("sha256", sha256)
                .param("at", CallTable.utc(at))
                .param("proposal", proposal.value())
                .update();
    }

    Optional<byte[]> pdf(ProposalId proposal) {
        return jdbc.sql("SELECT pdf FROM proposal_paper WHERE proposal_id = :proposal AND pdf IS NOT NULL")
                .param("proposal", proposal.value())
                .query((row, n) -> row.getBytes("pdf"))
                .optional();
    }
}
