package org.farga.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads roots and proofs out of the stored hashes: the leaves, and the nodes of every eighth level. Each reads at most two
 * tiles of 256 hashes a stored level, which is six for sixteen million leaves.
 */
final class MerkleTree {
    /** Levels between two that are stored. */
    static final int STORED = 8;

    private static final int TILE = 1 << STORED;

    private final Hashes hashes;
    private final Map<Tile, List<Hash>> known = new HashMap<>();

    /** Where the hashes are stored. */
    interface Hashes {
        /**
         * The hashes of a stored level, in order; fewer at the right edge of the tree.
         *
         * @param level 0 for leaves, 8, 16…
         * @param most how many
         */
        List<Hash> read(int level, long from, int most);
    }

    private record Tile(int level, long index) {}

    MerkleTree(Hashes hashes) {
        this.hashes = hashes;
    }

    /** The root of the complete subtree with this number among those of its level. */
    Hash subtree(int level, long index) {
        int stored = level - level % STORED;
        int width = 1 << (level - stored);
        long first = index << (level - stored);
        List<Hash> tile = known.computeIfAbsent(
                new Tile(stored, first / TILE), t -> hashes.read(t.level(), t.index() * TILE, TILE));
        int from = (int) (first % TILE);
        if (tile.size() < from + width) {
            throw new IllegalStateException("the audit log's tree lacks hashes at level " + stored + " from " + first);
        }
        List<Hash> row = tile.subList(from, from + width);
        while (row.size() > 1) {
            List<Hash> above = new ArrayList<>(row.size() / 2);
            for (int i = 0; i < row.size(); i += 2) {
                above.add(Merkle.node(row.get(i), row.get(i + 1)));
            }
            row = above;
        }
        return row.getFirst();
    }

    /** The root over the first {@code size} leaves. */
    Hash root(long size) {
        return frontier(size).root();
    }

    Frontier frontier(long size) {
        Frontier frontier = new Frontier();
        for (int level = 62; level >= 0; level--) {
            if ((size >> level & 1) == 1) {
                frontier.append(level, subtree(level, frontier.size() >> level), (l, i, h) -> {});
            }
        }
        return frontier;
    }

    /** The hash over leaves {@code from} to {@code to}, which start where a subtree does. */
    private Hash over(long from, long to) {
        long width = to - from;
        if (Long.bitCount(width) == 1) {
            int level = Long.numberOfTrailingZeros(width);
            return subtree(level, from >> level);
        }
        long left = Long.highestOneBit(width);
        return Merkle.node(over(from, from + left), over(from + left, to));
    }

    /**
     * The hashes that lead from a leaf to the root over {@code size} leaves, from the bottom up (RFC 9162, section 2.1.3.1).
     */
    List<Hash> inclusion(long leaf, long size) {
        if (leaf < 0 || leaf >= size) {
            throw new IllegalArgumentException("leaf " + leaf + " of " + size);
        }
        List<Hash> path = new ArrayList<>();
        inclusion(leaf, 0, size, path);
        return path;
    }

    private void inclusion(long leaf, long from, long to, List<Hash> path) {
        if (to - from == 1) {
            return;
        }
        long middle = from + Long.highestOneBit(to - from - 1);
        if (leaf < middle) {
            inclusion(leaf, from, middle, path);
            path.add(over(middle, to));
        } else {
            inclusion(leaf, middle, to, path);
            path.add(over(from, middle));
        }
    }

    /**
     * The hashes that show that the tree of {@code newer} leaves begins with that of {@code older} ones (RFC 9162,
     * section 2.1.4.1); none where either is all of the other or there was nothing.
     */
    List<Hash> consistency(long older, long newer) {
        if (older < 0 || older > newer) {
            throw new IllegalArgumentException("from " + older + " to " + newer);
        }
        List<Hash> path = new ArrayList<>();
        if (older > 0 && older < newer) {
            consistency(older, 0, newer, true, path);
        }
        return path;
    }

    private void consistency(long older, long from, long to, boolean whole, List<Hash> path) {
        if (older == to) {
            if (!whole) {
                path.add(over(from, to));
            }
            return;
        }
        long middle = from + Long.highestOneBit(to - from - 1);
        if (older <= middle) {
            consistency(older, from, middle, whole, path);
            path.add(over(middle, to));
        } else {
            consistency(older, middle, to, false, path);
            path.add(over(from, middle));
        }
    }

    /**
     * A complete subtree beside a range of leaves.
     *
     * @param level it has 2^level leaves
     */
    record Subtree(int level, Hash hash) {}

    /** The complete subtrees that make up leaves {@code from} to {@code to}, from left to right. */
    List<Subtree> subtrees(long from, long to) {
        List<Subtree> result = new ArrayList<>();
        long at = from;
        while (at < to) {
            int fits = 63 - Long.numberOfLeadingZeros(to - at);
            int level = at == 0 ? fits : Math.min(fits, Long.numberOfTrailingZeros(at));
            result.add(new Subtree(level, subtree(level, at >> level)));
            at += 1L << level;
        }
        return result;
    }
}
