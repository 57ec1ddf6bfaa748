package org.farga.audit;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.audit.AuditProofs.Consistency;
import org.farga.audit.AuditProofs.Inclusion;
import org.farga.audit.AuditProofs.Range;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The audit log's proofs, for those who would rather check than trust. */
@RestController
@RequestMapping("/api/v1/audit")
class AuditProofApi {
    private final AuditProofs proofs;
    private final AuditChecks checks;

    AuditProofApi(AuditProofs proofs, AuditChecks checks) {
        this.proofs = proofs;
        this.checks = checks;
    }

    record KeyJson(
            String vkey,
            Instant since,
            @Nullable Instant until,
            boolean endorsed,
            @Nullable Long from,
            @Nullable Long to) {
        static KeyJson of(AuditTreeTable.Key k) {
            return new KeyJson(k.vkey(), k.since(), k.until(), k.id() == 1 || k.endorsedBy() != null, k.from(), k.to());
        }
    }

    record CheckpointJson(long size, String rootHash, Instant signedAt, String note) {
        static CheckpointJson of(Checkpoint c) {
            return new CheckpointJson(c.size(), c.root().toString(), c.signedAt(), c.note());
        }
    }

    record CheckFindingJson(
            AuditFinding.Kind kind,
            @Nullable Long from,
            @Nullable Long to) {}

    record CheckJson(
            UUID id,
            Instant askedAt,
            @Nullable Instant endedAt,
            @Nullable Long size,
            @Nullable Long checkpoints,
            @Nullable List<CheckFindingJson> findings) {
        static CheckJson of(AuditCheck c) {
            return new CheckJson(
                    c.id(),
                    c.askedAt(),
                    c.endedAt(),
                    c.ended() ? c.size() : null,
                    c.ended() ? c.checkpoints() : null,
                    c.ended()
                            ? c.findings().stream()
                                    .map(f -> new CheckFindingJson(f.kind(), f.from(), f.to()))
                                    .toList()
                            : null);
        }
    }

    record TreeJson(
            long size,
            long waiting,
            boolean stopped,
            @Nullable CheckpointJson checkpoint,
            @Nullable CheckJson lastCheck,
            List<KeyJson> keys) {}

    record InclusionJson(
            long number,
            long index,
            @Nullable String leaf,
            String leafHash,
            List<String> path,
            CheckpointJson checkpoint) {}

    record ConsistencyJson(long from, String fromRootHash, long to, String toRootHash, List<String> path) {}

    /** How the log stands: its tree, newest checkpoint, last check and keys. */
    @GetMapping("/tree")
    TreeJson tree(Actor actor) {
        AuditEntries.requireReader(actor);
        AuditChecks.TreeState state = checks.state();
        return new TreeJson(
                state.size(),
                state.waiting(),
                state.stopped(),
                state.newest().map(CheckpointJson::of).orElse(null),
                state.lastCheck().map(CheckJson::of).orElse(null),
                proofs.keys().stream().map(KeyJson::of).toList());
    }

    /**
     * The newest checkpoint (C2SP tlog-checkpoint), for anybody signed in: who keeps one is a witness of all before it.
     */
    @GetMapping(path = "/checkpoint", produces = MediaType.TEXT_PLAIN_VALUE)
    String checkpoint(Actor actor, @RequestParam(required = false) @Nullable Long size) {
        return (size == null ? proofs.newest() : proofs.checkpoint(size)).note();
    }

    /** The public keys that sign checkpoints, oldest first, in the form of C2SP signed-note; for anybody signed in. */
    @GetMapping(path = "/keys", produces = MediaType.APPLICATION_JSON_VALUE)
    List<KeyJson> keys(Actor actor) {
        return proofs.keys().stream().map(KeyJson::of).toList();
    }

    /** All checkpoints, newest first. */
    @GetMapping("/checkpoints")
    Page<CheckpointJson> checkpoints(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return proofs.checkpoints(actor, cursor, limit).map(CheckpointJson::of);
    }

    /** That an entry is in the log, as RFC 9162 proves it. */
    @GetMapping("/entries/{number}/proof")
    InclusionJson inclusion(Actor actor, @PathVariable long number) {
        Inclusion proof = Answer.of(proofs.inclusion(actor, number));
        return new InclusionJson(
                proof.number(),
                proof.index(),
                proof.leaf(),
                proof.hash().toString(),
                proof.path().stream().map(Hash::toString).toList(),
                CheckpointJson.of(proof.checkpoint()));
    }

    /** That the log only grew between two sizes, as RFC 9162 proves it; for anybody signed in. */
    @GetMapping("/consistency")
    ConsistencyJson consistency(
            Actor actor, @RequestParam long from, @RequestParam(required = false) @Nullable Long to) {
        Consistency proof = Answer.of(proofs.consistency(from, to));
        return new ConsistencyJson(
                proof.from(),
                proof.fromRoot().toString(),
                proof.to(),
                proof.toRoot().toString(),
                proof.path().stream().map(Hash::toString).toList());
    }

    /**
     * The log, or leaves {@code from} to before {@code to} of it, as lines that can be checked without Farga: {@code farga
     * audit verify}.
     *
     * @param personal whether to write personal values beside their entries
     */
    @GetMapping(path = "/export", produces = MediaType.TEXT_PLAIN_VALUE)
    void export(
            Actor actor,
            @RequestParam(required = false) @Nullable Long from,
            @RequestParam(required = false) @Nullable Long to,
            @RequestParam(defaultValue = "false") boolean personal,
            HttpServletResponse response)
            throws IOException {
        Range range = Answer.of(proofs.range(actor, from, to));
        response.setContentType("text/plain;charset=utf-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"audit-log.jsonl\"");
        proofs.export(range, personal, response.getOutputStream());
    }

    /** The checks of the whole log, newest first, at most 50. */
    @GetMapping("/checks")
    List<CheckJson> checks(Actor actor) {
        return checks.list(actor, 50).stream().map(CheckJson::of).toList();
    }

    @GetMapping("/checks/{id}")
    CheckJson check(Actor actor, @PathVariable UUID id) {
        return CheckJson.of(checks.get(actor, id));
    }

    /** Checks the whole log now; the answer names where its result will stand. */
    @PostMapping("/checks")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<CheckJson> check(Actor actor) {
        AuditCheck check = checks.ask(actor);
        return ResponseEntity.created(URI.create("/api/v1/audit/checks/" + check.id()))
                .body(CheckJson.of(check));
    }
}
