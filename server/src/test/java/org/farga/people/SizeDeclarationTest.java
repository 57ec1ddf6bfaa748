package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.farga.people.SizeDeclaration.NewEnterprise;
import org.farga.people.SizeDeclaration.NewSizeDeclaration;
import org.farga.people.SizeDeclaration.Reason;
import org.farga.people.SizeDeclaration.Relation;
import org.farga.people.SmeStatus.Category;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeDeclarationTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static NewSizeDeclaration size(String staff, String turnover, String balance, NewEnterprise... others) {
        return new NewSizeDeclaration(
                2025, new BigDecimal(staff), new BigDecimal(turnover), new BigDecimal(balance), List.of(others));
    }

    private static NewEnterprise other(
            String name, Relation relation, String share, String staff, String turnover, String balance) {
        return new NewEnterprise(
                name,
                relation,
                new BigDecimal(share),
                new BigDecimal(staff),
                new BigDecimal(turnover),
                new BigDecimal(balance),
                null);
    }

    private static Outcome<SizeDeclaration> declare(NewSizeDeclaration typed) {
        return SizeDeclaration.declare(OrganisationId.create(), "Forja Visió SL", typed, PersonId.create(), NOW);
    }

    private static SizeDeclaration.Result test(NewSizeDeclaration typed) {
        return declare(typed).orThrow().test();
    }

    // Article 2: "fewer than" for staff, "does not exceed" for euro; one of the two ceilings in euro is enough.
    @ParameterizedTest
    @CsvSource({
        "9.99, 2000000, 2000000, MICRO",
        "9.99, 2000000.01, 2000000, MICRO",
        "9.99, 2000000, 99000000, MICRO",
        "9.99, 2000000.01, 2000000.01, SMALL",
        "10, 0, 0, SMALL",
        "49.99, 10000000, 11000000, SMALL",
        "49.99, 10000000.01, 10000000, SMALL",
        "49.99, 10000000.01, 10000000.01, MEDIUM",
        "50, 0, 0, MEDIUM",
        "249.99, 50000000, 99000000, MEDIUM",
        "249.99, 50000000.01, 43000000, MEDIUM",
        "249.99, 50000000.01, 43000000.01, LARGE",
        "250, 0, 0, LARGE"
    })
    void theCeilingsAreThoseOfArticle2(String staff, String turnover, String balance, Category category) {
        var result = test(size(staff, turnover, balance));
        assertThat(result.category()).isEqualTo(category);
        assertThat(result.sme()).isEqualTo(category != Category.LARGE);
    }

    @Test
    void aLinkedEnterpriseCountsInFull() {
        var result = test(size("5", "100000", "50000", other("Holding", Relation.LINKED, "60", "300", "1", "2")));
        assertThat(result.totals().staff()).isEqualByComparingTo("305");
        assertThat(result.totals().turnoverEur()).isEqualByComparingTo("100001");
        assertThat(result.totals().balanceSheetEur()).isEqualByComparingTo("50002");
        assertThat(result.category()).isEqualTo(Category.LARGE);
    }

    @Test
    void dominantInfluenceLinksAtAnyShare() {
        var result = test(size("5", "0", "0", other("Holding", Relation.LINKED, "3", "300", "0", "0")));
        assertThat(result.totals().staff()).isEqualByComparingTo("305");
    }

    @ParameterizedTest
    @CsvSource({"24.99, 5", "25, 30", "33.33, 38.33", "50, 55", "50.01, 105"})
    void aPartnerCountsByItsShareFromAQuarterToAHalf(String share, String staff) {
        var result = test(size("5", "0", "0", other("Fund", Relation.PARTNER, share, "100", "0", "0")));
        assertThat(result.totals().staff()).isEqualByComparingTo(staff);
    }

    @Test
    void sharesAreExact() {
        var result =
                test(size("0.01", "0.01", "0.01", other("Fund", Relation.PARTNER, "33.33", "0.01", "0.01", "0.01")));
        assertThat(result.totals().turnoverEur()).isEqualByComparingTo("0.013333");
    }

    @Test
    void everyStepOfTheTestHasItsReasonAndArticle() {
        var reasons = test(size(
                        "12",
                        "3000000",
                        "1000000",
                        other("A", Relation.LINKED, "100", "1", "1", "1"),
                        other("B", Relation.PARTNER, "30", "1", "1", "1"),
                        other("C", Relation.PARTNER, "10", "1", "1", "1")))
                .reasons();
        assertThat(reasons)
                .extracting(Reason::rule)
                .containsExactly("LINKED", "PARTNER", "AUTONOMOUS", "MICRO", "SMALL");
        assertThat(reasons).extracting(Reason::holds).containsExactly(true, true, false, false, true);
        assertThat(reasons)
                .extracting(Reason::article)
                .containsExactly("3(3), 6(2)", "3(2), 6(2)", "3(1), 3(2)", "2(3)", "2(2)");
        assertThat(reasons.getLast().message()).isEqualTo("people.size.reason.turnover-within");
    }

    @Test
    void anEnterpriseThatIsNamedTwiceIsRefusedByName() {
        assertThat(problems(declare(size(
                        "1",
                        "1",
                        "1",
                        other("Farga  Capital", Relation.LINKED, "60", "1", "1", "1"),
                        other(" farga capital", Relation.LINKED, "60", "1", "1", "1")))))
                .containsExactly("linkedEnterprises[1].name enterprise-repeated [farga capital]");
    }

    @Test
    void theDeclaringEnterpriseAmongItsOwnRelationsIsRefusedByName() {
        assertThat(problems(declare(
                        size("1", "1", "1", other("FORJA VISIO\u0301 SL", Relation.LINKED, "60", "1", "1", "1")))))
                .containsExactly("linkedEnterprises[0].name enterprise-circular [FORJA VISIO\u0301 SL]");
    }

    @Test
    @Timeout(5)
    void numbersBeyondAnyScaleAreRefusedAtOnce() {
        assertThat(problems(declare(size("1e999999999", "-0.01", "10000000000000.01"))))
                .containsExactly(
                        "staff out-of-range [0, 50000000]",
                        "turnoverEur out-of-range [0, 10000000000000]",
                        "balanceSheetEur out-of-range [0, 10000000000000]");
        assertThat(problems(declare(size("1e-999999999", "0.001", "0"))))
                .containsExactly("staff size-two-decimals []", "turnoverEur size-two-decimals []");
    }

    @Test
    void nothingIsGuessedForWhatIsMissing() {
        assertThat(problems(declare(new NewSizeDeclaration(
                        null,
                        null,
                        null,
                        null,
                        Collections.singletonList(new NewEnterprise(null, null, null, null, null, null, null))))))
                .contains("year missing []", "staff missing []", "linkedEnterprises[0].relation missing []");
        assertThat(problems(declare(new NewSizeDeclaration(
                        2025, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, Collections.singletonList((NewEnterprise)
                                null)))))
                .containsExactly("linkedEnterprises[0].name missing []");
    }

    @Test
    void theYearIsARecentOne() {
        for (int year : new int[] {2015, 2027}) {
            assertThat(problems(declare(
                            new NewSizeDeclaration(year, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, null))))
                    .containsExactly("year size-year [2016, 2026]");
        }
    }

    @Test
    void aHundredEnterprisesAreTakenAndOneMoreIsNot() {
        List<NewEnterprise> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(other("Enterprise " + i, Relation.LINKED, "60", "1", "0", "0"));
        }
        assertThat(test(size("1", "0", "0", many.toArray(NewEnterprise[]::new)))
                        .totals()
                        .staff())
                .isEqualByComparingTo("101");
        many.add(other("One more", Relation.LINKED, "60", "1", "0", "0"));
        assertThat(problems(declare(size("1", "0", "0", many.toArray(NewEnterprise[]::new)))))
                .containsExactly("linkedEnterprises size-too-many [100]");
    }

    @Test
    void invitationsLiveFourteenDays() {
        Invitation invitation = Invitation.invite(
                        OrganisationId.create(), "Eva@Example.org", null, PersonId.create(), NOW)
                .orThrow();
        assertThat(invitation.email().value()).isEqualTo("eva@example.org");
        assertThat(invitation.livesAt(NOW.plus(Duration.ofDays(14)).minusMillis(1)))
                .isTrue();
        assertThat(invitation.livesAt(NOW.plus(Duration.ofDays(14)))).isFalse();
    }

    private static List<String> problems(Outcome<SizeDeclaration> outcome) {
        if (!(outcome instanceof Outcome.Refused<SizeDeclaration>(Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        return refusal.fields().stream()
                .map(f -> f.field() + " " + f.name() + " " + f.arguments())
                .toList();
    }
}
