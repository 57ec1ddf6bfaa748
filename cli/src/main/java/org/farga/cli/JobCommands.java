package org.farga.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.StringJoiner;
import org.farga.cli.Api.Reply;
import org.farga.cli.Cli.Exit;
import org.farga.cli.Screen.Look;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The machine, and the jobs on it. */
final class JobCommands {
    private static final int SHOWN = 20;

    private JobCommands() {}

    @Command(
            name = "clusters",
            description = "The machines that jobs run on, and what of them is free now.",
            footerHeading = "%nExamples:%n",
            footer = "  farga clusters")
    static final class Clusters extends FargaCommand {
        Clusters(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode answer = session.api().get("/api/v1/clusters").json();
            if (printed(answer)) {
                return Exit.DONE;
            }
            Table table = new Table("CLUSTER", "SCHEDULER", "STATE", ">CORES FREE", ">MEMORY FREE", "GPUS FREE");
            answer.path("items").forEach(c -> {
                int free = 0;
                String model = "";
                for (JsonNode gpu : c.path("gpus")) {
                    free += gpu.path("free").asBoolean(true) ? 1 : 0;
                    model = text(gpu, "model");
                }
                boolean up =
                        c.path("enabled").asBoolean(true) && c.path("answers").asBoolean(true);
                table.row(
                                text(c, "name"),
                                text(c, "scheduler"),
                                up ? "up" : c.path("enabled").asBoolean(true) ? "does not answer" : "closed",
                                text(c, "cpusFree") + " of " + text(c, "cpus"),
                                Amounts.memory(c.path("memoryMebibytesFree").asLong(0)) + " of "
                                        + Amounts.memory(
                                                c.path("memoryMebibytes").asLong(0)),
                                c.path("gpus").isEmpty()
                                        ? "none"
                                        : free + " of " + c.path("gpus").size() + " " + model)
                        .look(2, up ? Look.GOOD : Look.BAD);
            });
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(
            name = "jobs",
            description = "Your projects' jobs, the newest first: the latest 20, or all.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga jobs",
                "  farga jobs --state running",
                "  farga jobs --all --json | jq '.items[] | select(.exitCode == 1) | .id'"
            })
    static final class Jobs extends FargaCommand {
        @Option(names = "--all", description = "All, not only the latest 20.")
        private boolean all;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only those in it: pending, running, failed, ...")
        private @Nullable String state;

        @Option(names = "--project", paramLabel = "PROJECT", description = "Only this project's.")
        private @Nullable String project;

        Jobs(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            StringJoiner query = new StringJoiner("&", "?", "");
            query.add("limit=" + (all ? 200 : SHOWN));
            if (state != null) {
                query.add("state=" + Api.encoded(state.toUpperCase(java.util.Locale.ROOT)));
            }
            if (project != null) {
                query.add("project="
                        + text(
                                api.get("/api/v1/projects/" + Api.encoded(project))
                                        .json(),
                                "id"));
            }
            ArrayNode items = api.items("/api/v1/jobs" + query, all ? Integer.MAX_VALUE : SHOWN, session.language());
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note("There are none. \"farga submit\" submits one.");
                return Exit.DONE;
            }
            Table table = new Table(">JOB", "NAME", "STATE", "BY", "SUBMITTED", ">TIME", ">CPUS", ">GPUS", "REASON");
            items.forEach(j -> table.row(
                            text(j, "id"),
                            text(j, "name"),
                            text(j, "state"),
                            text(j, "submittedByName"),
                            session.when(text(j, "submittedAt")),
                            time(j),
                            text(j, "cpus"),
                            text(j, "gpus"),
                            text(j, "state").equals("COMPLETED") ? "" : why(j))
                    .look(2, look(text(j, "state"))));
            table.print(screen);
            return Exit.DONE;
        }

        /** In plain words; the engine's word where there are none. */
        private static String why(JsonNode job) {
            String sentence = text(job, "explanation");
            return sentence.isEmpty() ? text(job, "reason") : sentence;
        }

        private String time(JsonNode job) {
            Duration time = JobCommands.time(job, session.now());
            return time == null ? "-" : Amounts.time(time);
        }
    }

    /** For how long it ran, or has run. */
    static @Nullable Duration time(JsonNode job, Instant now) {
        String started = FargaCommand.text(job, "startedAt");
        String ended = FargaCommand.text(job, "endedAt");
        if (started.isEmpty()) {
            return null;
        }
        Duration time = Duration.between(Amounts.instant(started), ended.isEmpty() ? now : Amounts.instant(ended));
        return time.isNegative() ? Duration.ZERO : time;
    }

