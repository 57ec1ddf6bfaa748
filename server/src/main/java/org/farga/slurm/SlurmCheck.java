package org.farga.slurm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.slurm.Reconciliation.Mode;
import org.farga.slurm.Reconciliation.Read;
import org.springframework.stereotype.Component;

/** Whether the accounts and limits in Slurm are those that projects and allocations ask for. */
@Component
class SlurmCheck implements HealthCheck {
    /** Slurm's database may be restarted, and a failed change is tried again, before anybody is woken. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Reconciling reconciling;
    private final ReconciliationTable table;
    private final UnixAccountTable unix;
    private final Figures figures;

    SlurmCheck(Reconciling reconciling, ReconciliationTable table, UnixAccountTable unix, Figures figures) {
        this.reconciling = reconciling;
        this.table = table;
        this.unix = unix;
        this.figures = figures;
    }

    @Override
    public String name() {
        return "slurm-accounts";
    }

    @Override
    public String title() {
        return "slurm.check";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        Duration longest = Duration.ZERO;
        for (String cluster : reconciling.clusters()) {
            Reconciliation state = table.find(cluster).orElse(null);
            if (state == null) {
                continue;
            }
            Remedy see = new Remedy.Link("slurm.check.see", "/clusters/" + cluster + "/slurm");
            Read read = state.read();
            String complaint = state.complaint();
            if (complaint != null && (read == null || read.at().isBefore(now.minus(PATIENCE)))) {
                findings.add(HealthFinding.of(
                                Severity.WARNING, "slurm-unread", "slurm.finding.slurm-unread", cluster, complaint)
                        .about(cluster)
                        .with(see));
            }
            Instant drift = read == null ? null : read.driftSince();
            if (drift != null && state.mode() == Mode.APPLY) {
                longest = longest.compareTo(Duration.between(drift, now)) < 0 ? Duration.between(drift, now) : longest;
            }
            if (state.held() && read != null) {
                findings.add(HealthFinding.of(
                                Severity.WARNING, "slurm-held", "slurm.finding.slurm-held", cluster, read.stops())
                        .about(cluster)
                        .since(drift)
                        .with(see));
            } else if (read != null
                    && drift != null
                    && state.mode() == Mode.APPLY
                    && drift.isBefore(now.minus(PATIENCE))) {
                findings.add(HealthFinding.of(
                                Severity.WARNING, "slurm-drift", "slurm.finding.slurm-drift", cluster, read.changes())
                        .about(cluster)
                        .since(drift)
                        .with(see));
            }
            long failed = unix.counts(cluster).getOrDefault(UnixAccount.State.FAILED, 0L);
            if (failed > 0) {
                findings.add(HealthFinding.of(
                                Severity.WARNING,
                                "unix-accounts-failed",
                                "slurm.finding.unix-accounts-failed",
                                cluster,
                                failed)
                        .about(cluster)
                        .with(see));
            }
        }
        figures.set("farga.slurm.drift.seconds", longest.toSeconds());
        return findings;
    }
}
