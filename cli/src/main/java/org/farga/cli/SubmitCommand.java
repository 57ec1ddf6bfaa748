package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.cli.Cli.Exit;
import org.farga.cli.Screen.Look;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "submit",
        description = {
            "Submit a job. The script says in its first line what runs it, such as #!/bin/bash, and finds",
            "datasets, output folder and metrics file in its environment (FARGA_DATASET_...,",
            "FARGA_OUTPUT, FARGA_METRICS).",
            "What cannot run is refused at once, with the reason and what to do."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  farga submit train --dataset digits --cpus 2 --time 10m --follow",
            "  farga submit train --dataset digits@1 --gpus 1 --memory 16G --time 1h30m --model digits",
            "  farga submit train --cluster lab --gpus 4",
            "  farga submit train --env EPOCHS=50 --env SEED=7 --time 2-00:00:00",
            "  farga submit sweep --array 0-9%%2 --gpus h100:1 --time 2h",
            "  farga submit report --dependency afterok:12",
            "  farga submit train --dataset digits --check",
            "  job=$(farga submit train --json | jq .id) && farga logs $job --follow"
        })
final class SubmitCommand extends FargaCommand {
    private static final long LARGEST_SCRIPT_BYTES = 1 << 20;

    @Parameters(paramLabel = "SCRIPT", description = "The script's file; - for standard input.")
    private String script = "-";

    @Option(names = "--name", description = "The job's name; the file's where it is not given.")
    private @Nullable String name;

    @Option(names = "--project", paramLabel = "PROJECT", description = "The project whose allocation pays.")
    private @Nullable String project;

    @Option(
            names = "--allocation",
            paramLabel = "CODE",
            description =
                    "The allocation that pays, by its proposal's code; the only active one where it is not given.")
    private @Nullable String allocation;

    @Option(
            names = "--cluster",
            paramLabel = "CLUSTER",
            description = "Where it runs: narrows the allocations to those on this cluster.")
    private @Nullable String cluster;

