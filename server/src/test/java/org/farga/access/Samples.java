package org.farga.access;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.people.SmeStatus;
import org.farga.people.SmeVerdict;
import org.farga.shared.CallId;
import org.farga.shared.Country;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/** A call, answers and facts that satisfy every rule, for tests to spoil one thing of. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    static final LocalDate TODAY = LocalDate.parse("2026-11-23");

    static final RuleParameters PARAMETERS = new RuleParameters(
            new RuleParameters.Startup(10, 20),
            Set.of("health", "energy"),
            List.of(new RuleParameters.Fund(null, GpuHours.ofHours(10_000), null)));

    static final LegalEntity ENTITY = new LegalEntity(
            OrganisationId.create(), "Registro Mercantil de Barcelona", "B-123456", null, PersonId.create(), NOW);

    static final List<FundLeft> FUNDS =
            List.of(new FundLeft(null, new BigDecimal(10_000), BigDecimal.ZERO, null, BigDecimal.ZERO));

    static final CallRules RULES = new CallRules(
            List.of(partition("local", null, 0, 5_000, 1, 20_000, List.of(), null)),
            List.of(1, 2, 3),
            Intake.ROLLING,
            Set.of(FormSection.PROJECT, FormSection.RESOURCES, FormSection.DECLARATIONS),
            List.of(new Step(Step.Kind.DECISION, 2)),
            null,
            true,
            2,
            Set.of(Audience.STARTUP_OR_SME),
            new CallRules.CountryList(LocalDate.parse("2025-11-10"), Set.of(new Country("ES"), new Country("PT"))),
            List.of(
                    new CallRules.AppliedRule(Rule.CALL_OPEN, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.PARTITION_OPEN, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.ESTABLISHED, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.SME, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.CIVILIAN_USE, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.NO_PROHIBITED_PRACTICE, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.HOURS, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.DURATION, Rule.Kind.MUST),
                    new CallRules.AppliedRule(Rule.LIVE_AWARDS, Rule.Kind.EXCEPTION),
                    new CallRules.AppliedRule(Rule.PERSONAL_DATA, Rule.Kind.SHOULD)));

    /** The same with every rule that there is, and what they compare with. */
    static final CallRules EVERY_RULE = new CallRules(
            RULES.partitions(),
            RULES.durationsMonths(),
            RULES.intake(),
            RULES.form(),
            RULES.steps(),
            RULES.review(),
            RULES.awardAtOnce(),
            RULES.liveAwardsPerOrganisation(),
            RULES.audience(),
            RULES.countries(),
            Arrays.stream(Rule.values())
                    .map(r -> new CallRules.AppliedRule(r, kind(r)))
                    .toList(),
            PARAMETERS);

    private static Rule.Kind kind(Rule rule) {
        return switch (rule) {
            case PERSONAL_DATA, SECTOR -> Rule.Kind.SHOULD;
            case LIVE_AWARDS, STARTUP, REGISTERED -> Rule.Kind.EXCEPTION;
            case CALL_OPEN,
                    PARTITION_OPEN,
                    ESTABLISHED,
                    SME,
                    CIVILIAN_USE,
                    NO_PROHIBITED_PRACTICE,
                    HOURS,
                    DURATION,
                    FINAL_REPORTS,
                    FUNDS_LEFT -> Rule.Kind.MUST;
        };
    }

    static final Answers ANSWERS = new Answers(
            "Crack detection",
            "A small network on pictures of forged parts.",
            GpuHours.ofHours(50),
            CpuHours.ofHours(200),
            1,
            true,
            true,
            false,
            "health",
            null,
            Map.of());

    /** Every step, two cut-offs, and three partitions: an open one, one with dates, one closed for demand. */
    static final CallRules LARGE = new CallRules(
            List.of(
                    partition("local", null, 0, 5_000, 0, 20_000, List.of(), null),
                    partition(
                            "mn5",
                            "acc",
                            60,
                            500_000,
                            0,
                            1_000_000,
                            List.of(new Partition.Availability(
                                    LocalDate.parse("2026-12-01"), LocalDate.parse("2026-12-31"))),
                            null),
                    partition("mn5", "gpp", 0, 500_000, 0, 1_000_000, List.of(), "Closed for demand until spring")),
            List.of(3, 6, 12),
            new Intake(
                    false, List.of(LocalDateTime.parse("2026-12-15T10:00"), LocalDateTime.parse("2026-12-31T10:00"))),
            Set.of(
                    FormSection.PROJECT,
                    FormSection.RESOURCES,
                    FormSection.DECLARATIONS,
                    FormSection.JOBS,
                    FormSection.PLAN),
            List.of(
                    new Step(Step.Kind.ADMINISTRATIVE_CHECK, 1),
                    new Step(Step.Kind.TECHNICAL_ASSESSMENT, 3),
                    new Step(Step.Kind.EXPERT_REVIEW, 4),
                    new Step(Step.Kind.PANEL, 1),
                    new Step(Step.Kind.DECISION, 1),
                    new Step(Step.Kind.ACCEPTANCE, 5)),
            new Review(2, 0, 5, List.of(new Review.Threshold(Review.Criterion.EXCELLENCE, new BigDecimal("3.5")))),
            false,
            2,
            Set.of(Audience.STARTUP_OR_SME, Audience.RESEARCH),
            RULES.countries(),
            RULES.rules());

    /** JOBS and PLAN filled in, as JSON for requests: one typical job, and 500 GPU-hours and 2,000 CPU-hours in three months. */
    static final String JOBS_AND_PLAN = """
            {"JOBS": {"jobs": [{"name": "Train", "count": 10, "gpus": 8, "cpus": 64, "hours": 6, "memoryGib": 512}],
                      "checkpoint": true, "checkpointMinutes": 30, "checkpointSeconds": 20, "checkpointRestart": true,
                      "text": "Ten at once."},
             "PLAN": {"months": [{"month": 1, "gpuHours": 100, "cpuHours": 1000}, {"month": 2, "gpuHours": 200, "cpuHours": 500},
                                 {"month": 3, "gpuHours": 200, "cpuHours": 500}],
                      "milestones": "A model each month.", "scaling": "Measured on 64 GPUs."}}""";

    static Partition partition(
            String cluster,
            @Nullable String partition,
            long leastGpu,
            long mostGpu,
            long leastCpu,
            long mostCpu,
            List<Partition.Availability> available,
            @Nullable String closed) {
        return new Partition(
                cluster,
                partition,
                GpuHours.ofHours(leastGpu),
                GpuHours.ofHours(mostGpu),
                CpuHours.ofHours(leastCpu),
                CpuHours.ofHours(mostCpu),
                available,
                closed);
    }

    /** An open call of one test's own, by these rules. */
    static Call ownCall(String prefix, Call.Mode mode, CallRules rules) {
        Instant opened = Instant.parse("2026-01-01T00:00:00Z");
        return new Call(
                CallId.create(),
                prefix + "-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(Locale.ROOT),
                prefix,
                "A call",
                mode,
                Map.of("en", "A try", "es", "Una prueba", "ca", "Una prova"),
                opened,
                null,
                opened,
                1,
                rules,
                1);
    }

    /** A change of the eligibility rules only. */
    static CallRules.Change rules(List<CallRules.AppliedRule> rules) {
        return new CallRules.Change(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, rules, null);
    }

    static CallRules.Change partitions(List<CallRules.PartitionChange> partitions) {
        return new CallRules.Change(
                null,
                null,
                null,
                null,
                null,
                partitions,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    static CallRules.Change steps(Step... steps) {
        return new CallRules.Change(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(steps),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    static CallRules.Change intake(Intake intake) {
        return new CallRules.Change(
                null, null, null, null, null, null, null, intake, null, null, null, null, null, null, null, null, null);
    }

    private Samples() {}

    static SmeVerdict size(SmeStatus.Category category) {
        return size(
                category,
                category == SmeStatus.Category.LARGE ? SmeVerdict.Standing.ONE_YEAR_ABOVE : SmeVerdict.Standing.SME,
                "9");
    }

    static SmeVerdict size(SmeStatus.Category category, SmeVerdict.Standing standing, String ownStaff) {
        return new SmeVerdict(
                standing,
                category,
                List.of(new SmeVerdict.Year(
                        2025,
                        category,
                        new BigDecimal(ownStaff),
                        new BigDecimal(ownStaff),
                        BigDecimal.ONE,
                        BigDecimal.ONE,
                        0,
                        0,
                        NOW)),
                Set.of());
    }

    static Applicant applicant(String country, @Nullable SmeVerdict size) {
        return new Applicant(new Country(country), LocalDate.parse("2020-05-01"), size, ENTITY, List.of(), List.of());
    }

    static Facts facts(Answers answers, Applicant applicant, int live, boolean open) {
        return facts(answers, applicant, live, open, Map.of(), FUNDS, TODAY, EVERY_RULE);
    }

    static Facts facts(
            Answers answers,
            Applicant applicant,
            int live,
            boolean open,
            Map<Practice, Practice.Said> practices,
            List<FundLeft> funds,
            LocalDate today,
            CallRules rules) {
        return new Facts(answers, NOW, practices, applicant, live, funds, "Playground", 1, open, today, rules);
    }

    static Facts facts(Answers answers, String country, @Nullable SmeVerdict size, int live, boolean open) {
        return facts(answers, applicant(country, size), live, open);
    }

    static Facts facts(Answers answers) {
        return facts(answers, "ES", size(SmeStatus.Category.SMALL), 0, true);
    }

    static Call call(Instant opensAt, @Nullable Instant closesAt) {
        return new Call(
                CallId.create(),
                "TEST",
                "TS",
                "Playground",
                Call.Mode.PLAYGROUND,
                Map.of("en", "A try", "es", "Una prueba", "ca", "Una prova"),
                opensAt,
                closesAt,
                opensAt,
                1,
                RULES,
                1);
    }
}
