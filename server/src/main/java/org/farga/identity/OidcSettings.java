package org.farga.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which OpenID Connect providers people may sign in with ({@code farga.oidc.<name>.…}), and what a sign-in must be
 * ({@code farga.sign-in.…}). What is wrong here stops the start, with a sentence; a provider that is away does not.
 *
 * @param oidc the providers by their names, which stand in addresses and in the audit log
 */
@ConfigurationProperties("farga")
record OidcSettings(
        @DefaultValue Map<String, Provider> oidc,
        @DefaultValue SignIn signIn) {

    OidcSettings {
        oidc.forEach((name, provider) -> {
            if (!name.matches("[a-z0-9][a-z0-9-]{0,29}")) {
                throw new IllegalArgumentException(
                        "farga.oidc." + name + ": a provider's name has 1 to 30 small letters, digits and hyphens");
            }
            provider.check("farga.oidc." + name);
        });
    }

    /**
     * @param password whether people may sign in and up with a password; administrators still can where it is false, at
     *     {@code /sign-in/local}
     */
    record SignIn(@DefaultValue("true") boolean password) {}

    /**
     * @param issuer the provider's address, exactly as its tokens name it
     * @param clientSecretFile a file that holds the secret, instead of {@code clientSecret}
     * @param label what its button says by language ("en", "es", "ca"); the provider's name where it is missing
     * @param signUp whether a person whom Farga does not know yet may make an account through it
     * @param signingAlgorithm the one algorithm that its tokens are signed with
     * @param strongAcr values of {@code acr} by which it vouches for a second factor; a step-up asks for them
     * @param strongAmr values of {@code amr} that count as a second factor
     * @param rules which claims give which rights
     */
    record Provider(
            String issuer,
            String clientId,
            @Nullable String clientSecret,
            @Nullable Path clientSecretFile,
            @DefaultValue({"openid", "profile", "email"}) Set<String> scopes,
            @DefaultValue Map<String, String> label,
            @DefaultValue("true") boolean signUp,
            @DefaultValue("RS256") String signingAlgorithm,
            @DefaultValue("https://refeds.org/profile/mfa") Set<String> strongAcr,
            @DefaultValue("mfa") Set<String> strongAmr,
            @DefaultValue List<Rule> rules) {

        private void check(String where) {
            if (issuer == null || issuer.isBlank()) {
                throw new IllegalArgumentException(where + ".issuer is missing: the provider's address");
            }
            URI uri = URI.create(issuer);
            boolean here = "127.0.0.1".equals(uri.getHost()) || "localhost".equals(uri.getHost());
            if (!"https".equals(uri.getScheme()) && !(here && "http".equals(uri.getScheme()))) {
                throw new IllegalArgumentException(where + ".issuer must start with https://, but is " + issuer
                        + "; http:// is only for this machine");
            }
            if (clientId == null || clientId.isBlank()) {
                throw new IllegalArgumentException(where + ".client-id is missing: what the provider calls Farga");
            }
            if (clientSecret != null && clientSecretFile != null) {
                throw new IllegalArgumentException(where + ": give client-secret or client-secret-file, not both");
            }
            if (!scopes.contains("openid")) {
                throw new IllegalArgumentException(where + ".scopes must contain openid");
            }
            if (!Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
                    .contains(signingAlgorithm)) {
                throw new IllegalArgumentException(where + ".signing-algorithm is unknown: " + signingAlgorithm);
            }
            rules.forEach(rule -> rule.check(where + ".rules"));
        }

        /** The secret that the provider knows Farga by; empty for a public client, which PKCE alone protects. */
        Optional<String> secret() {
            if (clientSecretFile == null) {
                return Optional.ofNullable(clientSecret).filter(s -> !s.isBlank());
            }
            try {
                return Optional.of(Files.readString(clientSecretFile).strip());
            } catch (IOException e) {
                throw new UncheckedIOException("the client secret's file cannot be read: " + clientSecretFile, e);
            }
        }

        /** What its button says to a reader of this language. */
        String label(String name, Locale language) {
            String text = label.getOrDefault(language.getLanguage(), label.get("en"));
            return text == null || text.isBlank() ? name : text;
        }

        @Override
        public String toString() {
            return "Provider[issuer=" + issuer + "]";
        }
    }

    /**
     * What a claim gives: a membership, which an owner of the organisation must have allowed, or a role at the centre.
     *
     * @param claim the claim's name, such as {@code eduperson_entitlement}; a dot leads into an object
     * @param value the one value that counts, compared exactly
     * @param assurance a value that {@code eduperson_assurance} must have besides, such as
     *     {@code https://refeds.org/assurance/IAP/medium}
     */
    record Rule(
            String claim,
            String value,
            @Nullable UUID organisation,
            @Nullable CentreRole centreRole,
            @Nullable String assurance) {
        private void check(String where) {
            if (claim == null || claim.isBlank() || value == null || value.isBlank()) {
                throw new IllegalArgumentException(where + ": a rule needs a claim and a value");
            }
            if ((organisation == null) == (centreRole == null)) {
                throw new IllegalArgumentException(
                        where + ": the rule for " + claim + " = " + value + " needs an organisation or a centre-role");
            }
        }
    }
}
