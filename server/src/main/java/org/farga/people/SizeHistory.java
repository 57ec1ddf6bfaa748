package org.farga.people;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.farga.people.SmeStatus.Category;
import org.farga.people.SmeVerdict.Standing;

/**
 * What several years of declarations say together: an enterprise becomes an SME, or ceases to be one, once two accounting years
 * running say so (Recommendation 2003/361/EC, annex, Article 4(2)). That is for growth; where the enterprises that count are
 * others than the year before, a person looks at it.
 */
final class SizeHistory {
    /** Far more than the years that can be declared. */
    static final int MOST_DECLARATIONS = 50;

    /** Accounts are closed and approved in the year after; those of the year before that are the oldest that still tell. */
    private static final int OLDEST_YEARS = 2;

    private SizeHistory() {}

    /** Empty where nothing was declared. Of several declarations of a year the one that was made last counts. */
    static Optional<SmeVerdict> of(List<SizeDeclaration> newestFirst, Instant now) {
        TreeMap<Integer, SizeDeclaration> byYear = new TreeMap<>();
        newestFirst.forEach(d ->
                byYear.merge(d.year(), d, (one, other) -> other.declaredAt().isAfter(one.declaredAt()) ? other : one));
        if (byYear.isEmpty()) {
            return Optional.empty();
        }
        List<SizeDeclaration> running = new ArrayList<>();
        for (int year = byYear.lastKey(); byYear.containsKey(year); year--) {
            running.addFirst(byYear.get(year));
        }
        return Optional.of(of(running, now.atZone(ZoneOffset.UTC).getYear()));
    }

    private static SmeVerdict of(List<SizeDeclaration> running, int thisYear) {
        List<SmeVerdict.Year> years = new ArrayList<>();
        Category status = running.getFirst().test().category();
        boolean steady = true;
        boolean bought = false;
        for (int i = 0; i < running.size(); i++) {
            SizeDeclaration declaration = running.get(i);
            SizeDeclaration.Result test = declaration.test();
            Category tested = test.category();
            if (i > 0) {
                SizeDeclaration before = running.get(i - 1);
                boolean same = test.sme() == before.test().sme();
                bought = !same && !declaration.enterpriseNames().equals(before.enterpriseNames());
                // Among micro, small and medium-sized the latest year says which: nothing here depends on it.
                if (same || test.sme() == (status != Category.LARGE)) {
                    status = tested;
                }
                steady = same;
            }
            years.addFirst(new SmeVerdict.Year(
                    declaration.year(),
                    tested,
                    declaration.own().staff(),
                    test.totals().staff(),
                    test.totals().turnoverEur(),
                    test.totals().balanceSheetEur(),
                    declaration.count(SizeDeclaration.Counted.LINKED),
                    declaration.count(SizeDeclaration.Counted.PARTNER),
                    declaration.declaredAt()));
        }
        boolean kept = !steady && years.getFirst().category() != status;
        return new SmeVerdict(
                standing(running, thisYear, status, kept && bought),
                status,
                years,
                running.getLast().enterpriseNames());
    }

    private static Standing standing(
            List<SizeDeclaration> running, int thisYear, Category status, boolean otherEnterprises) {
        if (running.getLast().year() < thisYear - OLDEST_YEARS) {
            return Standing.OUTDATED;
        }
        if (otherEnterprises) {
            return Standing.OTHER_ENTERPRISES;
        }
        if (status != Category.LARGE) {
            return Standing.SME;
        }
        return running.size() == 1 ? Standing.ONE_YEAR_ABOVE : Standing.NO_SME;
    }
}
