package org.farga.compute;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to slurmrestd, as whichever user is named, with a token made for that one question. */
final class SlurmRest {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** A list of ten thousand jobs takes slurmrestd up to 15 s. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** How 24.11 says that a list is empty. */
    private static final int NOTHING_FOUND = 9003;

    private static final Duration TOKEN = Duration.ofSeconds(60);
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
    private volatile @Nullable SlurmVersion version;

    SlurmRest(URI address, Path key, Clock clock) {
        this.address = address;
        this.key = key;
        this.clock = clock;
    }

    /** slurmrestd knows nobody by our token: what was asked went no further. */
    static final class Unauthorised extends IOException {
        private static final long serialVersionUID = 1L;

        Unauthorised(URI address) {
            super("Slurm's REST interface at " + address
                    + " answered HTTP 401: the key for tokens is not the one that Slurm has");
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
            HttpResponse<String> answer = send(user, request("/openapi/v3").GET());
            if (answer.statusCode() != 200) {
                throw new IOException("Slurm's REST interface at " + address + " answered HTTP " + answer.statusCode()
                        + "; where it is 401 or 5xx the key for tokens is not the one that Slurm has");
            }
            List<Integer> offered = new ArrayList<>();
            Matcher matcher = OFFERED.matcher(answer.body().replace("\\/", "/"));
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
                        .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
    }

    Answer delete(String user, String path) throws IOException {
        return answer(user, request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(ANSWER);
    }

    private Answer answer(String user, HttpRequest.Builder request) throws IOException {
        HttpResponse<String> answer = send(user, request);
        if (answer.statusCode() == 401) {
            throw new Unauthorised(address);
        }
        try {
            return new Answer(answer.statusCode(), json.readTree(answer.body()));
        } catch (JacksonException e) {
            if (answer.statusCode() == 404) {
                version = null; // it was upgraded, perhaps, and offers others now
            }
            throw new IOException(
                    "Slurm's REST interface answered HTTP " + answer.statusCode() + " and no JSON: "
                            + answer.body().lines().findFirst().orElse("nothing"),
                    e);
        }
    }

    private HttpResponse<String> send(String user, HttpRequest.Builder request) throws IOException {
        // Slurm before 23.02 wants the name beside the token.
        HttpRequest whole = request.header("X-SLURM-USER-NAME", user)
                .header("X-SLURM-USER-TOKEN", token(user))
                .build();
        try {
            return client.send(whole, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while Slurm was asked");
        }
    }

    private String token(String user) throws IOException {
        Instant now = clock.instant();
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .claim("sun", user)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(TOKEN)))
                        .build());
        try {
            // Read each time, so that a changed key needs no restart.
            token.sign(new MACSigner(Files.readAllBytes(key)));
        } catch (JOSEException e) {
            throw new IOException("the key for Slurm's tokens in " + key + " is no key of at least 32 bytes", e);
        }
        return token.serialize();
    }
}
