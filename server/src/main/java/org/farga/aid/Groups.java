package org.farga.aid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Who belongs together, where each of some pairs does: circles and repeated pairs change nothing. */
final class Groups {
    private final Map<UUID, UUID> towards = new HashMap<>();

    /** Two that are one. */
    record Pair(UUID one, UUID other) {}

    Groups(Collection<Pair> pairs) {
        pairs.forEach(pair -> {
            UUID a = root(pair.one());
            UUID b = root(pair.other());
            if (!a.equals(b)) {
                towards.put(a, b);
            }
        });
    }

    private UUID root(UUID member) {
        UUID at = member;
        List<UUID> passed = new ArrayList<>();
        for (UUID next = towards.get(at); next != null; next = towards.get(at)) {
            passed.add(at);
            at = next;
        }
        // The next who asks need not walk so far.
        for (UUID each : passed) {
            towards.put(each, at);
        }
        return at;
    }

    /** These, with those that belong together in one set. */
    Collection<Set<UUID>> of(Collection<UUID> members) {
        Map<UUID, Set<UUID>> sets = new HashMap<>();
        members.forEach(m -> sets.computeIfAbsent(root(m), r -> new TreeSet<>()).add(m));
        return sets.values();
    }
}
