package org.farga.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps the documents of proposals: in the database, so that they are there with their rows and in every back-up. */
@Service
class Attachments {
    private final AttachmentTable table;
    private final Proposals proposals;
    private final Calls calls;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Attachments(
            AttachmentTable table,
            Proposals proposals,
            Calls calls,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.table = table;
        this.proposals = proposals;
        this.calls = calls;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** A document with its content. */
    record Content(Attachment attachment, byte[] bytes) {}

    /**
     * Takes a document into a draft. The same file under the same name a second time is the same document; another under that name
     * is refused, so that none is lost.
     *
     * @param announced how many bytes the sender says will come, or -1
     */
    Outcome<Attachment> put(Actor actor, ProposalId id, @Nullable String typed, InputStream content, long announced) {
        Proposal draft = proposals.get(actor, id);
        Optional<Refusal> refusal = draft.refusalToEdit(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Attachment.Limit limit = table.limit(draft.call());
        return Attachment.name(typed).then(name -> {
            Refusal tooLarge = Refusal.tooLarge("attachment-too-large", limit.mostMebibytes());
            if (announced > limit.mostBytes()) {
                return Outcome.refused(tooLarge);
            }
            // Read before the transaction begins: whoever sends slowly must hold no lock.
            byte[] bytes = read(content, limit.mostBytes());
            if (bytes.length > limit.mostBytes()) {
                return Outcome.refused(tooLarge);
            }
            if (bytes.length == 0) {
                return Outcome.refused(Refusal.invalid("attachment-empty"));
            }
            Optional<FileType> type = FileType.of(bytes);
            return type.isEmpty()
                    ? Outcome.refused(Refusal.invalid("attachment-type"))
                    : transaction.execute(t -> keep(actor, id, type.get().named(name), type.get(), bytes, limit));
        });
    }

    private static byte[] read(InputStream content, long most) {
        try {
            return content.readNBytes((int) most + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome<Attachment> keep(
            Actor actor, ProposalId id, String name, FileType type, byte[] bytes, Attachment.Limit limit) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToEdit(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        String hash = Attachment.hex(sha256(bytes));
        List<Attachment> present = table.list(id);
        Optional<Attachment> same =
                present.stream().filter(a -> a.name().equals(name)).findFirst();
        if (same.isPresent()) {
            return same.get().sha256().equals(hash)
                    ? Outcome.done(same.get())
                    : Outcome.refused(Refusal.conflict("attachment-name-taken", name));
        }
        if (present.size() >= limit.mostFiles()) {
            return Outcome.refused(Refusal.conflict("too-many-attachments", limit.mostFiles()));
        }
        Attachment attachment =
                new Attachment(TimeOrderedUuid.next(), id, name, type, bytes.length, hash, actor.person(), now());
        table.insert(attachment, bytes);
        audit.record(
                actor,
                "proposal.document-added",
                "proposal",
                id,
                Map.of("code", proposal.code(), "document", attachment.id().toString(), "sha256", hash));
        return Outcome.done(attachment);
    }

    /** Takes a document out of a draft, and out of the answers that name it. */
    @Transactional
    Outcome<Proposal> remove(Actor actor, ProposalId id, UUID document) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToEdit(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Attachment attachment = table.find(id, document).orElseThrow(() -> new NotFoundException("attachment"));
        Map<String, String> emptied = new HashMap<>();
        proposal.answers().fields().forEach((field, answer) -> {
            if (answer.equals(document.toString())) {
                emptied.put("sections." + field, "");
            }
        });
        if (!emptied.isEmpty()) {
            proposals.write(proposal.with(
                    FormValues.change(emptied).then(proposal.answers()::with).orThrow(), now()));
        }
        table.delete(document);
        audit.record(
                actor,
                "proposal.document-removed",
                "proposal",
                id,
                Map.of("code", proposal.code(), "document", document.toString(), "sha256", attachment.sha256()));
        return Outcome.done(proposals.get(actor, id));
    }

    /** Of one that the actor may see; throws {@link NotFoundException}. */
    List<Attachment> list(Actor actor, ProposalId id) {
        proposals.get(actor, id);
        return table.list(id);
    }

    /** One with its content, for whoever may see the proposal; throws {@link NotFoundException}. */
    Content content(Actor actor, ProposalId id, UUID document) {
        proposals.get(actor, id);
        Attachment attachment = table.find(id, document).orElseThrow(() -> new NotFoundException("attachment"));
        return new Content(attachment, table.content(document));
    }

    /** What a call takes. */
    Attachment.Limit limit(Call call) {
        return table.limit(call.id());
    }

    /** Access officers say how many documents a call takes, and how large; what is there already stays. */
    @Transactional
    Outcome<Attachment.Limit> setLimit(
            Actor actor, String code, @Nullable Integer mostFiles, @Nullable Integer mostMebibytes) {
        Call call = calls.get(actor, code);
        Optional<Refusal> refusal =
                Call.refusalToRun(actor).or(() -> Attachment.Limit.refusal(mostFiles, mostMebibytes));
        if (refusal.isPresent() || mostFiles == null || mostMebibytes == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Attachment.Limit limit = new Attachment.Limit(mostFiles, mostMebibytes);
        if (!limit.equals(table.limit(call.id()))) {
            table.setLimit(call.id(), limit);
            audit.record(
                    actor,
                    "call.document-limit-set",
                    "call",
                    call.id(),
                    Map.of("call", call.code(), "mostFiles", mostFiles, "mostMebibytes", mostMebibytes));
        }
        return Outcome.done(limit);
    }

    static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
