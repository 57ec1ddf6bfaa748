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

    private final List<NoteKey> trusted = new ArrayList<>();
    private final boolean keyGiven;
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
     * @param key that the reader trusts; null to take the export's own word for it
     * @param older a checkpoint kept from before, or null
     */
    AuditVerifier(@Nullable String key, @Nullable String older) {
        this.keyGiven = key != null;
        if (key != null) {
            trusted.add(new NoteKey(key));
        }
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
            if (!keyGiven) {
                trusted.add(new NoteKey(line.path("key").path("vkey").asString()));
            } else {
                candidates.add(new NoteKey(line.path("key").path("vkey").asString()));
            }
        } else if (line.has("rotation")) {
            String note = line.path("rotation").asString();
            if (trusted.stream().anyMatch(k -> k.textOf(note) != null)) {
                candidates.stream().filter(k -> k.textOf(note) != null).forEach(trusted::add);
            }
        } else if (line.has("checkpoint")) {
            checkpoint = line.path("checkpoint").asString();
            if (older != null) {
                olderSaid = said(older);
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

    private final List<NoteKey> candidates = new ArrayList<>();

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

    private @Nullable Said said(String note) {
        return trusted.stream()
                .map(k -> Said.of(k.textOf(note)))
                .filter(s -> s != null)
                .findFirst()
                .orElse(null);
    }

    private void judge() {
        Said newest = said(checkpoint);
        if (newest == null) {
            wrong.add(
                    keyGiven
                            ? "the checkpoint is not signed by the key you gave, nor by one that it vouched for"
                            : "the checkpoint's signature does not hold");
            return;
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
            wrong.add("the older checkpoint is not signed by a key of this log");
        } else if (said.size() > newest.size()) {
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
