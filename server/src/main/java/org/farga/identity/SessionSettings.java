package org.farga.identity;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long somebody stays signed in with a browser; an operator sets it under {@code farga.sessions.} How long a session
 * may rest is Spring's {@code spring.session.timeout}.
 *
 * @param longest after which a session ends however much it is used
 */
@ConfigurationProperties("farga.sessions")
record SessionSettings(@DefaultValue("7d") Duration longest) {
    boolean isOver(long createdAtMs, long nowMs) {
        return nowMs - createdAtMs >= longest.toMillis();
    }
}
