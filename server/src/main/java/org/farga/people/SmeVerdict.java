package org.farga.people;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Whether an enterprise is an SME, by what it declared of several years (Recommendation 2003/361/EC, annex, Article 4(2)), and
 * the figures that say so.
 *
 * @param category what it is by now; it changes only once two years running say so
 * @param years the years that were looked at, the latest first: one, or several without a gap
 * @param enterprises the names of those that the latest declaration has, as they are compared
 */
public record SmeVerdict(Standing standing, SmeStatus.Category category, List<Year> years, Set<String> enterprises) {
    public SmeVerdict {
        years = List.copyOf(years);
        enterprises = Set.copyOf(enterprises);
    }

    /** Whether the latest declaration has an enterprise of this name, however it is cased, spaced and composed. */
    public boolean names(String enterprise) {
        return enterprises.contains(SizeDeclaration.sameName(enterprise));
    }

    /** What the declared years say. */
    public enum Standing {
        SME,
        NO_SME,
        /** The only year that is declared exceeds the ceilings: the year before tells. */
        ONE_YEAR_ABOVE,
        /** The last two years differ, and so do the enterprises in them: whether growth or a purchase, a person tells. */
        OTHER_ENTERPRISES,
        /** The latest figures are older than the last accounts can be. */
        OUTDATED
    }

    /**
     * What one year's declaration says.
     *
     * @param category by this year's figures alone
     * @param ownStaff annual work units of the enterprise itself
     * @param staff annual work units that count, with those of linked enterprises and of partners by their share
     * @param turnoverEur turnover that counts, in euro
     * @param balanceSheetEur balance sheet total that counts, in euro
     * @param linked how many enterprises count in full
     * @param partners how many count by a share
     * @param declaredAt when an owner declared it
     */
    public record Year(
            int year,
            SmeStatus.Category category,
            BigDecimal ownStaff,
            BigDecimal staff,
            BigDecimal turnoverEur,
            BigDecimal balanceSheetEur,
            int linked,
            int partners,
            Instant declaredAt) {}

    /** The latest of the years. */
    public Year latest() {
        return years.getFirst();
    }
}
