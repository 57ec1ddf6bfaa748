package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.OutgoingMail;
import org.springframework.stereotype.Component;

/** Whether mail leaves the house. */
@Component
class MailCheck implements HealthCheck {
    private static final Duration LATE = Duration.ofMinutes(10);
    private static final Duration VERY_LATE = Duration.ofHours(4);

    private final OutgoingMail mail;
    private final Figures figures;

    MailCheck(OutgoingMail mail, Figures figures) {
        this.mail = mail;
        this.figures = figures;
    }

    @Override
    public String name() {
        return "mail";
    }

    @Override
    public String title() {
        return "operations.check.mail";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        OutgoingMail.State state = mail.state();
        boolean queued = state.configured() && state.oldestUnsent() != null;
        Duration oldest = queued ? Duration.between(state.oldestUnsent(), now) : Duration.ZERO;
        figures.set("farga.mail.configured", state.configured() ? 1 : 0);
        figures.set("farga.mail.unsent", state.configured() ? state.unsent() : 0);
        figures.set("farga.mail.oldest.seconds", Math.max(0, oldest.toMillis() / 1000.0));
        return judge(state, now);
    }

    static List<HealthFinding> judge(OutgoingMail.State state, Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        if (!state.configured()) {
            findings.add(
                    HealthFinding.of(Severity.NOTICE, "mail-unset", "operations.finding.mail-unset", state.unsent()));
        } else if (state.oldestUnsent() != null && state.oldestUnsent().isBefore(now.minus(LATE))) {
            findings.add(HealthFinding.of(
                            state.oldestUnsent().isBefore(now.minus(VERY_LATE)) ? Severity.CRITICAL : Severity.WARNING,
                            "mail-stuck",
                            "operations.finding.mail-stuck",
                            state.unsent(),
                            state.failure() == null ? "-" : state.failure())
                    .since(state.oldestUnsent())
                    .with(new Remedy.Button("operations.test-mail", "/operations/test-mail")));
        }
        return findings;
    }
}
