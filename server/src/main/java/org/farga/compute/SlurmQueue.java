package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.farga.slurm.SlurmCommands;
import org.jspecify.annotations.Nullable;

/**
 * slurmctld's list of all jobs as {@code squeue} prints it, which is twenty to a hundred times as quick as slurmrestd's; and
 * what it leaves out, exactly what a job was given, for those that have just started.
 */
final class SlurmQueue {

    /** What people may write as they like comes last. */
    private static final List<String> COLUMNS =
            List.of("%i", "%T", "%r", "%N", "%S", "%e", "%V", "%a", "%u", "%P", "%k", "%j");

    private static final Duration LIST = Duration.ofSeconds(30);
    private static final Duration RECORDS = Duration.ofMinutes(5);
    /** Of a job without a time limit. */
    private static final Duration UNLIMITED = Duration.ofDays(365);
    /** sacct reads instants in its own zone, which is set to UTC. */
    private static final DateTimeFormatter ZONE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    /** Jobs that are asked for together: as many as a command's line is sure to hold. */
    static final int MOST_DETAILS = 500;

    private static final Pattern JOB = Pattern.compile("JobId=(\\d+)");
    private static final Pattern TASK = Pattern.compile("ArrayJobId=(\\d+) ArrayTaskId=(\\d+)");
    private static final Pattern GRES = Pattern.compile(" GRES=(\\S+)");

    private final SlurmCommands commands;

    SlurmQueue(SlurmCommands commands) {
        this.commands = commands;
    }

    /** All jobs, those that ended minutes ago as well, by Slurm's number. */
    Map<String, SlurmJob> list() {
        // A name may have lines of its own, even one that looks like another job's: what Slurm itself begins has this
        // mark.
        String mark = UUID.randomUUID().toString().substring(0, 8);
        Map<String, SlurmJob> jobs = new HashMap<>();
        commands.lines(
                LIST,
                List.of("squeue", "-h", "-a", "-r", "-t", "all", "-o", mark + "|" + String.join("|", COLUMNS)),
                line -> {
                    SlurmJob job = line.startsWith(mark + "|") ? job(line.substring(mark.length() + 1)) : null;
                    if (job != null) {
                        jobs.put(job.id(), job);
                    }
                });
        return jobs;
    }

    /** A line of the list; null for one that is none. */
    static @Nullable SlurmJob job(String line) {
        String[] fields = line.split("\\|", COLUMNS.size() - 1);
        if (fields.length < COLUMNS.size() - 1) {
            return null;
        }
        String texts = fields[10];
        int between = texts.lastIndexOf('|');
        String comment = known(between < 0 ? texts : texts.substring(0, between));
        return new SlurmJob(
                fields[0],
                SlurmVersion.state(List.of(fields[1])),
                word(fields[2]),
                known(fields[3]),
                instant(fields[4]),
                instant(fields[5]),
                instant(fields[6]),
                null,
                null,
                fields[7],
                fields[8],
                fields[9],
                comment,
                between < 0 ? "" : texts.substring(between + 1));
    }

    /**
     * What jobs that run were given, in one question for all of them; those that slurmctld has forgotten are left out. Which
     * GPUs they are is told of those in {@code ours} only: names that people give on the cluster may look like any answer.
     */
    Map<String, Allocation> given(Map<String, SlurmJob> running, Set<String> ours) {
        String ids = String.join(",", running.keySet());
        Map<String, String> tres = new HashMap<>();
        // It fails where all of them are gone.
        commands.run(LIST, "squeue", "-h", "-a", "-r", "-t", "all", "-j", ids, "-O", "JobArrayID:48,tres-alloc:250")
                .output()
                .lines()
                .forEach(line -> {
                    String[] fields = line.strip().split("\\s+", 2);
                    if (fields.length == 2) {
                        tres.put(fields[0], fields[1].strip());
                    }
                });
        StringBuilder questions = new StringBuilder();
        tres.forEach((id, given) -> {
            if (ours.contains(id) && SlurmVersion.amount(given, "gres/gpu") > 0) {
                questions.append("show job ").append(id).append('\n');
            }
        });
        Map<String, List<Integer>> indexes = new HashMap<>();
        if (!questions.isEmpty()) {
            commands.run(LIST, questions.toString(), List.of("scontrol", "-o", "-d"))
                    .output()
                    .lines()
                    .forEach(line -> indexes(line, indexes));
        }
        Map<String, Allocation> given = new HashMap<>();
        tres.forEach((id, words) -> {
            SlurmJob job = running.get(id);
            if (job != null) {
                given.put(id, SlurmVersion.allocation(job.nodes(), words, indexes.getOrDefault(id, List.of())));
            }
        });
        return given;
    }

