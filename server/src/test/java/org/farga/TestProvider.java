package org.farga;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two small OpenID Connect providers that do what a test tells them, honest or not. What people see of a provider (its
 * pages) is not here: a test says which code the browser comes back with, and what it stands for.
 */
public final class TestProvider {
    /** The organisation that the rules of {@code good} lead into. */
    public static final UUID ORGANISATION = UUID.fromString("01900000-0000-7000-8000-00000000f0f0");

    public static final String CLIENT = "farga-test";
    public static final String SECRET = "a-client-secret-of-the-tests-that-is-long-enough";
    private static final TestProvider ONLY = new TestProvider();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    /** Holds a port and does not listen, so that nobody else on this machine comes to answer there. */
    private final Socket closed = new Socket();

    private final RSAKey key;
    private final Map<String, Grant> grants = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> userInfo = new ConcurrentHashMap<>();

    /** What a code stands for. */
    private record Grant(String idToken, String challenge, Map<String, Object> claims) {}

    /** How a token is signed. */
    public enum Signed {
        RIGHT,
        NOT_AT_ALL,
        BY_A_STRANGER,
        WITH_THE_CLIENT_SECRET
    }

    private static RSAKey newKey() throws JOSEException {
        return new RSAKeyGenerator(2048).keyID("1").generate();
    }

    private TestProvider() {
        try {
            key = newKey();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::serve);
        server.setExecutor(Thread::startVirtualThread);
        server.start();
    }

    public static TestProvider get() {
        return ONLY;
    }

    public String issuer(String name) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    /** The settings of a Farga that knows both, and a third that is away. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        for (String name : new String[] {"good", "other"}) {
            settings.put("farga.oidc." + name + ".issuer", issuer(name));
            settings.put("farga.oidc." + name + ".client-id", CLIENT);
            settings.put("farga.oidc." + name + ".client-secret", SECRET);
        }
        settings.put("farga.oidc.good.label.en", "Good Provider");
        settings.put("farga.oidc.other.sign-up", "false");
        settings.put("farga.oidc.away.issuer", "http://127.0.0.1:" + closed.getLocalPort());
        settings.put("farga.oidc.away.client-id", CLIENT);
        String rules = "farga.oidc.good.rules[";
        settings.put(rules + "0].claim", "eduperson_entitlement");
        settings.put(rules + "0].value", "urn:geant:example.org:group:vision");
        settings.put(rules + "0].organisation", ORGANISATION.toString());
        settings.put(rules + "1].claim", "groups");
        settings.put(rules + "1].value", "farga-auditors");
        settings.put(rules + "1].centre-role", "AUDITOR");
        settings.put(rules + "1].assurance", "https://refeds.org/assurance/IAP/medium");
        settings.put(rules + "2].claim", "groups");
        settings.put(rules + "2].value", "farga-admins");
        settings.put(rules + "2].centre-role", "ADMINISTRATOR");
        return settings;
    }

    /** The claims of an honest ID token for this subject and nonce. */
    public Map<String, Object> claims(String name, String subject, String nonce) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer(name));
        claims.put("sub", subject);
        claims.put("aud", CLIENT);
        claims.put("nonce", nonce);
        claims.put("iat", Date.from(Instant.now()));
        claims.put("exp", Date.from(Instant.now().plusSeconds(300)));
        claims.put("auth_time", Instant.now().getEpochSecond());
        return claims;
    }

    /** A code that is redeemed for a token with these claims, by whoever shows the verifier of this challenge. */
    public String code(Map<String, Object> claims, Signed signed, String challenge) {
        String code = UUID.randomUUID().toString();
        grants.put(code, new Grant(sign(claims, signed, "JWT"), challenge, claims));
        return code;
    }

    public String logoutToken(String name, Map<String, Object> changes) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer(name));
        claims.put("aud", CLIENT);
        claims.put("iat", Date.from(Instant.now()));
        claims.put("exp", Date.from(Instant.now().plusSeconds(120)));
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
        claims.putAll(changes);
        claims.values().removeIf("absent"::equals);
        return sign(claims, Signed.RIGHT, "logout+jwt");
    }

    public String sign(Map<String, Object> claims, Signed signed, String type) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
        claims.forEach(set::claim);
        try {
            if (signed == Signed.NOT_AT_ALL) {
                return new PlainJWT(set.build()).serialize();
            }
            boolean secret = signed == Signed.WITH_THE_CLIENT_SECRET;
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(secret ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                            .keyID("1")
                            .type(new com.nimbusds.jose.JOSEObjectType(type))
                            .build(),
                    set.build());
            jwt.sign(
                    secret ? new MACSigner(SECRET) : new RSASSASigner(signed == Signed.BY_A_STRANGER ? newKey() : key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", 3);
        String name = path[1];
        switch (path.length > 2 ? path[2] : "") {
            case ".well-known/openid-configuration" -> answer(exchange, 200, configuration(name));
            case "jwks" -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toJSONObject());
            case "token" -> token(exchange);
            case "userinfo" -> {
                String bearer = exchange.getRequestHeaders().getFirst("Authorization");
                answer(exchange, 200, userInfo.getOrDefault(bearer == null ? "" : bearer.substring(7), Map.of()));
            }
            default -> answer(exchange, 404, Map.of());
        }
    }

    private Map<String, Object> configuration(String name) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("issuer", issuer(name));
        said.put("authorization_endpoint", issuer(name) + "/authorize");
        said.put("token_endpoint", issuer(name) + "/token");
        said.put("userinfo_endpoint", issuer(name) + "/userinfo");
        said.put("jwks_uri", issuer(name) + "/jwks");
        said.put("end_session_endpoint", issuer(name) + "/end");
        said.put("subject_types_supported", new String[] {"public"});
        said.put("response_types_supported", new String[] {"code"});
        said.put("id_token_signing_alg_values_supported", new String[] {"RS256"});
        said.put("authorization_response_iss_parameter_supported", name.equals("good"));
        return said;
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = new HashMap<>();
        for (String part : new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split("&")) {
            String[] field = part.split("=", 2);
            form.put(field[0], URLDecoder.decode(field[1], StandardCharsets.UTF_8));
        }
        String basic =
                "Basic " + Base64.getEncoder().encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
        Grant grant = grants.remove(form.getOrDefault("code", ""));
        boolean proven = grant != null
                && basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                && (grant.challenge().isEmpty()
                        || grant.challenge().equals(s256(form.getOrDefault("code_verifier", ""))));
        if (!proven) {
            answer(exchange, 400, Map.of("error", "invalid_grant"));
            return;
        }
        String access = UUID.randomUUID().toString();
        Map<String, Object> told = new LinkedHashMap<>(grant.claims());
        told.keySet()
                .removeIf(claim -> java.util.Set.of("iss", "aud", "nonce", "iat", "exp", "auth_time", "acr", "sid")
                        .contains(claim));
        userInfo.put(access, told);
        answer(
                exchange,
                200,
                Map.of("access_token", access, "token_type", "Bearer", "expires_in", 60, "id_token", grant.idToken()));
    }

    private static String s256(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
