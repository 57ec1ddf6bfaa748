package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Checks an export of the audit log by itself: no server, no database, none of the code that made it. Reads line by line in
 * bounded memory; docs/audit-export.md describes the lines. Hashes are those of RFC 9162, signatures Ed25519 under C2SP
 * signed-note.
 */
final class AuditVerifier {
    private static final int MOST_TOLD = 20;

    private final List<Span> keys = new ArrayList<>();
    private final List<NoteKey> given;
    private final @Nullable String older;
    private final List<String> wrong = new ArrayList<>();
    private final List<String> proved = new ArrayList<>();

    private final Tree leaves = new Tree();
    private final Tree stored = new Tree();
    private final List<Leaf> group = new ArrayList<>();
    private long from;
    private long to;
    private long size;
    private long disclosed;
    private String checkpoint = "";
    private @Nullable Said olderSaid;
    private byte @Nullable [] olderRoot;

    private record Leaf(byte @Nullable [] line, long number) {}

    /** A key of the log, and the sizes of the log at which it signed. */
    private static final class Span {
        private final NoteKey key;
        private final long from;
        private final long to;
        private boolean trusted;

        /** @param to {@link Long#MAX_VALUE} where it is in force */
        Span(NoteKey key, long from, long to, boolean trusted) {
            this.key = key;
            this.from = from;
            this.to = to;
            this.trusted = trusted;
        }
    }

    /** What a checkpoint says. */
    private record Said(String origin, long size, byte[] root) {
        static @Nullable Said of(@Nullable String text) {
            String[] lines = text == null ? new String[0] : text.split("\n");
            return lines.length >= 3 && lines[1].matches("[0-9]{1,18}")
                    ? new Said(
                            lines[0],
                            Long.parseLong(lines[1]),
                            Base64.getDecoder().decode(lines[2]))
                    : null;
        }
    }

    /** The right edge of a tree: its complete subtrees' roots, by their levels. */
    private static final class Tree {
        private final TreeMap<Integer, byte[]> roots = new TreeMap<>();
        private long size;

        void add(int level, byte[] hash) {
            byte[] joined = hash;
            int at = level;
            for (byte[] left = roots.remove(at); left != null; left = roots.remove(at)) {
                joined = sha256((byte) 1, left, joined);
                at++;
            }
            roots.put(at, joined);
            size += 1L << level;
        }

        byte[] root() {
            Deque<byte[]> rest = new ArrayDeque<>(roots.values());
            if (rest.isEmpty()) {
                return sha256(null);
            }
            byte[] root = rest.removeFirst();
            for (byte[] left : rest) {
                root = sha256((byte) 1, left, root);
            }
            return root;
        }
    }

    /**
     * @param given keys that the reader trusts; none to take the export's own word for it
     * @param older a checkpoint kept from before, or null
     */
    AuditVerifier(List<String> given, @Nullable String older) {
        this.given = given.stream().map(NoteKey::new).toList();
        this.older = older;
    }

    /** What was found, in plain words. @param whole whether nothing was wrong */
    record Verdict(boolean whole, List<String> proved, List<String> wrong) {}

