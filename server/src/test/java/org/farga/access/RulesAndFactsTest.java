package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.ANSWERS;
import static org.farga.access.Samples.EVERY_RULE;
import static org.farga.access.Samples.FUNDS;
import static org.farga.access.Samples.NOW;
import static org.farga.access.Samples.TODAY;
import static org.farga.access.Samples.facts;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.people.SmeStatus.Category;
import org.farga.people.SmeVerdict;
import org.farga.people.SmeVerdict.Standing;
import org.farga.shared.Country;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule against facts one by one: what it answers, for which of its reasons, and on what evidence. */
class RulesAndFactsTest {
    private static final SmeVerdict SMALL = Samples.size(Category.SMALL);

    private static Finding finding(Facts facts, Rule rule) {
        return facts.findings().stream()
                .filter(f -> f.rule() == rule)
                .findFirst()
                .orElseThrow();
    }

    private static Applicant applicant(
            @Nullable LocalDate founded,
            @Nullable SmeVerdict size,
            @Nullable LegalEntity entity,
            List<Applicant.Link> links,
            List<Applicant.Report> overdue) {
        return new Applicant(new Country("ES"), founded, size, entity, links, overdue);
    }

    private static void answers(Finding finding, Finding.Answer answer, @Nullable String variant) {
        assertThat(finding.answer()).as(finding.toString()).isEqualTo(answer);
        assertThat(finding.variant()).isEqualTo(variant);
    }

    @ParameterizedTest
    @CsvSource({
        "SMALL, SME, MET,",
        "MEDIUM, SME, MET,",
        "LARGE, NO_SME, NOT_MET,",
        "LARGE, ONE_YEAR_ABOVE, NEEDS_PERSON, ONE_YEAR_ABOVE",
        "SMALL, OTHER_ENTERPRISES, NEEDS_PERSON, OTHER_ENTERPRISES",
        "SMALL, OUTDATED, NEEDS_PERSON, OUTDATED"
    })
    void sme(Category category, Standing standing, Finding.Answer answer, @Nullable String variant) {
        Finding finding = finding(facts(ANSWERS, "ES", Samples.size(category, standing, "9"), 0, true), Rule.SME);
        answers(finding, answer, variant);
        assertThat(finding.evidence()).extracting(Evidence::name).containsExactly("size");
        assertThat(finding.evidence().getFirst().arguments()).contains("2025", new BigDecimal("9.00"), NOW.toString());
    }

    @Test
    void anEnterpriseThatTheCentreKnowsAsLinkedAndTheDeclarationDoesNotIsForAPerson() {
        Applicant linked = applicant(
                TODAY,
                SMALL,
                null,
                List.of(new Applicant.Link("Holding SA", LocalDate.parse("2024-02-01"))),
                List.of());
        Finding finding = finding(facts(ANSWERS, linked, 0, true), Rule.SME);
        answers(finding, Finding.Answer.NEEDS_PERSON, "link-not-named");
        assertThat(finding.arguments()).contains("Holding SA");
        assertThat(finding.evidence()).extracting(Evidence::name).containsExactly("size", "aid-link");
    }

    @ParameterizedTest
    @CsvSource({
        "2016-11-23, 19.99, MET,",
        "2016-11-22, 19.99, NOT_MET,",
        "2016-11-23, 20, NOT_MET,",
        "2026-11-23, 0, MET,",
        ", 19.99, NEEDS_PERSON, no-day",
        ", 20, NOT_MET, no-day"
    })
    void startup(@Nullable LocalDate founded, String staff, Finding.Answer answer, @Nullable String variant) {
        Applicant applicant =
                applicant(founded, Samples.size(Category.MICRO, Standing.SME, staff), null, List.of(), List.of());
        answers(finding(facts(ANSWERS, applicant, 0, true), Rule.STARTUP), answer, variant);
    }

