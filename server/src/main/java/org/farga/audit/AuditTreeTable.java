package org.farga.audit;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tree over the audit log: its leaves, stored nodes, keys and checkpoints. */
@Component
class AuditTreeTable implements MerkleTree.Hashes {
    // "farga audit" as a number: the one lock under which leaves are given their places.
    private static final long LOCK = 0x66617267_61756469L;

    private final JdbcClient jdbc;

    AuditTreeTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes the right to append, until the transaction ends; false while another has it. */
    boolean tryLock() {
        return jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
                .param("lock", LOCK)
                .query(Boolean.class)
                .single();
    }

    /**
     * A leaf's place.
     *
     * @param index in the tree, from 0, without gaps
     * @param number of the entry
     */
    record Leaf(long index, long number, Hash hash) {}

    void insertLeaves(List<Leaf> leaves) {
        jdbc.sql("""
                INSERT INTO audit_leaf (leaf_index, number, sha256)
                SELECT * FROM unnest(:indexes::bigint[], :numbers::bigint[], :hashes::bytea[])""")
                .param("indexes", leaves.stream().map(Leaf::index).toArray(Long[]::new))
                .param("numbers", leaves.stream().map(Leaf::number).toArray(Long[]::new))
                .param("hashes", leaves.stream().map(l -> l.hash().bytes()).toArray(byte[][]::new))
                .update();
        jdbc.sql("DELETE FROM audit_waiting WHERE number = ANY(:numbers)")
                .param("numbers", leaves.stream().map(Leaf::number).toArray(Long[]::new))
                .update();
    }

    void insertTile(int level, long index, Hash hash) {
        jdbc.sql("INSERT INTO audit_tile (level, tile_index, sha256) VALUES (:level, :index, :hash)")
                .param("level", level)
                .param("index", index)
                .param("hash", hash.bytes())
                .update();
    }

    @Override
    public List<Hash> read(int level, long from, int most) {
        String sql = level == 0
                ? "SELECT sha256 FROM audit_leaf WHERE leaf_index >= :from AND leaf_index < :to ORDER BY leaf_index"
                : """
                SELECT sha256 FROM audit_tile
                WHERE level = :level AND tile_index >= :from AND tile_index < :to ORDER BY tile_index""";
        var statement = jdbc.sql(sql).param("from", from).param("to", from + most);
        return (level == 0 ? statement : statement.param("level", level))
                .query((row, n) -> new Hash(row.getBytes(1)))
                .list();
    }

    /** Leaves in order, from this index. */
    List<Leaf> leaves(long from, int most) {
        return jdbc.sql("""
                        SELECT leaf_index, number, sha256 FROM audit_leaf
                        WHERE leaf_index >= :from ORDER BY leaf_index LIMIT :most""")
                .param("from", from)
                .param("most", most)
                .query((row, n) -> new Leaf(row.getLong(1), row.getLong(2), new Hash(row.getBytes(3))))
                .list();
    }

    Optional<Leaf> findLeaf(long number) {
        return jdbc.sql("SELECT leaf_index, number, sha256 FROM audit_leaf WHERE number = :number")
                .param("number", number)
                .query((row, n) -> new Leaf(row.getLong(1), row.getLong(2), new Hash(row.getBytes(3))))
                .optional();
    }

    /** Leaves there are. */
    long size() {
        return jdbc.sql("SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf")
                .query(Long.class)
                .single();
    }

    /** How many leaves there are, how many entries wait to become one, and the newest checkpoint. */
    record Standing(long size, long waiting, Optional<Checkpoint> newest) {}

    /** All of that at one moment, and in one statement, because every page of the log shows it. */
    Standing standing() {
        return jdbc.sql("""
                        SELECT (SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf) AS leaves,
                               (SELECT count(*) FROM audit_waiting) AS waiting,
                               c.tree_size, c.root, c.signed_at, c.key_id, c.note
                        FROM (VALUES (1)) AS one LEFT JOIN (
                            SELECT tree_size, root, signed_at, key_id, note FROM audit_checkpoint
                            ORDER BY tree_size DESC, key_id DESC LIMIT 1) AS c ON true""")
                .query((row, n) -> new Standing(
                        row.getLong("leaves"),
                        row.getLong("waiting"),
                        row.getBytes("root") == null ? Optional.empty() : Optional.of(checkpoint(row, n))))
                .single();
    }

    boolean anyWaiting() {
        return jdbc.sql("SELECT EXISTS (SELECT FROM audit_waiting)")
                .query(Boolean.class)
                .single();
    }

    long countWaiting() {
        return jdbc.sql("SELECT count(*) FROM audit_waiting").query(Long.class).single();
    }

    /** When the longest waiting entry was written; none where none waits. */
    Optional<Instant> waitingSince() {
        return jdbc.sql("""
                        SELECT e.at FROM audit_waiting w JOIN audit_entry e ON e.number = w.number
                        ORDER BY w.number LIMIT 1""").query(OffsetDateTime.class).optional().map(OffsetDateTime::toInstant);
    }

    /** Numbers of entries that are neither in the tree nor on their way there. */
    List<Long> listOutside(int most) {
        return jdbc.sql("""
                        SELECT e.number FROM audit_entry e
                        WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.number = e.number)
                          AND NOT EXISTS (SELECT FROM audit_waiting w WHERE w.number = e.number)
                        ORDER BY e.number LIMIT :most""").param("most", most).query(Long.class).list();
    }

