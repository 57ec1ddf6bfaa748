package org.farga.identity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.people.Person;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whom a provider vouches for, just now. Who it is, is said by issuer and subject alone: names and addresses
 * change hands.
 *
 * @param communityId the identifier a federation knows the person by ({@code voperson_id}), to be shown
 * @param sid the provider's name for the session there, for a sign-out from there
 * @param organisations those that the rules lead to, whether or not their owners allowed it
 */
record OidcArrival(
        String provider,
        String issuer,
        String subject,
        @Nullable String email,
        boolean emailVerified,
        @Nullable String name,
        @Nullable String communityId,
        @Nullable String homeOrganisation,
        List<String> affiliations,
        List<String> assurance,
        @Nullable String acr,
        boolean strong,
        Instant authenticatedAt,
        @Nullable String sid,
        Set<CentreRole> centreRoles,
        Set<UUID> organisations) {
    private static final int MOST_VALUES = 50;
    private static final int LONGEST = 255;

    /**
     * Reads what the rules want to know of a person's claims.
     *
     * @param proven the claims of the signed token alone: how somebody signed in is taken from nowhere else
     * @param claims all claims, those of the user-info endpoint among them
     */
    static OidcArrival of(
            String provider,
            OidcSettings.Provider settings,
            Map<String, Object> proven,
            Map<String, Object> claims,
            Instant now) {
        List<String> assurance = values(claims, "eduperson_assurance");
        List<String> affiliations = new ArrayList<>();
        for (String claim :
                List.of("eduperson_scoped_affiliation", "voperson_external_affiliation", "eduperson_affiliation")) {
            affiliations.addAll(values(claims, claim));
        }
        Set<CentreRole> roles = EnumSet.noneOf(CentreRole.class);
        Set<UUID> organisations = new LinkedHashSet<>();
        for (OidcSettings.Rule rule : settings.rules()) {
            boolean holds = values(claims, rule.claim()).contains(rule.value())
                    && (rule.assurance() == null || assurance.contains(rule.assurance()));
            if (holds && rule.centreRole() != null) {
                roles.add(rule.centreRole());
            }
            if (holds && rule.organisation() != null) {
                organisations.add(rule.organisation());
            }
        }
        String acr = first(proven, "acr");
        boolean strong = (acr != null && settings.strongAcr().contains(acr))
                || values(proven, "amr").stream().anyMatch(settings.strongAmr()::contains);
        return new OidcArrival(
                provider,
                settings.issuer(),
                String.valueOf(proven.get("sub")),
                first(claims, "email"),
                Boolean.TRUE.equals(claims.get("email_verified")) || "true".equals(claims.get("email_verified")),
                first(claims, "name"),
                first(claims, "voperson_id"),
                first(claims, "schac_home_organization"),
                affiliations.stream().distinct().limit(MOST_VALUES).toList(),
                assurance.stream().distinct().limit(MOST_VALUES).toList(),
                acr,
                strong,
                proven.get("auth_time") instanceof Instant at ? at : now,
                first(proven, "sid"),
                roles,
                organisations);
    }

    /** How this person signed in, for the session. */
    SignedIn signedIn() {
        return new SignedIn(Set.of(SignedIn.Method.PROVIDER), authenticatedAt, strong, provider, acr);
    }

    /** Whether the provider vouches for an address that an account may be made with. */
    boolean vouchesForAddress() {
        return emailVerified && email != null && Person.parse(email).isPresent();
    }

    private static @Nullable String first(Map<String, Object> claims, String name) {
        return values(claims, name).stream().findFirst().orElse(null);
    }

    /** A claim's values, one or many; those too long for any sense are left out. */
    static List<String> values(Map<String, Object> claims, String name) {
        Object found = claims.get(name);
        int dot = name.indexOf('.');
        if (found == null && dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner) {
            Map<String, Object> named = new java.util.HashMap<>();
            inner.forEach((key, value) -> named.put(String.valueOf(key), value));
            return values(named, name.substring(dot + 1));
        }
        Collection<?> all = found instanceof Collection<?> many ? many : found == null ? List.of() : List.of(found);
        return all.stream()
                .filter(value -> value instanceof String || value instanceof Number)
                .map(String::valueOf)
                .filter(text -> !text.isBlank() && text.length() <= LONGEST)
                .filter(text -> text.chars().noneMatch(Character::isISOControl))
                .toList();
    }

    @Override
    public String toString() {
        return "OidcArrival[provider=" + provider + "]";
    }
}
