package org.farga.slurm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.slurm.SlurmTree.Account;
import org.farga.slurm.SlurmTree.Limits;
import org.farga.slurm.SlurmTree.UserLimits;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code sacctmgr dump}, which {@code sacctmgr load} reads: lines such as
 * {@code Account - 'physics':Description='Physics':GrpTRESMins=cpu=6000}, each under the last {@code Parent - 'root'}.
 *
 * @param tree what the file has; its QoS and resources are those that the file names
 * @param descriptions of accounts, by their names
 */
record SlurmDump(SlurmTree tree, Map<String, String> descriptions) {
    SlurmDump {
        descriptions = Map.copyOf(descriptions);
    }

    /** A line that is none of such a file. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int line;

        Unreadable(int line, String what) {
            super("line " + line + ": " + what);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    /** Throws {@link Unreadable} with the number of the first line that is none of such a file. */
    static SlurmDump read(String text) {
        return read(new StringReader(text));
    }

    /** The same of a file of any length; throws {@link UncheckedIOException} too. */
    static SlurmDump read(Reader file) {
        return new Parser().read(new BufferedReader(file, 1 << 16));
    }

    private static final class Parser {
        private final Map<String, Account> accounts = new LinkedHashMap<>();
        private final Map<String, String> descriptions = new HashMap<>();
        private final Set<String> qos = new HashSet<>(Set.of("normal"));
        private final Set<String> tres = new HashSet<>(Set.of("cpu"));
        private String cluster = "";
        private String parent = SlurmTree.TOP;
        private int number;

        SlurmDump read(BufferedReader lines) {
            accounts.put(SlurmTree.TOP, new Account(SlurmTree.TOP, null, Limits.NONE, new LinkedHashMap<>()));
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank() && !line.startsWith("#")) {
                        take(line.strip());
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (cluster.isEmpty()) {
                throw new Unreadable(number, "the file names no cluster");
            }
            return new SlurmDump(new SlurmTree(cluster, accounts, qos, tres), descriptions);
        }

        private void take(String line) {
            int dash = line.indexOf(" - ");
            if (dash < 0) {
                throw new Unreadable(number, "expected \"Account - 'name':…\"");
            }
            String kind = line.substring(0, dash);
            int at = dash + 3;
            String name;
            if (at < line.length() && line.charAt(at) == '\'') {
                int end = line.indexOf('\'', at + 1);
                if (end < 0) {
                    throw new Unreadable(number, "a quotation mark is missing");
                }
                name = line.substring(at + 1, end);
                at = end + 1;
            } else {
                int end = line.indexOf(':', at);
                name = end < 0 ? line.substring(at) : line.substring(at, end);
                at = end < 0 ? line.length() : end;
            }
            Map<String, String> options = at >= line.length() ? Map.of() : options(line, at + 1);
            switch (kind) {
                case "Cluster" -> {
                    if (!cluster.isEmpty()) {
                        throw new Unreadable(number, "a second cluster");
                    }
                    cluster = name;
                    accounts.put(
                            SlurmTree.TOP, new Account(SlurmTree.TOP, null, limits(options), new LinkedHashMap<>()));
                }
                case "Parent" -> {
                    if (!accounts.containsKey(name)) {
                        throw new Unreadable(number, "the account " + name + " was not named before");
                    }
                    parent = name;
                }
                case "Account" -> {
                    accounts.put(name, new Account(name, parent, limits(options), new LinkedHashMap<>()));
                    descriptions.put(name, options.getOrDefault("Description", ""));
                }
                case "User" -> {
                    Account under = accounts.get(parent);
                    if (under != null && !options.containsKey("Partition")) {
                        under.users().put(name, userLimits(options));
                    }
                }
                default ->
                    throw new Unreadable(number, "\"" + kind + "\" is neither Cluster, Parent, Account nor User");
            }
        }

        /** What stands after a name: {@code Key=value} or {@code Key='value'}, parted by colons. */
        private Map<String, String> options(String line, int from) {
            Map<String, String> options = new HashMap<>();
            int at = from;
            while (at < line.length()) {
                int sign = line.indexOf('=', at);
                if (sign < 0) {
                    throw new Unreadable(number, "expected \"Key=value\" at \"" + line.substring(at) + "\"");
                }
                int end;
                String value;
                if (sign + 1 < line.length() && line.charAt(sign + 1) == '\'') {
                    int quote = line.indexOf('\'', sign + 2);
                    if (quote < 0) {
                        throw new Unreadable(number, "a quotation mark is missing");
                    }
                    value = line.substring(sign + 2, quote);
                    end = quote + 1;
                } else {
                    // A resource's name may have a colon in it, such as gres/gpu:h100, and then a digit never follows
                    // it.
                    end = colon(line, sign + 1);
                    value = line.substring(sign + 1, end);
                }
                options.put(line.substring(at, sign), value);
                at = end + 1;
            }
            return options;
        }

