package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.farga.people.SizeDeclaration.Enterprise;
import org.farga.people.SizeDeclaration.Relation;
import org.farga.people.SizeDeclaration.SizeFigures;
import org.farga.people.SmeVerdict.Standing;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeHistoryTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static SizeDeclaration year(int year, int staff, Instant at, Enterprise... others) {
        return new SizeDeclaration(
                TimeOrderedUuid.next(),
                OrganisationId.create(),
                year,
                new SizeFigures(new BigDecimal(staff), BigDecimal.ZERO, BigDecimal.ZERO),
                List.of(others),
                PersonId.create(),
                at);
    }

    /** Staff by year, the earliest first and the last of 2025; a gap where there is none. */
    private static SmeVerdict verdict(String staff) {
        List<SizeDeclaration> declared = new ArrayList<>();
        String[] years = staff.split(" ");
        for (int i = 0; i < years.length; i++) {
            if (!years[i].equals("-")) {
                declared.addFirst(year(2026 - years.length + i, Integer.parseInt(years[i]), NOW.plusSeconds(i)));
            }
        }
        return SizeHistory.of(declared, NOW).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "9, SME, MICRO",
        "300, ONE_YEAR_ABOVE, LARGE",
        "300 300, NO_SME, LARGE",
        "200 300, SME, MEDIUM",
        "200 300 300, NO_SME, LARGE",
        "200 300 200, SME, MEDIUM",
        "300 200, NO_SME, LARGE",
        "300 300 200, NO_SME, LARGE",
        "300 200 200, SME, MEDIUM",
        "300 300 200 9, SME, MICRO",
        "300 200 300, NO_SME, LARGE",
        "200 - 300, ONE_YEAR_ABOVE, LARGE",
        "300 - 200, SME, MEDIUM",
        "200 -, SME, MEDIUM",
        "200 - -, OUTDATED, MEDIUM"
    })
    void twoYearsRunningMakeAndEndAnSme(String staff, Standing standing, SmeStatus.Category category) {
        SmeVerdict verdict = verdict(staff);
        assertThat(verdict.standing()).isEqualTo(standing);
        assertThat(verdict.category()).isEqualTo(category);
    }

    @Test
    void ofTwoDeclarationsOfAYearTheLaterCountsWhateverTheOrder() {
        SizeDeclaration first = year(2025, 300, NOW);
        SizeDeclaration later = year(2025, 9, NOW.plusSeconds(1));
        assertThat(SizeHistory.of(List.of(later, first), NOW).orElseThrow().standing())
                .isEqualTo(Standing.SME);
        assertThat(SizeHistory.of(List.of(first, later), NOW).orElseThrow().standing())
                .isEqualTo(Standing.SME);
        assertThat(SizeHistory.of(List.of(), NOW)).isEmpty();
    }

    @Test
    void anEnterpriseThatWasBoughtIsLookedAtByAPerson() {
        Enterprise holding = new Enterprise(
                "Holding",
                Relation.LINKED,
                new BigDecimal(100),
                new SizeFigures(new BigDecimal(5_000), BigDecimal.ZERO, BigDecimal.ZERO),
                null);
        SmeVerdict verdict = SizeHistory.of(
                        List.of(year(2025, 9, NOW.plusSeconds(1), holding), year(2024, 9, NOW)), NOW)
                .orElseThrow();
        assertThat(verdict.standing()).isEqualTo(Standing.OTHER_ENTERPRISES);
        assertThat(verdict.latest().linked()).isEqualTo(1);
        assertThat(verdict.latest().staff()).isEqualByComparingTo("5009");
    }
}
