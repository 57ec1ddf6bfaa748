package org.farga.identity;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.springframework.stereotype.Component;

/** Whether people can sign in through the providers of the settings. */
@Component
class OidcCheck implements HealthCheck {
    private final OidcProviders providers;

    OidcCheck(OidcProviders providers) {
        this.providers = providers;
    }

    @Override
    public String name() {
        return "sign-in-providers";
    }

    @Override
    public String title() {
        return "identity.providers";
    }

    @Override
    public List<HealthFinding> look(Instant now) {
        // Asks one that failed again, so that the finding ends by itself; one that works is asked once an hour.
        List<OidcProviders.Standing> before = providers.standings(Locale.ENGLISH);
        before.stream().filter(s -> s.problem() != null).forEach(s -> providers.find(s.name()));
        return providers.standings(Locale.ENGLISH).stream()
                .filter(s -> s.problem() != null)
                .map(s -> HealthFinding.of(
                                Severity.WARNING,
                                "sign-in-provider-failing",
                                "identity.oidc.finding",
                                s.label(),
                                Objects.requireNonNull(s.problem()))
                        .about(s.name())
                        .since(s.since())
                        .with(new Remedy.Link("identity.providers", "/centre/sign-in-providers")))
                .toList();
    }
}
