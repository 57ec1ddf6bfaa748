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
import org.farga.usage.UsageFetches;
import org.farga.usage.UsageFetches.Standing;
import org.springframework.stereotype.Component;

/** Whether every cluster's accounting is read: what ran is charged only then. */
@Component
class AccountingCheck implements HealthCheck {
    private final SlurmClusterSettings settings;
    private final UsageFetches fetches;
    private final Figures figures;

    AccountingCheck(SlurmClusterSettings settings, UsageFetches fetches, Figures figures) {
        this.settings = settings;
        this.fetches = fetches;
        this.figures = figures;
    }

    @Override
    public String name() {
        return "accounting";
    }

    @Override
    public String title() {
        return "slurm.check.accounting";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        Duration oldest = Duration.ZERO;
        for (Standing standing : fetches.standings()) {
            SlurmClusterSettings.Reach reach = settings.slurm().get(standing.cluster());
            if (reach == null || reach.commands().isEmpty()) {
                continue; // read once, by a Farga that had other settings
            }
            Instant read = standing.readUntil();
            if (read != null && read.isBefore(now)) {
                Duration age = Duration.between(read, now);
                oldest = age.compareTo(oldest) > 0 ? age : oldest;
            }
            String complaint = standing.complaint();
            if (complaint != null && (read == null || read.isBefore(now.minus(settings.silence())))) {
                findings.add(HealthFinding.of(
                                Severity.WARNING,
                                "accounting-silent",
                                "slurm.finding.accounting-silent",
                                standing.cluster(),
                                complaint)
                        .about(standing.cluster())
                        .since(read)
                        .with(new Remedy.Link("slurm.check.see-accounting", "/operations/usage")));
            }
        }
        figures.set("farga.accounting.age.seconds", oldest.toSeconds());
        return findings;
    }
}
