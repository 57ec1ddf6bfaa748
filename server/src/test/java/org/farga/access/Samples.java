package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
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

    static final CallRules RULES = new CallRules(
            "local",
            GpuHours.ZERO,
            GpuHours.ofHours(5_000),
            CpuHours.ofHours(1),
            CpuHours.ofHours(20_000),
            List.of(1, 2, 3),
            2,
            2,
            new CallRules.CountryList(LocalDate.parse("2025-11-10"), Set.of(new Country("ES"), new Country("PT"))),
            Arrays.stream(Rule.values())
                    .map(r -> new CallRules.AppliedRule(
                            r,
                            switch (r) {
                                case LIVE_AWARDS -> Rule.Kind.EXCEPTION;
                                case PERSONAL_DATA -> Rule.Kind.SHOULD;
                                case CALL_OPEN,
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
            "health");

    private Samples() {}

    static SmeStatus size(SmeStatus.Category category) {
        return new SmeStatus(category, category != SmeStatus.Category.LARGE, 2025, NOW);
    }

    static Facts facts(Answers answers, String country, @Nullable SmeStatus size, int live, boolean open) {
        return new Facts(answers, new Country(country), size, live, "Playground", open, RULES);
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
                1,
                RULES,
                1);
    }
}
