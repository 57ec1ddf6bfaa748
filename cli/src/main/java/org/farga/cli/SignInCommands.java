package org.farga.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
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
                names = "--code",
                description = "The code of your authenticator app, or a recovery code; asked for where it is needed.")
        private @Nullable String code;

        Login(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            URI server = session.server();
            if (server.getScheme().equals("http")
                    && !InetAddress.getByName(server.getHost()).isLoopbackAddress()) {
                screen.note("Warning: " + server + " is not encrypted; others on the way can read your password.");
            }
            String address = email != null ? email : screen.ask("E-mail", "");
            String password = passwordFromInput
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8).replaceFirst("\\R$", "")
                    : screen.askSecret("Password");
            Api api = session.openApi().as(null);
            JsonNode issued = signIn(api, address, password);
            String secret = text(issued, "secret");
            JsonNode token = issued.path("token");
            session.credentials().keep(new Credentials.Token(server, address, text(token, "id"), secret));
            JsonNode me = api.as(secret).get("/api/v1/me").json();
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
