package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    static final PersonId STEWARD = PersonId.create();

    static Dataset.Draft typed(@Nullable String slug, @Nullable String terms, @Nullable String card) {
        return new Dataset.Draft(slug, "Digits", "Small images.", "cc-by-4.0", terms, card, null, null, null);
    }

    static Dataset digits() {
        return Dataset.create(typed("digits", "Name the authors.", "# Digits"), STEWARD, NOW)
                .orThrow();
    }

    private static Dataset.Draft changing(@Nullable String title, @Nullable String licence, @Nullable String terms) {
        return new Dataset.Draft(null, title, null, licence, terms, null, null, null, null);
    }

    static Refusal refusal(Outcome<?> outcome) {
        if (!(outcome instanceof Outcome.Refused<?>(Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        return refusal;
    }

    private static List<String> problems(Outcome<?> outcome) {
        return refusal(outcome).fields().stream()
                .map(f -> f.field() + " " + f.name())
                .toList();
    }

    @Test
    void everythingThatIsMissingIsSaidAtOnce() {
        var nothing = new Dataset.Draft(null, null, null, null, null, null, null, null, null);
        assertThat(problems(Dataset.create(nothing, STEWARD, NOW)))
                .containsExactly(
                        "slug missing",
                        "title missing",
                        "summary missing",
                        "licence missing",
                        "terms missing",
                        "card missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"xx", "ES", "spa", "es-ES"})
    void aLanguageIsOneThatThereIs(String language) {
        var typed = new Dataset.Draft("digits", "T", "S", "cc-by-4.0", "Terms.", "Card.", language, null, null);
        assertThat(problems(Dataset.create(typed, STEWARD, NOW))).containsExactly("language language-unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits", "d", "imatges-1998", "a1-b2-c3"})
    void aSlugIsPlain(String slug) {
        assertThat(Dataset.create(typed(slug, "Terms.", "Card."), STEWARD, NOW)
                        .orThrow()
                        .slug())
                .isEqualTo(slug);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Digits", "1digits", "di--gits", "-d", "d-", "dí", "a/b", "a.b", "a_b", "../a"})
    void aSlugIsNothingElse(String slug) {
        assertThat(problems(Dataset.create(typed(slug, "Terms.", "Card."), STEWARD, NOW)))
                .containsExactly("slug slug-form");
    }

    @Test
    void aSlugIsNoPageOfOurs() {
        assertThat(problems(Dataset.create(typed("new", "Terms.", "Card."), STEWARD, NOW)))
                .containsExactly("slug slug-reserved");
    }

    @Test
    void aCardIsBoundedInBytes() {
        assertThat(Dataset.create(typed("a", "T", "é".repeat(50_000)), STEWARD, NOW))
                .isInstanceOf(Outcome.Done.class);
        assertThat(problems(Dataset.create(typed("a", "T", "é".repeat(50_001)), STEWARD, NOW)))
                .containsExactly("card card-too-large");
        assertThat(problems(Dataset.create(typed("a", "T", "e".repeat(100_001)), STEWARD, NOW)))
                .containsExactly("card too-long");
    }

    @ParameterizedTest
    @CsvSource({
        "cc-by-4.0, CC-BY-4.0, true",
        "CC0-1.0, CC0-1.0, true",
        "CC-BY-NC-4.0, CC-BY-NC-4.0, false",
        "LicenseRef-Hospital-1, LicenseRef-Hospital-1, false"
    })
    void aLicenceIsAnSpdxIdentifier(String typed, String id, boolean open) {
        Licence licence = Licence.parse(typed).orElseThrow();
        assertThat(licence.id()).isEqualTo(id);
        assertThat(licence.open()).isEqualTo(open);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CC-BY", "open", "MIT OR Apache-2.0", "LicenseRef-", "LicenseRef-a b", ""})
    void anythingElseIsNoLicence(String typed) {
        assertThat(Licence.parse(typed)).isEmpty();
    }

    @Test
    void aChangeLeavesAloneWhatItDoesNotName() {
        Dataset changed = digits().change(changing("Handwritten digits", null, null), NOW.plusSeconds(1))
                .orThrow();
        assertThat(changed.title()).isEqualTo("Handwritten digits");
        assertThat(changed.licence().id()).isEqualTo("CC-BY-4.0");
        assertThat(changed.terms()).isEqualTo(changed.terms());
        assertThat(problems(digits().change(typed("other", null, null), NOW))).contains("slug slug-stays");
    }

    @Test
    void termsAreFollowedByTheNextVersionOnlyWhereTheWordingDiffers() {
        Dataset same = digits().change(changing(null, null, "  Name the authors.\r\n"), NOW.plusSeconds(9))
                .orThrow();
        assertThat(same.terms().version()).isEqualTo(1);
        Dataset other = digits().change(changing(null, null, "Name the author."), NOW.plusSeconds(9))
                .orThrow();
        assertThat(other.terms().version()).isEqualTo(2);
        assertThat(other.terms().since()).isEqualTo(NOW.plusSeconds(9));
        assertThat(other.terms().sha256()).isEqualTo(Sha256.ofText("Name the author."));
    }

    @Test
    void theSameWordingHasTheSameDigestWhateverTheLineEnds() {
        assertThat(Terms.first("a\r\nb", NOW).sha256())
                .isEqualTo(Terms.first("a\nb\n", NOW).sha256());
    }

    @Test
    void anOwnerAcceptsExactlyTheCurrentWording() {
        Dataset dataset = digits();
        OrganisationId organisation = OrganisationId.create();
        Agreement agreement = Agreement.accept(
                        dataset, organisation, dataset.terms().sha256().hex(), STEWARD, NOW)
                .orThrow();
        assertThat(agreement.isLive()).isTrue();
        assertThat(refusal(Agreement.accept(dataset, organisation, "0".repeat(64), STEWARD, NOW))
                        .name())
                .isEqualTo("terms-changed");
        assertThat(problems(Agreement.accept(dataset, organisation, null, STEWARD, NOW)))
                .containsExactly("termsSha256 missing");
        assertThat(problems(Agreement.accept(
                        dataset,
                        organisation,
                        dataset.terms().sha256().hex().toUpperCase(java.util.Locale.ROOT),
                        STEWARD,
                        NOW)))
                .containsExactly("termsSha256 not-a-sha256");
    }

    @Test
    void anAgreementEndsOnceAndSaysWhy() {
        Dataset dataset = digits();
        Agreement agreement = Agreement.accept(
                        dataset,
                        OrganisationId.create(),
                        dataset.terms().sha256().hex(),
                        STEWARD,
                        NOW)
                .orThrow();
        assertThat(problems(agreement.end(" ", STEWARD, NOW))).containsExactly("reason missing");
        assertThat(problems(agreement.end("x".repeat(1001), STEWARD, NOW))).containsExactly("reason too-long");
        Agreement ended = agreement.end("Consent withdrawn.", STEWARD, NOW).orThrow();
        assertThat(ended.isLive()).isFalse();
        assertThat(refusal(ended.end("Again.", STEWARD, NOW)).name()).isEqualTo("agreement-ended");
    }

    private static DatasetFile file(String path, String content) {
        return new DatasetFile(new FilePath(path), content.length(), Sha256.ofText(content), "text/csv", STEWARD, NOW);
    }

    @Test
    void aVersionIsPublishedOnceWithAllItsFiles() {
        DatasetVersion draft = DatasetVersion.draft(digits().id(), 1, STEWARD, NOW);
        assertThat(refusal(draft.publish(List.of(), null, STEWARD, NOW)).name()).isEqualTo("version-empty");
        assertThat(refusal(draft.retire("Wrong.", STEWARD, NOW)).name()).isEqualTo("version-not-published");
        DatasetVersion published = draft.publish(List.of(file("b", "22"), file("a", "1")), 7L, STEWARD, NOW)
                .orThrow();
        assertThat(java.util.Objects.requireNonNull(published.published()).contents())
                .isEqualTo(new DatasetVersion.Contents(
                        2, 3, 7L, Sha256.ofText(Sha256.ofText("1") + "  a\n" + Sha256.ofText("22") + "  b\n")));
        assertThat(refusal(published.openForFiles()).name()).isEqualTo("version-published");
        assertThat(refusal(published.publish(List.of(file("a", "1")), null, STEWARD, NOW))
                        .name())
                .isEqualTo("version-published");
        DatasetVersion retired = published.retire("Wrong.", STEWARD, NOW).orThrow();
        assertThat(refusal(retired.openForFiles()).name()).isEqualTo("version-published");
        assertThat(retired.retire("Again.", STEWARD, NOW).orThrow()).isEqualTo(retired);
    }

    @Test
    void aDigestFieldIsReadAsRfc9530WritesIt() {
        Sha256 digest = Sha256.ofText("hello");
        assertThat(Sha256.inDigestField(digest.digestField())).contains(digest);
        assertThat(Sha256.inDigestField("sha-512=:YQ==:, " + digest.digestField()))
                .contains(digest);
        assertThat(Sha256.inDigestField("sha-512=:YQ==:")).isEmpty();
        assertThat(Sha256.inDigestField(null)).isEmpty();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Sha256.inDigestField("sha-256=:YQ==:"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, ''",
                "'  ', ''",
                "Digits, digits:*",
                "'Dígits  ESCRITS', digits:* & escrits:*",
                "'a & b | !c:* <-> (d)', a:* & b:* & c:* & d:*",
                "8x8, (8x8:* | '-8x8':*)",
                "!?, ''"
            })
    void whatIsTypedIsSearchedForAsWords(String typed, String query) {
        assertThat(Search.query(typed)).isEqualTo(query);
    }

    @Test
    void aJobsVariableIsMadeOfTheSlug() {
        assertThat(Dataset.environmentVariable("hand-written-digits")).isEqualTo("FARGA_DATASET_HAND_WRITTEN_DIGITS");
    }
}
