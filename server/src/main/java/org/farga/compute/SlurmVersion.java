package org.farga.compute;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A version of Slurm's REST interface, v0.0.<i>number</i>, and all that is different between them. None is offered by every
 * Slurm: v0.0.38 by 22.05 to 23.11, v0.0.40 by 23.11 to 25.05, v0.0.42 by 24.11 to 26.05. What only spells a value in
 * another way (a number, or an object that holds it; a word, or a list of them) is read without asking for the version.
 */
record SlurmVersion(int number) {

    /** The newest that was tried against a real Slurm first, then those that should be like it. */
    private static final List<Integer> SPOKEN = List.of(42, 41, 40, 44, 43, 38);

    /** {@code gpu:h100:2(IDX:0-1,3)}, of which model and indexes may be missing. */
    private static final Pattern GPUS = Pattern.compile("gpu(?::([^:(),]+))?:(\\d+)(?:\\(([^)]*)\\))?");

    /** Slurm takes no earlier instant for one: in 2010 nobody had Farga. */
    private static final long EARLIEST = 1_262_304_000;

    /** From here on Slurm's numbers mean that there is none (NO_VAL, INFINITE). */
    private static final long NO_VALUE = 0xffff_fffdL;

    static Optional<SlurmVersion> best(Collection<Integer> offered) {
        return SPOKEN.stream().filter(offered::contains).findFirst().map(SlurmVersion::new);
    }

    /** The older interface: some values are spelt in another way, and what it does not know it refuses. */
    private boolean old() {
        return number < 40;
    }

    /** Path of a question to slurmctld. */
    String controller(String what) {
        return "/slurm/v0.0." + number + "/" + what;
    }

    /** Path of a question to accounting about these jobs. */
    String accountingOf(Collection<String> jobs) {
        // The older ones take the last of several for all, the newer ones no comma, escaped or not.
        return "/slurmdb/v0.0." + number + "/jobs?step="
                + jobs.stream().collect(Collectors.joining(old() ? "%2C" : "&step="));
    }

    /** Path of a question to accounting about all jobs, of an account or of all, that were there between two instants. */
    String accountingBetween(Instant since, Instant until, @Nullable String account) {
        return "/slurmdb/v0.0." + number + "/jobs?start_time=uts" + Math.max(EARLIEST, since.getEpochSecond())
                + "&end_time=uts" + until.getEpochSecond()
                + (account == null ? "" : "&account=" + URLEncoder.encode(account, StandardCharsets.UTF_8));
    }

    /** What a job is submitted with. */
    record Request(
            String name,
            String comment,
            String script,
            String account,
            @Nullable String partition,
            @Nullable String qos,
            @Nullable String array,
            @Nullable String dependency,
            Resources resources,
            String folder,
            String log,
            Map<String, String> environment) {}

    /** The body of a submission. Slurm's time limits are whole minutes, so one is rounded up. */
    JsonNode submission(Request request) {
        ObjectNode job = JsonNodeFactory.instance.objectNode();
        Resources wanted = request.resources();
        job.put("name", request.name());
        job.put("comment", request.comment());
        job.put("account", request.account());
        if (request.partition() != null) {
            job.put("partition", request.partition());
        }
        if (request.qos() != null) {
            job.put("qos", request.qos());
        }
        if (request.array() != null) {
            job.put("array", request.array());
        }
        if (request.dependency() != null) {
            job.put("dependency", request.dependency());
        }
        job.put("tasks", 1);
        job.put("cpus_per_task", wanted.cpus());
        long minutes = (wanted.timeLimit().toSeconds() + 59) / 60;
        if (old()) {
            job.put("nodes", 1);
            job.put("memory_per_node", wanted.memoryMebibytes());
            job.put("time_limit", minutes);
            if (wanted.gpus() > 0) {
                job.put("gres", "gpu:" + wanted.gpuWords());
            }
            if (wanted.exclusive()) {
                job.put("exclusive", "exclusive");
            }
            ObjectNode environment = job.putObject("environment");
            request.environment().forEach(environment::put);
        } else {
            job.put("nodes", "1");
            job.putObject("memory_per_node").put("set", true).put("number", wanted.memoryMebibytes());
            job.putObject("time_limit").put("set", true).put("number", minutes);
            if (wanted.gpus() > 0) {
                job.put("tres_per_node", "gres/gpu:" + wanted.gpuWords());
            }
            if (wanted.exclusive()) {
                job.putArray("shared").add("none");
            }
            var environment = job.putArray("environment");
            request.environment().forEach((name, value) -> environment.add(name + "=" + value));
        }
        job.put("current_working_directory", request.folder());
        job.put("standard_output", request.log());
        job.put("open_mode", "append");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (old()) {
            body.put("script", request.script());
        } else {
            job.put("script", request.script());
        }
        body.set("job", job);
        return body;
    }

