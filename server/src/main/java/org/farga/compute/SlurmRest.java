package org.farga.compute;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to slurmrestd, as whichever user is named, with a token of that user's that lasts a minute. Connections are kept open
 * between questions.
 */
final class SlurmRest {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** A list of ten thousand jobs takes slurmrestd up to 15 s. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** How 24.11 says that a list is empty. */
    private static final int NOTHING_FOUND = 9003;

    private static final Duration TOKEN = Duration.ofSeconds(60);
    /** A token is used so long: half of its life, so that clocks may differ by the other half. */
    private static final Duration TOKEN_USED = Duration.ofSeconds(30);

    private static final int MOST_TOKENS = 10_000;

    /** How Slurm from 23.02 on says what an older one calls 401, or drops the connection for. */
    private static final int NETWORK_AUTHENTICATION = 511;

    private static final Pattern OFFERED = Pattern.compile("/slurm/v0\\.0\\.(\\d+)/");

    private final URI address;
    private final Path key;
    private final Clock clock;
    private final JsonMapper json = new JsonMapper();
    // slurmrestd answers an offer of HTTP/2 with an error.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final Cache<String, Pass> passes =
            Caffeine.newBuilder().maximumSize(MOST_TOKENS).build();
    private volatile @Nullable SlurmVersion version;

    /** A token, and of which state of the key's file it is. */
    private record Pass(
            String token,
            Instant usedUntil,
            FileTime changed,
            long size,
            @Nullable Object file) {

        boolean isOf(BasicFileAttributes key) {
            return key.lastModifiedTime().equals(changed) && key.size() == size && Objects.equals(key.fileKey(), file);
        }
    }

    SlurmRest(URI address, Path key, Clock clock) {
        this.address = address;
        this.key = key;
        this.clock = clock;
    }

    /** slurmrestd knows nobody by our token: what was asked went no further. */
    static final class Unauthorised extends IOException {
        private static final long serialVersionUID = 1L;

        Unauthorised(URI address, int status) {
            super("Slurm's REST interface at " + address + " answered HTTP " + status
                    + ": the key for tokens is not the one that Slurm has");
        }
    }

    /** What Slurm says went wrong; its number is one of slurm_errno.h, or 0 where it names none. */
    record Trouble(int number, String words) {}

    /** An answer in JSON; its troubles are what counts, more than its status. */
    record Answer(int status, JsonNode body) {
        List<Trouble> troubles() {
            List<Trouble> troubles = new ArrayList<>();
            for (JsonNode error : body.path("errors")) {
                int number = error.path("error_number")
                        .asInt(error.path("error_code").asInt(0));
                String words =
                        error.path("error").asString(error.path("description").asString(""));
                if (number != NOTHING_FOUND) {
                    troubles.add(new Trouble(number, words));
                }
            }
            if (troubles.isEmpty() && status >= 400) {
                troubles.add(new Trouble(0, "HTTP status " + status));
            }
            return troubles;
        }

        /** The body of an answer that must be good. Throws {@link IOException} with Slurm's words where it is not. */
        JsonNode good() throws IOException {
            List<Trouble> troubles = troubles();
            if (!troubles.isEmpty()) {
                throw new IOException(
                        "Slurm's REST interface says: " + troubles.getFirst().words() + " ("
                                + troubles.getFirst().number() + ", HTTP " + status + ")");
            }
            return body;
        }
    }

    /** The version of the interface that is spoken, found by asking once which are offered. */
    SlurmVersion version(String user) throws IOException {
        SlurmVersion known = version;
        if (known == null) {
            HttpResponse<byte[]> answer = send(user, request("/openapi/v3").GET());
            if (answer.statusCode() != 200) {
                throw new IOException("Slurm's REST interface at " + address + " answered HTTP " + answer.statusCode()
                        + "; where it is 401 or 5xx the key for tokens is not the one that Slurm has");
            }
            List<Integer> offered = new ArrayList<>();
            Matcher matcher = OFFERED.matcher(text(answer).replace("\\/", "/"));
            while (matcher.find()) {
                offered.add(Integer.valueOf(matcher.group(1)));
            }
            known = SlurmVersion.best(offered)
                    .orElseThrow(() -> new IOException("Slurm's REST interface at " + address
                            + " offers only versions that Farga does not speak"));
            version = known;
        }
        return known;
    }