    @Test
    void aCompanyInNoRegisterIsLookedAtByAPersonAndNeverRefused() {
        Finding undeclared =
                finding(facts(ANSWERS, applicant(TODAY, SMALL, null, List.of(), List.of()), 0, true), Rule.REGISTERED);
        answers(undeclared, Finding.Answer.NEEDS_PERSON, "undeclared");
        LegalEntity none = new LegalEntity(
                Samples.ENTITY.organisation(), null, null, "A company in formation", Samples.ENTITY.declaredBy(), NOW);
        Finding without =
                finding(facts(ANSWERS, applicant(TODAY, SMALL, none, List.of(), List.of()), 0, true), Rule.REGISTERED);
        answers(without, Finding.Answer.NEEDS_PERSON, null);
        assertThat(without.arguments()).containsExactly("A company in formation");
        assertThat(without.refuses()).isFalse();
        answers(
                finding(
                        facts(ANSWERS, applicant(TODAY, SMALL, Samples.ENTITY, List.of(), List.of()), 0, true),
                        Rule.REGISTERED),
                Finding.Answer.MET,
                null);
    }

    /** What is said of one practice while the seven others are denied. */
    @ParameterizedTest
    @EnumSource(Practice.class)
    void eachPracticeIsAskedByItself(Practice practice) {
        Map<Practice, Practice.Said> said = new EnumMap<>(Practice.class);
        for (Practice each : Practice.values()) {
            said.put(each, Practice.Said.NO);
        }
        answers(practices(said, true), Finding.Answer.MET, "practices");
        said.put(practice, Practice.Said.UNSURE);
        Finding unsure = practices(said, false);
        answers(unsure, Finding.Answer.NEEDS_PERSON, null);
        assertThat(unsure.arguments()).containsExactly("(" + practice.letter() + ")");
        said.put(practice, Practice.Said.YES);
        Finding admitted = practices(said, false);
        answers(admitted, Finding.Answer.NOT_MET, "practices");
        assertThat(admitted.refuses()).isTrue();
        assertThat(admitted.evidence()).hasSize(Practice.values().length);
        // Whatever is said in one word beside it.
        answers(practices(said, true), Finding.Answer.NOT_MET, "practices");
    }

    private static Finding practices(Map<Practice, Practice.Said> said, boolean none) {
        Answers answers = new Answers(
                "t", "a", GpuHours.ZERO, CpuHours.ofHours(1), 1, true, none, false, "health", null, Map.of());
        return finding(
                facts(answers, Samples.applicant("ES", SMALL), 0, true, said, FUNDS, TODAY, EVERY_RULE),
                Rule.NO_PROHIBITED_PRACTICE);
    }

    @Test
    void theLettersOfArticle5AreItsOwn() {
        assertThat(Arrays.stream(Practice.values()).map(Practice::letter))
                .containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
        assertThat(Practice.none(Map.of(Practice.SOCIAL_SCORING, Practice.Said.NO)))
                .isNull();
        assertThat(Practice.typed(Map.of("practice.SOCIAL_SCORING", "YES", "practice.NONSENSE", "YES")))
                .containsExactly(Map.entry(Practice.SOCIAL_SCORING, Practice.Said.YES));
    }

    @ParameterizedTest
    @CsvSource({"health, MET,", "energy, MET,", "other, NOT_MET,", ", NEEDS_PERSON, untold"})
    void sector(@Nullable String sector, Finding.Answer answer, @Nullable String variant) {
        Answers answers =
                new Answers("t", "a", GpuHours.ZERO, CpuHours.ofHours(1), 1, true, true, false, sector, null, Map.of());
        Finding finding = finding(facts(answers), Rule.SECTOR);
        answers(finding, answer, variant);
        // Wished for only: neither refused nor waited for.
        assertThat(finding.refuses() || finding.needsPerson()).isFalse();
    }

    @Test
    void whoOwesAFinalReportIsRefusedByTheReportsName() {
        Applicant owing =
                applicant(TODAY, SMALL, Samples.ENTITY, List.of(), List.of(new Applicant.Report("PG-2025-0001", NOW)));
        Finding finding = finding(facts(ANSWERS, owing, 0, true), Rule.FINAL_REPORTS);
        answers(finding, Finding.Answer.NOT_MET, null);
        assertThat(Proposal.refusalOf(List.of(), List.of(finding)).orElseThrow().name())
                .isEqualTo("final-report-missing");
        assertThat(finding.evidence()).containsExactly(Evidence.of("report", "PG-2025-0001", NOW.toString()));
    }

