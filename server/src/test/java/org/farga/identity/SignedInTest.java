package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.farga.identity.SignedIn.Method;
import org.junit.jupiter.api.Test;

class SignedInTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void whatIsWrittenIsReadAgain() {
        SignedIn all = new SignedIn(
                Set.of(Method.PROVIDER, Method.TOTP), NOW, true, "centre & co", "https://refeds.org/profile/mfa");
        assertThat(SignedIn.parse(all.text())).contains(all);
        assertThat(SignedIn.parse(SignedIn.byPassword(NOW).text())).contains(SignedIn.byPassword(NOW));
    }

    @Test
    void whatCannotBeReadProvesNothing() {
        assertThat(SignedIn.parse(null)).isEmpty();
        assertThat(SignedIn.parse("")).isEmpty();
        assertThat(SignedIn.parse("at=soon&methods=PASSWORD")).isEmpty();
        assertThat(SignedIn.parse("at=2026-11-23T10:00:00Z&methods=PALM_READING"))
                .isEmpty();
        // A newer Farga beside this one knows more.
        assertThat(SignedIn.parse("at=2026-11-23T10:00:00Z&methods=PALM_READING,PASSWORD&more=1"))
                .contains(SignedIn.byPassword(NOW));
    }

    @Test
    void onlyMoreThanOneFactorIsStrongAndNotForEver() {
        SignedIn password = SignedIn.byPassword(NOW);
        SignedIn both = password.with(Method.TOTP, NOW.plusSeconds(60));
        assertThat(password.isStrong(NOW, Duration.ofHours(12))).isFalse();
        assertThat(both.methods()).containsExactlyInAnyOrder(Method.PASSWORD, Method.TOTP);
        assertThat(both.isStrong(NOW.plusSeconds(120), Duration.ofMinutes(1))).isTrue();
        assertThat(both.isStrong(NOW.plusSeconds(121), Duration.ofMinutes(1))).isFalse();
    }
}
