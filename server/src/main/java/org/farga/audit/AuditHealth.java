package org.farga.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy.Link;
import org.farga.platform.HealthFinding.Severity;
import org.springframework.stereotype.Component;

/** Tells operators where the audit log is not what was signed, or is not being signed. */
@Component
class AuditHealth implements HealthCheck {
    private final AuditCheckTable checks;
    private final AuditTreeTable tree;
    private final AuditSequencer sequencer;

    AuditHealth(AuditCheckTable checks, AuditTreeTable tree, AuditSequencer sequencer) {
        this.checks = checks;
        this.tree = tree;
        this.sequencer = sequencer;
    }

    @Override
    public String name() {
        return "audit-log";
    }

    @Override
    public String title() {
        return "audit.log";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        checks.lastEnded()
                .filter(c -> !c.good())
                .ifPresent(c -> findings.add(HealthFinding.of(
                                Severity.CRITICAL,
                                "audit-log-broken",
                                "audit.attention.broken",
                                c.findings().size())
                        .since(c.endedAt())
                        .with(new Link("audit.log", "/audit/log"))));
        if (sequencer.stopped() != null
                || tree.waitingSince()
                        .filter(now.minus(AuditChecks.LATE)::isAfter)
                        .isPresent()) {
            findings.add(HealthFinding.of(Severity.WARNING, "audit-log-unsigned", "audit.attention.stopped")
                    .with(new Link("audit.log", "/audit/log")));
        }
        return findings;
    }
}
