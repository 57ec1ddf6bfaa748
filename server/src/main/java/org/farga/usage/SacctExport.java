package org.farga.usage;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.farga.usage.SacctReading.Reason;
import org.farga.usage.SacctReading.Rule;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code sacct -P} (or {@code -p}) prints, by its header: columns in any order, others beside those that are needed.
 * One of these is for one file, line after line; it remembers which cluster the file is of.
 *
 * <p>Instants are seconds since 1970 ({@code SLURM_TIME_FORMAT=%s}) or local time in the zone that is stated; in the hour that
 * comes twice when summer time ends, {@code ElapsedRaw} tells which is meant where it can.
 */
final class SacctExport {
    /** The columns that Farga asks {@code sacct} for itself; the one people type stands last. */
    static final String COLUMNS =
            "JobIDRaw,JobID,Cluster,Account,User,Partition,QOS,State,Submit,Start,End,ElapsedRaw,AllocTRES,JobName";

    /** Columns that may hold the sign that stands between columns. */
    private static final Set<String> FREE = Set.of(
            "jobname", "comment", "admincomment", "systemcomment", "workdir", "submitline", "container", "extra");

    private static final Set<String> LIVE = Set.of(
            "PENDING",
            "RUNNING",
            "SUSPENDED",
            "COMPLETING",
            "CONFIGURING",
            "REQUEUE_HOLD",
            "REQUEUE_FED",
            "SPECIAL_EXIT",
            "SIGNALING",
            "STAGE_OUT",
            "STOPPED");

    private static final int MOST_NAME = 1_000;
    private static final int MOST_WORD = 1_000;
    private static final int MOST_TRES = 10_000;
    private static final int MOST_KNOWN = 20_000;

    private final int columns;
    private final boolean closed;
    private final int jobIdRaw;
    private final int jobId;
    private final int clusterAt;
    private final int account;
    private final int user;
    private final int partition;
    private final int qos;
    private final int state;
    private final int start;
    private final int end;
    private final int elapsed;
    private final int tres;
    private final int jobName;
    private final List<Integer> free = new ArrayList<>();
    private final ZoneRules zone;

    /** What was read before, since most lines hold the same; bounded. */
    private final Map<String, Tres> known = new HashMap<>();

    private final Map<String, String> words = new HashMap<>();
    private final Map<Long, Integer> offsets = new HashMap<>();
    private @Nullable String cluster;

