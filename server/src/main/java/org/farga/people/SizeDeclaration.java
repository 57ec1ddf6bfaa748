package org.farga.people;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.farga.people.SmeStatus.Category;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * What an organisation says of its size for one accounting year, with the enterprises it is linked to or partner of, and
 * the SME test on it: Recommendation 2003/361/EC of 6 May 2003, annex. A later declaration does not replace it.
 */
record SizeDeclaration(
        UUID id,
        OrganisationId organisation,
        int year,
        SizeFigures own,
        List<Enterprise> enterprises,
        PersonId declaredBy,
        Instant declaredAt) {
    static final int MOST_ENTERPRISES = 100;
    private static final int LONGEST_NAME = 200;
    private static final int OLDEST_YEARS = 10;
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final BigDecimal QUARTER = BigDecimal.valueOf(25);
    private static final BigDecimal HALF = BigDecimal.valueOf(50);
    // No enterprise on Earth has a tenth of either: what is larger is a slip of the keyboard.
    private static final BigDecimal MOST_STAFF = BigDecimal.valueOf(50_000_000);
    private static final BigDecimal MOST_EUR = BigDecimal.valueOf(10_000_000_000_000L);

    SizeDeclaration {
        enterprises = List.copyOf(enterprises);
    }

    /**
     * The three figures the test looks at.
     *
     * @param staff annual work units (Article 5): part-time and seasonal work counts as its fraction
     * @param turnoverEur annual turnover in euro, without value added tax
     * @param balanceSheetEur annual balance sheet total in euro
     */
    record SizeFigures(BigDecimal staff, BigDecimal turnoverEur, BigDecimal balanceSheetEur) {
        SizeFigures {
            staff = plain(staff);
            turnoverEur = plain(turnoverEur);
            balanceSheetEur = plain(balanceSheetEur);
        }

        private SizeFigures plus(SizeFigures other) {
            return new SizeFigures(
                    staff.add(other.staff),
                    turnoverEur.add(other.turnoverEur),
                    balanceSheetEur.add(other.balanceSheetEur));
        }

        /** A share of them, exactly: a percentage has a finite decimal fraction. */
        private SizeFigures share(BigDecimal percent) {
            BigDecimal share = percent.movePointLeft(2);
            return new SizeFigures(staff.multiply(share), turnoverEur.multiply(share), balanceSheetEur.multiply(share));
        }
    }

    /** How another enterprise stands to this one, as its owner says. */
    enum Relation {
        /** More than half of the votes, or dominant influence by contract or otherwise (Article 3(3)). */
        LINKED,
        /** A quarter to a half of the capital or votes, either way (Article 3(2)). */
        PARTNER
    }

    /** Another enterprise, with the share of capital or voting rights, whichever is higher, between the two. */
    record Enterprise(String name, Relation relation, BigDecimal sharePercent, SizeFigures figures) {
        Enterprise {
            sharePercent = plain(sharePercent);
        }

        /** What counts is the share, except that influence can link at any share. */
        Counted counted() {
            if (relation == Relation.LINKED || sharePercent.compareTo(HALF) > 0) {
                return Counted.LINKED;
            }
            return sharePercent.compareTo(QUARTER) >= 0 ? Counted.PARTNER : Counted.AUTONOMOUS;
        }

        /** What of it is added to the declaring enterprise's own figures (Article 6). */
        private SizeFigures added() {
            return switch (counted()) {
                case LINKED -> figures;
                case PARTNER -> figures.share(sharePercent);
                case AUTONOMOUS -> figures.share(BigDecimal.ZERO);
            };
        }
    }

    /** How an enterprise is counted. */
    enum Counted {
        /** As a whole. */
        LINKED,
        /** In proportion to the share. */
        PARTNER,
        /** Not at all: under a quarter. */
        AUTONOMOUS
    }

    /** What somebody typed of an enterprise. */
    record NewEnterprise(
            @Nullable String name,
            @Nullable Relation relation,
            @Nullable BigDecimal sharePercent,
            @Nullable BigDecimal staff,
            @Nullable BigDecimal turnoverEur,
            @Nullable BigDecimal balanceSheetEur) {}

    /** What somebody typed. */
    record NewSizeDeclaration(
            @Nullable Integer year,
            @Nullable BigDecimal staff,
            @Nullable BigDecimal turnoverEur,
            @Nullable BigDecimal balanceSheetEur,
            @Nullable List<@Nullable NewEnterprise> linkedEnterprises) {}

    /**
     * One step of the test.
     *
     * @param rule what was asked: a way of counting an enterprise, or a category
     * @param holds whether the enterprise is counted, or the ceilings of the category are kept
     * @param message key of the sentence that says so
     * @param arguments its values
     * @param article the article of the Recommendation's annex that says it
     */
    record Reason(String rule, boolean holds, String message, List<Object> arguments, String article) {}

    /** What the test found. */
    record Result(Category category, SizeFigures totals, List<Reason> reasons) {
        boolean sme() {
            return category != Category.LARGE;
        }
    }

    /** Article 2: fewer staff than this, and turnover or balance sheet at most so many euro. */
    private record Ceilings(Category category, int staff, long turnoverEur, long balanceSheetEur, String article) {}

    private static final List<Ceilings> CEILINGS = List.of(
            new Ceilings(Category.MICRO, 10, 2_000_000, 2_000_000, "2(3)"),
            new Ceilings(Category.SMALL, 50, 10_000_000, 10_000_000, "2(2)"),
            new Ceilings(Category.MEDIUM, 250, 50_000_000, 43_000_000, "2(1)"));

    /** Checks what an owner typed. {@code organisationName} is the declaring enterprise's own, to find circles. */
    static Outcome<SizeDeclaration> declare(
            OrganisationId organisation, String organisationName, NewSizeDeclaration typed, PersonId by, Instant now) {
        int thisYear = now.atZone(ZoneOffset.UTC).getYear();
        Fields fields = new Fields();
        Integer year = typed.year();
        fields.present("year", year)
                .rule(
                        "year",
                        year == null || (year >= thisYear - OLDEST_YEARS && year <= thisYear),
                        "size-year",
                        String.valueOf(thisYear - OLDEST_YEARS),
                        String.valueOf(thisYear));
        SizeFigures own = figures(fields, "", typed.staff(), typed.turnoverEur(), typed.balanceSheetEur());
        List<@Nullable NewEnterprise> others =
                typed.linkedEnterprises() == null ? List.of() : typed.linkedEnterprises();
        List<Enterprise> enterprises = new ArrayList<>();
        if (others.size() > MOST_ENTERPRISES) {
            fields.rule("linkedEnterprises", false, "size-too-many", MOST_ENTERPRISES);
        } else {
            Set<String> names = new HashSet<>();
            for (int i = 0; i < others.size(); i++) {
                enterprise(
                        fields, "linkedEnterprises[" + i + "].", others.get(i), organisationName, names, enterprises);
            }
        }
        var refusal = fields.refusal();
        if (refusal.isPresent() || year == null || own == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new SizeDeclaration(TimeOrderedUuid.next(), organisation, year, own, enterprises, by, now));
    }

    private static void enterprise(
            Fields fields,
            String path,
            @Nullable NewEnterprise typed,
            String organisationName,
            Set<String> names,
            List<Enterprise> into) {
        if (typed == null) {
            fields.present(path + "name", null);
            return;
        }
        String name = typed.name();
        fields.text(path + "name", name, LONGEST_NAME);
        if (name != null && !name.isBlank()) {
            // The enterprise itself among its own relations would be counted twice, and so would one named twice.
            fields.rule(
                            path + "name",
                            !sameName(name).equals(sameName(organisationName)),
                            "enterprise-circular",
                            name.strip())
                    .rule(path + "name", names.add(sameName(name)), "enterprise-repeated", name.strip());
        }
        BigDecimal share = typed.sharePercent();
        fields.present(path + "relation", typed.relation());
        number(fields, path + "sharePercent", share, HUNDRED);
        SizeFigures figures = figures(fields, path, typed.staff(), typed.turnoverEur(), typed.balanceSheetEur());
        if (name != null
                && typed.relation() != null
                && share != null
                && figures != null
                && fields.refusal().isEmpty()) {
            into.add(new Enterprise(name.strip(), typed.relation(), share, figures));
        }
    }

    private static @Nullable SizeFigures figures(
            Fields fields,
            String path,
            @Nullable BigDecimal staff,
            @Nullable BigDecimal turnoverEur,
            @Nullable BigDecimal balanceSheetEur) {
        boolean good = number(fields, path + "staff", staff, MOST_STAFF)
                & number(fields, path + "turnoverEur", turnoverEur, MOST_EUR)
                & number(fields, path + "balanceSheetEur", balanceSheetEur, MOST_EUR);
        return !good || staff == null || turnoverEur == null || balanceSheetEur == null
                ? null
                : new SizeFigures(staff, turnoverEur, balanceSheetEur);
    }

    private static boolean number(Fields fields, String field, @Nullable BigDecimal value, BigDecimal most) {
        if (value == null) {
            fields.present(field, null);
            return false;
        }
        // Compared before anything is computed: 1e999999999 is a short text and an endless number.
        if (value.signum() < 0 || value.compareTo(most) > 0) {
            fields.rule(field, false, "out-of-range", 0, most);
            return false;
        }
        boolean cents = value.signum() == 0 || value.stripTrailingZeros().scale() <= 2;
        fields.rule(field, cents, "size-two-decimals");
        return cents;
    }

    /** Names are the same however they are cased, spaced and composed. */
    private static String sameName(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKC)
                .strip()
                .replaceAll("\\s+", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** The SME test, with a reason for each step it took. */
    Result test() {
        List<Reason> reasons = new ArrayList<>();
        SizeFigures totals = own;
        for (Enterprise enterprise : enterprises) {
            totals = totals.plus(enterprise.added());
            reasons.add(reason(enterprise));
        }
        if (enterprises.isEmpty()) {
            reasons.add(new Reason("ALONE", true, "people.size.reason.ALONE", List.of(), "3(1)"));
        }
        for (Ceilings ceilings : CEILINGS) {
            Reason reason = reason(ceilings, totals);
            reasons.add(reason);
            if (reason.holds()) {
                return new Result(ceilings.category(), totals, reasons);
            }
        }
        return new Result(Category.LARGE, totals, reasons);
    }

    SmeStatus status() {
        Result result = test();
        return new SmeStatus(result.category(), result.sme(), year, declaredAt);
    }

    private static Reason reason(Enterprise enterprise) {
        SizeFigures added = enterprise.added();
        Counted counted = enterprise.counted();
        return new Reason(
                counted.name(),
                counted != Counted.AUTONOMOUS,
                "people.size.reason." + counted.name(),
                List.of(
                        enterprise.name(),
                        enterprise.sharePercent(),
                        added.staff(),
                        added.turnoverEur(),
                        added.balanceSheetEur()),
                switch (counted) {
                    case LINKED -> "3(3), 6(2)";
                    case PARTNER -> "3(2), 6(2)";
                    case AUTONOMOUS -> "3(1), 3(2)";
                });
    }

    private static Reason reason(Ceilings ceilings, SizeFigures totals) {
        boolean staff = totals.staff().compareTo(BigDecimal.valueOf(ceilings.staff())) < 0;
        boolean turnover = totals.turnoverEur().compareTo(BigDecimal.valueOf(ceilings.turnoverEur())) <= 0;
        boolean balance = totals.balanceSheetEur().compareTo(BigDecimal.valueOf(ceilings.balanceSheetEur())) <= 0;
        String found;
        if (!staff) {
            found = "too-many-staff";
        } else if (turnover) {
            found = "turnover-within";
        } else {
            found = balance ? "balance-within" : "both-above";
        }
        return new Reason(
                ceilings.category().name(),
                staff && (turnover || balance),
                "people.size.reason." + found,
                List.of(
                        ceilings.category().name(),
                        totals.staff(),
                        ceilings.staff(),
                        totals.turnoverEur(),
                        ceilings.turnoverEur(),
                        totals.balanceSheetEur(),
                        ceilings.balanceSheetEur()),
                ceilings.article());
    }

    /** Without an exponent and without idle zeros, so that equal figures are equal. */
    private static BigDecimal plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
