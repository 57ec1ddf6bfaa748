package org.farga.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.audit.AuditTreeTable.Key;
import org.farga.audit.AuditTreeTable.Leaf;
import org.farga.audit.MerkleTree.Subtree;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Proofs that outsiders can check without trusting Farga: of an entry, of the log's growth, of a part of it. */
@Service
class AuditProofs {
    private static final int BATCH = 256;

    private final AuditTreeTable tree;
    private final AuditEntryTable entries;

    AuditProofs(AuditTreeTable tree, AuditEntryTable entries) {
        this.tree = tree;
        this.entries = entries;
    }

    /**
     * That an entry is in the log.
     *
     * @param leaf what is hashed: canonical JSON; null where the entry is gone
     * @param hash of the leaf, as the tree has it
     * @param path from the leaf to the root
     */
    record Inclusion(
            long number, long index, @Nullable String leaf, Hash hash, List<Hash> path, Checkpoint checkpoint) {}

    /** Refused as {@code audit-not-covered} where it was written a moment ago. */
    Outcome<Inclusion> inclusion(Actor actor, long number) {
        AuditEntries.requireReader(actor);
        AuditEntry entry = entries.find(number);
        Leaf leaf = tree.findLeaf(number).orElse(null);
        Checkpoint newest = tree.newest().orElse(null);
        if (leaf == null || newest == null || leaf.index() >= newest.size()) {
            if (entry == null) {
                throw new NotFoundException("audit entry");
            }
            return Outcome.refused(Refusal.conflict("audit-not-covered"));
        }
        return Outcome.done(new Inclusion(
                number,
                leaf.index(),
                entry == null ? null : new String(AuditLeaf.bytes(entry), StandardCharsets.UTF_8),
                leaf.hash(),
                new MerkleTree(tree).inclusion(leaf.index(), newest.size()),
                newest));
    }

    /** That the log of {@code to} leaves begins with that of {@code from}. */
    record Consistency(long from, Hash fromRoot, long to, Hash toRoot, List<Hash> path) {}

    /** @param to null for the newest checkpoint's */
    Outcome<Consistency> consistency(long from, @Nullable Long to) {
        long newest = tree.newest().map(Checkpoint::size).orElse(0L);
        long end = to == null ? newest : to;
        if (from < 0 || from > end || end > newest) {
            return Outcome.refused(Refusal.invalid("audit-range", newest));
        }
        MerkleTree hashes = new MerkleTree(tree);
        return Outcome.done(
                new Consistency(from, hashes.root(from), end, hashes.root(end), hashes.consistency(from, end)));
    }

    Checkpoint newest() {
        return tree.newest().orElseThrow(() -> new NotFoundException("checkpoint"));
    }

    Checkpoint checkpoint(long size) {
        return tree.findCheckpoint(size).orElseThrow(() -> new NotFoundException("checkpoint"));
    }

    /** The keys that signed, the first first. */
    List<Key> keys() {
        return tree.keys();
    }

    Page<Checkpoint> checkpoints(Actor actor, @Nullable String cursor, @Nullable Integer limit) {
        AuditEntries.requireReader(actor);
        int size = Cursor.size(limit);
        return Cursor.page(
                tree.checkpoints(Cursor.decode(cursor, Long::valueOf), size + 1), size, c -> String.valueOf(c.size()));
    }

    /**
     * A part of the log to take away.
     *
     * @param from index of its first leaf
     * @param to index after its last leaf
     */
    record Range(long from, long to, Checkpoint checkpoint) {}

    /** Refused as {@code audit-range} where the log has no such part. */
    Outcome<Range> range(Actor actor, @Nullable Long from, @Nullable Long to) {
        AuditEntries.requireReader(actor);
        Checkpoint newest = tree.newest().orElse(null);
        long size = newest == null ? 0 : newest.size();
        long first = from == null ? 0 : from;
        long end = to == null ? size : to;
        if (newest == null || first < 0 || first > end || end > size) {
            return Outcome.refused(Refusal.invalid("audit-range", size));
        }
        return Outcome.done(new Range(first, end, newest));
    }

    /**
     * Writes a part of the log, line by line in bounded memory; docs/audit-export.md describes the lines. It holds what the
     * database says now: the verifier tells whether that is what was signed.
     *
     * @param personal whether personal values that are still there are written beside their entries
     */
    void export(Range range, boolean personal, OutputStream out) throws IOException {
        Checkpoint checkpoint = range.checkpoint();
        MerkleTree hashes = new MerkleTree(tree);
        line(
                out,
                Map.of("export", map("version", 1, "from", range.from(), "to", range.to(), "size", checkpoint.size())));
        for (Key key : tree.keys()) {
            if (key.from() == null) {
                // It has signed nothing yet, and so vouches for nothing here.
                continue;
            }
            Map<String, Object> told =
                    map("vkey", key.vkey(), "since", key.since().toString(), "from", key.from());
            if (key.to() != null && key.until() != null) {
                told.put("until", key.until().toString());
                told.put("to", key.to());
            }
            line(out, Map.of("key", told));
        }
        for (Checkpoint rotation : tree.rotations()) {
            line(out, Map.of("rotation", rotation.note()));
        }
        line(out, Map.of("checkpoint", checkpoint.note()));
        line(out, Map.of("left", subtrees(hashes.subtrees(0, range.from()))));
        long at = range.from();
        while (at < range.to()) {
            // To the end of the tile, so that a wrong leaf can be told from its neighbours.
            int most = (int) Math.min(BATCH - at % BATCH, range.to() - at);
            List<Leaf> leaves = tree.leaves(at, most);
            List<Long> numbers = leaves.stream().map(Leaf::number).toList();
            Map<Long, AuditEntry> found = entries.find(numbers);
            Map<Long, List<Disclosure>> disclosures = personal ? entries.disclosures(numbers) : Map.of();
            for (Leaf leaf : leaves) {
                AuditEntry entry = found.get(leaf.number());
                if (entry == null) {
                    line(out, Map.of("missing", map("index", leaf.index(), "number", leaf.number())));
                } else {
                    out.write(AuditLeaf.bytes(entry));
                    out.write('\n');
                    List<String> told = disclosures.getOrDefault(leaf.number(), List.of()).stream()
                            .map(Disclosure::encoded)
                            .toList();
                    if (!told.isEmpty()) {
                        line(out, Map.of("disclosures", told));
                    }
                }
            }
            line(
                    out,
                    Map.of(
                            "hashes",
                            leaves.stream().map(l -> l.hash().toString()).toList()));
            if (leaves.size() < most) {
                break; // leaves are gone: the verifier says so
            }
            at += most;
        }
        line(out, Map.of("right", subtrees(hashes.subtrees(range.to(), checkpoint.size()))));
        out.flush();
    }

    private static List<Object> subtrees(List<Subtree> subtrees) {
        List<Object> result = new ArrayList<>();
        subtrees.forEach(
                s -> result.add(map("level", s.level(), "hash", s.hash().toString())));
        return result;
    }

    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static void line(OutputStream out, Object value) throws IOException {
        out.write(CanonicalJson.of(value));
        out.write('\n');
    }
}
