package org.farga.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.StringJoiner;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Signing in and out, and seeing who one is. */
final class SignInCommands {
    private SignInCommands() {}

    @Command(
            name = "login",
            description = "Sign in. The token is kept on this machine, readable by you alone, for 30 days.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga login",
                "  farga login --browser",
                "  farga login --server https://farga.example.org --email ana@example.org",
                "  pass show farga | farga login --email ana@example.org --password-stdin",
                "  pass show farga | farga login --email ana@example.org --password-stdin --code 123456"
            })
    static final class Login extends FargaCommand {
        @Option(names = "--email", description = "Your e-mail address; asked for where it is not given.")
        private @Nullable String email;

        @Option(names = "--password-stdin", description = "Read the password from standard input.")
        private boolean passwordFromInput;

        @Option(
                names = "--browser",
                description = "Sign in with a browser, here or on another machine: for those without a password.")
        private boolean withBrowser;

        @Option(
                names = "--code",
                description = "The code of your authenticator app, or a recovery code; asked for where it is needed.")
        private @Nullable String code;

        Login(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException, InterruptedException {
            URI server = session.server();
            if (server.getScheme().equals("http")
                    && !InetAddress.getByName(server.getHost()).isLoopbackAddress()) {
                screen.note("Warning: " + server + " is not encrypted; others on the way can read your password.");
            }
            if (withBrowser) {
                return kept(server, byBrowser(session.openApi().as(null)));
            }
            String address = email != null ? email : screen.ask("E-mail", "");
            String password = passwordFromInput
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8).replaceFirst("\\R$", "")
                    : screen.askSecret("Password");
            Api api = session.openApi().as(null);
            JsonNode issued = signIn(api, address, password);
            return kept(server, issued);
        }

        /** Shows a code, and waits until a person has typed it in a browser where they are signed in. */
        private JsonNode byBrowser(Api api) throws InterruptedException {
            JsonNode started = api.post("/api/v1/device-logins", Api.object("name", "farga on " + host()))
                    .json();
            String page = text(started, "verificationUri");
            screen.note("Open " + page + " in a browser and type this code there:");
            screen.note("");
            screen.note("    " + text(started, "userCode"));
            screen.note("");
            screen.note("It holds for " + started.path("expiresInSeconds").asLong() / 60
                    + " minutes. Tell it to nobody: whoever gets you to type theirs gets your account.");
            if (screen.canAsk()) {
                open(page);
            }
            JsonNode code = Api.object("deviceCode", text(started, "deviceCode"));
            long pause = started.path("intervalSeconds").asLong(5);
            while (true) {
                Thread.sleep(Duration.ofSeconds(pause));
                try {
                    return api.post("/api/v1/device-logins/token", code).json();
                } catch (Problem e) {
                    if (e.name().equals("device-login-too-often")) {
                        pause += 5;
                    } else if (!e.name().equals("device-login-pending")) {
                        throw e;
                    }
                }
            }
        }

        // Where there is a desktop; elsewhere the person opens the address themselves.
        private void open(String page) {
            boolean mac = System.getProperty("os.name", "").startsWith("Mac");
            boolean desktop = mac
                    || session.environment().containsKey("DISPLAY")
                    || session.environment().containsKey("WAYLAND_DISPLAY");
            if (!desktop) {
                return;
            }
            try {
                new ProcessBuilder(mac ? "open" : "xdg-open", page)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                // There is no such program; the address stands on the screen.
            }
        }

        private int kept(URI server, JsonNode issued) {
            String secret = text(issued, "secret");
            JsonNode token = issued.path("token");
            JsonNode me = session.openApi().as(secret).get("/api/v1/me").json();
            session.credentials().keep(new Credentials.Token(server, text(me, "email"), text(token, "id"), secret));
            if (!printed(me)) {
                screen.say("Signed in to " + server + " as " + bold(text(me, "name")) + " (" + text(me, "email")
                        + "), until " + session.day(text(token, "expiresAt")) + ".");
            }
            return Exit.DONE;
        }

        private JsonNode signIn(Api api, String address, String password) {
            try {
                return signIn(api, address, password, code);
            } catch (Problem e) {
                if (!e.name().equals("second-factor-required") || code != null || !screen.canAsk()) {
                    throw e;
                }
                return signIn(
                        api, address, password, screen.ask("Code of your authenticator app, or a recovery code", ""));
            }
        }

        private static JsonNode signIn(Api api, String address, String password, @Nullable String code) {
            return api.post(
                            "/api/v1/sign-in",
                            // Without a code the field is left out.
                            Api.object(
                                    "email", address,
                                    "password", password,
                                    "code", code,
                                    "tokenName", "farga on " + host()))
                    .json();
        }

        private static String host() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "a machine without a name";
            }
        }
    }

    @Command(
            name = "logout",
            description = "Sign out: the token is revoked and forgotten.",
            footerHeading = "%nExamples:%n",
            footer = "  farga logout")
    static final class Logout extends FargaCommand {
        Logout(Session session) {
            super(session);
        }

        @Override
        int run() {
            URI server = session.server();
            Credentials.Token token = session.credentials().token(server).orElseThrow(() -> new NotSignedIn(server));
            session.credentials().forget(server);
            try {
                session.openApi().as(token.secret()).delete("/api/v1/tokens/" + token.id());
            } catch (Problem e) {
                if (e.status() != 401 && e.status() != 404) {
                    throw e;
                }
                // It was no longer good: that is what was wanted.
            }
            screen.note("Signed out of " + server + ".");
            return Exit.DONE;
        }
    }

    @Command(
            name = "whoami",
            description = "Who you are signed in as, what you belong to, and what the token may do.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga whoami", "  farga whoami --json | jq -r .email"})
    static final class WhoAmI extends FargaCommand {
        WhoAmI(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode me = api.get("/api/v1/me").json();
            if (printed(me)) {
                return Exit.DONE;
            }
            StringJoiner roles = new StringJoiner(", ");
            me.path("centreRoles")
                    .forEach(role -> roles.add(
                            role.asString().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')));
            StringJoiner scopes = new StringJoiner(", ");
            me.path("scopes").forEach(scope -> scopes.add(scope.asString().toLowerCase(java.util.Locale.ROOT)));
            StringJoiner organisations = new StringJoiner(", ");
            if (!me.path("organisations").isEmpty()) {
                api.items("/api/v1/organisations", MANY).forEach(o -> {
                    String role = me.path("organisations").path(text(o, "id")).asString("");
                    if (!role.isEmpty()) {
                        organisations.add(text(o, "name") + " (" + role.toLowerCase(java.util.Locale.ROOT) + ")");
                    }
                });
            }
            screen.say(bold(text(me, "name")) + " <" + text(me, "email") + ">");
            facts(
                    "server", api.server().toString(),
                    "organisations", organisations.toString(),
                    "centre", roles.toString(),
                    "this token may", scopes.toString());
            return Exit.DONE;
        }
    }
}
