package org.farga.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Which roles at the centre a sign-in is good for: those of the record, those that the provider's claims gave in a
 * session that began there, and of both only those it is strong enough for.
 */
@Component
class StrongRoles {
    private final SecondFactorSettings settings;
    private final OidcSettings providers;
    private final SecondFactors factors;
    private final ExternalIdentityTable identities;
    private final Clock clock;

    StrongRoles(
            SecondFactorSettings settings,
            OidcSettings providers,
            SecondFactors factors,
            ExternalIdentityTable identities,
            Clock clock) {
        this.settings = settings;
        this.providers = providers;
        this.factors = factors;
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

    /**
     * A token is as strong as the sign-in it was made in was then; it takes no roles along that only claims gave. One that
     * was made without a second factor while its person still had time to set one up ends with that time to carry roles.
     */
    Judged withToken(Actor actor, @Nullable SignedIn how, Instant madeAt) {
        boolean weak = how == null || !how.secondFactor();
        if (weak && !actor.centreRoles().isEmpty() && factors.isCentreWithheld(actor.person())) {
            return new Judged(actor.withCentreRoles(Set.of()), Set.copyOf(actor.centreRoles()));
        }
        return judge(actor, rolesOf(actor), how, madeAt);
    }

    private Judged judge(Actor actor, Set<CentreRole> roles, @Nullable SignedIn how, Instant at) {
        boolean strong = how != null && how.isStrong(at, settings.strictFor());
        Set<CentreRole> sleeping = roles.stream()
                .filter(role -> !strong && settings.strictRoles().contains(role))
                .collect(Collectors.toSet());
        roles.removeAll(sleeping);
        return new Judged(
                roles.equals(actor.centreRoles()) ? actor : actor.withCentreRoles(roles), Set.copyOf(sleeping));
    }

    /** How long a sign-in with a second factor is good for the roles that need one. */
    Duration strictFor() {
        return settings.strictFor();
    }

    /** The roles that this provider's rules give as the settings stand now. */
    private Set<CentreRole> offered(String provider) {
        OidcSettings.Provider known = providers.oidc().get(provider);
        return known == null
                ? Set.of()
                : known.rules().stream()
                        .map(OidcSettings.Rule::centreRole)
                        .filter(role -> role != null)
                        .collect(Collectors.toSet());
    }

    /** Stops the start where a setting has its former name: read as none, it would ask less than its operator wants. */
    @Configuration(proxyBeanMethods = false)
    static class Renamed {
        Renamed(Environment environment) {
            check(environment);
        }

        static void check(Environment environment) {
            Map.of("strong-roles", "strict-roles", "strong-for", "strict-for").forEach((former, present) -> {
                if (Binder.get(environment)
                        .bind("farga.sign-in." + former, Bindable.setOf(String.class))
                        .isBound()) {
                    throw new IllegalArgumentException("farga.sign-in." + former + " is called farga.second-factor."
                            + present + " now: rename it where you set it");
                }
            });
        }
    }

    private static Set<CentreRole> rolesOf(Actor actor) {
        Set<CentreRole> roles = EnumSet.noneOf(CentreRole.class);
        roles.addAll(actor.centreRoles());
        return roles;
    }
}
