package org.farga.compute;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Slurm's word for a limit that keeps a job waiting, taken apart: {@code AssocGrpGRESMinutes} is the account's, on all its jobs
 * together, about the minutes of GPUs. There are some 150 such words (job_reason_string in Slurm's source), and new kinds of
 * resources bring more, so they are read by their parts.
 */
record LimitWord(Owner owner, Span span, What what) {

    /** Whose limit: the account's (or one above it), or that of the quality of service. */
    enum Owner {
        ACCOUNT,
        QOS
    }

    /** Over what it is summed. */
    enum Span {
        /** All its jobs at once. */
        ALL,
        /** All its jobs, by time already used or set aside. */
        ALL_MINUTES,
        /** Its running jobs, by the time that they may still take. */
        RUN_MINUTES,
        JOB,
        JOB_MINUTES,
        NODE,
        USER,
        ONE_ACCOUNT,
        /** Less than it demands. */
        LEAST
    }

    /** Of what. */
    enum What {
        CPU,
        MEMORY,
        NODE,
        GRES,
        ENERGY,
        LICENSE,
        BB,
        BILLING,
        JOBS,
        SUBMITTED,
        WALL,
        OTHER
    }

    private static final Pattern WORD = Pattern.compile("(Assoc|QOS|)(Grp|Max|Min)"
            + "(SubmitJobs?|Jobs?|WallDuration|Wall|Cpu|CPU|Memory|Mem|Node|GRES|Energy|License|BB|Billing|Unknown)"
            + "(RunMinutes|Minutes)?(PerJob|PerNode|PerUser|PerAccount)?(?:Limit|NotSatisfied)?");

    /** Empty where the word says something else than a limit. */
    static Optional<LimitWord> of(String word) {
        Matcher m = WORD.matcher(word);
        if (!m.matches() || (m.group(1).isEmpty() && !"PerAccount".equals(m.group(5)))) {
            return Optional.empty();
        }
        What what = what(m.group(3));
        return Optional.of(new LimitWord(
                m.group(1).equals("Assoc") ? Owner.ACCOUNT : Owner.QOS,
                span(m.group(2), what, m.group(4), m.group(5)),
                what));
    }

    private static What what(String word) {
        return switch (word.toUpperCase(Locale.ROOT)) {
            case "CPU" -> What.CPU;
            case "MEM", "MEMORY" -> What.MEMORY;
            case "NODE" -> What.NODE;
            case "GRES" -> What.GRES;
            case "ENERGY" -> What.ENERGY;
            case "LICENSE" -> What.LICENSE;
            case "BB" -> What.BB;
            case "BILLING" -> What.BILLING;
            case "JOB", "JOBS" -> What.JOBS;
            case "SUBMITJOB", "SUBMITJOBS" -> What.SUBMITTED;
            case "WALL", "WALLDURATION" -> What.WALL;
            default -> What.OTHER;
        };
    }

    private static Span span(String kind, What what, @Nullable String minutes, @Nullable String per) {
        if (kind.equals("Min")) {
            return Span.LEAST;
        }
        if ("PerUser".equals(per)) {
            return Span.USER;
        }
        if ("PerAccount".equals(per)) {
            return Span.ONE_ACCOUNT;
        }
        if ("PerNode".equals(per)) {
            return Span.NODE;
        }
        if (kind.equals("Grp")) {
            return "RunMinutes".equals(minutes) ? Span.RUN_MINUTES : minutes != null ? Span.ALL_MINUTES : Span.ALL;
        }
        if (minutes != null) {
            return Span.JOB_MINUTES;
        }
        // AssocMaxJobsLimit is about all of one user's jobs there.
        return what == What.JOBS || what == What.SUBMITTED ? Span.USER : Span.JOB;
    }
}
