package org.farga.cli;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of a command: who runs it, on which screen, against which server. */
final class Session {
    private static final String DEFAULT_SERVER = "http://127.0.0.1:8080";
    private static final String PATIENCE_SECONDS = "FARGA_PATIENCE_SECONDS";
    /** Long enough for a server that restarts its web layer, short enough to be told that nothing is there. */
    private static final Duration PATIENCE = Duration.ofMillis(700);

    private final Screen screen;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Credentials credentials;
    private final String typed;
    private @Nullable String serverOption;
    private boolean json;

    /** @param typed the first word that was typed */
    Session(Screen screen, Map<String, String> environment, Clock clock, String typed) {
        this.typed = typed;
        this.screen = screen;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
        this.credentials = new Credentials(environment);
    }

    /** Takes the options that every command has. */
    void options(@Nullable String server, boolean wantsJson) {
        this.serverOption = server;
        this.json = wantsJson;
    }

    String typed() {
        return typed;
    }

    Screen screen() {
        return screen;
    }

    Map<String, String> environment() {
        return environment;
    }

    Credentials credentials() {
        return credentials;
    }

    boolean wantsJson() {
        return json;
    }

    /** The server to talk to: the option's, the environment's, the one signed in to last, this machine's. */
    URI server() {
        String set = serverOption != null ? serverOption : environment.getOrDefault("FARGA_SERVER", "");
        try {
            return set.isBlank() ? credentials.server().orElse(URI.create(DEFAULT_SERVER)) : Api.address(set);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage() == null ? "" : e.getMessage());
        }
    }

    /** The API as whoever is signed in; throws {@link NotSignedIn} where nobody is. */
    Api api() {
        URI server = server();
        return api(token(server).orElseThrow(() -> new NotSignedIn(server)));
    }

    /** The API for what strangers may see too. */
    Api openApi() {
        return api(token(server()).orElse(null));
    }

    /** The API with a patience that outlasts a restart of the server: for following. */
    Api patientApi() {
        URI server = server();
        return new Api(server, token(server).orElseThrow(() -> new NotSignedIn(server)), Duration.ofMinutes(2));
    }

    private Api api(@Nullable String token) {
        String set = environment.getOrDefault(PATIENCE_SECONDS, "");
        return new Api(server(), token, set.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(set)) : PATIENCE);
    }

    private Optional<String> token(URI server) {
        String set = environment.getOrDefault("FARGA_TOKEN", "").strip();
        return set.isEmpty() ? credentials.token(server).map(Credentials.Token::secret) : Optional.of(set);
    }

    /** The language of the server's sentences: the terminal's, where Farga speaks it. */
    String language() {
        for (String variable : List.of("LC_ALL", "LC_MESSAGES", "LANG")) {
            String set = environment.getOrDefault(variable, "");
            if (!set.isEmpty()) {
                return set.matches("(es|ca)([_.@].*)?") ? set.substring(0, 2) : "en";
            }
        }
        return "en";
    }

    Instant now() {
        return clock.instant();
    }

    /** An instant that the API wrote, for people; a dash where there is none. */
    String when(String instant) {
        return instant.isEmpty() ? "-" : Amounts.when(Amounts.instant(instant), now(), ZoneId.systemDefault());
    }

    String day(String instant) {
        return instant.isEmpty() ? "-" : Amounts.day(Amounts.instant(instant), ZoneId.systemDefault());
    }
}
