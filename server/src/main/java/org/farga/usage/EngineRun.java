package org.farga.usage;

import org.jspecify.annotations.Nullable;

/**
 * What the engine that ran a job says of a run beside what it held: its own name for the job, and under which account, user and
 * rules it ran. Of an engine that has no such things they are null.
 *
 * @param job the engine's own number of the job, which each task of an array and each part of a heterogeneous job has ({@code
 *     JobIDRaw} of Slurm)
 * @param task as {@code sacct} shows it where that is another: {@code 39_0}, {@code 34+1}
 * @param account that the engine charged
 * @param unixUser who ran it there
 * @param state how the run ended, in the engine's word
 * @param tres what it was given, as the engine wrote it
 */
public record EngineRun(
        String job,
        @Nullable String task,
        @Nullable String account,
        @Nullable String unixUser,
        @Nullable String partition,
        @Nullable String qos,
        @Nullable String state,
        @Nullable Integer nodes,
        @Nullable String tres) {

    /** What people know it by. */
    public String shown() {
        return task != null ? task : job;
    }

    /** Where nothing is known but the engine's name for the job. */
    public static EngineRun of(String job) {
        return new EngineRun(job, null, null, null, null, null, null, null, null);
    }
}
