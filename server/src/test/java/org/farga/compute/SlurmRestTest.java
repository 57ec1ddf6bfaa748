package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlurmRestTest {
    private static final byte[] OLD = "o".repeat(32).getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "n".repeat(32).getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private HttpServer server;
    private Path key;
    private SlurmRest rest;
    private final List<String> tokens = new ArrayList<>();
    private Predicate<String> knows = token -> true;

    @BeforeEach
    void serve() throws IOException {
        key = Files.write(folder.resolve("key"), OLD);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String token = exchange.getRequestHeaders().getFirst("X-SLURM-USER-TOKEN");
            tokens.add(token);
            byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(knows.test(token) ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        rest = new SlurmRest(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), key, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static boolean isOf(byte[] key, String token) {
        try {
            return SignedJWT.parse(token).verify(new MACVerifier(key));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTokenServesAUserForAWhileAndNobodyElse() throws IOException {
        rest.get("ana", "/one");
        rest.get("ana", "/two");
        rest.get("pau", "/one");
        assertThat(tokens.get(1)).isEqualTo(tokens.get(0));
        assertThat(tokens.get(2)).isNotEqualTo(tokens.get(0));
    }

    @Test
    void aChangedKeyIsUsedFromTheNextQuestionOn() throws IOException {
        rest.get("ana", "/one");
        Files.delete(key);
        Files.write(key, NEW);
        knows = token -> isOf(NEW, token);
        assertThat(rest.get("ana", "/one").status()).isEqualTo(200);
        assertThat(tokens).hasSize(2);
    }

    @Test
    void whoIsUnknownReadsTheKeyAgainAndAsksOnceMore() throws IOException {
        rest.get("ana", "/one");
        knows = token -> {
            write(NEW); // as if it had been changed after the file was looked at
            return isOf(NEW, token);
        };
        assertThat(rest.get("ana", "/one").status()).isEqualTo(200);
        assertThat(tokens).hasSize(3);
        knows = token -> false;
        assertThatThrownBy(() -> rest.get("ana", "/one")).isInstanceOf(SlurmRest.Unauthorised.class);
        assertThat(tokens).hasSize(5);
    }

    private void write(byte[] bytes) {
        try {
            Files.write(key, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anRsaKeyOfOnesOwnSignsUnderItsName() throws Exception {
        RSAKey pair = new RSAKeyGenerator(2048).keyID("farga-1").generate();
        Instant now = Instant.now();
        SignedJWT token =
                SignedJWT.parse(SlurmRest.signed(pair.toJSONString().getBytes(StandardCharsets.UTF_8), "ana", now));
        assertThat(token.verify(new RSASSAVerifier(pair.toPublicJWK()))).isTrue();
        assertThat(token.getHeader().getKeyID()).isEqualTo("farga-1");
        assertThat(token.getJWTClaimsSet().getClaim("sun")).isEqualTo("ana");
        assertThat(token.getJWTClaimsSet().getExpirationTime()).isBefore(now.plusSeconds(61));
    }
}
