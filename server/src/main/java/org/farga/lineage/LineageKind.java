package org.farga.lineage;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a node of lineage is, in the order in which things come of each other. */
enum LineageKind {
    CALL(0),
    ORGANISATION(0),
    PROPOSAL(1),
    PROJECT(2),
    DATASET(2),
    ALLOCATION(3),
    DATASET_VERSION(3),
    AGREEMENT(3),
    SCRIPT(3),
    JOB(4),
    RUN(5),
    MODEL(6);

    private final int layer;

    LineageKind(int layer) {
        this.layer = layer;
    }

    /** The column of the picture it stands in, from 0 on: what it comes from stands left of it. */
    int layer() {
        return layer;
    }

    /** As addresses have it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<LineageKind> find(String word) {
        return Stream.of(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
}
