package org.farga.slurm;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.stereotype.Component;

/**
 * A person's name on the clusters, and what they may use there. It stays when they are forgotten: files and Slurm's own records
 * bear the name, and whoever got it next would own them. A name that Farga gave is a number and tells nobody who it is.
 */
@Component
class SlurmPersonalDataTable implements PersonalData {
    @Override
    public List<Section> sections() {
        return List.of(new Section(
                "unix-account",
                Fate.RECORD,
                Set.of("unix_account.person_id", "unix_account_on_cluster.person_id", "slurm_association.person_id"),
                """
                        SELECT u.user_name, u.made_at, c.cluster, c.state, c.since, a.name AS account, s.applied_at
                        FROM unix_account u
                        LEFT JOIN unix_account_on_cluster c ON c.person_id = u.person_id
                        LEFT JOIN slurm_association s ON s.person_id = u.person_id
                        LEFT JOIN slurm_account a ON a.allocation_id = s.allocation_id
                        WHERE u.person_id = :person AND (a.cluster IS NULL OR a.cluster = c.cluster)
                        ORDER BY c.cluster, a.name"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "slurm_reconciliation.apply_wanted_by",
                        "who asked for changes that wait; gone once they are made, and in the log",
                "slurm_ladder.set_by", "a decision of the centre's staff, which the log tells them");
    }
}