    /**
     * The exit codes of jobs that ended minutes ago, by Slurm's number, in one question for all of them; 128 + n for signal n.
     * Accounting's REST interface leaves signals out in 22.05.
     */
    Map<String, Integer> exitCodes(Collection<String> ended) {
        Map<String, Integer> codes = new HashMap<>();
        commands.run(
                        LIST,
                        "squeue",
                        "-h",
                        "-a",
                        "-r",
                        "-t",
                        "all",
                        "-j",
                        String.join(",", ended),
                        "-O",
                        "JobArrayID:48,exit_code:20")
                .output()
                .lines()
                .forEach(line -> {
                    String[] fields = line.strip().split("\\s+", 2);
                    if (fields.length == 2 && fields[1].matches("\\d{1,6}")) {
                        codes.put(fields[0], SlurmVersion.exitCode(Integer.parseInt(fields[1])));
                    }
                });
        return codes;
    }

    /** What jobs ask for, by Slurm's number, in one question for all of them; those that slurmctld has forgotten are left out. */
    Map<String, Resources> asked(Collection<String> jobs) {
        Map<String, Resources> asked = new HashMap<>();
        commands.run(
                        LIST,
                        "squeue",
                        "-h",
                        "-a",
                        "-r",
                        "-t",
                        "all",
                        "-j",
                        String.join(",", jobs),
                        "-O",
                        "JobArrayID:48,TimeLimit:24,tres-alloc:250")
                .output()
                .lines()
                .forEach(line -> {
                    String[] fields = line.strip().split("\\s+", 3);
                    if (fields.length == 3) {
                        asked.put(fields[0], resources(fields[1], fields[2]));
                    }
                });
        return asked;
    }

    private static Resources resources(String timeLimit, String tres) {
        Duration limit = SlurmPartition.duration(timeLimit);
        return new Resources(
                (int) Math.max(1, SlurmVersion.amount(tres, "cpu")),
                Math.max(1, SlurmVersion.amount(tres, "mem")),
                (int) SlurmVersion.amount(tres, "gres/gpu"),
                limit == null || limit.isZero() ? UNLIMITED : limit,
                1);
    }

    /** All that was there at some time since, by accounting; what is known of each but its comment and name comes first. */
    List<SlurmJob> records(Instant since) {
        List<SlurmJob> jobs = new ArrayList<>();
        // No mark can be put into a line here: what has too few columns, or none of Slurm's states, is a name's own
        // line.
        commands.lines(
                RECORDS,
                List.of(
                        "sacct",
                        "-a",
                        "-X",
                        "-n",
                        "-P",
                        "-S",
                        ZONE.format(since),
                        "-o",
                        "JobID,State,Submit,Account,User,Partition,Comment,JobName"),
                line -> {
                    String[] fields = line.split("\\|", 7);
                    if (fields.length == 7
                            && fields[0].matches("\\d+(_\\d+)?")
                            && fields[2].matches("[1-9]\\d{0,11}")) {
                        int between = fields[6].lastIndexOf('|');
                        jobs.add(new SlurmJob(
                                fields[0],
                                SlurmVersion.state(List.of(fields[1])),
                                "",
                                "",
                                null,
                                null,
                                Instant.ofEpochSecond(Long.parseLong(fields[2])),
                                null,
                                null,
                                fields[3],
                                fields[4],
                                fields[5],
                                between < 0 ? "" : fields[6].substring(0, between),
                                fields[6].substring(between + 1)));
                    }
                });
        return jobs;
    }

    /** Reads a line of {@code scontrol -o -d show job}. */
    static void indexes(String line, Map<String, List<Integer>> found) {
        Matcher task = TASK.matcher(line);
        Matcher job = JOB.matcher(line);
        Matcher gres = GRES.matcher(line);
        List<Integer> indexes = new ArrayList<>();
        while (gres.find()) {
            SlurmVersion.gpus(gres.group(1)).forEach(some -> indexes.addAll(some.indexes()));
        }
        if (job.find() && !indexes.isEmpty()) {
            found.put(task.find() ? task.group(1) + "_" + task.group(2) : job.group(1), indexes);
        }
    }

    private static String known(String text) {
        return text.equals("(null)") || text.equals("N/A") ? "" : text;
    }

    /** The first word: some reasons go on with the nodes that are meant. */
    private static String word(String reason) {
        String[] words = known(reason).split("[^A-Za-z0-9_()]", 2);
        return words[0].replaceAll("[()]", "");
    }

    private static @Nullable Instant instant(String text) {
        return text.matches("[1-9][0-9]{0,11}") ? Instant.ofEpochSecond(Long.parseLong(text)) : null;
    }
}
