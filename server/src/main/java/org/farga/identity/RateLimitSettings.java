package org.farga.identity;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests are taken; an operator sets it under {@code farga.limits.} A bucket holds the burst and fills at the
 * rate, in each Farga process; tries to sign in are counted for all processes, at most the burst in the time that the rate
 * takes to fill it.
 *
 * @param personPerSecond requests a second of one person, by whichever tokens and browsers
 * @param strangerPerSecond requests a second of one network whose people are not signed in
 * @param signInsPerMinute tries to sign in or up, or to recover, a minute from one network
 */
@ConfigurationProperties("farga.limits")
record RateLimitSettings(
        @DefaultValue("1000") long personPerSecond,
        @DefaultValue("2000") long personBurst,
        @DefaultValue("50") long strangerPerSecond,
        @DefaultValue("300") long strangerBurst,
        @DefaultValue("60") long signInsPerMinute,
        @DefaultValue("60") long signInsBurst) {
    RateLimitSettings {
        if (personPerSecond < 1
                || personBurst < 1
                || strangerPerSecond < 1
                || strangerBurst < 1
                || signInsPerMinute < 1
                || signInsBurst < 1) {
            throw new IllegalArgumentException("every one of farga.limits must be at least 1");
        }
    }
}
