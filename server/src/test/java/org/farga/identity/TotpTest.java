package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes, recovery codes and the picture: the rules of the second factor. */
class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void theCodesAreThoseOfRfc6238AppendixB(long seconds, String code) {
        assertThat(Totp.code(SECRET, Totp.step(Instant.ofEpochSecond(seconds)), 8))
                .isEqualTo(code);
    }

    @Test
    void aCodeHoldsForItsStepAndTheOnesBesideIt() {
        Instant now = Instant.ofEpochSecond(1_234_567_890L);
        long step = Totp.step(now);
        for (long offset : new long[] {-1, 0, 1}) {
            assertThat(Totp.match(SECRET, Totp.code(SECRET, step + offset, 6), now, 0))
                    .hasValue(step + offset);
        }
        assertThat(Totp.match(SECRET, Totp.code(SECRET, step - 2, 6), now, 0)).isEmpty();
        assertThat(Totp.match(SECRET, Totp.code(SECRET, step + 2, 6), now, 0)).isEmpty();
        assertThat(Totp.match(SECRET, "", now, 0)).isEmpty();
    }

    @Test
    void aStepIsTakenOnceAndNoEarlierOneAfterIt() {
        Instant now = Instant.ofEpochSecond(1_234_567_890L);
        long step = Totp.step(now);
        assertThat(Totp.match(SECRET, Totp.code(SECRET, step, 6), now, step)).isEmpty();
        assertThat(Totp.match(SECRET, Totp.code(SECRET, step - 1, 6), now, step)).isEmpty();
        assertThat(Totp.match(SECRET, Totp.code(SECRET, step + 1, 6), now, step))
                .hasValue(step + 1);
    }

    @ParameterizedTest
    @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "fooba, MZXW6YTB", "foobar, MZXW6YTBOI"})
    void keysAreWrittenInBase32OfRfc4648(String plain, String written) {
        assertThat(Totp.base32(plain.getBytes(StandardCharsets.US_ASCII))).isEqualTo(written);
    }

    @Test
    void theAddressKeepsNamesApart() {
        assertThat(Totp.address("Barcelona AI Factory", "ana@example.org", SECRET))
                .isEqualTo("otpauth://totp/Barcelona%20AI%20Factory:ana%40example.org?secret="
                        + "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Barcelona%20AI%20Factory"
                        + "&algorithm=SHA1&digits=6&period=30");
        QrCode picture = QrCode.of(Totp.address("Barcelona AI Factory", "ana@example.org", SECRET));
        // The finder pattern's first row stands behind a quiet zone of four.
        assertThat(picture.path()).startsWith("M4,4h1v1h-1zM5,4h1v1h-1z");
    }

    @Test
    void recoveryCodesAreTenThatDifferAndHoldHoweverTheyAreTyped() {
        var codes = RecoveryCode.create();
        assertThat(codes).hasSize(10).doesNotHaveDuplicates().allMatch(c -> c.matches("([A-Z2-7]{4}-){3}[A-Z2-7]{4}"));
        String code = "ABIO-2345-ABCD-EFGH";
        assertThat(RecoveryCode.sha256("ab10 2345 abcdefgh")).isEqualTo(RecoveryCode.sha256(code));
        assertThat(RecoveryCode.sha256("ABIO-2345-ABCD-EFGA")).isNotEqualTo(RecoveryCode.sha256(code));
    }

    @Test
    void passkeysAreBoundToTheNameOfThePublicAddress() {
        assertThat(RelyingParty.of("https://Farga.example.org"))
                .contains(new RelyingParty("farga.example.org", "https://farga.example.org"));
        assertThat(RelyingParty.of("https://farga.example.org:8443"))
                .contains(new RelyingParty("farga.example.org", "https://farga.example.org:8443"));
        assertThat(RelyingParty.of("http://127.0.0.1:8080"))
                .contains(new RelyingParty("localhost", "http://localhost:8080"));
        assertThat(RelyingParty.of("http://farga.example.org")).isEmpty();
        assertThat(RelyingParty.of("https://192.0.2.7")).isEmpty();
    }
}
