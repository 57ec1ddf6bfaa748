package org.farga.identity;

import java.time.Duration;
import java.util.Set;
import org.farga.shared.CentreRole;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who needs a second factor; an operator sets it under {@code farga.second-factor.}
 *
 * @param centreRoles whether roles at the centre work without one
 * @param grace how long they still do, from the first time somebody with a role was asked for one
 * @param strictRoles the roles at the centre without any grace: they only work after a sign-in with a second factor, one's
 *     own or one that a provider vouches for
 * @param strictFor how long such a sign-in is good for these roles
 * @param proofLasts how long after having proved who one is sensitive acts are taken without proving it again
 */
@ConfigurationProperties("farga.second-factor")
record SecondFactorSettings(
        @DefaultValue("REQUIRED") Need centreRoles,
        @DefaultValue("14d") Duration grace,
        @DefaultValue Set<CentreRole> strictRoles,
        @DefaultValue("12h") Duration strictFor,
        @DefaultValue("15m") Duration proofLasts) {
    enum Need {
        OPTIONAL,
        REQUIRED
    }
}
