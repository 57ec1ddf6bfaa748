package org.farga.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes of RFC 9162 (as of RFC 6962), section 2.1: leaves and nodes can never be taken for each other. */
final class Merkle {
    /** The root of the tree without leaves. */
    static final Hash EMPTY = new Hash(sha256().digest());

    private Merkle() {}

    /** A leaf's hash: SHA-256 of 0x00 and its bytes. */
    static Hash leaf(byte[] bytes) {
        MessageDigest digest = sha256();
        digest.update((byte) 0);
        return new Hash(digest.digest(bytes));
    }

    /** An interior node's hash: SHA-256 of 0x01 and both children. */
    static Hash node(Hash left, Hash right) {
        MessageDigest digest = sha256();
        digest.update((byte) 1);
        digest.update(left.bytes());
        return new Hash(digest.digest(right.bytes()));
    }

    static byte[] digest(String text) {
        return sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
