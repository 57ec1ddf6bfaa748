package org.farga.access;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.people.SmeStatus;
import org.farga.shared.CallId;
import org.farga.shared.Country;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;

/** A call, answers and facts that satisfy every rule, for tests to spoil one thing of. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    static final LocalDate TODAY = LocalDate.parse("2026-11-23");

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
            Arrays.stream(Rule.values())
                    .map(r -> new CallRules.AppliedRule(
                            r,
                            switch (r) {
                                case LIVE_AWARDS -> Rule.Kind.EXCEPTION;
                                case PERSONAL_DATA -> Rule.Kind.SHOULD;
                                case CALL_OPEN,
                                        PARTITION_OPEN,
                                        ESTABLISHED,
                                        SME,
                                        CIVILIAN_USE,
                                        NO_PROHIBITED_PRACTICE,
                                        HOURS,
                                        DURATION -> Rule.Kind.MUST;
                            }))
                    .toList());

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

    /** A change of the eligibility rules only. */
    static CallRules.Change rules(List<CallRules.AppliedRule> rules) {
        return new CallRules.Change(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, rules);
    }

    static CallRules.Change partitions(List<CallRules.PartitionChange> partitions) {
        return new CallRules.Change(
                null, null, null, null, null, partitions, null, null, null, null, null, null, null, null, null, null);
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
                null);
    }

    static CallRules.Change intake(Intake intake) {
        return new CallRules.Change(
                null, null, null, null, null, null, null, intake, null, null, null, null, null, null, null, null);
    }

    private Samples() {}

    static SmeStatus size(SmeStatus.Category category) {
        return new SmeStatus(category, category != SmeStatus.Category.LARGE, 2025, NOW);
    }

    static Facts facts(Answers answers, String country, @Nullable SmeStatus size, int live, boolean open) {
        return new Facts(answers, new Country(country), size, live, "Playground", open, TODAY, RULES);
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