    /** Numbers that wait for a place, but whose entries are gone. */
    List<Long> listWaitingWithout(int most) {
        return jdbc.sql("""
                        SELECT w.number FROM audit_waiting w
                        WHERE NOT EXISTS (SELECT FROM audit_entry e WHERE e.number = w.number)
                        ORDER BY w.number LIMIT :most""").param("most", most).query(Long.class).list();
    }

    // keys

    /**
     * A key that signs or signed checkpoints.
     *
     * @param vkey as verifiers read it
     * @param endorsedBy the key that vouched for it
     * @param from leaves that its first checkpoint covers; null before that
     * @param to leaves at which the next key took over, and from which on it signs nothing; null where it is in force
     * @param until when the next key took over
     */
    record Key(
            int id,
            String vkey,
            Instant since,
            @Nullable Integer endorsedBy,
            @Nullable Long from,
            @Nullable Long to,
            @Nullable Instant until) {}

    /** The oldest first; the last is in force. */
    List<Key> keys() {
        return jdbc.sql("""
                        SELECT id, vkey, since, endorsed_by, first_size,
                               lead(first_size) OVER (ORDER BY id) AS next_size, lead(since) OVER (ORDER BY id) AS next_since
                        FROM audit_key k
                        CROSS JOIN LATERAL (
                            SELECT min(tree_size) AS first_size FROM audit_checkpoint WHERE key_id = k.id) AS c
                        ORDER BY id""")
                .query((row, n) -> new Key(
                        row.getInt("id"),
                        row.getString("vkey"),
                        row.getObject("since", OffsetDateTime.class).toInstant(),
                        row.getObject("endorsed_by", Integer.class),
                        row.getObject("first_size", Long.class),
                        row.getObject("next_size", Long.class),
                        row.getObject("next_since", OffsetDateTime.class) == null
                                ? null
                                : row.getObject("next_since", OffsetDateTime.class)
                                        .toInstant()))
                .list();
    }

    int insertKey(String vkey, Instant since, @Nullable Integer endorsedBy) {
        return jdbc.sql("""
                        INSERT INTO audit_key (vkey, since, endorsed_by) VALUES (:vkey, :since, :endorsedBy)
                        RETURNING id""")
                .param("vkey", vkey)
                .param("since", utc(since))
                .param("endorsedBy", endorsedBy)
                .query(Integer.class)
                .single();
    }

    // checkpoints

    private static final String CHECKPOINT = "SELECT tree_size, root, signed_at, key_id, note FROM audit_checkpoint ";

    void insert(Checkpoint checkpoint) {
        jdbc.sql("""
                INSERT INTO audit_checkpoint (tree_size, key_id, root, signed_at, note)
                VALUES (:size, :key, :root, :at, :note)""")
                .param("size", checkpoint.size())
                .param("key", checkpoint.key())
                .param("root", checkpoint.root().bytes())
                .param("at", utc(checkpoint.signedAt()))
                .param("note", checkpoint.note())
                .update();
    }

    Optional<Checkpoint> newest() {
        return jdbc.sql(CHECKPOINT + "ORDER BY tree_size DESC, key_id DESC LIMIT 1")
                .query(AuditTreeTable::checkpoint)
                .optional();
    }

    Optional<Checkpoint> findCheckpoint(long size) {
        return jdbc.sql(CHECKPOINT + "WHERE tree_size = :size ORDER BY key_id DESC LIMIT 1")
                .param("size", size)
                .query(AuditTreeTable::checkpoint)
                .optional();
    }

    /** The first checkpoints of keys that another vouched for: signed by both. */
    List<Checkpoint> rotations() {
        return jdbc.sql("""
                        SELECT DISTINCT ON (c.key_id) c.tree_size, c.root, c.signed_at, c.key_id, c.note
                        FROM audit_checkpoint c JOIN audit_key k ON k.id = c.key_id
                        WHERE k.endorsed_by IS NOT NULL ORDER BY c.key_id, c.tree_size""").query(AuditTreeTable::checkpoint).list();
    }

    /** Newest first. */
    List<Checkpoint> checkpoints(@Nullable Long before, int most) {
        return jdbc.sql(CHECKPOINT + "WHERE tree_size < :before ORDER BY tree_size DESC, key_id DESC LIMIT :most")
                .param("before", before == null ? Long.MAX_VALUE : before)
                .param("most", most)
                .query(AuditTreeTable::checkpoint)
                .list();
    }

    /** Oldest first, those over more leaves than {@code after} and at most {@code upTo}. */
    List<Checkpoint> checkpointsAfter(long after, long upTo) {
        return jdbc.sql(CHECKPOINT + "WHERE tree_size > :after AND tree_size <= :upTo ORDER BY tree_size, key_id")
                .param("after", after)
                .param("upTo", upTo)
                .query(AuditTreeTable::checkpoint)
                .list();
    }

    private static Checkpoint checkpoint(ResultSet row, int number) throws SQLException {
        return new Checkpoint(
                row.getLong("tree_size"),
                new Hash(row.getBytes("root")),
                row.getObject("signed_at", OffsetDateTime.class).toInstant(),
                row.getInt("key_id"),
                row.getString("note"));
    }

    OptionalLong numberAt(long index) {
        return jdbc.sql("SELECT number FROM audit_leaf WHERE leaf_index = :index")
                .param("index", index)
                .query(Long.class)
                .optional()
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }
}