    Answer get(String user, String path) throws IOException {
        return answer(user, request(path).GET());
    }

    Answer post(String user, String path, JsonNode body) throws IOException {
        return answer(
                user,
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body))));
    }

    Answer delete(String user, String path) throws IOException {
        return answer(user, request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(ANSWER);
    }

    private Answer answer(String user, HttpRequest.Builder request) throws IOException {
        HttpResponse<byte[]> answer = send(user, request);
        if (isUnknown(answer)) {
            // The key may have been changed in the very moment that this token was made.
            passes.invalidate(user);
            answer = send(user, request);
        }
        if (isUnknown(answer)) {
            throw new Unauthorised(address, answer.statusCode());
        }
        try {
            return new Answer(answer.statusCode(), json.readTree(answer.body()));
        } catch (JacksonException e) {
            if (answer.statusCode() == 404) {
                version = null; // it was upgraded, perhaps, and offers others now
            }
            throw new IOException(
                    "Slurm's REST interface answered HTTP " + answer.statusCode() + " and no JSON: "
                            + text(answer).lines().findFirst().orElse("nothing"),
                    e);
        }
    }

    private static boolean isUnknown(HttpResponse<byte[]> answer) {
        return answer.statusCode() == 401 || answer.statusCode() == NETWORK_AUTHENTICATION;
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private HttpResponse<byte[]> send(String user, HttpRequest.Builder request) throws IOException {
        // Slurm before 23.02 wants the name beside the token.
        HttpRequest whole = request.setHeader("X-SLURM-USER-NAME", user)
                .setHeader("X-SLURM-USER-TOKEN", token(user))
                .build();
        try {
            return client.send(whole, BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while Slurm was asked");
        }
    }

    /** A changed key needs no restart: its file is looked at each time, and read where it is another than before. */
    private String token(String user) throws IOException {
        Instant now = clock.instant();
        BasicFileAttributes file = Files.readAttributes(key, BasicFileAttributes.class);
        Pass known = passes.getIfPresent(user);
        if (known != null && known.isOf(file) && now.isBefore(known.usedUntil())) {
            return known.token();
        }
        String token = sign(user, now);
        passes.put(user, new Pass(token, now.plus(TOKEN_USED), file.lastModifiedTime(), file.size(), file.fileKey()));
        return token;
    }

    private String sign(String user, Instant now) throws IOException {
        try {
            return signed(Files.readAllBytes(key), user, now);
        } catch (JOSEException | ParseException e) {
            throw new IOException(
                    "the key for Slurm's tokens in " + key
                            + " is neither one of at least 32 bytes nor a private RSA key as JSON (JWK)",
                    e);
        }
    }

    /**
     * A user's token: by HS256 where the key is Slurm's own ({@code jwt_key}); by RS256 where it is a private RSA key as JSON, whose
     * public half stands in the file that {@code jwks} names to Slurm, under the same {@code kid}.
     */
    static String signed(byte[] key, String user, Instant now) throws JOSEException, ParseException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .claim("sun", user)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(TOKEN)))
                .build();
        boolean json = key.length > 0 && key[0] == '{';
        RSAKey pair = json ? RSAKey.parse(new String(key, StandardCharsets.UTF_8)) : null;
        SignedJWT token = new SignedJWT(
                pair == null
                        ? new JWSHeader(JWSAlgorithm.HS256)
                        : new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(pair.getKeyID())
                                .build(),
                claims);
        token.sign(pair == null ? new MACSigner(key) : new RSASSASigner(pair));
        return token.serialize();
    }
}
