package org.farga.journeys;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A real Keycloak in a process of its own, from the artifact that its makers publish: downloaded once by Maven, when a
 * test first asks for it.
 */
final class Keycloak implements AutoCloseable {
    static final String VERSION = "26.7.3";
    private static final Duration START_LIMIT = Duration.ofMinutes(4);
    private static final String ADMINISTRATOR = "root-of-this-journey";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final int port;
    private final Path home;
    private Process process;

    /** Finds or downloads it; leaves the test out, and says why, where neither works. */
    Keycloak(int port) {
        this.port = port;
        Path zip = localRepository()
                .resolve(
                        "org/keycloak/keycloak-quarkus-dist/" + VERSION + "/keycloak-quarkus-dist-" + VERSION + ".zip");
        if (!Files.exists(zip)) {
            download();
        }
        assumeTrue(
                Files.exists(zip),
                "left out: the sign-in through a real Keycloak; its artifact org.keycloak:keycloak-quarkus-dist:"
                        + VERSION + ":zip (about 170 MB) is not in " + localRepository()
                        + " and could not be downloaded");
        this.home = FargaProcess.ROOT.resolve("journeys/target/keycloak-" + VERSION);
        if (!Files.exists(home.resolve("bin/kc.sh"))) {
            unpack(zip, home.getParent());
        }
    }

    private static Path localRepository() {
        String set = System.getProperty("maven.repo.local");
        return set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".m2", "repository");
    }

    private static void download() {
        try {
            Process maven = new ProcessBuilder(
                            FargaProcess.ROOT.resolve("mvnw").toString(),
                            "-B",
                            "-q",
                            "-N",
                            "dependency:get",
                            "-Dartifact=org.keycloak:keycloak-quarkus-dist:" + VERSION + ":zip",
                            "-Dtransitive=false")
                    .directory(FargaProcess.ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!maven.waitFor(10, TimeUnit.MINUTES)) {
                maven.destroy();
            }
        } catch (IOException e) {
            // Told by whoever asked for it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void unpack(Path zip, Path into) {
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(file)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException("an entry that leads out: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(entries, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.setPosixFilePermissions(
                    into.resolve("keycloak-" + VERSION + "/bin/kc.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    String issuer() {
        return address() + "/realms/centre";
    }

    /** Starts it with the realm of the journeys, for a Farga at this address. */
    void start(String farga) {
        try (InputStream realm = Keycloak.class.getResourceAsStream("keycloak-realm.json")) {
            deleteOld(home.resolve("data"));
            Path folder = Files.createDirectories(home.resolve("data/import"));
            Files.writeString(
                    folder.resolve("realm.json"),
                    new String(realm.readAllBytes(), StandardCharsets.UTF_8).replace("@FARGA@", farga));
            ProcessBuilder builder = new ProcessBuilder(
                            home.resolve("bin/kc.sh").toString(),
                            "start-dev",
                            "--import-realm",
                            "--cache=local",
                            "--http-host=127.0.0.1",
                            "--http-port=" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile());
            builder.environment()
                    .putAll(Map.of(
                            "JAVA_HOME",
                            System.getProperty("java.home"),
                            "JAVA_OPTS_KC_HEAP",
                            "-Xms128m -Xmx512m",
                            "KC_BOOTSTRAP_ADMIN_USERNAME",
                            "root",
                            "KC_BOOTSTRAP_ADMIN_PASSWORD",
                            ADMINISTRATOR));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Instant deadline = Instant.now().plus(START_LIMIT);
        while (!ready()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("Keycloak did not start; its log is in " + log());
            }
            FargaProcess.pause(250);
        }
    }

    private static void deleteOld(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Path log() {
        return home.getParent().resolve("keycloak.log");
    }

    private boolean ready() {
        try {
            return send(HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration"))
                                    .timeout(Duration.ofSeconds(3))
                                    .build())
                            .statusCode()
                    == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Ends all sessions of a person, as an administrator of the provider does. */
    void signOut(String user) {
        String token = member(
                post(
                        "/realms/master/protocol/openid-connect/token",
                        "",
                        Map.of(
                                "grant_type", "password",
                                "client_id", "admin-cli",
                                "username", "root",
                                "password", ADMINISTRATOR)),
                "access_token");
        HttpResponse<String> found = send(
                HttpRequest.newBuilder(URI.create(address() + "/admin/realms/centre/users?exact=true&username=" + user))
                        .header("Authorization", "Bearer " + token)
                        .build());
        post("/admin/realms/centre/users/" + member(found.body(), "id") + "/logout", token, Map.of());
    }

    private String post(String path, String token, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(e -> e.getKey() + "=" + java.net.URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(java.util.stream.Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = send(request.build());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private static String member(String json, String name) {
        var found = java.util.regex.Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]+)\"")
                .matcher(json);
        if (!found.find()) {
            throw new IllegalStateException("no " + name + " in " + json);
        }
        return found.group(1);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        // The script starts a Java of its own.
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
