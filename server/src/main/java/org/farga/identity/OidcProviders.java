package org.farga.identity;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.event.EventListener;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.converter.ClaimTypeConverter;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * The sign-in providers of the settings. What each says of itself (OpenID Connect Discovery) is read when it is first
 * needed, kept for an hour, and used on when the provider is away: nothing of Farga waits for one at its start.
 */
@Service
@EnableConfigurationProperties(OidcSettings.class)
class OidcProviders {
    private static final Logger LOG = LoggerFactory.getLogger(OidcProviders.class);
    private static final Duration FRESH = Duration.ofHours(1);
    /** So long a provider that did not answer is not asked again: a crowd at the door does not wait for it one by one. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration READ = Duration.ofSeconds(5);

    private final OidcSettings settings;
    private final String publicUrl;
    private final Clock clock;
    private final RestTemplate rest;
    private final JdkClientHttpRequestFactory requests;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    OidcProviders(OidcSettings settings, Settings farga, Clock clock) {
        this.settings = settings;
        this.publicUrl = farga.publicUrl().replaceFirst("/+$", "");
        this.clock = clock;
        this.requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build());
        requests.setReadTimeout(READ);
        this.rest = new RestTemplate(requests);
        settings.oidc().keySet().forEach(name -> entries.put(name, new Entry()));
    }

    /** What was read of one provider, and how it went last. */
    private static final class Entry {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile @Nullable Known known;
        private volatile @Nullable Instant triedAt;
        private volatile @Nullable String problem;
        /** Since when it fails. */
        private volatile @Nullable Instant since;

        void fail(String what, Instant now) {
            if (problem == null) {
                since = now;
            }
            triedAt = now;
            problem = what;
        }

        void work(Instant now) {
            triedAt = now;
            problem = null;
            since = null;
        }
    }

    /**
     * A provider that said what it is.
     *
     * @param exchange redeems a code and checks the ID token (Spring Security's)
     * @param namesItself whether its answers carry {@code iss} (RFC 9207)
     * @param endSession where its own session is ended, where it offers that
     */
    record Known(
            String name,
            OidcSettings.Provider settings,
            ClientRegistration registration,
            OidcAuthorizationCodeAuthenticationProvider exchange,
            JwtDecoder logoutTokens,
            boolean namesItself,
            @Nullable String endSession,
            Instant readAt) {}

    /** A provider as the sign-in page shows it. */
    record Choice(String name, String label) {}

    /** How a provider stands, for operators; times are null where it was never tried. */
    record Standing(
            String name,
            String label,
            String issuer,
            @Nullable Instant triedAt,
            @Nullable String problem,
            @Nullable Instant since) {}

    OidcSettings.SignIn signIn() {
        return settings.signIn();
    }

    List<Choice> choices(Locale language) {
        return settings.oidc().entrySet().stream()
                .map(e -> new Choice(e.getKey(), e.getValue().label(e.getKey(), language)))
                .sorted(java.util.Comparator.comparing(Choice::label))
                .toList();
    }

    /** Whether any rule leads into an organisation. */
    boolean haveMemberships() {
        return settings.oidc().values().stream()
                .flatMap(provider -> provider.rules().stream())
                .anyMatch(rule -> rule.organisation() != null);
    }

    Optional<OidcSettings.Provider> settings(String name) {
        return Optional.ofNullable(settings.oidc().get(name));
    }

    String label(String name, Locale language) {
        return settings(name).map(s -> s.label(name, language)).orElse(name);
    }

    List<Standing> standings(Locale language) {
        List<Standing> standings = new ArrayList<>();
        settings.oidc().forEach((name, provider) -> {
            Entry entry = entries.get(name);
            standings.add(new Standing(
                    name,
                    provider.label(name, language),
                    provider.issuer(),
                    entry == null ? null : entry.triedAt,
                    entry == null ? null : entry.problem,
                    entry == null ? null : entry.since));
        });
        return standings;
    }

    /** Looks, beside the start and not in its way, whether each provider answers: operators are told before people ask. */
    @EventListener(ApplicationReadyEvent.class)
    void lookForAll() {
        settings.oidc()
                .keySet()
                .forEach(name -> Thread.ofVirtual().name("look-for-" + name).start(() -> find(name)));
    }

    /**
     * What a provider says of itself, read anew where that is older than an hour; empty where there is no such provider
     * in the settings, or it never answered and does not now. May wait 8 seconds for the provider.
     */
    Optional<Known> find(String name) {
        OidcSettings.Provider provider = settings.oidc().get(name);
        Entry entry = entries.get(name);
        if (provider == null || entry == null) {
            return Optional.empty();
        }
        entry.lock.lock();
        try {
            Instant now = clock.instant();
            Known known = entry.known;
            Instant tried = entry.triedAt;
            boolean fresh = known != null && now.isBefore(known.readAt().plus(FRESH));
            boolean paused = entry.problem != null && tried != null && now.isBefore(tried.plus(PAUSE));
            if (fresh || paused) {
                return Optional.ofNullable(known);
            }
            try {
                entry.known = read(name, provider, now);
                entry.work(now);
            } catch (RuntimeException e) {
                String problem = sentence(e);
                if (!problem.equals(entry.problem)) {
                    LOG.warn("sign-in provider {} at {}: {}", name, provider.issuer(), problem);
                }
                entry.fail(problem, now);
            }
            return Optional.ofNullable(entry.known);
        } finally {
            entry.lock.unlock();
        }
    }

