package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.ANSWERS;
import static org.farga.access.Samples.facts;
import static org.farga.access.Samples.size;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.people.SmeStatus;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RuleTest {
    private static Optional<Finding> finding(Facts facts, Rule rule) {
        return facts.findings().stream().filter(f -> f.rule() == rule).findFirst();
    }

    private static Finding.Answer answer(Facts facts, Rule rule) {
        return finding(facts, rule).orElseThrow().answer();
    }

    private static Answers hours(long gpu, long cpu, int months) {
        return new Answers(
                "t",
                "a",
                GpuHours.ofHours(gpu),
                CpuHours.ofHours(cpu),
                months,
                true,
                true,
                false,
                null,
                null,
                Map.of());
    }

    private static Answers said(Boolean civilian, Boolean noProhibited, Boolean personal) {
        return new Answers(
                "t",
                "a",
                GpuHours.ZERO,
                CpuHours.ofHours(1),
                1,
                civilian,
                noProhibited,
                personal,
                null,
                null,
                Map.of());
    }

    @Test
    void aSoundProposalOfASmallEuropeanCompanyMeetsEveryRule() {
        List<Finding> findings = facts(ANSWERS).findings();
        assertThat(findings).hasSize(Rule.values().length);
        assertThat(findings).allMatch(f -> f.answer() == Finding.Answer.MET);
        assertThat(Proposal.refusalOf(facts(ANSWERS).missing(), findings)).isEmpty();
    }

    @Test
    void whereTheFactsAreMissingARuleSaysNothing() {
        Facts empty = facts(Answers.NONE, "ES", null, 0, true);
        assertThat(empty.findings())
                .extracting(Finding::rule)
                .containsExactlyInAnyOrder(
                        Rule.CALL_OPEN,
                        Rule.PARTITION_OPEN,
                        Rule.ESTABLISHED,
                        Rule.REGISTERED,
                        Rule.LIVE_AWARDS,
                        Rule.FINAL_REPORTS);
        assertThat(empty.untold()).hasSize(Rule.values().length - 6);
        assertThat(empty.missing())
                .containsExactly(
                        "title",
                        "abstract",
                        "gpuHours",
                        "cpuHours",
                        "durationMonths",
                        "civilianUse",
                        "noProhibitedPractice",
                        "personalData",
                        "sizeDeclaration");
    }

    @Test
    void anOrganisationElsewhereIsLookedAtByAPerson() {
        assertThat(answer(facts(ANSWERS, "PT", size(SmeStatus.Category.MICRO), 0, true), Rule.ESTABLISHED))
                .isEqualTo(Finding.Answer.MET);
        Finding elsewhere = finding(facts(ANSWERS, "US", size(SmeStatus.Category.MICRO), 0, true), Rule.ESTABLISHED)
                .orElseThrow();
        assertThat(elsewhere.answer()).isEqualTo(Finding.Answer.NEEDS_PERSON);
        assertThat(elsewhere.arguments(Locale.ENGLISH)[0]).isEqualTo("United States");
        assertThat(elsewhere.arguments(Locale.of("ca"))[0]).isEqualTo("Estats Units");
    }

    @ParameterizedTest
    @CsvSource({"MICRO, MET", "SMALL, MET", "MEDIUM, MET", "LARGE, NEEDS_PERSON"})
    void onlyALargeEnterpriseIsLookedAtByAPerson(SmeStatus.Category category, Finding.Answer answer) {
        assertThat(answer(facts(ANSWERS, "ES", size(category), 0, true), Rule.SME))
                .isEqualTo(answer);
    }

    @Test
    void theSizeIsNotAskedForWhereNoRuleLooksAtIt() {
        CallRules without = Samples.EVERY_RULE
                .with(
                        Samples.rules(Samples.EVERY_RULE.rules().stream()
                                .filter(r -> r.rule() != Rule.SME && r.rule() != Rule.STARTUP)
                                .toList()),
                        Set.of())
                .orThrow();
        Facts facts =
                facts(ANSWERS, Samples.applicant("ES", null), 0, true, Map.of(), List.of(), Samples.TODAY, without);
        assertThat(facts.missing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, MET", "5000, 20000, MET", "5001, 1, NOT_MET", "0, 0, NOT_MET", "0, 20001, NOT_MET"})
    void hoursLieWithinTheCallsBoundsInclusive(long gpu, long cpu, Finding.Answer answer) {
        assertThat(answer(facts(hours(gpu, cpu, 1)), Rule.HOURS)).isEqualTo(answer);
    }

    /** Two partitions: one with its own bounds and dates, one closed for demand. */
    @ParameterizedTest
    @CsvSource({
        "local, 2026-11-23, MET, MET",
        "mn5/acc, 2026-11-30, NOT_MET, NOT_MET",
        "mn5/acc, 2026-12-01, MET, NOT_MET",
        "mn5/acc, 2026-12-31, MET, NOT_MET",
        "mn5/acc, 2027-01-01, NOT_MET, NOT_MET",
        "mn5/gpp, 2026-12-01, NOT_MET, MET",
        "nowhere, 2026-12-01, NOT_MET,"
    })
    void eachPartitionHasItsBoundsAndItsDates(
            String partition, java.time.LocalDate today, Finding.Answer open, Finding.@Nullable Answer hours) {
        Answers answers = new Answers(
                "t", "a", GpuHours.ofHours(50), CpuHours.ofHours(200), 3, true, true, false, null, partition, Map.of());
        Facts facts = facts(answers, Samples.applicant("ES", null), 0, true, Map.of(), List.of(), today, Samples.LARGE);
        assertThat(answer(facts, Rule.PARTITION_OPEN)).isEqualTo(open);
        assertThat(finding(facts, Rule.HOURS).map(Finding::answer).orElse(null)).isEqualTo(hours);
    }

    @ParameterizedTest
    @CsvSource({"1, MET", "3, MET", "4, NOT_MET", "12, NOT_MET"})
    void theDurationIsOneThatIsOffered(int months, Finding.Answer answer) {
        assertThat(answer(facts(hours(1, 1, months)), Rule.DURATION)).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({"0, MET", "1, MET", "2, NOT_MET", "7, NOT_MET"})
    void anOrganisationHasAtMostTwoAtOnce(int others, Finding.Answer answer) {
        Facts facts = facts(ANSWERS, "ES", size(SmeStatus.Category.SMALL), others, true);
        assertThat(answer(facts, Rule.LIVE_AWARDS)).isEqualTo(answer);
    }

    @Test
    void anExceptionIsForAPersonAWishIsForNobody() {
        Finding third = finding(facts(ANSWERS, "ES", size(SmeStatus.Category.SMALL), 2, true), Rule.LIVE_AWARDS)
                .orElseThrow();
        assertThat(third.refuses()).isFalse();
        assertThat(third.needsPerson()).isTrue();
        Finding personal =
                finding(facts(said(true, true, true)), Rule.PERSONAL_DATA).orElseThrow();
        assertThat(personal.answer()).isEqualTo(Finding.Answer.NOT_MET);
        assertThat(personal.refuses()).isFalse();
        assertThat(personal.needsPerson()).isFalse();
    }

    @Test
    void whatTheLawForbidsIsRefusedByName() {
        assertThat(refusal(facts(said(false, true, false)))).isEqualTo("not-civilian");
        assertThat(refusal(facts(said(true, false, false)))).isEqualTo("prohibited-practice");
        assertThat(refusal(facts(ANSWERS, "ES", size(SmeStatus.Category.SMALL), 0, false)))
                .isEqualTo("call-closed");
        assertThat(refusal(facts(hours(6_000, 1, 1)))).isEqualTo("hours-out-of-bounds");
        assertThat(refusal(facts(hours(1, 1, 9)))).isEqualTo("duration-not-offered");
    }

    @Test
    void whatIsMissingIsSaidBeforeWhatIsWrong() {
        Facts facts = facts(said(null, false, false));
        Refusal refusal = Proposal.refusalOf(facts.missing(), facts.findings()).orElseThrow();
        assertThat(refusal.name()).isEqualTo("proposal-incomplete");
        assertThat(refusal.fields()).extracting(Refusal.FieldProblem::field).containsExactly("civilianUse");
    }

    /** A call may weigh its rules anew, but not those that the law weighs. */
    @ParameterizedTest
    @EnumSource(Rule.class)
    void everyCallAsksWhatTheLawAsks(Rule rule) {
        var softened = Samples.EVERY_RULE.rules().stream()
                .map(r -> r.rule() == rule ? new CallRules.AppliedRule(rule, Rule.Kind.SHOULD) : r)
                .toList();
        var outcome = Samples.EVERY_RULE.with(Samples.rules(softened), Set.of());
        boolean refused = outcome instanceof org.farga.shared.Outcome.Refused<CallRules>;
        assertThat(refused)
                .isEqualTo(rule == Rule.CALL_OPEN
                        || rule == Rule.PARTITION_OPEN
                        || rule == Rule.CIVILIAN_USE
                        || rule == Rule.NO_PROHIBITED_PRACTICE);
    }

    private static String refusal(Facts facts) {
        return Proposal.refusalOf(facts.missing(), facts.findings())
                .orElseThrow()
                .name();
    }
}
