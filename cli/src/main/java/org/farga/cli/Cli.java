package org.farga.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.farga.cli.Screen.Look;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** The {@code farga} command: reads what was typed, runs it, and turns what became of it into an exit code. */
public final class Cli {
    /** What a script learns from the exit code. */
    static final class Exit {
        static final int DONE = 0;
        static final int REFUSED = 1;
        static final int USAGE = 2;
        static final int UNREACHABLE = 3;
        static final int NOT_SIGNED_IN = 4;
        static final int NOT_FOUND = 5;
        static final int JOB_FAILED = 10;

        private Exit() {}
    }

    @Command(
            name = "farga",
            description = "What an engineer does with Farga, the platform that an AI Factory runs on.",
            synopsisSubcommandLabel = "COMMAND",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:Done.",
                "1:Farga refused it, and said why; with operations: something is wrong.",
                "2:The command was not given as it is to be given.",
                "3:The server cannot be reached.",
                "4:Nobody is signed in, or the token is no longer good.",
                "5:There is no such thing, or it is not yours to see.",
                "10:The job that was followed did not complete."
            },
            footerHeading = "%nEnvironment:%n",
            footer = {
                "  FARGA_SERVER   the server's address, where --server is not given",
                "  FARGA_TOKEN    the token to use instead of signing in; for scripts and CI",
                "  NO_COLOR       if set, no colours",
                "  FARGA_PATIENCE_SECONDS  for how long to try a server that does not answer"
            })
    private static final class Root implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @CommandLine.Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        @SuppressWarnings("UnusedVariable") // picocli asks for it
        private boolean help;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "which command? \"farga help\" lists them");
        }
    }

    private static final Map<String, Function<Session, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("login", SignInCommands.Login::new);
        COMMANDS.put("logout", SignInCommands.Logout::new);
        COMMANDS.put("whoami", SignInCommands.WhoAmI::new);
        COMMANDS.put("organisations", AccessCommands.Organisations::new);
        COMMANDS.put("calls", AccessCommands.Calls::new);
        COMMANDS.put("call", CallCommands::line);
        COMMANDS.put("propose", ProposeCommand::new);
        COMMANDS.put("proposals", AccessCommands.Proposals::new);
        COMMANDS.put("projects", AccessCommands.Projects::new);
        COMMANDS.put(
                "usage",
                session -> new CommandLine(new UsageCommand(session))
                        .addSubcommand("import", new UsageImportCommand(session)));
        COMMANDS.put("datasets", DatasetCommands.Datasets::new);
        COMMANDS.put("dataset", DatasetCommands.Dataset::new);
        COMMANDS.put("accept", DatasetCommands.Accept::new);
        COMMANDS.put("clusters", JobCommands.Clusters::new);
        COMMANDS.put("cluster", ClusterCommand::new);
        COMMANDS.put("submit", SubmitCommand::new);
        COMMANDS.put("jobs", JobCommands.Jobs::new);
        COMMANDS.put("job", JobCommands::job);
        COMMANDS.put("logs", JobCommands.Logs::new);
        COMMANDS.put("cancel", JobCommands.Cancel::new);
        COMMANDS.put("models", ModelCommands.Models::new);
        COMMANDS.put("model", ModelCommands.Model::new);
        COMMANDS.put("lineage", LineageCommand::new);
        COMMANDS.put("audit", AuditCommands::line);
        COMMANDS.put("my-data", MyDataCommand::new);
        COMMANDS.put("operations", OperationsCommand::new);
        COMMANDS.put("slurm", SlurmCommands::line);
        COMMANDS.put("reviews", ReviewCommands::line);
        COMMANDS.put("aid", AidCommands::line);
        COMMANDS.put("allocation", AllocationCommands::line);
        COMMANDS.put("report", AllocationCommands::report);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    private Cli() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(run(Screen.ofThisProgram(), System.getenv(), Clock.systemUTC(), arguments));
    }

    /** The names of all commands. */
    static Set<String> commands() {
        return COMMANDS.keySet();
    }

    /** Runs one command; answers its exit code. */
    public static int run(Screen screen, Map<String, String> environment, Clock clock, String... typed) {
        List<String> arguments = List.of(typed);
        if (!arguments.isEmpty() && arguments.getFirst().equals("help")) {
            arguments = arguments.size() == 1 ? List.of("--help") : List.of(arguments.get(1), "--help");
        }
        Session session = new Session(screen, environment, clock, typed.length == 0 ? "" : typed[0]);
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        CommandLine line = COMMANDS.containsKey(first) && !first.equals("completion")
                ? commandLine(session, List.of(first))
                : commandLine(session, List.copyOf(COMMANDS.keySet()));
        try {
            return line.execute(arguments.toArray(String[]::new));
        } finally {
            screen.flush();
        }
    }

    /** The command with these subcommands: each that is not needed is time lost. */
    static CommandLine commandLine(Session session, List<String> names) {
        CommandLine line = new CommandLine(new Root());
        for (String name : names) {
            Function<Session, Object> command = COMMANDS.get(name);
            if (command != null) {
                line.addSubcommand(name, command.apply(session));
            }
        }
        Screen screen = session.screen();
        return line.setColorScheme(CommandLine.Help.defaultColorScheme(screen.outIsTerminal() ? Ansi.AUTO : Ansi.OFF))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(true)
                .setOut(screen.outWriter())
                .setErr(screen.errWriter())
                .setParameterExceptionHandler((thrown, ignored) -> {
                    String name = thrown.getCommandLine().getCommandName();
                    boolean unknown = name.equals("farga") && thrown instanceof CommandLine.UnmatchedArgumentException;
                    screen.note("farga: "
                            + (unknown
                                    ? "there is no command \"" + session.typed() + "\""
                                    : lowered(String.valueOf(thrown.getMessage()))));
                    screen.note(
                            name.equals("farga")
                                    ? "\"farga help\" lists the commands."
                                    : "\"farga help " + name + "\" has its options and examples.");
                    return Exit.USAGE;
                })
                .setExecutionExceptionHandler((thrown, ignored, parsed) -> failed(thrown, session));
    }

    private static int failed(Exception thrown, Session session) {
        Screen screen = session.screen();
        return switch (thrown) {
            case Problem problem -> {
                if (session.wantsJson()) {
                    screen.say(problem.document().toString());
                }
                screen.note(screen.look(Look.BAD, "farga: ") + problem.getMessage());
                problem.errors().forEach(e -> screen.note("  " + e.field() + ": " + e.detail()));
                if (problem.status() == 401) {
                    screen.note("Sign in with \"farga login\".");
                }
                yield problem.status() == 401
                        ? Exit.NOT_SIGNED_IN
                        : problem.status() == 404 ? Exit.NOT_FOUND : Exit.REFUSED;
            }
            case Unreachable unreachable -> {
                screen.note("farga: " + unreachable.getMessage()
                        + ". Is the address right (--server, FARGA_SERVER), and does the server run?");
                yield Exit.UNREACHABLE;
            }
            case UsageException usage -> {
                screen.note("farga: " + usage.getMessage());
                yield Exit.USAGE;
            }
            case NotSignedIn none -> {
                screen.note("farga: " + none.getMessage());
                yield Exit.NOT_SIGNED_IN;
            }
            case NotThere missing -> {
                screen.note("farga: " + missing.getMessage());
                yield Exit.NOT_FOUND;
            }
            case UncheckedIOException e -> io(screen, e.getCause());
            case IOException e -> io(screen, e);
            default -> {
                screen.note("farga: this should not have happened, please report it: " + thrown);
                thrown.printStackTrace(screen.errWriter());
                yield Exit.REFUSED;
            }
        };
    }

    private static int io(Screen screen, @Nullable IOException e) {
        screen.note("farga: "
                + switch (e) {
                    case null -> "a file cannot be read or written";
                    case java.nio.file.NoSuchFileException missing -> "there is no file " + missing.getFile();
                    case java.nio.file.AccessDeniedException denied -> "you may not use " + denied.getFile();
                    default -> String.valueOf(e.getMessage());
                });
        return Exit.USAGE;
    }

    private static String lowered(String sentence) {
        return sentence.isEmpty() ? sentence : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