    /** Takes down for operators that a provider failed while somebody signed in. */
    void failed(String name, String problem) {
        Entry entry = entries.get(name);
        if (entry != null) {
            entry.fail(problem, clock.instant());
        }
        LOG.warn("sign-in provider {}: {}", name, problem);
    }

    /** Somebody just signed in by it: whatever was wrong is over. */
    void worked(String name) {
        Entry entry = entries.get(name);
        if (entry != null && entry.problem != null) {
            entry.work(clock.instant());
        }
    }

    /** What went wrong, in a few words for operators: of a chain of causes the last that says something. */
    static String sentence(Exception e) {
        String text = e.getClass().getSimpleName();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnresolvedAddressException) {
                return "no connection to its address";
            }
            if (cause.getMessage() != null) {
                text = cause.getClass().getSimpleName() + ": " + cause.getMessage();
            }
        }
        return text.substring(0, Math.min(text.length(), 300));
    }

    private Known read(String name, OidcSettings.Provider provider, Instant now) {
        String address = provider.issuer().replaceFirst("/+$", "") + "/.well-known/openid-configuration";
        Map<String, Object> said = rest.exchange(
                        address,
                        org.springframework.http.HttpMethod.GET,
                        null,
                        new ParameterizedTypeReference<Map<String, Object>>() {})
                .getBody();
        if (said == null || !provider.issuer().equals(said.get("issuer"))) {
            throw new IllegalStateException("it calls itself " + (said == null ? "nothing" : said.get("issuer"))
                    + ", but farga.oidc." + name + ".issuer is " + provider.issuer());
        }
        ClientRegistration.Builder builder = ClientRegistrations.fromOidcConfiguration(said)
                .registrationId(name)
                .clientId(provider.clientId())
                .scope(provider.scopes())
                .redirectUri(publicUrl + "/sign-in/back/" + name)
                .userNameAttributeName("sub")
                // Always with a proof key (PKCE, S256), whether or not there is a secret.
                .clientSettings(ClientRegistration.ClientSettings.builder()
                        .requireProofKey(true)
                        .build());
        Optional<String> secret = provider.secret();
        if (secret.isPresent()) {
            builder.clientSecret(secret.get());
        } else {
            builder.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
        }
        ClientRegistration registration = builder.build();
        Object end = said.get("end_session_endpoint");
        return new Known(
                name,
                provider,
                registration,
                exchange(provider, registration),
                decoder(provider, registration, logoutClaims(registration), null),
                Boolean.TRUE.equals(said.get("authorization_response_iss_parameter_supported")),
                end instanceof String text ? text : null,
                now);
    }

    private OidcAuthorizationCodeAuthenticationProvider exchange(
            OidcSettings.Provider provider, ClientRegistration registration) {
        var codes = new RestClientAuthorizationCodeTokenResponseClient();
        codes.setRestClient(RestClient.builder()
                .requestFactory(requests)
                .configureMessageConverters(c -> c.addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build());
        RestTemplate userInfoRest = new RestTemplate(requests);
        userInfoRest.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
        DefaultOAuth2UserService userInfo = new DefaultOAuth2UserService();
        userInfo.setRestOperations(userInfoRest);
        OidcUserService users = new OidcUserService();
        users.setOauth2UserService(userInfo);
        var exchange = new OidcAuthorizationCodeAuthenticationProvider(codes, users);
        var types = new ClaimTypeConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverters());
        JwtDecoder idTokens = decoder(
                provider,
                registration,
                new DelegatingOAuth2TokenValidator<>(
                        new JwtTimestampValidator(), new OidcIdTokenValidator(registration)),
                types);
        exchange.setJwtDecoderFactory(any -> idTokens);
        return exchange;
    }

    private JwtDecoder decoder(
            OidcSettings.Provider provider,
            ClientRegistration registration,
            OAuth2TokenValidator<Jwt> validator,
            @Nullable ClaimTypeConverter types) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(
                        Objects.requireNonNull(registration.getProviderDetails().getJwkSetUri()))
                .jwsAlgorithm(Objects.requireNonNull(SignatureAlgorithm.from(provider.signingAlgorithm())))
                .restOperations(rest)
                // A logout token may say that it is one (typ: logout+jwt); what a token is for is told by its claims.
                .validateType(false)
                .build();
        decoder.setJwtValidator(validator);
        if (types != null) {
            decoder.setClaimSetConverter(types);
        }
        return decoder;
    }

    /** What a logout token must be (OpenID Connect Back-Channel Logout 1.0 §2.6). */
    private OAuth2TokenValidator<Jwt> logoutClaims(ClientRegistration registration) {
        return new DelegatingOAuth2TokenValidator<>(
                new JwtTimestampValidator(), new OidcLogoutTokenValidator(registration, clock));
    }
}