    /** To give, awarded, asked for; -1 for no limit. */
    @ParameterizedTest
    @CsvSource({
        "100, 0, 100, MET",
        "100, 0, 101, NEEDS_PERSON",
        "100, 50, 50, MET",
        "100, 99.99, 0.02, NEEDS_PERSON",
        "100, 100, 1, NOT_MET",
        "100, 5000, 1, NOT_MET",
        "100, 100, 0, MET",
        "0, 0, 1, NOT_MET",
        "-1, 99999999999999999999, 100000000, MET",
        "100000000, 99999999999999999999999, 1, NOT_MET"
    })
    void fundsLeft(String toGive, String awarded, String asked, Finding.Answer answer) {
        BigDecimal limit = toGive.equals("-1") ? null : new BigDecimal(toGive);
        Answers answers = new Answers(
                "t",
                "a",
                GpuHours.ofHours(new BigDecimal(asked)),
                CpuHours.ofHours(1),
                1,
                true,
                true,
                false,
                "health",
                null,
                Map.of());
        for (String partition : new String[] {null, "local"}) {
            Facts facts = facts(
                    answers,
                    Samples.applicant("ES", SMALL),
                    0,
                    true,
                    Map.of(),
                    List.of(new FundLeft(partition, limit, new BigDecimal(awarded), null, BigDecimal.ZERO)),
                    TODAY,
                    EVERY_RULE);
            answers(finding(facts, Rule.FUNDS_LEFT), answer, null);
        }
        // A fund of another partition says nothing of this one.
        Facts elsewhere = facts(
                answers,
                Samples.applicant("ES", SMALL),
                0,
                true,
                Map.of(),
                List.of(new FundLeft("mn5/acc", BigDecimal.ZERO, BigDecimal.ONE, null, BigDecimal.ZERO)),
                TODAY,
                EVERY_RULE);
        answers(finding(elsewhere, Rule.FUNDS_LEFT), Finding.Answer.MET, "no-limit");
    }

    /** Whatever is missing, a rule says nothing or asks a person: it never fails. */
    @Test
    void aRuleThatRefersToAMissingAnswerFindsSoAndNeverFails() {
        Answers[] all = {Answers.NONE, ANSWERS};
        for (Answers answers : all) {
            for (SmeVerdict size : new SmeVerdict[] {null, SMALL}) {
                for (CallRules rules : List.of(EVERY_RULE, Samples.LARGE, Samples.RULES, withoutParameters())) {
                    Facts facts = facts(
                            answers,
                            applicant(null, size, null, List.of(), List.of()),
                            0,
                            true,
                            Map.of(),
                            List.of(),
                            TODAY,
                            rules);
                    List<Finding> findings = facts.findings();
                    assertThat(findings.size() + facts.untold().size())
                            .isEqualTo(rules.rules().size());
                    if (facts.missing().isEmpty()) {
                        assertThat(facts.untold()).isEmpty();
                    }
                }
            }
        }
        // Asked without anything to compare with, as only a hand in the database could have it.
        Facts broken = facts(
                ANSWERS, Samples.applicant("ES", SMALL), 0, true, Map.of(), List.of(), TODAY, withoutParameters());
        answers(finding(broken, Rule.STARTUP), Finding.Answer.NEEDS_PERSON, Rule.UNTOLD);
        answers(finding(broken, Rule.SECTOR), Finding.Answer.NEEDS_PERSON, Rule.UNTOLD);
    }

    private static CallRules withoutParameters() {
        CallRules r = EVERY_RULE;
        return new CallRules(
                r.partitions(),
                r.durationsMonths(),
                r.intake(),
                r.form(),
                r.steps(),
                r.review(),
                r.awardAtOnce(),
                r.liveAwardsPerOrganisation(),
                r.audience(),
                r.countries(),
                r.rules());
    }

    @Test
    void everyFindingButTheUntoldHasEvidence() {
        assertThat(facts(ANSWERS).findings())
                .allSatisfy(f -> assertThat(f.evidence()).as(f.rule().name()).isNotEmpty());
    }

    @Test
    void aRuleIsNotAskedWithoutWhatItComparesWith() {
        var refused = Samples.RULES.with(Samples.rules(EVERY_RULE.rules()), Set.of());
        assertThat(
                        refused instanceof org.farga.shared.Outcome.Refused<CallRules>(var refusal)
                                ? refusal.fields().stream()
                                        .map(f -> f.field() + " " + f.name())
                                        .toList()
                                : List.of())
                .containsExactly("startup rule-needs-parameter", "sectors rule-needs-parameter");
    }
}
