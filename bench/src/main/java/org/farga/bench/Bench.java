package org.farga.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** {@code ./farga bench}: makes the centre where it is not there yet, starts a Farga on it, and measures. */
public final class Bench {
    private static final List<String> PARTS = List.of("pages", "submissions", "followers", "audit", "cut-off");
    private static final String USAGE = """
            ./farga bench [PART ...] [options]    measure Farga on a generated centre; without PART all of them
                pages         server time of every list page and its API, for several people
                submissions   job submissions a second, beside the same insert through pgbench
                followers     live logs followed at once
                audit         what it costs to prove the audit log: an insert, proofs, an export and its verification
                cut-off       10,000 proposals submitted in the last moments before a cut-off, in six times --seconds
                centre        only make the centre
                slurm         on a real Slurm, by itself: ./farga bench slurm help
                assignment    reviewers for 2,000 proposals beside an independent solver, by itself
              --people N      the centre's size (5000, with 200 jobs each); what is smaller is made sooner
              --followers N   how many follow (2000)
              --entries N     how many audit entries there are at least (1000000)
              --seconds N     how long submissions are counted (20)
              --data DIR      where the centre is kept (.farga/bench-N); made once and used again
              --fresh         make it anew
            Exit codes: 0 measured and within the aims, 1 not within them, 2 wrong usage, 3 it could not be measured.
            """;

    private Bench() {}

    /** What to measure, and how much of it. */
    record Plan(
            Set<String> parts,
            int people,
            int followers,
            int entries,
            int seconds,
            Path home,
            Path data,
            boolean fresh) {}

    public static void main(String[] arguments) throws InterruptedException {
        Locale.setDefault(Locale.ROOT);
        if (arguments.length > 0 && arguments[0].equals("slurm")) {
            System.exit(SlurmBench.run(List.of(arguments).subList(1, arguments.length)));
        }
        Plan plan;
        try {
            plan = plan(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("farga: " + e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        if (plan == null) {
            System.out.print(USAGE);
            return;
        }
        try {
            System.exit(measure(plan) ? 0 : 1);
        } catch (IOException | SQLException | IllegalStateException e) {
            System.err.println("farga: " + e.getMessage());
            System.exit(3);
        }
    }

    private static @org.jspecify.annotations.Nullable Plan plan(String[] arguments) {
        Set<String> parts = new LinkedHashSet<>();
        int people = 5_000;
        int followers = 2_000;
        int entries = 1_000_000;
        int seconds = 20;
        String data = null;
        boolean fresh = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--people" -> people = number(arguments, ++i, 200, 100_000);
                case "--followers" -> followers = number(arguments, ++i, 1, 20_000);
                case "--entries" -> entries = number(arguments, ++i, 1_000, 100_000_000);
                case "--seconds" -> seconds = number(arguments, ++i, 2, 600);
                case "--data" -> data = value(arguments, ++i);
                case "--fresh" -> fresh = true;
                case "-h", "--help", "help" -> {
                    return null;
                }
                default -> {
                    if (!PARTS.contains(arguments[i]) && !arguments[i].equals("centre")) {
                        throw new IllegalArgumentException("bench does not know \"" + arguments[i] + "\".");
                    }
                    parts.add(arguments[i]);
                }
            }
        }
        Path home =
                Path.of(System.getProperty("farga.home", ".")).toAbsolutePath().normalize();
        return new Plan(
                parts.isEmpty() ? Set.copyOf(PARTS) : parts,
                people,
                followers,
                entries,
                seconds,
                home,
                data == null
                        ? home.resolve(".farga/bench-" + people)
                        : Path.of(data).toAbsolutePath(),
                fresh);
    }

    private static String value(String[] arguments, int i) {
        if (i >= arguments.length) {
            throw new IllegalArgumentException(arguments[i - 1] + " needs a value.");
        }
        return arguments[i];
    }

    private static int number(String[] arguments, int i, int least, int most) {
        return number(value(arguments, i), arguments[i - 1], least, most);
    }

    static int number(String value, String name, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(name + " is a number from " + least + " to " + most + ".");
    }

    /** Whether everything measured was within the aims. */
    private static boolean measure(Plan plan) throws IOException, SQLException, InterruptedException {
        boolean there = !plan.fresh() && Centre.isIn(plan.data(), plan.people());
        if (!there) {
            delete(plan.data());
        }
        long since = System.nanoTime();
        try (Server server = Server.start(plan.home(), plan.data())) {
            Centre centre;
            if (there) {
                centre = Centre.open(server, plan.people());
                centre.awaitAudit();
            } else {
                say("Making the centre in %s ...", plan.data());
                centre = Centre.make(server, plan.data(), plan.people());
                say("Made in %d s.", Duration.ofNanos(System.nanoTime() - since).toSeconds());
            }
            say("The centre: %s.", centre.counts());
            say(
                    "Its PostgreSQL: fsync %s, synchronous_commit %s.",
                    centre.text("SHOW fsync"), centre.text("SHOW synchronous_commit"));
            boolean well = true;
            if (plan.parts().contains("pages")) {
                well &= new Pages(server, centre).measure();
            }
            if (plan.parts().contains("submissions")) {
                well &= new Submissions(server, centre, plan).measure();
            }
            if (plan.parts().contains("followers")) {
                well &= new Followers(server, centre, plan.followers()).measure();
            }
            if (plan.parts().contains("audit")) {
                well &= new Audit(server, centre, plan.entries(), plan.home(), plan.data()).measure();
            }
            if (plan.parts().contains("cut-off")) {
                well &= new CutOff(server, centre, plan).measure();
            }
            return well;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.exists(folder.resolve("postgres")) && !isEmpty(folder)) {
            throw new IOException(folder + " holds something else; choose another folder with --data.");
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    static void say(String format, Object... values) {
        System.out.println(format.formatted(values));
    }

    /** The value below which that share of the sorted ones lies. */
    static double quantile(double[] sorted, double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
    }

    static double[] sorted(Stream<Double> values) {
        double[] all = values.mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(all);
        return all;
    }
}
