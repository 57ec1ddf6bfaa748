package org.farga.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * What the claims of a logout token must be (OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6). Spring
 * Security's own is not public, and sits in a filter that ends sessions by calling back over HTTP.
 */
final class OidcLogoutTokenValidator implements OAuth2TokenValidator<Jwt> {
    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final Duration OLDEST = Duration.ofMinutes(5);

    private final ClientRegistration registration;
    private final Clock clock;

    OidcLogoutTokenValidator(ClientRegistration registration, Clock clock) {
        this.registration = registration;
        this.clock = clock;
    }

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        List<String> wrong = new ArrayList<>();
        if (!String.valueOf(registration.getProviderDetails().getIssuerUri()).equals(token.getClaimAsString("iss"))) {
            wrong.add("iss is another");
        }
        if (token.getAudience() == null || !token.getAudience().contains(registration.getClientId())) {
            wrong.add("aud is another");
        }
        Instant issued = token.getIssuedAt();
        Instant now = clock.instant();
        if (issued == null || issued.isBefore(now.minus(OLDEST)) || issued.isAfter(now.plus(OLDEST))) {
            wrong.add("iat is not of the last minutes");
        }
        if (token.getExpiresAt() == null) {
            wrong.add("exp is missing");
        }
        if (token.getId() == null) {
            wrong.add("jti is missing");
        }
        if (!(token.getClaim("events") instanceof Map<?, ?> events) || !(events.get(EVENT) instanceof Map<?, ?>)) {
            wrong.add("events does not say logout");
        }
        if (token.getClaim("nonce") != null) {
            wrong.add("nonce must not be there: an ID token is no logout token");
        }
        if (token.getSubject() == null && token.getClaimAsString("sid") == null) {
            wrong.add("sub and sid are missing");
        }
        return wrong.isEmpty()
                ? OAuth2TokenValidatorResult.success()
                : OAuth2TokenValidatorResult.failure(
                        new OAuth2Error("invalid_request", String.join(", ", wrong), null));
    }
}
