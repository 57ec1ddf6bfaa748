package org.farga.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/** A job that has to have come so far before another may start. */
record Dependency(Kind kind, JobId parent) {

    /** How far, in Slurm's words. */
    enum Kind {
        /** It has started, or was cancelled before. */
        AFTER,
        /** It has ended, however. */
        AFTERANY,
        /** It has ended well. */
        AFTEROK,
        /** It has ended otherwise than well. */
        AFTERNOTOK;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Pattern PART = Pattern.compile("(after|afterany|afterok|afternotok)((?::[1-9][0-9]{0,17})+)");

    /**
     * As {@code sbatch --dependency} takes it: {@code afterok:12:13,afterany:15}, all of which have to hold. A number is a
     * job's or an array's, which means each of its tasks. Empty for what is none.
     */
    static Optional<List<Dependency>> parse(String text) {
        List<Dependency> all = new ArrayList<>();
        for (String part : text.strip().split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                return Optional.empty();
            }
            Kind kind = Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
            for (String number : matcher.group(2).substring(1).split(":", -1)) {
                all.add(new Dependency(kind, JobId.valueOf(number)));
            }
        }
        return Optional.of(List.copyOf(all));
    }

    /** As {@link #parse} reads them. */
    static String words(List<Dependency> all) {
        return all.stream().map(one -> one.kind().word() + ":" + one.parent()).collect(Collectors.joining(","));
    }

    /** Whether it can hold no more: the parent has ended in another way. */
    boolean isBroken(JobState parents) {
        return switch (kind) {
            case AFTER, AFTERANY -> false;
            case AFTEROK -> parents.ended() && parents != JobState.COMPLETED;
            case AFTERNOTOK -> parents == JobState.COMPLETED;
        };
    }

    /** Whether this is about that job: by its own number or its array's. */
    boolean isOn(Job job) {
        JobOrder.Task task = job.options().task();
        return job.id().equals(parent) || (task != null && task.array().equals(parent));
    }

    /** What the engine calls what is waited for: the array where that was named. Null where it does not have it. */
    @Nullable
    String engineJob(Job job) {
        String engineJob = job.engineJobId();
        int underscore = engineJob == null || job.id().equals(parent) ? -1 : engineJob.indexOf('_');
        return engineJob == null || underscore < 0 ? engineJob : engineJob.substring(0, underscore);
    }
}
