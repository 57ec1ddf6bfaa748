package org.farga.slurm;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Farga keeps accounts, users and limits in Slurm: {@code farga.slurm.*}.
 *
 * @param rootAccount the account that all of Farga's own hang under
 * @param userPrefix what Unix names begin with that Farga gives; a number follows
 * @param every how often it is looked whether something in Farga changed
 * @param readAfter how old what was read from Slurm may be before it is read again to find drift
 * @param mostStops how many changes that take something from somebody are made without anybody's looking at them
 * @param ladder the steps of a budget, unless others are set for an allocation
 */
@ConfigurationProperties("farga.slurm")
record ReconcilerSettings(
        @DefaultValue("farga") String rootAccount,
        @DefaultValue("fg") String userPrefix,
        @DefaultValue("15s") Duration every,
        @DefaultValue("5m") Duration readAfter,
        @DefaultValue("200") int mostStops,
        @DefaultValue Steps ladder) {

    ReconcilerSettings {
        if (!rootAccount.matches("[a-z0-9_][a-z0-9_-]{0,39}")) {
            throw new IllegalArgumentException(
                    "farga.slurm.root-account must be 1 to 40 lower case letters, digits, \"_\" or \"-\"");
        }
        if (!userPrefix.matches("[a-z][a-z0-9]{0,15}")) {
            throw new IllegalArgumentException(
                    "farga.slurm.user-prefix must be 1 to 16 lower case letters and digits, a letter first");
        }
    }

    /** In percent of the budget. */
    record Steps(
            @DefaultValue("80") int notice,
            @DefaultValue("100") int slow,
            @DefaultValue("120") int stop,
            @DefaultValue("0") int carryOver,
            @DefaultValue("1") int slowJobs,
            @Nullable String slowQos) {

        Steps {
            if (Ladder.refusal(notice, slow, stop, carryOver).isPresent() || slowJobs < 0) {
                throw new IllegalArgumentException(
                        "farga.slurm.ladder: notice, slow and stop must rise from 1 to at most " + Ladder.MOST_PERCENT
                                + ", carry-over be 0 to 100, slow-jobs not be less than 0");
            }
        }

        Ladder ladder() {
            return new Ladder(notice, slow, stop, carryOver);
        }
    }

    /** @param allowed QoS that jobs of Farga's accounts may run with; empty where the cluster's own default counts */
    Holding.Way way(Set<String> allowed) {
        Set<String> qos = new TreeSet<>(allowed);
        String slow = ladder.slowQos();
        if (slow != null) {
            // A default must be one of those that are allowed.
            if (qos.isEmpty()) {
                qos.add("normal");
            }
            qos.add(slow);
        }
        return new Holding.Way(rootAccount, qos, ladder.slowJobs(), slow);
    }
}