    @Option(
            names = {"-c", "--cpus"},
            paramLabel = "N",
            description = "CPU cores (1).")
    private int cpus = 1;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "Memory, such as 2G or 512M (2G).")
    private String memory = "2G";

    @Option(
            names = {"-g", "--gpus"},
            paramLabel = "[TYPE:]N",
            description = "GPUs (0), of any type or of one: 2, h100:2.")
    private String gpus = "0";

    @Option(
            names = {"-t", "--time"},
            paramLabel = "TIME",
            description = "The most it may run: 10m, 1h30m, 2-00:00:00 (1h).")
    private String time = "1h";

    @Option(names = "--disk", paramLabel = "SIZE", description = "The most its folder may hold, such as 2G.")
    private @Nullable String disk;

    @Option(
            names = {"-d", "--dataset"},
            paramLabel = "SLUG[@N]",
            description = "A dataset it reads, in its newest version or version N; may be repeated.")
    private List<String> datasets = List.of();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "A variable of its environment; NAME alone takes yours. May be repeated.")
    private List<String> variables = List.of();

    @Option(names = "--model", paramLabel = "NAME", description = "Register its output as a model of this name.")
    private @Nullable String model;

    @Option(
            names = {"-a", "--array"},
            paramLabel = "INDEXES",
            description = {
                "Submit a job for each index, which it finds in FARGA_ARRAY_INDEX: 0-9, 1,3,5 or 0-20:5;",
                "with %%2 after it two run at once."
            })
    private @Nullable String array;

    @Option(
            names = "--dependency",
            paramLabel = "JOBS",
            description = "Wait for jobs or arrays: afterok:12, afterany:12:13, afternotok:12, after:12.")
    private @Nullable String dependency;

    @Option(names = "--exclusive", description = "A node of its own; all of it is charged.")
    private boolean exclusive;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            description = "The part of a Slurm cluster to run in; the narrowest that fits where it is not given.")
    private @Nullable String partition;

    @Option(names = "--qos", paramLabel = "NAME", description = "The QoS on a Slurm cluster.")
    private @Nullable String qos;

    @Option(names = "--check", description = "Only say whether it could run, and what is in its way.")
    private boolean check;

    @Option(
            names = {"-f", "--follow"},
            description = "Show what it writes until it ends; exit code 10 if it does not complete.")
    private boolean follow;

    SubmitCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws IOException {
        String file = script.equals("-") ? "job" : Path.of(script).getFileName().toString();
        ObjectNode job = Api.object(
                "name",
                name != null ? name : file,
                "script",
                script(),
                "cpus",
                cpus,
                "memoryMebibytes",
                typed(() -> Amounts.mebibytes(memory)),
                "gpus",
                gpus(),
                "gpuType",
                gpus.contains(":") ? gpus.substring(0, gpus.lastIndexOf(':')) : null,
                "exclusive",
                exclusive ? Boolean.TRUE : null,
                "partition",
                partition,
                "qos",
                qos,
                "array",
                array,
                "dependency",
                dependency,
                "timeLimitSeconds",
                typed(() -> Amounts.duration(time).toSeconds()),
                "diskMebibytes",
                disk == null ? null : typed(() -> Amounts.mebibytes(String.valueOf(disk))),
                "datasets",
                datasets,
                "environment",
                environment(),
                "model",
                model);
        Api api = session.api();
        job.put("allocation", allocation(api));
        if (check) {
            return check(api, job);
        }
        JsonNode submitted = api.post("/api/v1/jobs", job).json();
        String id = text(submitted, "id");
        if (!printed(submitted)) {
            screen.say(
                    submitted.has("array")
                            ? "Array " + bold(text(submitted, "array")) + " is submitted; its first job is " + bold(id)
                                    + "."
                            : "Job " + bold(id) + " is submitted.");
            if (!follow) {
                screen.note(faint(
                        "farga logs " + id + " --follow   shows what it writes; farga job " + id + "   how it does."));
            }
        }
        screen.flush();
        return follow ? JobCommands.follow(this, id) : Exit.DONE;
    }

    private int gpus() {
        String number = gpus.substring(gpus.lastIndexOf(':') + 1);
        if (!number.matches("[0-9]{1,6}")) {
            throw new UsageException("GPUs look like 2 or h100:2, not \"" + gpus + "\"");
        }
        return Integer.parseInt(number);
    }

    private int check(Api api, ObjectNode job) {
        JsonNode answer = api.post("/api/v1/jobs/preflight", job).json();
        boolean ok = answer.path("ok").asBoolean(false);
        if (!printed(answer)) {
            answer.path("findings").forEach(f -> {
                String mark = switch (text(f, "severity")) {
                    case "OK" -> screen.look(Look.GOOD, "ok      ");
                    case "WARNING" -> screen.look(Look.WARN, "warning ");
                    default -> screen.look(Look.BAD, "refused ");
                };
                screen.say(mark + " " + text(f, "sentence") + (text(f, "fix").isEmpty() ? "" : " " + text(f, "fix")));
            });
            screen.say(ok ? "It can run." : "It would be refused.");
        }
        return ok ? Exit.DONE : Exit.REFUSED;
    }

    /** The allocation that pays: the one named, or the only active one. */
    private String allocation(Api api) {
        ArrayNode active = Api.JSON.createArrayNode();
        ArrayNode all = Api.JSON.createArrayNode();
        ArrayNode projects = api.items("/api/v1/projects", MANY);
        Iterable<JsonNode> from = project == null
                ? projects
                : List.of(pick(
                        projects,
                        project,
                        "project",
                        "--project",
                        p -> List.of(text(p, "slug"), text(p, "name"), text(p, "id"))));
        for (JsonNode each : from) {
            for (JsonNode a : each.path("allocations")) {
                if (cluster != null && !text(a, "cluster").equals(cluster)) {
                    continue;
                }
                all.add(a);
                if (text(a, "state").equals("ACTIVE")) {
                    active.add(a);
                }
            }
        }
        if (active.isEmpty() && (allocation == null || all.isEmpty())) {
            throw new NotThere(
                    all.isEmpty()
                            ? "you have no allocation"
                                    + (cluster == null ? " to run jobs on" : " on the cluster " + cluster)
                                    + "; \"farga propose\" asks for one, and \"farga projects\" shows those you have"
                            : "none of your allocations is active now; \"farga projects\" shows them");
        }
        return text(
                pick(
                        allocation == null ? active : all,
                        allocation,
                        "allocation",
                        "--allocation",
                        a -> List.of(text(a, "proposalCode"), text(a, "id"))),
                "id");
    }

    private String script() throws IOException {
        byte[] bytes;
        if (script.equals("-")) {
            bytes = System.in.readAllBytes();
        } else {
            Path file = Path.of(script);
            if (Files.isDirectory(file)) {
                throw new UsageException(script + " is a folder, not a script");
            }
            if (Files.size(file) > LARGEST_SCRIPT_BYTES) {
                throw new UsageException(script + " is larger than 1 MiB; a script is text, data belong in a dataset");
            }
            bytes = Files.readAllBytes(file);
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UsageException(script + " is no text in UTF-8");
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            String variableName = equals < 0 ? variable : variable.substring(0, equals);
            String value = equals < 0 ? session.environment().get(variable) : variable.substring(equals + 1);
            if (value == null || variableName.isBlank()) {
                throw new UsageException("a variable looks like EPOCHS=50, not \"" + variable + "\"");
            }
            environment.put(variableName, value);
        }
        return environment;
    }

    private static <T> T typed(java.util.function.Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
