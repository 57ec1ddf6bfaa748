package org.farga.usage;

import org.jspecify.annotations.Nullable;

/**
 * One run of a job that has ended, as {@code sacct} tells it. Instants and times are whole seconds, as Slurm keeps them.
 *
 * @param job Slurm's own number of it ({@code JobIDRaw}), which each task of an array and each part of a heterogeneous job has
 * @param task as {@code sacct} shows it where that is another: {@code 39_0}, {@code 34+1}
 * @param state without what follows it: {@code CANCELLED} for {@code CANCELLED by 1000}
 * @param startedAt in seconds since 1970
 * @param endedAt in seconds since 1970, not before the start
 * @param chargedSeconds Slurm's {@code ElapsedRaw}: without the time it was suspended
 * @param tres {@code AllocTRES} as it stands
 */
record SacctRun(
        long job,
        @Nullable String task,
        String name,
        String account,
        String unixUser,
        String partition,
        String qos,
        String state,
        long startedAt,
        long endedAt,
        long chargedSeconds,
        Tres held,
        String tres) {}
