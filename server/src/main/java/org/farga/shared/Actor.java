package org.farga.shared;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, with the rights of this very request: read anew from the record for each request, so that a withdrawn
 * right is gone at once.
 *
 * @param centreRoles with those that an emergency gives
 * @param emergencyUntil until when this person has a role by emergency access; null mostly
 */
public record Actor(
        PersonId person,
        String name,
        EmailAddress email,
        Set<CentreRole> centreRoles,
        Map<OrganisationId, OrganisationRole> organisations,
        Set<Scope> scopes,
        Set<ScopedRole> scopedRoles,
        @Nullable Instant emergencyUntil) {

    public Actor {
        scopedRoles = Set.copyOf(scopedRoles);
        centreRoles = Set.copyOf(centreRoles);
        organisations = Map.copyOf(organisations);
        scopes = Set.copyOf(scopes);
    }

    /** Somebody without roles over single things, and not in an emergency. */
    public Actor(
            PersonId person,
            String name,
            EmailAddress email,
            Set<CentreRole> centreRoles,
            Map<OrganisationId, OrganisationRole> organisations,
            Set<Scope> scopes) {
        this(person, name, email, centreRoles, organisations, scopes, Set.of(), null);
    }

    /** The same person, come with other scopes. */
    public Actor with(Set<Scope> others) {
        return new Actor(person, name, email, centreRoles, organisations, others, scopedRoles, emergencyUntil);
    }

    /** The same person with other roles at the centre: those that the sign-in at hand is good for. */
    public Actor withCentreRoles(Set<CentreRole> roles) {
        return new Actor(person, name, email, roles, organisations, scopes, scopedRoles, emergencyUntil);
    }

    /** Whether this person holds the role, and came with the right to use it. */
    public boolean is(CentreRole role) {
        return scopes.contains(Scope.CENTRE) && centreRoles.contains(role);
    }

    /** Whether this person holds any of the roles, and came with the right to use them. */
    public boolean isAny(CentreRole... roles) {
        for (CentreRole role : roles) {
            if (is(role)) {
                return true;
            }
        }
        return false;
    }

    public boolean isOwnerOf(OrganisationId organisation) {
        return organisations.get(organisation) == OrganisationRole.OWNER;
    }

    public boolean isMemberOf(OrganisationId organisation) {
        return organisations.containsKey(organisation);
    }

    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }

    /** Whether this person holds the role over just this thing, and came with the right to use it. */
    public boolean is(ScopedRole.Kind kind, String scope) {
        return scopes.contains(Scope.CENTRE) && scopedRoles.contains(new ScopedRole(kind, scope));
    }

    /** Over what this person holds the role, where they came with the right to use it. */
    public Set<String> scopesOf(ScopedRole.Kind kind) {
        return scopes.contains(Scope.CENTRE)
                ? scopedRoles.stream()
                        .filter(role -> role.kind() == kind)
                        .map(ScopedRole::scope)
                        .collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }
}