        private static int colon(String line, int from) {
            int colon = line.indexOf(':', from);
            while (colon >= 0 && colon + 1 < line.length() && Character.isLowerCase(line.charAt(colon + 1))) {
                colon = line.indexOf(':', colon + 1);
            }
            return colon < 0 ? line.length() : colon;
        }

        private Limits limits(Map<String, String> options) {
            String minutes = options.getOrDefault("GrpTRESMins", "");
            // As files of Slurm before 15.08 have it.
            String old = options.get("GrpCPUMins");
            try {
                Long cpu = old == null ? SlurmTree.minutes(minutes, "cpu") : Long.valueOf(old);
                Long gpu = SlurmTree.minutes(minutes, "gres/gpu");
                if (minutes.contains("gres/gpu")) {
                    tres.add("gres/gpu");
                }
                Set<String> allowed = new HashSet<>();
                for (String one : options.getOrDefault("QOS", "").split(",", -1)) {
                    if (!one.isEmpty()) {
                        allowed.add(one.startsWith("+") ? one.substring(1) : one);
                    }
                }
                qos.addAll(allowed);
                return new Limits(
                        none(cpu),
                        none(gpu),
                        SlurmTree.number(options.getOrDefault("GrpJobs", "")),
                        SlurmTree.number(options.getOrDefault("GrpSubmitJobs", "")),
                        options.get("DefaultQOS"),
                        allowed);
            } catch (NumberFormatException e) {
                throw new Unreadable(number, "a limit that is not a whole number: " + options);
            }
        }

        private UserLimits userLimits(Map<String, String> options) {
            String jobs = options.getOrDefault("MaxJobs", "");
            String submitted = options.getOrDefault("MaxSubmitJobs", "");
            try {
                return jobs.isEmpty() && submitted.isEmpty()
                        ? UserLimits.NONE
                        : new UserLimits(SlurmTree.number(jobs), SlurmTree.number(submitted));
            } catch (NumberFormatException e) {
                throw new Unreadable(number, "a limit that is not a whole number: " + options);
            }
        }

        private static @Nullable Long none(@Nullable Long value) {
            return value == null || value < 0 ? null : value;
        }
    }

    /** What Farga wants, as a file that {@code sacctmgr load} takes; it changes nothing that it does not name. */
    static String write(String cluster, Desired desired) {
        Writer file = new Writer(cluster);
        desired.accounts().values().stream().filter(a -> !a.adopted()).forEach(file::account);
        for (Desired.Account account : desired.accounts().values()) {
            account.users().stream()
                    .sorted()
                    .forEach(user -> file.parent(account.name()).user(user, List.of()));
        }
        return file.text();
    }

    /** Writes such a file line by line. */
    static final class Writer {
        private final StringBuilder text = new StringBuilder(1 << 12);
        private String parent = "";

        Writer(String cluster) {
            text.append("Cluster - '").append(cluster).append("'\n");
        }

        /** What follows hangs under this account, which the file or Slurm has already. */
        Writer parent(String name) {
            if (!parent.equals(name)) {
                parent = name;
                text.append("Parent - '").append(name).append("'\n");
            }
            return this;
        }

        /** An account with all of its limits, except for its QoS, which files of some versions do not set. */
        Writer account(Desired.Account account) {
            String above = account.parent();
            if (above == null) {
                throw new IllegalArgumentException("an adopted account is not made: " + account.name());
            }
            List<String> options = new ArrayList<>(List.of(
                    "Description='" + quotable(account.description()) + "'", "Organization='" + account.name() + "'"));
            options.addAll(SlurmCommand.clauses(new Change.SetLimits(
                    account.name(),
                    Limits.NONE,
                    new Limits(
                            account.limits().cpuMinutes(),
                            account.limits().gpuMinutes(),
                            account.limits().jobs(),
                            account.limits().submitted(),
                            null,
                            Set.of()),
                    account.reason())));
            return parent(above).account(account.name(), options);
        }

        Writer account(String name, List<String> options) {
            return line("Account", name, options);
        }

        Writer user(String name, List<String> options) {
            return line("User", name, options);
        }

        private Writer line(String kind, String name, List<String> options) {
            text.append(kind).append(" - '").append(name).append('\'');
            options.forEach(option -> text.append(':').append(option));
            text.append('\n');
            return this;
        }

        // The file has no way to quote these.
        private static String quotable(String text) {
            return text.replaceAll("['\":\\p{Cntrl}]", " ");
        }

        String text() {
            return text.toString();
        }
    }
}
