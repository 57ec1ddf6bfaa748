package org.farga.identity;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who needs a second factor; an operator sets it under {@code farga.second-factor.}
 *
 * @param centreRoles whether roles at the centre work without one
 * @param grace how long they still do, from the first time somebody with a role was asked for one
 * @param proofLasts how long after having proved who one is sensitive acts are taken without proving it again
 */
@ConfigurationProperties("farga.second-factor")
record SecondFactorSettings(
        @DefaultValue("REQUIRED") Need centreRoles,
        @DefaultValue("14d") Duration grace,
        @DefaultValue("15m") Duration proofLasts) {
    enum Need {
        OPTIONAL,
        REQUIRED
    }
}
