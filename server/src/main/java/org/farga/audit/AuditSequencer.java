package org.farga.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditTreeTable.Key;
import org.farga.audit.AuditTreeTable.Leaf;
import org.farga.audit.SignedNote.Signer;
import org.farga.audit.SignedNote.Verifier;
import org.farga.platform.Rounds;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gives committed entries their places in the tree, and signs a checkpoint over them: at once where one was written in this
 * process, within a second or so where in another. One process at a time does it, under a lock in the database; who writes
 * entries never waits for it. What a transaction rolled back never was there; what commits late gets a later place.
 */
@Component
@EnableConfigurationProperties(AuditSettings.class)
class AuditSequencer extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(AuditSequencer.class);
    static final int BATCH = 1_000;
    private static final Duration LOOK = Duration.ofSeconds(1);
    // Entries that come thick are taken in together: two checkpoints a second at most.
    private static final Duration GATHER = Duration.ofMillis(400);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

    private final AuditTreeTable tree;
    private final AuditEntryTable entries;
    private final AuditKey keys;
    private final AuditSettings settings;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Path kept;
    private volatile @Nullable String stopped;
    private volatile boolean keptIsOurs;

    AuditSequencer(
            AuditTreeTable tree,
            AuditEntryTable entries,
            AuditKey keys,
            AuditSettings settings,
            Settings all,
            PlatformTransactionManager transactions,
            Clock clock) {
        super("audit-sequencer", GATHER, PAUSE_AFTER_FAILURE);
        this.tree = tree;
        this.entries = entries;
        this.keys = keys;
        this.settings = settings;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
        this.kept = all.data().resolve("audit/checkpoint");
    }

    /** Why this process signs nothing; null where it does. */
    @Nullable
    String stopped() {
        return stopped;
    }

    /** The checkpoint that this process kept outside the database, where there is one. */
    Optional<String> kept() {
        try {
            return Files.exists(kept) ? Optional.of(Files.readString(kept)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Woken where something was written here and committed; what others wrote is found by itself. */
    @Override
    protected Duration round() {
        if (tree.anyWaiting() || keys.changed() || tree.newest().isEmpty()) {
            sequenceAll();
        }
        return LOOK;
    }

    /** Takes in all that waits. */
    void sequenceAll() {
        int taken;
        do {
            Integer batch = transactions.execute(status -> tree.tryLock() ? sequence() : Integer.valueOf(0));
            taken = batch == null ? 0 : batch;
        } while (taken == BATCH);
        keep();
    }

    /** Takes in a batch under the lock; says how many. */
    private Integer sequence() {
        Signers signers = signers();
        if (signers == null) {
            return 0;
        }
        List<AuditEntry> waiting = entries.listWaiting(BATCH);
        long size = tree.size();
        Optional<Checkpoint> newest = tree.newest();
        boolean covered = newest.isPresent()
                && newest.get().size() == size
                && newest.get().key() == signers.key();
        if (waiting.isEmpty() && covered) {
            return 0;
        }
        if (newest.isPresent() && newest.get().size() > size) {
            return broken();
        }
        Frontier frontier = new MerkleTree(tree).frontier(size);
        if (newest.isPresent()
                && newest.get().size() == size
                && !newest.get().root().equals(frontier.root())) {
            return broken();
        }
        List<Leaf> leaves = new ArrayList<>();
        record Node(int level, long index, Hash hash) {}
        List<Node> nodes = new ArrayList<>();
        for (AuditEntry entry : waiting) {
            Hash hash = AuditLeaf.hash(entry);
            leaves.add(new Leaf(frontier.size(), entry.number(), hash));
            frontier.append(0, hash, (level, index, node) -> {
                if (level > 0 && level % MerkleTree.STORED == 0) {
                    nodes.add(new Node(level, index, node));
                }
            });
        }
        if (!leaves.isEmpty()) {
            tree.insertLeaves(leaves);
            nodes.forEach(node -> tree.insertTile(node.level(), node.index(), node.hash()));
        }
        sign(frontier, signers);
        stopped = null;
        return leaves.size();
    }

    // What was signed must begin all that is signed later: a log that was tampered with is not signed on.
    private Integer broken() {
        if (stopped == null) {
            LOG.error(
                    "the audit log is not what was signed last: nothing more is signed until it is put right; /audit/log"
                            + " says what is wrong, and docs/operations.md what to do");
        }
        stopped = "broken";
        return 0;
    }

    private record Signers(int key, String origin, List<Signer> all) {}

    /** Who signs: this process's key, if the log takes it; together with the one before it, for the first time. */
    private @Nullable Signers signers() {
        keys.refresh();
        List<Key> known = tree.keys();
        Instant now = clock.instant();
        if (known.isEmpty()) {
            Signer own = keys.signer(keys.origin());
            return new Signers(tree.insertKey(own.verifier().text(), now, null), keys.origin(), List.of(own));
        }
        Key last = known.getLast();
        String origin = Verifier.parse(last.vkey()).name();
        Signer own = keys.signer(origin);
        if (own.verifier().text().equals(last.vkey())) {
            return new Signers(last.id(), origin, List.of(own));
        }
        Optional<Signer> before =
                keys.before(origin).filter(b -> b.verifier().text().equals(last.vkey()));
        boolean used =
                known.stream().anyMatch(k -> k.vkey().equals(own.verifier().text()));
        if (!used && (before.isPresent() || settings.acceptNewKey())) {
            LOG.info(
                    "the audit log is signed with a new key from now on: {}",
                    own.verifier().text());
            List<Signer> all = before.map(b -> List.of(own, b)).orElse(List.of(own));
            Integer endorsedBy = before.isPresent() ? last.id() : null;
            entries.insert(
                    now,
                    null,
                    "audit-key.changed",
                    "audit-key",
                    "%08x".formatted(own.verifier().hash()),
                    Map.of(
                            "from", "%08x".formatted(Verifier.parse(last.vkey()).hash()),
                            "to", "%08x".formatted(own.verifier().hash()),
                            "kind", endorsedBy == null ? "UNENDORSED" : "ENDORSED"),
                    List.of());
            return new Signers(tree.insertKey(own.verifier().text(), now, endorsedBy), origin, all);
        }
        if (stopped == null) {
            LOG.error(
                    "this process signs nothing: its audit key is {}, but the log's is {}; give every process the same"
                            + " key file (farga.audit.key), or see \"The audit log's key\" in docs/operations.md",
                    own.verifier().text(),
                    last.vkey());
        }
        stopped = "key";
        return null;
    }

    private void sign(Frontier frontier, Signers signers) {
        try {
            Hash root = frontier.root();
            String note = SignedNote.sign(Checkpoint.text(signers.origin(), frontier.size(), root), signers.all());
            tree.insert(new Checkpoint(frontier.size(), root, clock.instant(), signers.key(), note));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the newest checkpoint in the data folder as well: a database put back to yesterday cannot take it along. */
    private void keep() {
        tree.newest().ifPresent(newest -> {
            try {
                if (!keptIsOurs) {
                    keptIsOurs = !isBehind(kept());
                }
                if (keptIsOurs) {
                    Files.createDirectories(kept.getParent());
                    AuditKey.write(kept, newest.note());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Whether the database's log does not begin with what this checkpoint says. */
    boolean isBehind(Optional<String> note) {
        if (note.isEmpty()) {
            return false;
        }
        Checkpoint.Said said = Checkpoint.parse(note.get());
        return said.size() > tree.size()
                || !new MerkleTree(tree).root(said.size()).equals(said.root());
    }
}
