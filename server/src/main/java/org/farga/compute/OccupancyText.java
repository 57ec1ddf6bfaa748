package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.compute.Occupancy.Gpus;
import org.farga.compute.Occupancy.Node;
import org.farga.compute.Occupancy.Partition;
import org.farga.compute.Occupancy.State;
import org.farga.slurm.SlurmCommands;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scontrol} and {@code squeue} write about a whole cluster, read. Three questions, however many jobs and viewers there
 * are; columns that Slurm 22.05 to 24.11 both know.
 */
final class OccupancyText {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Of squeue's -O, each with a width that holds it and an end mark; what people choose freely is not among them. */
    private static final List<String> COLUMNS = List.of(
            "JobArrayID:64|",
            "JobID:20|",
            "State:20|",
            "Partition:128|",
            "PriorityLong:22|",
            "RestartCnt:8|",
            "tres-alloc:256|",
            "NumNodes:12|",
            "NodeList:256|",
            "SubmitTime:22|",
            "EligibleTime:22|",
            "StartTime:22|",
            "TimeLimit:24|",
            "Dependency:256|",
            "Account:64|",
            "UserName:64|",
            "QOS:64|",
            "Reason:256|");

    private static final Set<String> WAITING_STATES =
            Set.of("PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD");

    private static final Pattern REASON = Pattern.compile(" Reason=(.*?)(?: \\[(\\S+)@(\\d+)])?(?: Comment=.*)?$");
    private static final Pattern GPU_MODEL = Pattern.compile("gres/gpu:([^=,]+)=(\\d+)");
    private static final Pattern TASKS = Pattern.compile("_\\[([0-9,:-]+)");

    private OccupancyText() {}

    /** Asks Slurm. Throws {@link java.io.UncheckedIOException} where it does not answer. */
    static Occupancy ask(SlurmCommands slurm, Instant now) {
        String nodes = slurm.run(LIMIT, "scontrol", "-o", "-d", "show", "node").good();
        String partitions =
                slurm.run(LIMIT, "scontrol", "-o", "show", "partition").good();
        String jobs = slurm.run(LIMIT, "squeue", "-h", "-a", "-O", String.join(",", COLUMNS))
                .good();
        return read(nodes, partitions, jobs, now);
    }

    static Occupancy read(String nodes, String partitions, String jobs, Instant now) {
        return Occupancy.inOrder(
                now,
                true,
                nodes.lines()
                        .filter(line -> line.startsWith("NodeName="))
                        .map(OccupancyText::node)
                        .toList(),
                partitions
                        .lines()
                        .filter(line -> line.startsWith("PartitionName="))
                        .map(OccupancyText::partition)
                        .toList(),
                jobs.lines()
                        .map(OccupancyText::job)
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList());
    }

    // --- nodes

    static Node node(String line) {
        // Somebody's own words, which may look like anything, stand at the end.
        Matcher reason = REASON.matcher(line);
        String why = null;
        Instant since = null;
        String facts = line;
        if (reason.find()) {
            why = reason.group(1).strip();
            since = reason.group(3) == null ? null : Instant.ofEpochSecond(Long.parseLong(reason.group(3)));
            facts = line.substring(0, reason.start());
        }
        String word = value(facts, "State");
        int cpus = (int) number(value(facts, "CPUTot"));
        int usedCpus = (int) number(value(facts, "CPUAlloc"));
        String used = value(facts, "GresUsed");
        List<Gpus> gpus = new ArrayList<>();
        for (SlurmVersion.Gpus some : SlurmVersion.gpus(value(facts, "Gres"))) {
            int taken = SlurmVersion.gpus(used).stream()
                    .filter(one -> one.model().equals(some.model()))
                    .mapToInt(SlurmVersion.Gpus::count)
                    .sum();
            gpus.add(new Gpus(some.model(), some.count(), Math.min(taken, some.count())));
        }
        return new Node(
                value(facts, "NodeName"),
                state(word, usedCpus, cpus),
                word,
                why == null || why.isEmpty() ? null : why,
                since,
                cpus,
                usedCpus,
                number(value(facts, "RealMemory")),
                number(value(facts, "AllocMem")),
                gpus,
                words(value(facts, "Partitions")));
    }

    /** {@code MIXED+DRAIN}, {@code DOWN*}, {@code IDLE+PLANNED}: a base and flags. */
    static State state(String word, int usedCpus, int cpus) {
        Set<String> parts = Arrays.stream(word.split("\\+", -1))
                .map(part -> part.replaceAll("[^A-Z_]", ""))
                .collect(Collectors.toSet());
        boolean busy = usedCpus > 0;
        if (parts.stream().anyMatch(p -> p.equals("DOWN") || p.equals("FAIL") || p.equals("ERROR"))) {
            return parts.contains("POWERED_DOWN") ? State.OFF : State.DOWN;
        }
        if (parts.contains("DRAIN") || parts.contains("INVALID_REG")) {
            return busy ? State.DRAINING : State.DRAINED;
        }
        if (word.contains("*") || parts.contains("NOT_RESPONDING")) {
            return State.SILENT;
        }
        if (parts.contains("POWERED_DOWN") || parts.contains("POWERING_DOWN") || parts.contains("POWER_DOWN")) {
            return State.OFF;
        }
        if (parts.contains("MAINTENANCE") || parts.contains("MAINT") || parts.contains("RESERVED")) {
            return State.RESERVED;
        }
        if (parts.contains("FUTURE") || parts.contains("UNKNOWN")) {
            return State.UNKNOWN;
        }
        return !busy ? State.FREE : usedCpus < cpus ? State.PARTLY : State.FULL;
    }

