package org.farga.people;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
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
    private static final BigDecimal QUARTER = BigDecimal.valueOf(25);
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
        PARTNER,
        /**
         * Up to a half in the hands of venture capital, a business angel, a university, an institutional investor or a small
         * local authority makes no partner, while it is linked in no other way (Article 3(2), (a) to (d)).
         */
        INVESTOR,
        /** A public body: with a quarter in such hands an enterprise is no SME at all (Article 3(4)). */
        PUBLIC_BODY
    }

    /**
     * Another enterprise, with the share of capital or voting rights, whichever is higher, between two.
     *
     * @param through the name of the enterprise that it stands to; null for the declaring one itself
     */
    record Enterprise(
            String name,
            Relation relation,
            BigDecimal sharePercent,
            SizeFigures figures,
            @Nullable String through) {
        Enterprise {
            sharePercent = plain(sharePercent);
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
            @Nullable BigDecimal balanceSheetEur,
            @Nullable String through) {}

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
            Set<List<String>> relations = new HashSet<>();
            for (int i = 0; i < others.size(); i++) {
                enterprise(
                        fields,
                        "linkedEnterprises[" + i + "].",
                        others.get(i),
                        organisationName,
                        relations,
                        enterprises);
            }
            checkWays(fields, enterprises, others.size());
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
            Set<List<String>> relations,
            List<Enterprise> into) {
        if (typed == null) {
            fields.present(path + "name", null);
            return;
        }
        String name = typed.name();
        String through = typed.through() == null
                        || typed.through().isBlank()
                        || sameName(typed.through()).equals(sameName(organisationName))
                ? null
                : typed.through().strip();
        fields.text(path + "name", name, LONGEST_NAME).optionalText(path + "through", through, LONGEST_NAME);
        if (name != null && !name.isBlank()) {
            // The enterprise itself among its own relations would be counted twice, and so would a relation named
            // twice.
            fields.rule(
                            path + "name",
                            !sameName(name).equals(sameName(organisationName)),
                            "enterprise-circular",
                            name.strip())
                    .rule(
                            path + "name",
                            relations.add(List.of(sameName(name), through == null ? "" : sameName(through))),
                            "enterprise-repeated",
                            name.strip())
                    .rule(
                            path + "through",
                            through == null || !sameName(through).equals(sameName(name)),
                            "enterprise-in-circle",
                            name.strip());
        }
        BigDecimal share = typed.sharePercent();
        fields.present(path + "relation", typed.relation());
        number(fields, path + "sharePercent", share, EnterpriseGroup.HUNDRED);
        SizeFigures figures = figures(fields, path, typed.staff(), typed.turnoverEur(), typed.balanceSheetEur());
        if (name != null
                && typed.relation() != null
                && share != null
                && figures != null
                && fields.refusal().isEmpty()) {
            into.add(new Enterprise(name.strip(), typed.relation(), share, figures, through));
        }
    }

    /**
     * Where all enterprises could be read: each way leads to the declaring one, and an enterprise on two ways has the same
     * figures on both.
     */
    private static void checkWays(Fields fields, List<Enterprise> enterprises, int typed) {
        if (enterprises.size() != typed) {
            return;
        }
        Set<String> reached = new HashSet<>();
        for (int round = 0; round < typed; round++) {
            for (Enterprise e : enterprises) {
                if (e.through() == null || reached.contains(sameName(e.through()))) {
                    reached.add(sameName(e.name()));
                }
            }
        }
        Map<String, SizeFigures> first = new HashMap<>();
        enterprises.forEach(e -> first.putIfAbsent(sameName(e.name()), e.figures()));
        for (int i = 0; i < typed; i++) {
            Enterprise e = enterprises.get(i);
            String path = "linkedEnterprises[" + i + "].";
            String through = e.through();
            boolean named = through == null || first.containsKey(sameName(through));
            fields.rule(path + "through", named, "enterprise-unknown", through == null ? "" : through)
                    .rule(
                            path + "through",
                            !named || reached.contains(sameName(e.name())),
                            "enterprise-in-circle",
                            e.name())
                    .rule(
                            path + "staff",
                            e.figures().equals(first.get(sameName(e.name()))),
                            "enterprise-figures-differ",
                            e.name());
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
    static String sameName(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKC)
                .strip()
                .replaceAll("\\s+", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** The enterprises by the name under which they are first named, each once, and how much of each counts. */
    private Map<Enterprise, EnterpriseGroup.Share> shares() {
        List<String> names = new ArrayList<>(List.of(""));
        List<Enterprise> once = new ArrayList<>();
        for (Enterprise e : enterprises) {
            if (!names.contains(sameName(e.name()))) {
                names.add(sameName(e.name()));
                once.add(e);
            }
        }
        List<EnterpriseGroup.Share> shares = group(names).shares();
        Map<Enterprise, EnterpriseGroup.Share> counted = new LinkedHashMap<>();
        for (int i = 0; i < once.size(); i++) {
            counted.put(once.get(i), shares.get(i + 1));
        }
        return counted;
    }

    private EnterpriseGroup group(List<String> names) {
        List<EnterpriseGroup.Holding> holdings = new ArrayList<>();
        for (Enterprise e : enterprises) {
            // What stands to nobody that is named stands to nobody: it could not have been declared so.
            int holder = e.through() == null ? 0 : names.indexOf(sameName(e.through()));
            if (holder >= 0) {
                holdings.add(new EnterpriseGroup.Holding(
                        holder, names.indexOf(sameName(e.name())), e.relation(), e.sharePercent()));
            }
        }
        return new EnterpriseGroup(names.size(), holdings);
    }

    /** The names of the enterprises, as they are compared. */
    Set<String> enterpriseNames() {
        return enterprises.stream().map(e -> sameName(e.name())).collect(Collectors.toUnmodifiableSet());
    }

    /** How many enterprises count in a way. */
    int count(Counted counted) {
        return (int)
                shares().values().stream().filter(s -> s.counted() == counted).count();
    }

    /** The SME test, with a reason for each step it took. */
    Result test() {
        List<Reason> reasons = new ArrayList<>();
        SizeFigures totals = own;
        for (Map.Entry<Enterprise, EnterpriseGroup.Share> each : shares().entrySet()) {
            SizeFigures added = each.getKey().figures().share(each.getValue().percent());
            totals = totals.plus(added);
            reasons.add(reason(each.getKey(), each.getValue(), added));
        }
        if (enterprises.isEmpty()) {
            reasons.add(new Reason("ALONE", true, "people.size.reason.ALONE", List.of(), "3(1)"));
        }
        BigDecimal inPublicHands = inPublicHands();
        if (inPublicHands.compareTo(QUARTER) >= 0) {
            reasons.add(new Reason("PUBLIC", true, "people.size.reason.PUBLIC", List.of(inPublicHands), "3(4)"));
            return new Result(Category.LARGE, totals, reasons);
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

    private BigDecimal inPublicHands() {
        List<String> names = new ArrayList<>(List.of(""));
        enterprises.stream().map(e -> sameName(e.name())).distinct().forEach(names::add);
        return group(names).publicPercent();
    }

    private static Reason reason(Enterprise enterprise, EnterpriseGroup.Share share, SizeFigures added) {
        Counted counted = share.counted();
        boolean apart = counted == Counted.AUTONOMOUS
                && (enterprise.relation() == Relation.INVESTOR || enterprise.relation() == Relation.PUBLIC_BODY);
        boolean byOthers = counted == Counted.AUTONOMOUS && enterprise.through() != null && !apart;
        return new Reason(
                counted.name(),
                counted != Counted.AUTONOMOUS,
                "people.size.reason." + (apart ? enterprise.relation() : byOthers ? "APART" : counted),
                List.of(
                        enterprise.name(),
                        counted == Counted.PARTNER ? share.percent() : enterprise.sharePercent(),
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
