package org.farga.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.farga.cli.Api;
import org.farga.cli.Problem;
import org.farga.cli.Screen;
import org.farga.cli.Screen.Look;
import org.farga.cli.Table;
import org.farga.cli.Unreachable;
import org.farga.cli.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * {@code farga demo}: starts a Farga, plays a startup's way from sign-up to a trained model on it, and keeps serving. With
 * {@code --base-url} and {@code --setup-link-file} it plays on one that runs already. Played again on the same data, it
 * goes on where it was. Exit code 0: every step succeeded.
 */
public final class Demo {
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(60);

    private static volatile @Nullable DemoServer running;

    private Demo() {}

    /** What was asked for on the command line. */
    record Wishes(
            boolean once,
            boolean slurm,
            @Nullable Integer port,
            @Nullable Path data,
            @Nullable URI baseUrl,
            @Nullable Path setupLink,
            Duration patience) {
        static Wishes parse(String... arguments) {
            boolean once = false;
            boolean slurm = false;
            Integer port = null;
            Path data = null;
            URI baseUrl = null;
            Path setupLink = null;
            Duration patience = DEFAULT_PATIENCE;
            for (int i = 0; i < arguments.length; i++) {
                String name = arguments[i].replaceFirst("=.*", "");
                if (name.equals("--once")) {
                    once = true;
                    continue;
                }
                if (name.equals("--slurm")) {
                    slurm = true;
                    continue;
                }
                String value = arguments[i].contains("=")
                        ? arguments[i].substring(name.length() + 1)
                        : i + 1 < arguments.length ? arguments[++i] : "";
                if (value.isEmpty()) {
                    throw new UsageException("demo does not know \"" + name + "\", or it needs a value");
                }
                switch (name) {
                    case "--port" -> port = number(value, 65_535);
                    case "--data" -> data = Path.of(value);
                    case "--base-url" -> baseUrl = Api.address(value);
                    case "--setup-link-file" -> setupLink = Path.of(value);
                    case "--patience" -> patience = Duration.ofSeconds(number(value, 86_400));
                    default -> throw new UsageException("demo does not know \"" + name + "\"");
                }
            }
            if (baseUrl != null && (port != null || data != null || slurm)) {
                throw new UsageException(
                        "--base-url plays on a server that runs: --port, --data and --slurm are for one that is started");
            }
            return new Wishes(once, slurm, port, data, baseUrl, setupLink, patience);
        }

        private static int number(String text, int most) {
            if (!text.matches("\\d{1,6}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
                throw new UsageException("\"" + text + "\" is no number from 1 to " + most);
            }
            return Integer.parseInt(text);
        }
    }

    /** Plays, and exits with 0 only if every step succeeded. */
    public static void main(String[] arguments) {
        Screen screen = Screen.ofThisProgram();
        int code;
        try {
            code = run(
                    screen,
                    Wishes.parse(arguments),
                    Path.of(System.getProperty("farga.home", "."))
                            .toAbsolutePath()
                            .normalize());
        } catch (UsageException | IllegalArgumentException e) {
            screen.note("farga: " + e.getMessage() + ". \"./farga help\" shows how the demo is started.");
            code = 2;
        }
        screen.flush();
        System.exit(code);
    }

    private static int run(Screen screen, Wishes wishes, Path home) {
        Narrator narrator = new Narrator(screen);
        narrator.line("");
        narrator.line(narrator.bold("Farga: a startup's way from sign-up to a trained model"));
        narrator.line("Everything below happens for real, through the public API, and each result is checked.");
        DemoServer server = null;
        Lab lab = null;
        try {
            URI address = wishes.baseUrl();
            Path setupLink = wishes.setupLink();
            if (address == null) {
                Path data = wishes.data() != null ? wishes.data().toAbsolutePath() : home.resolve(".farga/demo");
                if (wishes.data() == null) {
                    DemoServer.makeFresh(data);
                }
                if (wishes.slurm()) {
                    lab = slurmComes(home, narrator);
                }
                narrator.step("Farga starts, with a PostgreSQL of its own");
                server = DemoServer.start(home, data, wishes.port(), wishes.once(), lab, narrator);
                running = server;
                address = server.address();
                setupLink = data.resolve("setup-link");
                narrator.checked("it serves at " + address + ", data in " + data);
            }
            Journey journey = new Journey(
                    new Api(address, null, wishes.patience()),
                    setupLink,
                    home.resolve("examples/digits"),
                    lab,
                    narrator,
                    wishes.patience());
            journey.play();
            curtain(screen, narrator, address, server != null && !wishes.once(), lab);
            if (server != null && !wishes.once()) {
                return server.waitFor() == 0 ? 0 : 1;
            }
            return 0;
        } catch (StepFailed | Problem | Unreachable e) {
            failed(
                    screen,
                    narrator,
                    e instanceof Problem problem ? problem.line() : String.valueOf(e.getMessage()),
                    server);
        } catch (IOException | RuntimeException e) {
            failed(screen, narrator, e.toString(), server);
            e.printStackTrace();
        }
        return 1;
    }

    private static Lab slurmComes(Path home, Narrator narrator) throws IOException {
        narrator.step("A Slurm cluster comes up on this machine");
        Lab lab = Lab.up(home, narrator);
        if (lab.isOurs()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(lab), "stop-slurm"));
        }
        lab.ask("sinfo", "-h", "-o", "partition %P: %D nodes %t, each %c CPUs, %G")
                .forEach(narrator::tell);
        narrator.checked("slurmctld, slurmdbd, slurmrestd and a slurmd for each node"
                + (lab.isOurs() ? "; they end with this demo" : "; they were up before, and stay up"));
        return lab;
    }

    /** After the server, which would otherwise find its cluster away. */
    private static void stop(Lab lab) {
        DemoServer started = running;
        if (started != null) {
            started.close();
        }
        lab.close();
    }

    private static void failed(Screen screen, Narrator narrator, String why, @Nullable DemoServer server) {
        narrator.endBar();
        narrator.line("");
        narrator.line(screen.look(Look.BAD, "Step " + narrator.steps() + " failed") + ": " + why);
        if (server != null) {
            narrator.line(narrator.faint("The server's log ends with:\n" + server.tail()));
        }
    }

    private static void curtain(Screen screen, Narrator narrator, URI address, boolean serving, @Nullable Lab lab) {
        narrator.line("");
        narrator.line(screen.look(
                Look.GOOD,
                "All " + narrator.steps() + " steps succeeded in " + String.format("%.1f s", narrator.seconds())
                        + "."));
        narrator.line("");
        Table table = new Table("SIGN IN AS", "E-MAIL", "ROLE", "WHO");
        for (Cast one : Cast.values()) {
            table.row(one.fullName, one.email, one.role, one.does);
        }
        table.print(screen);
        narrator.line("Everybody's password: " + narrator.bold(Cast.PASSWORD) + "   (for this demo only)");
        if (serving) {
            narrator.line("");
            narrator.line("Farga goes on serving at " + narrator.bold(address.toString()) + ". Ctrl-C stops it.");
            narrator.line(narrator.faint("In another terminal: ./farga login --server " + address + " --email "
                    + Cast.ANA.email + " && ./farga jobs"));
            if (lab != null) {
                narrator.line(narrator.faint("Slurm's side of it: ./farga lab run squeue; ./farga lab run sacct -X"));
            }
        }
    }
}
