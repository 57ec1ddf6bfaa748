package org.farga.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a Merkle tree that grows: the roots of the complete subtrees that its leaves make, at most one a level.
 * Enough to append to the tree and to know its root, without the leaves.
 */
final class Frontier {
    // From the largest subtree to the smallest: one for each bit of the size.
    private final List<Hash> roots = new ArrayList<>();
    private long size;

    /** Told of each subtree that an append completes, so that it can be kept. */
    interface Completed {
        void node(int level, long index, Hash hash);
    }

    long size() {
        return size;
    }

    void append(Hash leaf) {
        append(0, leaf, (level, index, hash) -> {});
    }

    /**
     * Appends a complete subtree of 2^level leaves.
     *
     * @throws IllegalArgumentException where one of that level cannot stand here
     */
    void append(int level, Hash hash, Completed completed) {
        if ((size & ((1L << level) - 1)) != 0) {
            throw new IllegalArgumentException("a subtree of level " + level + " cannot stand at leaf " + size);
        }
        long before = size;
        size += 1L << level;
        Hash joined = hash;
        int at = level;
        completed.node(at, (size >> at) - 1, joined);
        while ((before >> at & 1) == 1) {
            joined = Merkle.node(roots.removeLast(), joined);
            at++;
            completed.node(at, (size >> at) - 1, joined);
        }
        roots.add(joined);
    }

    Hash root() {
        if (roots.isEmpty()) {
            return Merkle.EMPTY;
        }
        Hash root = roots.getLast();
        for (int i = roots.size() - 2; i >= 0; i--) {
            root = Merkle.node(roots.get(i), root);
        }
        return root;
    }
}
