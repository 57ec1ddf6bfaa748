package org.farga.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.farga.audit.AuditFinding.Kind;
import org.farga.audit.AuditTreeTable.Key;
import org.farga.audit.AuditTreeTable.Leaf;
import org.farga.audit.SignedNote.Verifier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads the whole log and says what is wrong with it: each entry against its leaf, the leaves against the stored nodes and every
 * checkpoint that was ever signed, the checkpoints against their keys. Bounded memory; one pass over the log.
 */
@Component
class AuditVerification {
    static final int MOST_FINDINGS = 100;
    private static final int BATCH = 1_000;

    private final AuditTreeTable tree;
    private final AuditEntryTable entries;
    private final AuditSequencer sequencer;

    AuditVerification(AuditTreeTable tree, AuditEntryTable entries, AuditSequencer sequencer) {
        this.tree = tree;
        this.entries = entries;
        this.sequencer = sequencer;
    }

    /**
     * What a check found.
     *
     * @param size leaves that were checked
     * @param checkpoints that were checked
     * @param findings at most {@link #MOST_FINDINGS}; empty where all is well
     */
    record Verdict(long size, long checkpoints, List<AuditFinding> findings) {}

    Verdict verify() {
        return new Walk().walk();
    }

    private final class Walk {
        private final List<AuditFinding> findings = new ArrayList<>();
        private final Map<Integer, Verifier> keys = new HashMap<>();
        private final Map<Integer, Key> spans = new HashMap<>();
        private final Frontier frontier = new Frontier();
        private long checkpoints;
        private long agreed;
        private boolean gap;

        Verdict walk() {
            for (Key key : tree.keys()) {
                keys.put(key.id(), Verifier.parse(key.vkey()));
                spans.put(key.id(), key);
            }
            // Checkpoints tell how long the log was, even where its last leaves are gone.
            long size =
                    Math.max(tree.size(), tree.newest().map(Checkpoint::size).orElse(0L));
            while (frontier.size() < size && !gap && findings.size() < MOST_FINDINGS) {
                List<Leaf> leaves = tree.leaves(frontier.size(), BATCH);
                compare(leaves);
                append(leaves, size);
            }
            for (long number : tree.listOutside(MOST_FINDINGS)) {
                found(Kind.ENTRY_OUTSIDE, number, number);
            }
            tree.listWaitingWithout(MOST_FINDINGS).forEach(n -> found(Kind.WAITING_MISSING, n, n));
            keptElsewhere();
            return new Verdict(frontier.size(), checkpoints, findings);
        }

        /** Compares entries with their leaves. */
        private void compare(List<Leaf> leaves) {
            List<Long> numbers = leaves.stream().map(Leaf::number).toList();
            Map<Long, AuditEntry> found = entries.find(numbers);
            Map<Long, List<Disclosure>> disclosures = entries.disclosures(numbers);
            for (Leaf leaf : leaves) {
                AuditEntry entry = found.get(leaf.number());
                if (entry == null) {
                    found(Kind.ENTRY_MISSING, leaf.number(), leaf.number());
                    continue;
                }
                if (!AuditLeaf.hash(entry).equals(leaf.hash())) {
                    found(Kind.ENTRY_CHANGED, leaf.number(), leaf.number());
                }
                for (Disclosure d : disclosures.getOrDefault(leaf.number(), List.of())) {
                    if (!d.digest().equals(entry.commitments().get(d.name()))) {
                        found(Kind.VALUE_CHANGED, leaf.number(), leaf.number());
                    }
                }
            }
        }

        /** Appends the leaves, checking stored nodes and checkpoints on the way; a gap ends the walk. */
        private void append(List<Leaf> leaves, long size) {
            long from = frontier.size();
            List<Checkpoint> signed = tree.checkpointsAfter(from == 0 ? -1 : from, from + BATCH);
            int next = 0;
            if (from == 0) {
                while (next < signed.size() && signed.get(next).size() == 0) {
                    compare(signed.get(next++));
                }
            }
            for (Leaf leaf : leaves) {
                if (leaf.index() != frontier.size()) {
                    break;
                }
                frontier.append(0, leaf.hash(), this::node);
                while (next < signed.size() && signed.get(next).size() == frontier.size()) {
                    compare(signed.get(next++));
                }
            }
            if (frontier.size() == from || (frontier.size() < from + leaves.size())) {
                gap = frontier.size() < size;
            }
            if (gap) {
                OptionalLong before = tree.numberAt(frontier.size() - 1);
                OptionalLong after = leaves.stream()
                        .filter(l -> l.index() >= frontier.size())
                        .mapToLong(Leaf::number)
                        .findFirst();
                found(
                        Kind.LEAF_MISSING,
                        before.isPresent() ? before.getAsLong() : null,
                        after.isPresent() ? after.getAsLong() : null);
            }
        }

        private void node(int level, long index, Hash hash) {
            if (level == 0 || level % MerkleTree.STORED != 0) {
                return;
            }
            List<Hash> stored = tree.read(level, index, 1);
            if (stored.size() != 1 || !stored.getFirst().equals(hash)) {
                OptionalLong first = tree.numberAt(index << level);
                OptionalLong last = tree.numberAt(((index + 1) << level) - 1);
                found(
                        Kind.TILE_CHANGED,
                        first.isPresent() ? first.getAsLong() : null,
                        last.isPresent() ? last.getAsLong() : null);
            }
        }

        private void compare(Checkpoint checkpoint) {
            checkpoints++;
            Verifier key = keys.get(checkpoint.key());
            String text = key == null ? null : key.textOf(checkpoint.note());
            Long last = numberAt(checkpoint.size() - 1);
            if (key == null
                    || !Checkpoint.text(key.name(), checkpoint.size(), checkpoint.root())
                            .equals(text)
                    || !inForce(checkpoint)) {
                found(Kind.CHECKPOINT_FORGED, last, last);
            } else if (!frontier.root().equals(checkpoint.root())) {
                // Among the leaves since the last checkpoint that agreed: one of them is not what was signed.
                if (findings.stream().noneMatch(f -> f.kind() == Kind.ROOT_DIFFERS)) {
                    found(Kind.ROOT_DIFFERS, numberAt(agreed), last);
                }
            } else {
                agreed = checkpoint.size();
            }
        }

        /** Whether the key was the log's at that size; and the one before it vouched for it, where the log says so. */
        private boolean inForce(Checkpoint checkpoint) {
            Key key = spans.get(checkpoint.key());
            if (key == null || (key.to() != null && checkpoint.size() > key.to())) {
                return false;
            }
            boolean first = key.from() != null && key.from() == checkpoint.size();
            Verifier before = key.endorsedBy() == null ? null : keys.get(key.endorsedBy());
            return !first || before == null || before.textOf(checkpoint.note()) != null;
        }

        private @Nullable Long numberAt(long index) {
            OptionalLong number = tree.numberAt(index);
            return number.isPresent() ? number.getAsLong() : null;
        }

        private void keptElsewhere() {
            sequencer.kept().ifPresent(note -> {
                Checkpoint.Said said = Checkpoint.parse(note);
                if (said.size() > tree.size()
                        || (!gap && !new MerkleTree(tree).root(said.size()).equals(said.root()))) {
                    Long last = numberAt(Math.min(said.size(), tree.size()) - 1);
                    found(Kind.OLDER_THAN_KEPT, last, null);
                }
            });
        }

        private void found(Kind kind, @Nullable Long from, @Nullable Long to) {
            if (findings.size() < MOST_FINDINGS) {
                findings.add(new AuditFinding(kind, from, to));
            }
        }
    }
}
