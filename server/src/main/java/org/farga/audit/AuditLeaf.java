package org.farga.audit;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a leaf of the tree is hashed over: the entry, all of it but the personal values, as canonical JSON. */
final class AuditLeaf {
    // Always six digits: the database keeps microseconds, and the leaf must not depend on how many are zero.
    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private AuditLeaf() {}

    static byte[] bytes(AuditEntry entry) {
        Map<String, Object> leaf = new LinkedHashMap<>();
        leaf.put("number", entry.number());
        leaf.put("at", AT.format(entry.at()));
        if (entry.person() != null) {
            leaf.put("person", entry.person().toString());
        }
        leaf.put("action", entry.action());
        leaf.put("subjectType", entry.subjectType());
        leaf.put("subject", entry.subject());
        leaf.put("details", entry.details());
        if (!entry.commitments().isEmpty()) {
            leaf.put("commitments", entry.commitments());
        }
        return CanonicalJson.of(leaf);
    }

    static Hash hash(AuditEntry entry) {
        return Merkle.leaf(bytes(entry));
    }
}
