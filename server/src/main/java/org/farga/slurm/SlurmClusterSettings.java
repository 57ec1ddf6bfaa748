package org.farga.slurm;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Slurm clusters, each by the name that Farga shows: {@code farga.cluster.slurm.NAME.*}.
 *
 * @param silence of any cluster: for how long an engine may not answer, or not know one of its jobs, before anything is
 *     concluded from that; one that is only restarted takes less
 */
@ConfigurationProperties("farga.cluster")
public record SlurmClusterSettings(
        @DefaultValue Map<String, Reach> slurm,
        @DefaultValue("30s") Duration silence) {

    /**
     * How one is reached and used.
     *
     * @param rest slurmrestd's address
     * @param jwtKey the file with Slurm's key for tokens
     * @param folder for jobs' files, seen by Farga and all nodes under the same path
     * @param user the Unix user that jobs of people without a Unix user of their own run under
     * @param observer the Unix user who asks about everyone's jobs and the nodes
     * @param account the Slurm account that those jobs are charged to
     * @param partition the cluster's own default unless set
     * @param sameSoftware whether the nodes have the interpreters that this machine has
     * @param freshness how old a list of jobs may be before Slurm is asked for a new one
     * @param patience how long accounting is waited for after a job's end
     * @param conf the cluster's slurm.conf, where this machine can run Slurm's commands
     * @param via what stands before each of Slurm's commands, where they run elsewhere
     * @param longestTimeLimit that a job may ask for
     * @param mostDiskMebibytes that a job may ask for
     */
    public record Reach(
            @Nullable URI rest,
            @Nullable Path jwtKey,
            @Nullable Path folder,
            @Nullable String user,
            @DefaultValue("slurm") String observer,
            @Nullable String account,
            @Nullable String partition,
            @DefaultValue("false") boolean sameSoftware,
            @DefaultValue("1s") Duration freshness,
            @DefaultValue("2m") Duration patience,
            @Nullable Path conf,
            @DefaultValue List<String> via,
            @DefaultValue("72h") Duration longestTimeLimit,
            @DefaultValue("20480") long mostDiskMebibytes) {

        /** Throws {@link IllegalStateException} where something is missing, with the setting's name. */
        public SlurmSettings settings(String name) {
            return new SlurmSettings(
                    set(rest, name, "rest"),
                    set(jwtKey, name, "jwt-key"),
                    set(folder, name, "folder"),
                    user,
                    observer,
                    account,
                    partition,
                    sameSoftware,
                    freshness,
                    patience);
        }

        /** Slurm's commands; empty where there are none, and only slurmrestd can be asked. */
        public Optional<SlurmCommands> commands() {
            return Optional.ofNullable(conf).map(file -> new SlurmCommands(file, via));
        }

        private static <T> T set(@Nullable T value, String name, String key) {
            if (value == null) {
                throw new IllegalStateException("the setting farga.cluster.slurm." + name + "." + key + " is missing");
            }
            return value;
        }
    }
}