    // --- partitions

    static Partition partition(String line) {
        String mostNodes = value(line, "MaxNodes");
        return new Partition(
                value(line, "PartitionName"),
                value(line, "Default").equals("YES"),
                value(line, "State").equals("UP"),
                value(line, "State"),
                duration(value(line, "MaxTime")),
                duration(value(line, "DefaultTime")),
                mostNodes.matches("\\d{1,9}") ? Integer.valueOf(mostNodes) : null,
                (int) number(value(line, "TotalNodes")),
                (int) number(value(line, "TotalCPUs")),
                allowed(value(line, "AllowAccounts")),
                allowed(value(line, "AllowGroups")),
                allowed(value(line, "AllowQos")));
    }

    private static Set<String> allowed(String list) {
        return list.equals("ALL") ? Set.of() : new TreeSet<>(words(list));
    }

    // --- jobs

    /** Null for a line that is none of squeue's. */
    static @Nullable EngineJob job(String line) {
        String[] cells = line.split("\\|", -1);
        if (cells.length < COLUMNS.size()) {
            return null;
        }
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cells[i].strip();
        }
        boolean waits = WAITING_STATES.contains(cells[2]);
        String tres = cells[6];
        Matcher model = GPU_MODEL.matcher(tres);
        Instant submitted = instant(cells[9]);
        return new EngineJob(
                cells[0],
                cells[1],
                !waits,
                cells[2],
                waits ? tasks(cells[0]) : 1,
                words(cells[3]),
                number(cells[4]),
                (int) number(cells[5]),
                (int) SlurmVersion.amount(tres, "cpu"),
                SlurmVersion.amount(tres, "mem"),
                (int) SlurmVersion.amount(tres, "gres/gpu"),
                model.find() ? model.group(1) : "",
                (int) Math.max(1, number(cells[7])),
                waits ? List.of() : NodeNames.of(cells[8]),
                submitted == null ? Instant.EPOCH : submitted,
                instant(cells[10]),
                instant(cells[11]),
                duration(cells[12]),
                cells[13].equals("(null)") ? "" : cells[13],
                cells[14],
                cells[15],
                cells[16],
                cells[17],
                null);
    }

    /** How many tasks {@code 26_[1-9,12%2]} stands for; a list that Slurm cut short is counted as far as it goes. */
    static int tasks(String name) {
        Matcher matcher = TASKS.matcher(name);
        if (!matcher.find()) {
            return 1;
        }
        long tasks = 0;
        for (String range : matcher.group(1).split(",", -1)) {
            String[] step = range.split(":", 2);
            String[] ends = step[0].split("-", 2);
            long first = number(ends[0]);
            long last = ends.length > 1 && !ends[1].isEmpty() ? number(ends[1]) : first;
            long each = step.length > 1 ? Math.max(1, number(step[1])) : 1;
            tasks += range.isEmpty() ? 0 : Math.max(0, last - first) / each + 1;
        }
        return (int) Math.clamp(tasks, 1, 10_000_000);
    }

    // --- words and numbers

    /** {@code Key=value} in a line of them, empty where it is not there or Slurm has nothing to say. */
    private static String value(String line, String key) {
        int at = line.startsWith(key + "=") ? 0 : line.indexOf(" " + key + "=") + 1;
        if (at == 0 && !line.startsWith(key + "=")) {
            return "";
        }
        int from = at + key.length() + 1;
        int to = line.indexOf(' ', from);
        String value = line.substring(from, to < 0 ? line.length() : to);
        return value.equals("(null)") || value.equals("N/A") ? "" : value;
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static @Nullable Instant instant(String seconds) {
        return seconds.matches("[1-9]\\d{0,11}") ? Instant.ofEpochSecond(Long.parseLong(seconds)) : null;
    }

    /** {@code 2-00:00:00}, {@code 1:00:00} or {@code 2:00}, which is two minutes; null for none. */
    static @Nullable Duration duration(String text) {
        Matcher matcher = Pattern.compile("(?:(\\d{1,6})-)?(?:(\\d{1,6}):)?(\\d{1,6}):(\\d{1,2})")
                .matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        return Duration.ofDays(part(matcher, 1))
                .plusHours(part(matcher, 2))
                .plusMinutes(part(matcher, 3))
                .plusSeconds(part(matcher, 4));
    }

    private static long part(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }
}
