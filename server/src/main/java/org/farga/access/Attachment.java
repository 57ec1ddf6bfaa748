package org.farga.access;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A document that belongs to a proposal.
 *
 * @param name as people read it; unique within the proposal, and ends as its type does
 * @param sha256 of its content, in hexadecimal
 */
record Attachment(
        UUID id,
        ProposalId proposal,
        String name,
        FileType type,
        long sizeBytes,
        String sha256,
        PersonId uploadedBy,
        Instant uploadedAt) {
    static final int LONGEST_NAME = 110;

    /**
     * What a call takes.
     *
     * @param mostMebibytes of each file
     */
    record Limit(int mostFiles, int mostMebibytes) {
        static final Limit USUAL = new Limit(10, 10);
        static final int MOST_FILES = 50;
        static final int MOST_MEBIBYTES = 50;

        long mostBytes() {
            return mostMebibytes * 1024L * 1024L;
        }

        static Optional<Refusal> refusal(@Nullable Integer files, @Nullable Integer mebibytes) {
            return new Fields()
                    .number("mostFiles", files == null ? null : files.longValue(), 0, MOST_FILES)
                    .number("mostMebibytes", mebibytes == null ? null : mebibytes.longValue(), 1, MOST_MEBIBYTES)
                    .refusal();
        }
    }

    /** The limits of a call, as one reads and sets them. */
    record LimitOf(CallId call, Limit limit) {}

    /** The name under which a file is kept, where it can be one: without folders, in one line. */
    static Outcome<String> name(@Nullable String typed) {
        String name = typed == null ? "" : typed.strip().replaceAll("\\s+", " ");
        Fields fields = new Fields()
                .text("name", name, LONGEST_NAME)
                .rule("name", !name.contains("/") && !name.contains("\\") && !name.startsWith("."), "not-a-file-name");
        Optional<Refusal> refusal = fields.refusal();
        return refusal.isPresent() ? Outcome.refused(refusal.get()) : Outcome.done(name);
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
