package org.farga.shared;

import java.util.Map;
import java.util.Set;

/**
 * Who is asking, with the rights of this very request: read anew from the record for each request, so that a withdrawn
 * right is gone at once.
 */
public record Actor(
        PersonId person,
        String name,
        EmailAddress email,
        Set<CentreRole> centreRoles,
        Map<OrganisationId, OrganisationRole> organisations,
        Set<Scope> scopes) {

    public Actor {
        centreRoles = Set.copyOf(centreRoles);
        organisations = Map.copyOf(organisations);
        scopes = Set.copyOf(scopes);
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
}
