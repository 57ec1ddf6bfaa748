package org.farga.identity;

import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which roles at the centre a sign-in is good for: those of the record, those that the provider's claims gave in a
 * session that began there, and of both only those it is strong enough for.
 */
@Component
class StrongRoles {
    private final OidcSettings settings;
    private final ExternalIdentityTable identities;
    private final Clock clock;

    StrongRoles(OidcSettings settings, ExternalIdentityTable identities, Clock clock) {
        this.settings = settings;
        this.identities = identities;
        this.clock = clock;
    }

    /** What somebody may do by now, and which of their roles sleep until a stronger sign-in. */
    record Judged(Actor actor, Set<CentreRole> sleeping) {}

    /**
     * @param how the session's sign-in
     * @param identity the link that the session began by, if any
     */
    Judged inSession(Actor actor, @Nullable SignedIn how, @Nullable UUID identity) {
        Set<CentreRole> roles = rolesOf(actor);
        if (identity != null && how != null && how.provider() != null) {
            Set<CentreRole> offered = offered(how.provider());
            if (!offered.isEmpty()) {
                identities.roles(identity, actor.person()).stream()
                        .filter(offered::contains)
                        .forEach(roles::add);
            }
        }
        return judge(actor, roles, how, clock.instant());
    }

    /** A token is as strong as the sign-in it was made in was then; it takes no roles along that only claims gave. */
    Judged withToken(Actor actor, @Nullable SignedIn how, Instant madeAt) {
        return judge(actor, rolesOf(actor), how, madeAt);
    }

    private Judged judge(Actor actor, Set<CentreRole> roles, @Nullable SignedIn how, Instant at) {
        boolean strong = how != null && how.isStrong(at, settings.signIn().strongFor());
        Set<CentreRole> sleeping = roles.stream()
                .filter(role -> !strong && settings.signIn().strongRoles().contains(role))
                .collect(Collectors.toSet());
        roles.removeAll(sleeping);
        return new Judged(
                roles.equals(actor.centreRoles()) ? actor : actor.withCentreRoles(roles), Set.copyOf(sleeping));
    }

    /** The roles that this provider's rules give as the settings stand now. */
    private Set<CentreRole> offered(String provider) {
        OidcSettings.Provider known = settings.oidc().get(provider);
        return known == null
                ? Set.of()
                : known.rules().stream()
                        .map(OidcSettings.Rule::centreRole)
                        .filter(role -> role != null)
                        .collect(Collectors.toSet());
    }

    private static Set<CentreRole> rolesOf(Actor actor) {
        Set<CentreRole> roles = EnumSet.noneOf(CentreRole.class);
        roles.addAll(actor.centreRoles());
        return roles;
    }
}
