package org.farga.cli;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens of this machine's user, one for each server, and the server used last; a file that only the user can read:
 * {@code ~/.config/farga/credentials.json}.
 */
final class Credentials {
    /** A token, good for one server. */
    record Token(URI server, String email, String id, String secret) {
        @Override
        public String toString() {
            return "Token[" + server + "]";
        }
    }

    private final Path config;
    private final Path folder;
    private final Path file;

    Credentials(Map<String, String> environment) {
        String set = environment.getOrDefault("XDG_CONFIG_HOME", "");
        // The standard has relative paths ignored.
        this.config = set.startsWith("/")
                ? Path.of(set)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")))
                        .resolve(".config");
        this.folder = config.resolve("farga");
        this.file = folder.resolve("credentials.json");
    }

    /** The server that was signed in to last. */
    Optional<URI> server() {
        String server = read().path("server").asString("");
        return server.isEmpty() ? Optional.empty() : Optional.of(Api.address(server));
    }

    Optional<Token> token(URI server) {
        JsonNode token = read().path("tokens").path(server.toString());
        String secret = token.path("secret").asString("");
        return secret.isEmpty()
                ? Optional.empty()
                : Optional.of(new Token(
                        server,
                        token.path("email").asString(""),
                        token.path("id").asString(""),
                        secret));
    }

    /** Keeps a token, in place of an earlier one for the server. */
    void keep(Token token) {
        ObjectNode all = read();
        all.put("server", token.server().toString());
        all.withObjectProperty("tokens")
                .set(
                        token.server().toString(),
                        Api.object("email", token.email(), "id", token.id(), "secret", token.secret()));
        write(all);
    }

    void forget(URI server) {
        ObjectNode all = read();
        all.withObjectProperty("tokens").remove(server.toString());
        write(all);
    }

    private ObjectNode read() {
        try {
            return Files.exists(file) && Api.JSON.readTree(Files.readString(file)) instanceof ObjectNode object
                    ? object
                    : Api.JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JacksonException e) {
            throw new UsageException(file + " is damaged; delete it and sign in again");
        }
    }

    private void write(ObjectNode all) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(config);
                Files.createDirectory(folder, asFileAttribute(fromString("rwx------")));
            }
            Files.setPosixFilePermissions(folder, fromString("rwx------"));
            // Moved into place whole: two commands at once, or a full disk, leave one good file.
            Path partial =
                    Files.createTempFile(folder, "credentials", ".json", asFileAttribute(fromString("rw-------")));
            Files.writeString(partial, Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
            Files.move(partial, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
