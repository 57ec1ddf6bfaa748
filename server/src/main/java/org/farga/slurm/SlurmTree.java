package org.farga.slurm;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The accounts and users of one cluster as Slurm has them, with those of their limits that Farga may set.
 *
 * @param cluster by Slurm's name
 * @param accounts by their names
 * @param qos the names of all there are
 * @param tres the resources that Slurm counts, such as {@code cpu} and {@code gres/gpu}
 */
record SlurmTree(String cluster, Map<String, Account> accounts, Set<String> qos, Set<String> tres) {

    /** The account above all others, which every cluster has. */
    static final String TOP = "root";

    /** What Slurm lists of each association, in the order in which {@link Reader} expects it. */
    static final String FORMAT =
            "Account,User,Partition,ParentName,GrpTRESMins,GrpJobs,GrpSubmit,MaxJobs,MaxSubmit,DefaultQOS,QOS";

    SlurmTree {
        accounts = Collections.unmodifiableMap(accounts);
        qos = Set.copyOf(qos);
        tres = Set.copyOf(tres);
    }

    /**
     * An account.
     *
     * @param parent null for the one above all others
     * @param users who may charge it, by their Unix names; those who may only in one partition are left out
     */
    record Account(String name, @Nullable String parent, Limits limits, Map<String, UserLimits> users) {}

    /**
     * An account's limits; what is null has none.
     *
     * @param cpuMinutes of processor cores that its jobs may use, all in all
     * @param gpuMinutes the same of accelerators
     * @param jobs that may run at once
     * @param submitted jobs that may wait or run
     * @param defaultQos that jobs get which name none
     * @param qos that jobs may run under; empty where the parent's count
     */
    record Limits(
            @Nullable Long cpuMinutes,
            @Nullable Long gpuMinutes,
            @Nullable Integer jobs,
            @Nullable Integer submitted,
            @Nullable String defaultQos,
            Set<String> qos) {
        static final Limits NONE = new Limits(null, null, null, null, null, Set.of());

        Limits {
            qos = Collections.unmodifiableSet(new TreeSet<>(qos));
        }

        /** The same with nothing allowed: no new job, and none that waits begins. */
        Limits closed() {
            return new Limits(cpuMinutes, gpuMinutes, 0, 0, defaultQos, qos);
        }

        boolean isClosed() {
            return Integer.valueOf(0).equals(jobs) && Integer.valueOf(0).equals(submitted);
        }
    }

    /** One user's limits in an account. */
    record UserLimits(@Nullable Integer jobs, @Nullable Integer submitted) {
        static final UserLimits NONE = new UserLimits(null, null);

        /** Whether the user can neither submit nor start anything. */
        boolean isClosed() {
            return Integer.valueOf(0).equals(jobs) && Integer.valueOf(0).equals(submitted);
        }
    }

    /** Whether an account hangs under another, over any number of steps, or is that one. */
    boolean isUnder(String ancestor, String name) {
        Account at = accounts.get(name);
        // No tree is deeper than it has accounts, even where a file has a circle.
        for (int steps = 0; at != null && steps <= accounts.size(); steps++) {
            if (at.name().equals(ancestor)) {
                return true;
            }
            at = at.parent() == null ? null : accounts.get(at.parent());
        }
        return false;
    }

    /** How many associations there are: one for each account, and one for each user in it. */
    long associations() {
        return accounts.size()
                + accounts.values().stream().mapToLong(a -> a.users().size()).sum();
    }

    /** Takes the lines of {@code sacctmgr -nP show assoc wopl format=…} as they come. */
    static final class Reader {
        private final Map<String, Account> accounts = new LinkedHashMap<>();

        /** Throws {@link IllegalArgumentException} where the line is none. */
        void line(String line) {
            String[] field = split(line);
            if (field.length < 11) {
                throw new IllegalArgumentException("not a line of sacctmgr's list of associations: " + line);
            }
            String name = field[0];
            if (field[1].isEmpty()) {
                Account known = accounts.get(name);
                accounts.put(
                        name,
                        new Account(
                                name,
                                field[3].isEmpty() ? null : field[3],
                                new Limits(
                                        minutes(field[4], "cpu"),
                                        minutes(field[4], "gres/gpu"),
                                        number(field[5]),
                                        number(field[6]),
                                        field[9].isEmpty() ? null : field[9],
                                        field[10].isEmpty()
                                                ? Set.of()
                                                : new HashSet<>(List.of(field[10].split(",", -1)))),
                                known == null ? new LinkedHashMap<>() : known.users()));
            } else if (field[2].isEmpty()) {
                accounts.computeIfAbsent(name, n -> new Account(n, null, Limits.NONE, new LinkedHashMap<>()))
                        .users()
                        .put(
                                field[1],
                                field[7].isEmpty() && field[8].isEmpty()
                                        ? UserLimits.NONE
                                        : new UserLimits(number(field[7]), number(field[8])));
            }
        }

        SlurmTree done(String cluster, Set<String> qos, Set<String> tres) {
            return new SlurmTree(cluster, accounts, qos, tres);
        }

        // Half of the time that a large list takes goes here.
        private static String[] split(String line) {
            String[] fields = new String[11];
            int from = 0;
            for (int n = 0; n < 11; n++) {
                int bar = line.indexOf('|', from);
                if (bar < 0 && n < 10) {
                    return new String[0];
                }
                fields[n] = bar < 0 ? line.substring(from) : line.substring(from, bar);
                from = bar + 1;
            }
            return fields;
        }
    }

    /** The minutes of one resource in a list such as {@code cpu=6000,gres/gpu=600}; null where there is none. */
    static @Nullable Long minutes(String list, String resource) {
        if (list.isEmpty()) {
            return null;
        }
        for (String part : list.split(",", -1)) {
            int sign = part.indexOf('=');
            if (sign == resource.length() && part.startsWith(resource)) {
                return Long.valueOf(part.substring(sign + 1));
            }
        }
        return null;
    }

    /** Null where there is none, which a file may say as minus one. */
    static @Nullable Integer number(String text) {
        return text.isEmpty() || text.equals("-1") ? null : Integer.valueOf(text);
    }
}