    private SacctExport(String[] header, boolean closed, ZoneId zone) {
        this.columns = header.length;
        this.closed = closed;
        this.zone = zone.getRules();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < header.length; i++) {
            places.putIfAbsent(header[i], i);
            if (FREE.contains(header[i])) {
                free.add(i);
            }
        }
        this.jobIdRaw = places.getOrDefault("jobidraw", -1);
        this.jobId = places.getOrDefault("jobid", -1);
        this.clusterAt = places.getOrDefault("cluster", -1);
        this.account = places.getOrDefault("account", -1);
        this.user = places.getOrDefault("user", -1);
        this.partition = places.getOrDefault("partition", -1);
        this.qos = places.getOrDefault("qos", -1);
        this.state = places.getOrDefault("state", -1);
        this.start = places.getOrDefault("start", -1);
        this.end = places.getOrDefault("end", -1);
        this.elapsed = places.getOrDefault("elapsedraw", -1);
        this.tres = places.getOrDefault("alloctres", -1);
        this.jobName = places.getOrDefault("jobname", -1);
    }

    /** Either an export that can be read, or what its header lacks. */
    sealed interface Opened {
        /** Its lines can be read. */
        record Readable(SacctExport export) implements Opened {}

        /** Columns that are needed and not there; all of them where the line is no header of {@code sacct} at all. */
        record Lacking(List<String> columns) implements Opened {}
    }

    /** Reads the header, which is the first line. */
    static Opened open(String header, ZoneId zone) {
        String line = header.startsWith("\uFEFF") ? header.substring(1) : header;
        boolean closed = line.endsWith("|");
        String[] names = (closed ? line.substring(0, line.length() - 1) : line)
                .toLowerCase(Locale.ROOT)
                .strip()
                .split("\\|", -1);
        List<String> there = Arrays.asList(names);
        List<String> lacking = new ArrayList<>();
        for (String needed :
                List.of("Account", "User", "Partition", "State", "Start", "End", "ElapsedRaw", "AllocTRES")) {
            if (!there.contains(needed.toLowerCase(Locale.ROOT))) {
                lacking.add(needed);
            }
        }
        if (!there.contains("jobid") && !there.contains("jobidraw")) {
            lacking.addFirst("JobIDRaw");
        }
        return lacking.isEmpty()
                ? new Opened.Readable(new SacctExport(names, closed, zone))
                : new Opened.Lacking(lacking);
    }

    /** The cluster that the lines so far name; null where there is no such column, or no line yet. */
    @Nullable
    String cluster() {
        return cluster;
    }

    /** Goes on with a file of which lines were read before, by another process perhaps. */
    void of(@Nullable String knownCluster) {
        this.cluster = knownCluster;
    }

    /** What a line is, without the end of line. */
    SacctReading read(String line) {
        if (line.isBlank()) {
            return new SacctReading.Skipped(Rule.EMPTY);
        }
        String[] fields = new String[columns];
        int found = split(line, fields);
        if (found == columns) {
            return read(fields);
        }
        return found < columns ? new SacctReading.Rejected(Reason.COLUMNS) : readJoined(line, found);
    }

    /** Into the fields, as far as they go; answers how many there are. */
    private int split(String line, String[] fields) {
        int length = closed && line.endsWith("|") ? line.length() - 1 : line.length();
        int count = 0;
        int from = 0;
        while (true) {
            int bar = line.indexOf('|', from);
            int to = bar < 0 || bar > length ? length : bar;
            if (count < fields.length) {
                fields[count] = line.substring(from, to);
            }
            count++;
            if (to == length) {
                return count;
            }
            from = to + 1;
        }
    }

    /** Somebody typed the sign between columns into one of those that people fill: found by where all others are sound. */
    private SacctReading readJoined(String line, int found) {
        String[] parts = new String[found];
        split(line, parts);
        int more = found - columns;
        SacctReading best = new SacctReading.Rejected(Reason.COLUMNS);
        for (int at : free) {
            String[] fields = new String[columns];
            System.arraycopy(parts, 0, fields, 0, at);
            fields[at] = String.join("|", Arrays.copyOfRange(parts, at, at + more + 1));
            System.arraycopy(parts, at + more + 1, fields, at + 1, columns - at - 1);
            SacctReading reading = read(fields);
            if (!(reading instanceof SacctReading.Rejected)) {
                return reading;
            }
            if (free.size() == 1) {
                best = reading;
            }
        }
        return best;
    }

    private SacctReading read(String[] fields) {
        String shown = fields[jobId < 0 ? jobIdRaw : jobId];
        String raw = jobIdRaw < 0 ? "" : fields[jobIdRaw];
        if (shown.indexOf('.') >= 0 || raw.indexOf('.') >= 0) {
            return isStep(raw.isEmpty() ? shown : raw)
                    ? new SacctReading.Skipped(Rule.STEP)
                    : new SacctReading.Rejected(Reason.JOB_ID);
        }
        if (clusterAt >= 0 && !fields[clusterAt].isEmpty()) {
            if (cluster == null) {
                cluster = fields[clusterAt];
            } else if (!cluster.equals(fields[clusterAt])) {
                return new SacctReading.Rejected(Reason.OTHER_CLUSTER);
            }
        }
        long job;
        if (!raw.isEmpty()) {
            job = number(raw);
        } else if (shown.indexOf('_') >= 0) {
            return new SacctReading.Rejected(Reason.RAW_ID_MISSING);
        } else {
            job = heterogeneous(shown);
        }
        if (job <= 0) {
            return new SacctReading.Rejected(Reason.JOB_ID);
        }
        String stateWord = state(fields[state]);
        if (stateWord.isEmpty() || stateWord.length() > 30 || !Character.isLetter(stateWord.charAt(0))) {
            return new SacctReading.Rejected(Reason.STATE);
        }
        long charged = number(fields[elapsed]);
        if (charged < 0 || charged > 315_360_000L) {
            return new SacctReading.Rejected(Reason.ELAPSED);
        }
        String given = fields[tres];
        boolean live = LIVE.contains(stateWord);
        if (isUnknown(fields[start])) {
            return charged == 0
                    ? new SacctReading.Skipped(Rule.NEVER_STARTED)
                    : new SacctReading.Rejected(Reason.START);
        }
        if (given.isEmpty() && charged == 0 && !live) {
            return new SacctReading.Skipped(Rule.NEVER_STARTED);
        }
        if (isUnknown(fields[end])) {
            return live ? new SacctReading.Skipped(Rule.NOT_ENDED) : new SacctReading.Rejected(Reason.NO_END);
        }
        long[] starts = instants(fields[start]);
        if (starts.length == 0) {
            return new SacctReading.Rejected(Reason.START);
        }
        long[] ends = instants(fields[end]);
        if (ends.length == 0) {
            return new SacctReading.Rejected(Reason.END);
        }
        if (given.isEmpty()) {
            return new SacctReading.Rejected(Reason.NO_TRES);
        }
        Tres held;
        try {
            held = given.length() > MOST_TRES ? null : known(given);
        } catch (IllegalArgumentException | ArithmeticException e) {
            held = null;
        }
        if (held == null) {
            return new SacctReading.Rejected(Reason.TRES);
        }
        long from = starts[0];
        long to = ends[0];
        if (starts.length + ends.length > 2) {
            for (long s : starts) {
                for (long e : ends) {
                    if (e - s == charged) {
                        from = s;
                        to = e;
                    }
                }
            }
        }
        // Clocks that were set, and records that do not add up: how long it ran is what is charged.
        to = Math.max(to, from + charged);
        return new SacctReading.Taken(new SacctRun(
                job,
                jobId < 0 || shown.equals(raw) || shown.isEmpty()
                        ? null
                        : shown.indexOf('_') >= 0 || shown.indexOf('+') >= 0 ? shown : null,
                jobName < 0 ? "" : cut(fields[jobName], MOST_NAME),
                word(fields[account]),
                word(fields[user]),
                word(fields[partition]),
                qos < 0 ? "" : word(fields[qos]),
                word(stateWord),
                from,
                to,
                charged,
                held,
                given));
    }

    private static boolean isStep(String id) {
        int dot = id.indexOf('.');
        return dot > 0 && Character.isDigit(id.charAt(0)) && dot < id.length() - 1;
    }

    /** {@code 34+1} is the job after 34: Slurm numbers the parts of a heterogeneous job one after another. */
    private static long heterogeneous(String shown) {
        int plus = shown.indexOf('+');
        if (plus < 0) {
            return number(shown);
        }
        long first = number(shown.substring(0, plus));
        long offset = number(shown.substring(plus + 1));
        return first < 0 || offset < 0 ? -1 : first + offset;
    }

    /** -1 where it is no number, or one beyond all reason. */
    private static long number(String text) {
        int length = text.length();
        if (length == 0 || length > 18) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static String state(String text) {
        int space = text.indexOf(' ');
        String word = space < 0 ? text : text.substring(0, space);
        // squeue and sacct cut long words with a plus.
        return word.endsWith("+") ? word.substring(0, word.length() - 1) : word;
    }

    private static boolean isUnknown(String instant) {
        return switch (instant) {
            case "", "Unknown", "None", "N/A", "0", "(null)" -> true;
            default -> false;
        };
    }

    /** In seconds since 1970: two where the local time came twice, none where it never was or is no time at all. */
    private long[] instants(String text) {
        if (text.length() >= 19 && text.charAt(4) == '-') {
            return local(text);
        }
        long seconds = number(text);
        // Before 1980 there was no Slurm, and after 2100 there is no reason.
        return seconds < 315_532_800L || seconds > 4_102_444_800L ? new long[0] : new long[] {seconds};
    }

    private long[] local(String text) {
        if (text.length() != 19 || text.charAt(7) != '-' || text.charAt(10) != 'T' || text.charAt(13) != ':') {
            return new long[0];
        }
        long year = number(text.substring(0, 4));
        long month = number(text.substring(5, 7));
        long day = number(text.substring(8, 10));
        long hour = number(text.substring(11, 13));
        long minute = number(text.substring(14, 16));
        long second = number(text.substring(17, 19));
        if (year < 1980
                || month < 1
                || month > 12
                || day < 1
                || hour < 0
                || hour > 23
                || minute < 0
                || minute > 59
                || second < 0
                || second > 59) {
            return new long[0];
        }
        LocalDateTime local;
        try {
            local = LocalDateTime.of((int) year, (int) month, (int) day, (int) hour, (int) minute, (int) second);
        } catch (DateTimeException e) {
            return new long[0];
        }
        long utc = local.toEpochSecond(ZoneOffset.UTC);
        // No zone changes within a quarter of an hour of its clock.
        long quarter = utc / 900;
        Integer offset = offsets.get(quarter);
        if (offset != null) {
            return new long[] {utc - offset};
        }
        List<ZoneOffset> valid = zone.getValidOffsets(local);
        if (valid.size() == 1) {
            if (offsets.size() >= MOST_KNOWN) {
                offsets.clear();
            }
            offsets.put(quarter, valid.getFirst().getTotalSeconds());
        }
        return valid.stream().mapToLong(local::toEpochSecond).toArray();
    }

    private Tres known(String text) {
        Tres before = known.get(text);
        if (before != null) {
            return before;
        }
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        Tres read = Tres.parse(text);
        known.put(text, read);
        return read;
    }

    /** The same text as before, so that each is kept once. */
    private String word(String text) {
        String before = words.get(text);
        if (before != null) {
            return before;
        }
        if (words.size() >= MOST_KNOWN) {
            words.clear();
        }
        String kept = cut(text, MOST_WORD);
        words.put(text, kept);
        return kept;
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
