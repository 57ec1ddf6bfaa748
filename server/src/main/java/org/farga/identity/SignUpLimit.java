package org.farga.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.farga.shared.Refusal;

/**
 * Slows down programs that make accounts: so many sign-ups an hour from one network. Generous, because a whole company
 * or a course may sit behind one address.
 *
 * @param network an IPv4 address, or the first 64 bits of an IPv6 one, which is what one subscriber has
 * @param hourStart the hour that is counted
 */
record SignUpLimit(String network, Instant hourStart) {
    static final int MOST_AN_HOUR = 60;

    /** The count that a sign-up from here falls under; none for this very machine. */
    static Optional<SignUpLimit> of(String address, Instant now) {
        try {
            // An address, never a name: nothing is looked up.
            InetAddress parsed = InetAddress.getByName(address);
            if (parsed.isLoopbackAddress()) {
                return Optional.empty();
            }
            byte[] bytes = parsed.getAddress();
            String network = bytes.length == 4
                    ? parsed.getHostAddress()
                    : HexFormat.of().formatHex(Arrays.copyOf(bytes, 8)) + "/64";
            return Optional.of(new SignUpLimit(network, now.truncatedTo(ChronoUnit.HOURS)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether one more is too many, after so many in the hour, this one among them. */
    static boolean isExceededBy(int attempts) {
        return attempts > MOST_AN_HOUR;
    }

    /** Says when the next hour begins. */
    Refusal refusal(String name, Instant now) {
        return Refusal.tooMany(name, Duration.between(now, hourStart.plus(1, ChronoUnit.HOURS)), minutesLeft(now));
    }

    /** Minutes until the count starts anew, at least one. */
    long minutesLeft(Instant now) {
        return Math.max(
                1, Duration.between(now, hourStart.plus(1, ChronoUnit.HOURS)).toMinutes() + 1);
    }
}