    @Command(
            name = "job",
            description = "One job: what it was given, what it used, how it ended and why.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga job 17", "  farga job 17 --script > train", "  farga job efficiency 17"})
    static final class Job extends FargaCommand {
        // Not needed where a subcommand follows, which has its own.
        @Parameters(arity = "0..1", paramLabel = "JOB", description = "Its number.")
        private @Nullable Long job;

        @Option(names = "--script", description = "Print the script as it was submitted.")
        private boolean script;

        Job(Session session) {
            super(session);
        }

        @Override
        int run() {
            if (job == null) {
                throw new UsageException("which job? \"farga jobs\" lists them");
            }
            Api api = session.api();
            if (script) {
                screen.write(api.get("/api/v1/jobs/" + job + "/script").text());
                return Exit.DONE;
            }
            JsonNode found = api.get("/api/v1/jobs/" + job, session.language()).json();
            if (!printed(found)) {
                show(found);
            }
            return Exit.DONE;
        }

        private void show(JsonNode j) {
            String state = text(j, "state");
            screen.say(bold(text(j, "id") + "  " + text(j, "name")) + "  " + screen.look(look(state), state));
            StringJoiner datasets = new StringJoiner(", ");
            j.path("datasets").forEach(d -> datasets.add(text(d, "slug") + " version " + text(d, "number")));
            Duration time = time(j, session.now());
            JsonNode usage = j.path("usage");
            String exit = text(j, "exitCode");
            facts(
                    "why",
                    text(j, "explanation").isEmpty() ? text(j, "reason") : text(j, "explanation"),
                    "what to do",
                    text(j, "remedy"),
                    "expected start",
                    text(j, "expectedStartAt").isEmpty() ? "" : session.when(text(j, "expectedStartAt")),
                    "exit code",
                    exit,
                    "submitted",
                    session.when(text(j, "submittedAt")) + " by " + text(j, "submittedByName"),
                    "started",
                    text(j, "startedAt").isEmpty() ? "" : session.when(text(j, "startedAt")),
                    "ended",
                    text(j, "endedAt").isEmpty() ? "" : session.when(text(j, "endedAt")),
                    "ran for",
                    time == null
                            ? ""
                            : Amounts.time(time) + " of at most "
                                    + Amounts.time(Duration.ofSeconds(
                                            j.path("timeLimitSeconds").asLong(0))),
                    "was given",
                    text(j, "cpus") + " cores, "
                            + Amounts.memory(j.path("memoryMebibytes").asLong(0)) + ", " + text(j, "gpus") + " GPUs on "
                            + text(j, "cluster"),
                    "used",
                    usage.isMissingNode()
                            ? ""
                            : hours(usage, "gpuHours") + " GPU-hours, " + hours(usage, "cpuHours") + " CPU-hours",
                    "most memory",
                    text(j, "peakMemoryMebibytes").isEmpty()
                            ? ""
                            : Amounts.memory(j.path("peakMemoryMebibytes").asLong(0)),
                    "datasets",
                    datasets.toString(),
                    "model",
                    text(j, "model"),
                    "array",
                    text(j, "array").isEmpty() ? "" : "task " + text(j, "arrayIndex") + " of " + text(j, "array"),
                    "waits for",
                    text(j, "dependency"),
                    "submitted as",
                    text(j, "unixUser").isEmpty() ? "" : text(j, "unixUser") + " on the cluster itself, not by Farga",
                    "script",
                    text(j, "scriptSha256").isEmpty() ? "" : "sha256 " + text(j, "scriptSha256"));
        }
    }

    static CommandLine job(Session session) {
        return new CommandLine(new Job(session)).addSubcommand("efficiency", new Efficiency(session));
    }

    @Command(
            name = "efficiency",
            description =
                    "How well a job used what it was given, what to ask for the next time, and the energy it took.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga job efficiency 17", "  farga job efficiency 17 --json | jq .energy"})
    static final class Efficiency extends FargaCommand {
        @Parameters(paramLabel = "JOB", description = "Its number.")
        private long job;

        Efficiency(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode found =
                    session.api().get("/api/v1/jobs/" + job + "/efficiency").json();
            if (!printed(found)) {
                show(found);
            }
            return Exit.DONE;
        }

        private void show(JsonNode e) {
            String state = text(e, "state");
            screen.say(bold(text(e, "job")) + "  " + screen.look(look(state), state));
            JsonNode time = e.path("time");
            if (time.isMissingNode()) {
                screen.say("It has not run: there is nothing to judge.");
                return;
            }
            Table table = new Table("OF", ">USED", ">GIVEN", ">SHARE");
            JsonNode cpu = e.path("cpu");
            row(table, "cores", cpu, text(cpu, "coresUsed"), text(cpu, "cores"));
            JsonNode memory = e.path("memory");
            row(
                    table,
                    "memory",
                    memory,
                    Amounts.memory(memory.path("peakMebibytes").asLong(0)),
                    Amounts.memory(memory.path("mebibytes").asLong(0)));
            row(
                    table,
                    "time",
                    time,
                    Amounts.time(Duration.ofSeconds(time.path("seconds").asLong(0))),
                    Amounts.time(Duration.ofSeconds(time.path("limitSeconds").asLong(0))));
            JsonNode gpus = e.path("gpus");
            if (!gpus.isMissingNode()) {
                row(table, "GPUs", gpus, "", text(gpus, "count"));
            }
            for (JsonNode gpu : gpus.path("each")) {
                row(table, "  GPU " + text(gpu, "index") + " " + text(gpu, "model"), gpu, "", "");
            }
            table.print(screen);
            JsonNode energy = e.path("energy");
            String kind = text(energy, "kind");
            String co2e = text(energy, "gramsCo2e");
            screen.say("Energy: "
                    + (kind.equals("UNKNOWN")
                            ? "unknown"
                            : (energy.path("unknown").isEmpty() ? "" : "at least ")
                                    + wattHours(energy) + " Wh, "
                                    + kind.toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                    + (co2e.isEmpty() ? "" : "; " + co2e + " g CO2e"));
            e.path("advice").forEach(a -> screen.say("* " + text(a, "sentence")));
        }

        private void row(Table table, String of, JsonNode share, String used, String given) {
            String percent = text(share, "percent");
            table.row(of, percent.isEmpty() ? "" : used, given, percent.isEmpty() ? "not measured" : percent + " %");
        }

        private static String wattHours(JsonNode energy) {
            return new BigDecimal(text(energy, "joules"))
                    .divide(BigDecimal.valueOf(3600), 3, RoundingMode.HALF_UP)
                    .stripTrailingZeros()
                    .toPlainString();
        }
    }

    @Command(
            name = "logs",
            description = "What a job has written; with --follow as it writes it, until it ends.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga logs 17", "  farga logs 17 --follow   (exit code 10 if the job does not complete)"})
    static final class Logs extends FargaCommand {
        @Parameters(paramLabel = "JOB", description = "Its number.")
        private long job;

        @Option(
                names = {"-f", "--follow"},
                description = "Go on until the job ends. Ctrl-C stops following, not the job.")
        private boolean follow;

        Logs(Session session) {
            super(session);
        }

        @Override
        int run() {
            if (follow) {
                return follow(this, Long.toString(job));
            }
            Api api = session.api();
            String offset = "0";
            while (true) {
                Reply piece = api.get("/api/v1/jobs/" + job + "/log?offset=" + offset);
                String next = piece.header("Farga-Log-Next");
                screen.write(piece.text());
                if (piece.body().length == 0 || next.isEmpty() || next.equals(offset)) {
                    return Exit.DONE;
                }
                offset = next;
            }
        }
    }

    /** Shows what a job writes until it ends; the exit code is the job's fate. */
    static int follow(FargaCommand command, String job) {
        Screen screen = command.screen;
        Set<String> told = new HashSet<>();
        JsonNode end = new JobFollower(command.session.patientApi())
                .follow(
                        job,
                        new JobFollower.Heard(
                                state -> {
                                    String word = FargaCommand.text(state, "state");
                                    if (command.printed(state)) {
                                        screen.flush();
                                    } else if (told.add(word)
                                            && FargaCommand.text(state, "endedAt")
                                                    .isEmpty()) {
                                        screen.note(command.faint("job " + job + " is " + word + explained(state)));
                                    }
                                },
                                text -> {
                                    if (!command.printed(Api.object("log", text))) {
                                        screen.write(text);
                                    }
                                },
                                metric -> command.printed(metric)));
        String state = FargaCommand.text(end, "state");
        if (!command.printed(end)) {
            Duration time = time(end, command.session.now());
            screen.note("job " + job + " " + screen.look(FargaCommand.look(state), state)
                    + (time == null ? "" : " after " + Amounts.time(time)) + explained(end));
        }
        return state.equals("COMPLETED") ? Exit.DONE : Exit.JOB_FAILED;
    }

    private static String explained(JsonNode state) {
        String why = FargaCommand.text(state, "explanation");
        return why.isEmpty() ? "" : ": " + why;
    }

    @Command(
            name = "cancel",
            description = "Cancel a job: all its processes are ended.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga cancel 17", "  farga cancel 17 --array"})
    static final class Cancel extends FargaCommand {
        @Parameters(paramLabel = "JOB", description = "Its number.")
        private long job;

        @Option(names = "--array", description = "All tasks of the array that it belongs to.")
        private boolean array;

        Cancel(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode cancelled = session.api()
                    .put("/api/v1/jobs/" + job + "/cancellation" + (array ? "?array=true" : ""), null)
                    .json();
            if (!printed(cancelled)) {
                screen.note((array ? "All tasks of the array are" : "Job " + job + " is")
                        + " being cancelled; \"farga job " + job + "\" shows when it has ended.");
            }
            return Exit.DONE;
        }
    }
}
