package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.password.PasswordEncoder;

/** What a stolen table of passwords costs whoever wants to guess them: the tests' own program has it cheaper. */
class PasswordHashTest {
    private final PasswordEncoder passwords = SecurityConfiguration.passwordEncoder();

    @Test
    void aPasswordIsHashedAsOwaspAsks() {
        // Password storage cheat sheet: Argon2id with 19 MiB, two passes, one lane.
        assertThat(passwords.encode("correct horse battery")).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }

    @Test
    void onlyThePasswordMatchesAndEachHashHasASaltOfItsOwn() {
        String hash = Objects.requireNonNull(passwords.encode("correct horse battery"));
        assertThat(passwords.matches("correct horse battery", hash)).isTrue();
        assertThat(passwords.matches("correct horse batterz", hash)).isFalse();
        assertThat(passwords.encode("correct horse battery")).isNotEqualTo(hash);
    }
}
