package org.farga.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.farga.platform.Secret;

/** The one-time link by which the first administrator comes in, while there is none. */
record SetupLink(byte[] sha256, Instant createdAt) {
    // Long enough for another process that starts at the same time to write its file.
    private static final Duration STARTING = Duration.ofMinutes(1);

    SetupLink {
        sha256 = sha256.clone();
    }

    @Override
    public byte[] sha256() {
        return sha256.clone();
    }

    boolean opensWith(Secret secret) {
        return java.security.MessageDigest.isEqual(sha256, secret.sha256());
    }

    /**
     * Whether a starting process makes another in its place: where this process's file with the link is gone, nobody can
     * use the old one any more, unless another process has made it this very minute.
     */
    boolean isLost(boolean fileThere, Instant now) {
        return !fileThere && createdAt.plus(STARTING).isBefore(now);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SetupLink link
                && Arrays.equals(sha256, link.sha256)
                && createdAt.equals(link.createdAt);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sha256);
    }

    @Override
    public String toString() {
        return "SetupLink[createdAt=" + createdAt + "]";
    }
}