    Verdict verify(BufferedReader lines) throws IOException {
        boolean ended = false;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{\"action\":")) {
                    group.add(new Leaf(line.getBytes(UTF_8), -1));
                } else if (!line.isEmpty()) {
                    ended = take(Api.JSON.readTree(line));
                }
            }
        } catch (JacksonException | IllegalArgumentException e) {
            wrong.add("a line is no line of an export: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        if (checkpoint.isEmpty()) {
            wrong.add("this is no export of an audit log: it holds no checkpoint");
        } else if (!ended) {
            wrong.add("the export ends before its end: download it again");
        } else {
            judge();
        }
        return new Verdict(wrong.isEmpty(), proved, wrong);
    }

    /** Takes a line that is no leaf; says whether it is the last. */
    private boolean take(JsonNode line) {
        JsonNode export = line.path("export");
        if (!export.isMissingNode()) {
            from = export.path("from").asLong();
            to = export.path("to").asLong();
            size = export.path("size").asLong();
        } else if (line.has("key")) {
            JsonNode told = line.path("key");
            NoteKey key = new NoteKey(told.path("vkey").asString());
            keys.add(new Span(
                    key,
                    told.path("from").asLong(0),
                    told.path("to").asLong(Long.MAX_VALUE),
                    given.isEmpty() || given.stream().anyMatch(g -> g.toString().equals(key.toString()))));
        } else if (line.has("rotation")) {
            rotation(line.path("rotation").asString());
        } else if (line.has("checkpoint")) {
            checkpoint = line.path("checkpoint").asString();
            if (older != null) {
                olderSaid = said("the older checkpoint", older);
            }
        } else if (line.has("left")) {
            line.path("left").forEach(this::subtree);
            look();
        } else if (line.has("missing")) {
            group.add(new Leaf(null, line.path("missing").path("number").asLong()));
        } else if (line.has("disclosures")) {
            disclosures(line.path("disclosures"));
        } else if (line.has("hashes")) {
            compare(line.path("hashes"));
        } else if (line.has("right")) {
            if (stored.size != to) {
                wrong.add("leaves are gone: the export should hold " + (to - from) + ", but the log has only "
                        + (stored.size - from) + " of them");
            }
            line.path("right").forEach(this::subtree);
            return true;
        }
        return false;
    }

    /** The first checkpoint of a key, which the key before it signed as well: it hands its trust on. */
    private void rotation(String note) {
        for (int i = 1; i < keys.size(); i++) {
            Span before = keys.get(i - 1);
            Span after = keys.get(i);
            Said said = Said.of(after.key.textOf(note));
            if (said != null && before.key.textOf(note) != null) {
                if (after.from != 0 && said.size() != after.from) {
                    wrong.add("the key " + after.key.shortly() + " took over at " + said.size()
                            + " entries, but the export says at " + after.from);
                }
                after.trusted |= before.trusted;
            }
        }
    }

    private void subtree(JsonNode subtree) {
        byte[] hash = Base64.getDecoder().decode(subtree.path("hash").asString());
        leaves.add(subtree.path("level").asInt(), hash);
        stored.add(subtree.path("level").asInt(), hash);
    }

    /** Remembers the root where the older checkpoint stood. */
    private void look() {
        if (olderSaid != null && leaves.size == olderSaid.size()) {
            olderRoot = leaves.root();
        }
    }

    /** The leaves since the last such line against the hashes that the log has for them. */
    private void compare(JsonNode hashes) {
        Iterator<JsonNode> each = hashes.iterator();
        for (Leaf leaf : group) {
            byte[] inTree =
                    each.hasNext() ? Base64.getDecoder().decode(each.next().asString()) : new byte[32];
            byte[] line = leaf.line();
            if (line == null) {
                tell("entry " + leaf.number() + " is gone: the log's tree still has its leaf, so somebody deleted it");
                leaves.add(0, inTree);
            } else {
                byte[] hash = sha256((byte) 0, line);
                if (!Arrays.equals(hash, inTree)) {
                    tell("entry " + number(line) + " is not what was taken into the log: somebody changed it");
                }
                leaves.add(0, hash);
            }
            stored.add(0, inTree);
            look();
        }
        group.clear();
    }

    private static String number(byte[] line) {
        return Api.JSON.readTree(line).path("number").asString();
    }

    private void disclosures(JsonNode encoded) {
        byte[] line = group.isEmpty() ? null : group.getLast().line();
        JsonNode leaf = line == null ? Api.JSON.createObjectNode() : Api.JSON.readTree(line);
        for (JsonNode e : encoded) {
            JsonNode triple = Api.JSON.readTree(Base64.getUrlDecoder().decode(e.asString()));
            String digest = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(sha256(null, e.asString().getBytes(UTF_8)));
            if (digest.equals(
                    leaf.path("commitments").path(triple.path(1).asString()).asString(""))) {
                disclosed++;
            } else {
                tell("the personal value \"" + triple.path(1).asString() + "\" of entry "
                        + leaf.path("number").asString("?") + " is not the one it was written with");
            }
        }
    }

    private void tell(String what) {
        if (wrong.size() < MOST_TOLD) {
            wrong.add(what);
        } else if (wrong.size() == MOST_TOLD) {
            wrong.add("and more");
        }
    }

    /** What a checkpoint says that a trusted key signed while it was in force; else null, with why. */
    private @Nullable Said said(String what, String note) {
        String why = what
                + (given.isEmpty()
                        ? " is not signed by a key of this log"
                        : " is not signed by the key you gave, nor by one that it vouched for");
        for (Span span : keys) {
            Said said = Said.of(span.key.textOf(note));
            if (said != null && span.trusted) {
                if (said.size() >= span.from && said.size() <= span.to) {
                    return said;
                }
                why = what + " over " + said.size() + " entries is signed by the key " + span.key.shortly()
                        + ", which was not in force then: it signed from " + span.from
                        + (span.to == Long.MAX_VALUE ? " on" : " to " + span.to);
            }
        }
        wrong.add(why);
        return null;
    }

    private void judge() {
        for (NoteKey key : given) {
            if (keys.stream().noneMatch(k -> k.key.toString().equals(key.toString()))) {
                wrong.add("the key " + key.shortly()
                        + " that you gave is none of this export's: it is another log's, or a change of key is hidden");
            }
        }
        Said newest = said("the checkpoint", checkpoint);
        if (newest == null) {
            return;
        }
        Span last = keys.getLast();
        if (last.key.textOf(checkpoint) == null) {
            wrong.add("the checkpoint is not signed by the log's newest key " + last.key.shortly());
        }
        if (newest.size() != size || stored.size != size) {
            wrong.add("the checkpoint covers " + newest.size() + " entries, but the export comes to " + stored.size);
        }
        boolean storedHold = Arrays.equals(stored.root(), newest.root());
        if (!storedHold) {
            wrong.add("the log's own hashes do not make the root that was signed: leaves were rewritten as well");
        }
        if (!Arrays.equals(leaves.root(), newest.root()) && wrong.isEmpty()) {
            wrong.add("the entries do not make the root that was signed");
        }
        proved.add("the checkpoint over " + newest.size() + " entries is signed by " + newest.origin());
        if (keys.size() > 1 && wrong.isEmpty()) {
            keys.forEach(k -> proved.add("the key " + k.key.shortly()
                    + (k.to == Long.MAX_VALUE
                            ? " signs since entry " + k.from
                            : " signed from entry " + k.from + " to " + k.to)
                    + (k.trusted ? "" : " (you did not say that you trust it)")));
        }
        if (wrong.isEmpty()) {
            proved.add(
                    from == 0 && to == size
                            ? "all " + size + " entries are here, each exactly as it was taken into the log, in order"
                            : "entries " + from + " to " + to + " (of " + size
                                    + ", counted from 0) are exactly as they were taken into the log, in order");
            if (disclosed > 0) {
                proved.add(disclosed + " personal values are those the entries were written with");
            }
        }
        if (older != null) {
            compareOlder(newest);
        }
    }

    private void compareOlder(Said newest) {
        Said said = olderSaid;
        if (said == null) {
            return; // said already
        }
        if (said.size() > newest.size()) {
            wrong.add("the older checkpoint covers " + said.size() + " entries, but this log has only " + newest.size()
                    + ": it was put back to an earlier state, or its last entries were taken away");
        } else if (olderRoot == null) {
            wrong.add("this part of the log does not show its state at " + said.size()
                    + " entries: export the whole log to compare it with the older checkpoint");
        } else if (!Arrays.equals(olderRoot, said.root())) {
            wrong.add("the first " + said.size()
                    + " entries are not those the older checkpoint was signed over: history was rewritten");
        } else {
            proved.add("the log begins with the " + said.size()
                    + " entries of the older checkpoint: since then it only grew");
        }
    }

    private static byte[] sha256(@Nullable Byte prefix, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            if (prefix != null) {
                digest.update(prefix);
            }
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