    // --- reading, whatever the version

    /** A number, bare or in an object that says whether it is set; null where it is not. */
    static @Nullable Long number(JsonNode node) {
        if (node.isObject()) {
            return node.path("set").asBoolean(false) ? number(node.path("number")) : null;
        }
        return node.isNumber() ? node.asLong() : null;
    }

    /** Words, of which there may be a list. */
    static List<String> words(JsonNode node) {
        if (node.isString()) {
            return List.of(node.asString());
        }
        List<String> words = new ArrayList<>();
        node.forEach(word -> words.add(word.asString("")));
        return words;
    }

    /** An instant in whole seconds; null where there is none. */
    static @Nullable Instant instant(JsonNode node) {
        Long seconds = number(node);
        return seconds == null || seconds <= 0 ? null : Instant.ofEpochSecond(seconds);
    }

    /** The state, which may come with flags: a job that is still being cleared away has not ended. */
    static JobState state(JsonNode node) {
        return state(words(node));
    }

    /** The same of words, of which each may go on: {@code CANCELLED by 1001}. */
    static JobState state(List<String> said) {
        List<String> words = said.stream().map(word -> word.split(" ", 2)[0]).toList();
        if (words.contains("COMPLETING")) {
            return JobState.COMPLETING;
        }
        if (words.contains("CONFIGURING")) {
            return JobState.CONFIGURING;
        }
        if (words.stream().anyMatch(word -> word.startsWith("REQUEUE") || word.equals("SPECIAL_EXIT"))) {
            return JobState.PENDING;
        }
        for (JobState state : JobState.values()) {
            if (words.contains(state.name())) {
                return state;
            }
        }
        return JobState.RUNNING;
    }

    /** As {@code wait} puts it; 128 + n when signal n ended it. */
    static int exitCode(int status) {
        return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
    }

    /** As {@code wait} puts it (22.05) or taken apart; 128 + n when signal n ended it. */
    static @Nullable Integer exitCode(JsonNode node) {
        if (node.isNumber()) {
            return exitCode(node.asInt());
        }
        Long signal = number(node.path("signal").path("id"));
        if (signal == null) {
            signal = number(node.path("signal").path("signal_id")); // 22.05 to 23.11, in accounting
        }
        Long code = number(node.path("return_code"));
        if (signal != null && signal > 0) {
            return 128 + signal.intValue();
        }
        return code == null ? null : code.intValue();
    }

    /** What {@code tres_alloc_str} says of a resource: a plain number, or one with a unit, in MiB where it is memory. */
    static long amount(String tres, String resource) {
        for (String part : tres.split(",", -1)) {
            if (part.startsWith(resource + "=")) {
                String value = part.substring(resource.length() + 1);
                Matcher matcher = Pattern.compile("([0-9.]+)([KMGTP]?)").matcher(value);
                if (matcher.matches()) {
                    double number = Double.parseDouble(matcher.group(1));
                    return Math.round(
                            switch (matcher.group(2)) {
                                case "K" -> number / 1024;
                                case "G" -> number * 1024;
                                case "T" -> number * 1024 * 1024;
                                case "P" -> number * 1024 * 1024 * 1024;
                                default -> number;
                            });
                }
            }
        }
        return 0;
    }

