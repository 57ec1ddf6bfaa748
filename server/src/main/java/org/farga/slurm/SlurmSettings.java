package org.farga.slurm;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a Slurm cluster is reached and used.
 *
 * @param rest slurmrestd's address, such as {@code http://127.0.0.1:6820}
 * @param jwtKey the file with the key by which Slurm knows tokens ({@code jwt_key} in its AuthAltParameters); who has it
 *     may act as anybody there
 * @param folder on a file system that the nodes see under the same path; jobs' users must be able to pass through it
 * @param user the Unix user that jobs of people without a Unix user of their own run under; null where everyone needs one
 * @param observer the Unix user who asks about jobs and nodes; one who sees everyone's
 * @param account the Slurm account that those jobs are charged to
 * @param partition null for the cluster's own default
 * @param sameSoftware whether the nodes have the interpreters that this machine has, so that a script can be checked here
 * @param freshness how old a list of jobs may be before Slurm is asked for a new one
 * @param patience how long Slurm's accounting is waited for after a job's end before the job's use is given up
 */
public record SlurmSettings(
        URI rest,
        Path jwtKey,
        Path folder,
        @Nullable String user,
        String observer,
        @Nullable String account,
        @Nullable String partition,
        boolean sameSoftware,
        Duration freshness,
        Duration patience) {

    /** The same in another folder. */
    public SlurmSettings in(Path other) {
        return new SlurmSettings(
                rest, jwtKey, other, user, observer, account, partition, sameSoftware, freshness, patience);
    }
}
