package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.platform.OwnPath;
import org.farga.platform.Secret;
import org.farga.shared.Fields;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;

/** Guessing, floods of accounts and open redirects: what the door lets through. */
class SignInRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:20:00Z");

    @Test
    void afterFiveFailuresEachTryWaitsTwiceAsLongAtMostAQuarterOfAnHour() {
        assertThat(new SignInThrottle(4, NOW).waitUntil()).isBefore(NOW);
        assertThat(new SignInThrottle(5, NOW).waitUntil()).isEqualTo(NOW.plusSeconds(1));
        assertThat(new SignInThrottle(6, NOW).waitUntil()).isEqualTo(NOW.plusSeconds(2));
        assertThat(new SignInThrottle(10, NOW).waitUntil()).isEqualTo(NOW.plusSeconds(32));
        assertThat(new SignInThrottle(1_000_000, NOW).waitUntil()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
    }

    @Test
    void signUpsAreCountedByNetworkAndHour() {
        SignUpLimit limit = SignUpLimit.of("192.0.2.7", NOW).orElseThrow();
        assertThat(limit).isEqualTo(new SignUpLimit("192.0.2.7", Instant.parse("2026-11-22T10:00:00Z")));
        assertThat(limit.minutesLeft(NOW)).isEqualTo(41);
        assertThat(SignUpLimit.isExceededBy(60)).isFalse();
        assertThat(SignUpLimit.isExceededBy(61)).isTrue();
        assertThat(SignUpLimit.of("2001:db8:1:2:3:4:5:6", NOW)).isEqualTo(SignUpLimit.of("2001:db8:1:2::9", NOW));
        assertThat(SignUpLimit.of("127.0.0.1", NOW)).isEmpty();
        assertThat(SignUpLimit.of("::1", NOW)).isEmpty();
    }

    @Test
    void onlyPathsOfThisSiteAreGoneBackTo() {
        assertThat(OwnPath.of("/proposals?state=DRAFT")).isEqualTo("/proposals?state=DRAFT");
        for (String elsewhere : new String[] {
            null,
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "evil",
            "/{x}",
            "/" + "x".repeat(500)
        }) {
            assertThat(OwnPath.of(elsewhere)).as(String.valueOf(elsewhere)).isEqualTo("/");
        }
        assertThat(OwnPath.address("/sign-up", "/invitation?token=a"))
                .isEqualTo("/sign-up?next=%2Finvitation%3Ftoken%3Da");
        assertThat(OwnPath.address("/sign-up", "//evil")).isEqualTo("/sign-up");
    }

    @Test
    void secretsAndPasswordsAreNotInWhatIsPrinted() {
        Secret secret = Secret.create("token");
        String word = "a long enough password";
        assertThat(secret.toString()).doesNotContain(secret.text());
        assertThat(new PersonsApi.SignUp("a@example.org", "A", word, "en").toString())
                .doesNotContain(word);
        assertThat(new TokensApi.SignIn("a@example.org", word, "123456", "x").toString())
                .doesNotContain(word);
        assertThat(new SetupApi.NewAdministrator(secret.text(), "a@example.org", "A", word).toString())
                .doesNotContain(word)
                .doesNotContain(secret.text());
        assertThat(new PersonsApi.PasswordChange(word, word).toString()).doesNotContain(word);
    }

    @Test
    void aLostSetUpLinkIsReplacedButNotOneThatAnotherProcessJustMade() {
        SetupLink link = new SetupLink(Secret.create("setup").sha256(), NOW);
        assertThat(link.isLost(true, NOW.plusSeconds(3600))).isFalse();
        assertThat(link.isLost(false, NOW.plusSeconds(59))).isFalse();
        assertThat(link.isLost(false, NOW.plusSeconds(61))).isTrue();
    }

    @Test
    void whatIsGuessedFirstIsNoPassword() {
        for (String common : new String[] {
            "password1234",
            "P@ssw0rd!2026",
            "aaaaaaaaaaaa",
            "123456789012",
            "abcabcabcabc",
            "qwertyuiop12",
            "Barcelona2026!",
            "welcome.admin.1",
            "0987654321098",
            "1q2w3e4r5t6y",
            "contraseña1234",
            "19-12-1990-!!",
            "futbolclub10",
            "tequieromucho",
            "Summer2026!!",
            "michaeljordan",
            "612345678901",
            "zxcvbnm,./12"
        }) {
            assertThat(CommonPasswords.isCommon(common)).as(common).isTrue();
        }
        for (String good : new String[] {
            "correct horse battery",
            "forge a model today",
            "another long password",
            "la nit és clara i freda",
            "tK7#qz0Lw!pX"
        }) {
            assertThat(CommonPasswords.isCommon(good)).as(good).isFalse();
        }
    }

    @Test
    void aPasswordWithAWordOfItsOwnerIsRefusedWithThatWord() {
        var owner = new Password.Owner("nuria.serra@llum-robotics.example", "Núria Serra Ros", "Barcelona AI Factory");
        for (String[] wordAndPassword : new String[][] {
            {"nuria", "my dear NÚRIA, come home"},
            {"serra", "s e r r a on a hill of stone"},
            {"robotics", "quartz-Robotics-meadow"},
            {"barcelona", "rainy barcelona evenings"},
            {"farga", "the old Farga of my village"}
        }) {
            Fields fields = new Fields();
            Password.check(fields, "password", wordAndPassword[1], owner);
            assertThat(fields.refusal().orElseThrow().fields())
                    .as(wordAndPassword[1])
                    .containsExactly(
                            new Refusal.FieldProblem("password", "password-own-word", List.of(wordAndPassword[0])));
        }
        Fields fine = new Fields();
        // Three letters ("Ros") are in too many words to be told by.
        Password.check(fine, "password", "prosody of quiet meadows", owner);
        assertThat(fine.refusal()).isEmpty();
    }

    @Test
    void ofALongPasswordOnlyARepetitionIsCommon() {
        assertThat(CommonPasswords.isCommon("@4$0135".repeat(28))).isFalse();
        assertThat(CommonPasswords.isCommon("ab".repeat(100))).isTrue();
    }

    @Test
    void browsersAreCalledWhatPeopleCallThem() {
        assertThat(BrowserName.of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
                        .text())
                .isEqualTo("Firefox · Linux");
        assertThat(BrowserName.of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                                + " Chrome/140.0 Safari/537.36 Edg/140.0")
                        .text())
                .isEqualTo("Edge · Windows");
        assertThat(BrowserName.of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
                                + " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
                        .text())
                .isEqualTo("Safari · iPhone");
        assertThat(BrowserName.of(null).text()).isEmpty();
    }
}