    /** One kind of GPU in Slurm's notation. */
    record Gpus(String model, int count, List<Integer> indexes) {}

    static List<Gpus> gpus(String gres) {
        List<Gpus> found = new ArrayList<>();
        Matcher matcher = GPUS.matcher(gres);
        while (matcher.find()) {
            String model = matcher.group(1);
            found.add(new Gpus(
                    model == null ? "gpu" : model, Integer.parseInt(matcher.group(2)), indexes(matcher.group(3))));
        }
        return found;
    }

    /** The indexes in {@code IDX:0-1,3}. */
    private static List<Integer> indexes(@Nullable String text) {
        List<Integer> indexes = new ArrayList<>();
        if (text == null || !text.startsWith("IDX:") || text.equals("IDX:N/A")) {
            return indexes;
        }
        for (String part : text.substring("IDX:".length()).split(",", -1)) {
            String[] ends = part.split("-", 2);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int index = first; index <= last; index++) {
                indexes.add(index);
            }
        }
        return indexes;
    }

    // --- jobs

    /** Slurm's number of a job; {@code 12_3} for a task of an array, in slurmctld's words or accounting's. */
    static String engineJob(JsonNode job) {
        Long array = number(job.path("array_job_id"));
        Long task = number(job.path("array_task_id"));
        if (array == null) {
            array = number(job.path("array").path("job_id"));
            task = number(job.path("array").path("task_id"));
        }
        return array != null && array > 0 && task != null
                ? array + "_" + task
                : String.valueOf(job.path("job_id").asLong(0));
    }

    /**
     * A job in slurmctld's words, while it is there and for some minutes after. The tasks of an array that wait are one job
     * there; it stands for each of them.
     */
    static List<SlurmJob> listed(JsonNode job) {
        JobState state = state(job.path("job_state"));
        String nodes = job.path("nodes").asString("");
        List<Integer> gpus = new ArrayList<>();
        for (JsonNode detail : job.path("gres_detail")) {
            gpus(detail.asString("")).forEach(some -> gpus.addAll(some.indexes()));
        }
        String given = job.path("tres_alloc_str").asString("");
        String waiting = job.path("array_task_string").asString("");
        Long array = number(job.path("array_job_id"));
        List<String> ids = array != null && array > 0 && !waiting.isEmpty()
                ? ArrayIndexes.parse(waiting).map(ArrayIndexes::indexes).orElse(List.of()).stream()
                        .map(index -> array + "_" + index)
                        .toList()
                : List.of(engineJob(job));
        return ids.stream()
                .map(id -> new SlurmJob(
                        id,
                        state,
                        job.path("state_reason").asString(""),
                        nodes,
                        instant(job.path("start_time")),
                        instant(job.path("end_time")),
                        instant(job.path("submit_time")),
                        exitCode(job.path("exit_code")),
                        nodes.isEmpty() ? null : allocation(nodes, given, gpus),
                        job.path("account").asString(""),
                        job.path("user_name").asString(""),
                        job.path("partition").asString(""),
                        job.path("comment").asString(""),
                        job.path("name").asString("")))
                .toList();
    }

    /** What {@code tres_alloc_str} says that a job was given. */
    static Allocation allocation(String nodes, String tres, List<Integer> gpuIndexes) {
        return new Allocation(
                nodes,
                (int) Math.max(1, amount(tres, "cpu")),
                Math.max(1, amount(tres, "mem")),
                (int) amount(tres, "gres/gpu"),
                gpuIndexes);
    }

    /**
     * An ended job in the words of accounting, which knows what it used, beside slurmctld's, who alone knows which GPUs it
     * had; null where slurmctld has forgotten it.
     */
    static Observation settled(JobId id, JsonNode record, @Nullable Observation live) {
        JobState state = state(record.path("state").path("current"));
        Instant startedAt = instant(record.path("time").path("start"));
        boolean started = hasNodes(record);
        Allocation allocation = null;
        if (started) {
            JsonNode given = record.path("tres").path("allocated");
            allocation = new Allocation(
                            record.path("nodes").asString(""),
                            (int) count(given, "cpu", null),
                            count(given, "mem", null),
                            (int) count(given, "gres", "gpu"),
                            live == null || live.allocation() == null
                                    ? List.of()
                                    : live.allocation().gpuIndexes())
                    .in(record.path("partition").asString(""));
        }
        Integer code = live == null || live.exitCode() == null ? exitCodeOfSteps(record) : live.exitCode();
        return new Observation(
                id,
                state,
                reason(state, ""),
                started ? startedAt : null,
                instant(record.path("time").path("end")),
                hasExitCode(state) ? code : null,
                allocation,
                started ? used(record) : new Measured(null, null));
    }

    /**
     * Whether accounting knows how a job ended, when and, as slurmctld does, where: for moments after slurmdbd was away or
     * behind it has the end of a job without its time, or without its nodes.
     *
     * @param live the job in slurmctld's words; null where it has forgotten it
     */
    static boolean isClosed(JsonNode record, @Nullable Observation live) {
        return state(record.path("state").path("current")).ended()
                && instant(record.path("time").path("end")) != null
                && (live == null || live.allocation() == null || hasNodes(record));
    }

    private static boolean hasNodes(JsonNode record) {
        String nodes = record.path("nodes").asString("");
        return instant(record.path("time").path("start")) != null && !nodes.isEmpty() && !nodes.equals("None assigned");
    }

    private static @Nullable Integer exitCodeOfSteps(JsonNode record) {
        for (JsonNode step : record.path("steps")) {
            if (step.path("step").path("name").asString("").equals("batch")) {
                return exitCode(step.path("exit_code"));
            }
        }
        return exitCode(record.path("exit_code"));
    }

    /**
     * What a job's steps used, as {@code sacct} and {@code seff} (contribs/seff in Slurm's source) put it together: CPU time is
     * added up; memory is that of the step that had most, its tasks' peaks added up. GPUs are there where a centre has
     * {@code gres/gpuutil} and {@code gres/gpumem} gathered.
     */
    static Measured used(JsonNode record) {
        Long microseconds = null;
        long bytes = 0;
        Long gpuPercent = null;
        long gpuBytes = 0;
        for (JsonNode step : record.path("steps")) {
            JsonNode total = step.path("time").path("total");
            microseconds = (microseconds == null ? 0 : microseconds)
                    + total.path("seconds").asLong(0) * 1_000_000
                    + total.path("microseconds").asLong(0);
            JsonNode usage = step.path("tres").path("requested");
            bytes = Math.max(bytes, ofAllTasks(step, usage, "mem", null));
            gpuBytes = Math.max(gpuBytes, ofAllTasks(step, usage, "gres", "gpumem"));
            if (has(usage.path("total"), "gres", "gpuutil")) {
                gpuPercent =
                        Math.max(gpuPercent == null ? 0 : gpuPercent, count(usage.path("total"), "gres", "gpuutil"));
            }
        }
        return new Measured(
                microseconds == null ? null : microseconds / 1000,
                mebibytes(bytes),
                energyJoules(record),
                gpuPercent == null ? null : Integer.valueOf((int) Math.min(gpuPercent, 100_000)),
                mebibytes(gpuBytes));
    }

    /** The tasks' peaks added up; where only the highest is known, as if all tasks had reached it. */
    private static long ofAllTasks(JsonNode step, JsonNode usage, String type, @Nullable String name) {
        long total = count(usage.path("total"), type, name);
        long highest = count(usage.path("max"), type, name);
        return total > 0
                ? Math.max(total, highest)
                : highest * Math.max(1, step.path("tasks").path("count").asLong(1));
    }

    private static @Nullable Long mebibytes(long bytes) {
        return bytes == 0 ? null : Long.valueOf((bytes + (1 << 20) - 1) >> 20);
    }

    /**
     * What the nodes' meters counted; null where there are none. Steps of one job are metered by the node they run on, so those that
     * go on beside each other count the same joules: the batch step and the one that holds the allocation are no addition to the
     * others, but stand for them where they have more.
     */
    private static @Nullable Long energyJoules(JsonNode record) {
        long ofJob = count(record.path("tres").path("allocated"), "energy", null);
        long whole = 0;
        long parts = 0;
        for (JsonNode step : record.path("steps")) {
            Long read = number(step.path("statistics").path("energy").path("consumed"));
            long joules = read == null || read >= NO_VALUE ? 0 : Math.max(0, read);
            String name = step.path("step").path("name").asString("");
            if (name.equals("batch") || name.equals("extern")) {
                whole = Math.max(whole, joules);
            } else {
                parts += joules;
            }
        }
        long joules = ofJob > 0 && ofJob < NO_VALUE ? ofJob : Math.max(whole, parts);
        return joules == 0 ? null : Long.valueOf(joules);
    }

    private static boolean has(JsonNode tres, String type, String name) {
        for (JsonNode one : tres) {
            if (one.path("type").asString("").equals(type)
                    && one.path("name").asString("").equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static long count(JsonNode tres, String type, @Nullable String name) {
        for (JsonNode one : tres) {
            if (one.path("type").asString("").equals(type)
                    && (name == null || one.path("name").asString("").equals(name))) {
                Long count = number(one.path("count"));
                return count == null ? 0 : Math.max(0, count);
            }
        }
        return 0;
    }

    static boolean hasExitCode(JobState state) {
        return state == JobState.COMPLETED || state == JobState.FAILED;
    }

    /** Slurm's word for why a job waits, ours for how it ended. */
    static @Nullable String reason(JobState state, String slurms) {
        return switch (state) {
            case PENDING -> slurms.isEmpty() || slurms.equals("None") ? "Priority" : slurms;
            case CONFIGURING, RUNNING, SUSPENDED, COMPLETING -> null;
            case COMPLETED -> null;
            case FAILED -> "NonZeroExitCode";
            case CANCELLED -> "Cancelled";
            case TIMEOUT, DEADLINE -> "TimeLimit";
            case OUT_OF_MEMORY -> "OutOfMemory";
            case NODE_FAIL -> "NodeFail";
            case PREEMPTED -> "Preempted";
            case BOOT_FAIL -> "JobLaunchFailure";
        };
    }

    // --- nodes

    private static final List<String> USABLE = List.of("IDLE", "MIXED", "ALLOCATED", "COMPLETING");
    private static final List<String> UNUSABLE = List.of(
            "DOWN",
            "DRAIN",
            "FAIL",
            "NOT_RESPONDING",
            "MAINTENANCE",
            "REBOOT_REQUESTED",
            "POWERED_DOWN",
            "INVALID_REG");

    static Cluster.Node node(JsonNode node) {
        List<String> states = new ArrayList<>();
        words(node.path("state")).forEach(word -> states.add(word.toUpperCase(java.util.Locale.ROOT)));
        words(node.path("state_flags")).forEach(states::add);
        boolean available =
                states.stream().anyMatch(USABLE::contains) && states.stream().noneMatch(UNUSABLE::contains);
        int cpus = node.path("cpus").asInt(0);
        long memory = node.path("real_memory").asLong(0);
        List<Integer> used = new ArrayList<>();
        int taken = 0;
        for (Gpus some : gpus(node.path("gres_used").asString(""))) {
            used.addAll(some.indexes());
            taken += some.count();
        }
        List<Cluster.Gpu> gpus = new ArrayList<>();
        for (Gpus some : gpus(node.path("gres").asString(""))) {
            for (int n = 0; n < some.count(); n++) {
                int index = gpus.size();
                boolean free = used.isEmpty() ? index >= taken : !used.contains(index);
                gpus.add(new Cluster.Gpu(index, some.model(), null, null, free));
            }
        }
        return new Cluster.Node(
                node.path("name").asString(""),
                available,
                cpus,
                Math.max(0, cpus - node.path("alloc_cpus").asInt(0)),
                memory,
                Math.max(0, memory - node.path("alloc_memory").asLong(0)),
                gpus);
    }
}
