package org.farga.allocation;

import java.util.Set;

/** The clusters on which time can be granted, as whoever runs jobs there knows them. */
public interface ClusterNames {
    /** Their names, those of clusters that take no jobs at present included, in order. */
    Set<String> all();
}
