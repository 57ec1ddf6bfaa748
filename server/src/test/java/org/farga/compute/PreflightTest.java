package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.farga.dataspace.Datasets.Mountable;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.Refusal;
import org.farga.usage.Balance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PreflightTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Period YEAR = new Period(NOW.minusSeconds(3600), NOW.plus(Duration.ofDays(365)));
    private static final Preflight.Capacity CLUSTER =
            new Preflight.Capacity("local", true, 8, 16_384, 0, Duration.ofHours(72), 10_240, List.of(), Set.of());

    private static Balance left(long gpuHours, long cpuHours) {
        return new Balance(
                GpuHours.ofHours(gpuHours),
                GpuHours.ZERO,
                GpuHours.ZERO,
                GpuHours.ZERO,
                CpuHours.ofHours(cpuHours),
                CpuHours.ZERO,
                CpuHours.ZERO,
                CpuHours.ZERO);
    }

    private static Preflight.Facts facts() {
        return new Preflight.Facts(NOW, new Preflight.Budget(YEAR, false, left(10, 10)), CLUSTER, true, Map.of());
    }

    /** A request that is well, whose parts are changed one by one. */
    private record Draft(
            AllocationId allocation,
            String name,
            String script,
            Integer cpus,
            Long memory,
            Integer gpus,
            Long time,
            Long disk,
            List<String> datasets,
            Map<String, String> environment,
            String model) {
        static Draft well() {
            return new Draft(
                    AllocationId.create(),
                    "digits",
                    "#!/bin/sh\nexit 0\n",
                    2,
                    1024L,
                    0,
                    600L,
                    100L,
                    List.of(),
                    Map.of("EPOCHS", "60"),
                    "digits");
        }

        Draft named(String value) {
            return new Draft(allocation, value, script, cpus, memory, gpus, time, disk, datasets, environment, model);
        }

        Draft script(String value) {
            return new Draft(allocation, name, value, cpus, memory, gpus, time, disk, datasets, environment, model);
        }

        Draft resources(Integer newCpus, Long newMemory, Integer newGpus, Long newDisk) {
            return new Draft(
                    allocation, name, script, newCpus, newMemory, newGpus, time, newDisk, datasets, environment, model);
        }

        Draft time(Long value) {
            return new Draft(allocation, name, script, cpus, memory, gpus, value, disk, datasets, environment, model);
        }

        Draft environment(Map<String, String> value) {
            return new Draft(allocation, name, script, cpus, memory, gpus, time, disk, datasets, value, model);
        }

        Draft datasets(List<String> value) {
            return new Draft(allocation, name, script, cpus, memory, gpus, time, disk, value, environment, model);
        }

        Draft model(String value) {
            return new Draft(allocation, name, script, cpus, memory, gpus, time, disk, datasets, environment, value);
        }

        Draft unpaid() {
            return new Draft(null, name, script, cpus, memory, gpus, time, disk, datasets, environment, model);
        }

        JobRequest request() {
            return new JobRequest(
                    allocation, name, script, cpus, memory, gpus, time, disk, datasets, environment, model);
        }
    }

    private static List<String> refused(Draft draft, Preflight.Facts facts) {
        return Preflight.check(draft.request(), facts).stream()
                .filter(Finding::isRefused)
                .map(f -> f.field() + " "
                        + f.message().replace("problem.field.", "").replace("problem.", ""))
                .toList();
    }

    @Test
    void aGoodRequestIsWellOnEverySide() {
        assertThat(Preflight.check(Draft.well().request(), facts()))
                .allMatch(f -> f.severity() == Finding.Severity.OK)
                .extracting(Finding::check)
                .containsExactly(
                        "allocation",
                        "name",
                        "script",
                        "interpreter",
                        "resources",
                        "time-limit",
                        "budget",
                        "environment",
                        "datasets");
    }

    static Stream<Arguments> whatIsWrong() {
        return Stream.of(
                wrong("name job-name", d -> d.named(null)),
                wrong("name job-name", d -> d.named(" ")),
                wrong("name job-name", d -> d.named("x".repeat(201))),
                wrong("name job-name", d -> d.named("two\nlines")),
                wrong("model job-model", d -> d.model("x".repeat(101))),
                wrong("script job-script-missing", d -> d.script(null)),
                wrong("script job-script-missing", d -> d.script(" \n")),
                wrong("script job-script-too-long", d -> d.script("#!/bin/sh\n" + "é".repeat(600_000))),
                wrong("script job-script-unreadable", d -> d.script("#!/bin/sh\n\0")),
                wrong("script job-script-unreadable", d -> d.script("#!/bin/sh\n\uFFFD")),
                wrong("script job-script-unreadable", d -> d.script("#!/bin/sh\n\uD800")),
                wrong("script job-script-crlf", d -> d.script("#!/bin/sh\r\nexit 0\r\n")),
                wrong("script job-script-first-line", d -> d.script("echo hello\n")),
                wrong("script job-script-long-first-line", d -> d.script("#!/bin/sh " + "x".repeat(300))),
                wrong("cpus job-cpus", d -> d.resources(9, 1L, 0, 1L)),
                wrong("cpus job-cpus", d -> d.resources(0, 1L, 0, 1L)),
                wrong("memoryMebibytes job-memory", d -> d.resources(1, 16_385L, 0, 1L)),
                wrong("memoryMebibytes job-memory", d -> d.resources(1, 0L, 0, 1L)),
                wrong("gpus job-gpus", d -> d.resources(1, 1L, 4, 1L)),
                wrong("gpus job-gpus", d -> d.resources(1, 1L, -1, 1L)),
                wrong("diskMebibytes job-disk", d -> d.resources(1, 1L, 0, 10_241L)),
                wrong("timeLimitSeconds job-time-limit", d -> d.time(0L)),
                wrong("timeLimitSeconds job-time-limit", d -> d.time(72 * 3600L + 1)),
                wrong("environment.1X job-environment-name", d -> d.environment(Map.of("1X", ""))),
                wrong("environment.A=B job-environment-name", d -> d.environment(Map.of("A=B", ""))),
                wrong("environment.PATH job-environment-reserved", d -> d.environment(Map.of("PATH", "/tmp"))),
                wrong("environment.LD_PRELOAD job-environment-reserved", d -> d.environment(Map.of("LD_PRELOAD", "x"))),
                wrong(
                        "environment.FARGA_OUTPUT job-environment-reserved",
                        d -> d.environment(Map.of("FARGA_OUTPUT", "x"))),
                wrong("environment.X job-environment-value", d -> d.environment(Map.of("X", "x".repeat(4097)))),
                wrong("environment.X job-environment-value", d -> d.environment(Collections.singletonMap("X", null))),
                wrong("environment job-environment-many", d -> d.environment(variables(101))),
                wrong("datasets job-datasets-many", d -> d.datasets(Collections.nCopies(21, "digits"))),
                wrong("datasets job-dataset-twice", d -> d.datasets(List.of("digits", "digits@1"))),
                wrong("allocation job-allocation-missing", Draft::unpaid));
    }

    private static Arguments wrong(String problem, UnaryOperator<Draft> change) {
        return Arguments.of(problem, change.apply(Draft.well()));
    }

    private static Map<String, String> variables(int count) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < count; i++) {
            variables.put("V" + i, "");
        }
        return variables;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsWrong")
    void whatCannotRunIsRefusedByName(String problem, Object draft) {
        assertThat(refused((Draft) draft, facts())).containsExactly(problem);
    }

    @Test
    void whatIsAtTheBoundIsTaken() {
        Draft most = Draft.well()
                .named("x".repeat(200))
                .resources(8, 16_384L, 0, 10_240L)
                .environment(variables(100));
        assertThat(refused(most, facts())).isEmpty();
        Preflight.Budget large = new Preflight.Budget(YEAR, false, left(1000, 1000));
        assertThat(refused(Draft.well().time(72 * 3600L), new Preflight.Facts(NOW, large, CLUSTER, true, Map.of())))
                .isEmpty();
    }

    @Test
    void everythingWrongIsSaidAtOnce() {
        assertThat(refused(Draft.well().named("").script("no").resources(99, 1L, 4, 1L), facts()))
                .containsExactly("name job-name", "script job-script-first-line", "cpus job-cpus", "gpus job-gpus");
    }

    @Test
    void anInterpreterThatIsNotThereIsRefused() {
        Preflight.Facts facts = new Preflight.Facts(NOW, facts().budget(), CLUSTER, false, Map.of());
        assertThat(refused(Draft.well(), facts)).containsExactly("script job-interpreter");
    }

    @Test
    void theBudgetIsJudgedByTheMostTheJobCanUse() {
        // 2 CPUs for 5 hours are the 10 CPU-hours that are left; one second more is too much.
        assertThat(refused(Draft.well().time(5 * 3600L), facts())).isEmpty();
        List<Finding> over = Preflight.check(Draft.well().time(5 * 3600L + 1).request(), facts());
        assertThat(over.stream().filter(Finding::isRefused))
                .extracting(Finding::message)
                .containsExactly("problem.field.job-cpu-budget");
        assertThat(over.stream()
                        .filter(Finding::isRefused)
                        .findFirst()
                        .orElseThrow()
                        .arguments())
                .extracting(Object::toString)
                .containsExactly("10.0006", "10.0000");
    }

    @Test
    void gpusAreJudgedByTheirOwnBudget() {
        Preflight.Capacity gpus =
                new Preflight.Capacity("local", true, 8, 16_384, 8, Duration.ofHours(72), 10_240, List.of(), Set.of());
        Preflight.Facts facts = new Preflight.Facts(NOW, facts().budget(), gpus, true, Map.of());
        assertThat(refused(Draft.well().resources(1, 1L, 8, 1L).time(4501L), facts))
                .containsExactly("timeLimitSeconds job-gpu-budget");
    }

    @Test
    void whatAJobDoesNotUseMayBeOverdrawn() {
        Balance balance = new Balance(
                GpuHours.ofHours(1),
                GpuHours.ofHours(3),
                GpuHours.ZERO,
                GpuHours.ZERO,
                CpuHours.ofHours(10),
                CpuHours.ZERO,
                CpuHours.ZERO,
                CpuHours.ZERO);
        Preflight.Facts facts =
                new Preflight.Facts(NOW, new Preflight.Budget(YEAR, false, balance), CLUSTER, true, Map.of());
        assertThat(refused(Draft.well(), facts)).isEmpty();
    }

    @Test
    void aTimeLimitBeyondTheAllocationIsAWarningOnly() {
        Preflight.Budget hour =
                new Preflight.Budget(new Period(NOW.minusSeconds(1), NOW.plusSeconds(599)), false, left(10, 10));
        List<Finding> findings =
                Preflight.check(Draft.well().request(), new Preflight.Facts(NOW, hour, CLUSTER, true, Map.of()));
        assertThat(findings.stream().filter(f -> f.severity() == Finding.Severity.WARNING))
                .extracting(Finding::message)
                .containsExactly("problem.field.job-beyond-allocation");
        assertThat(findings).noneMatch(Finding::isRefused);
    }

    @Test
    void anAllocationMustBeInItsPeriodAndNotSuspended() {
        Balance balance = left(10, 10);
        Period later = new Period(NOW.plusSeconds(1), NOW.plusSeconds(9999));
        Period over = new Period(NOW.minusSeconds(9999), NOW);
        assertThat(allocation(new Preflight.Budget(YEAR, true, balance))).contains("job-allocation-suspended");
        assertThat(allocation(new Preflight.Budget(later, false, balance))).contains("job-allocation-not-yet");
        assertThat(allocation(new Preflight.Budget(over, false, balance))).contains("job-allocation-ended");
    }

    private static String allocation(Preflight.Budget budget) {
        return refused(Draft.well(), new Preflight.Facts(NOW, budget, CLUSTER, true, Map.of()))
                .getFirst();
    }

    @Test
    void aClusterThatTakesNoJobsIsNamedBeforeTheQueueIs() {
        Preflight.Capacity away =
                new Preflight.Capacity("local", false, 8, 16_384, 0, Duration.ofHours(72), 10_240, List.of(), Set.of());
        assertThat(refused(Draft.well(), new Preflight.Facts(NOW, facts().budget(), away, true, Map.of())))
                .containsExactly("allocation job-cluster-away");
        assertThat(refused(Draft.well(), new Preflight.Facts(NOW, facts().budget(), null, true, Map.of())))
                .containsExactly("allocation job-cluster-away");
    }

    @Test
    void aDatasetWhoseTermsAreNotAcceptedLeadsToItsPage() {
        Outcome<Mountable> refused = Outcome.refused(Refusal.conflict("terms-not-accepted", "Digits", "digits"));
        List<Finding> findings = Preflight.check(
                Draft.well().datasets(List.of("digits@2")).request(),
                new Preflight.Facts(NOW, facts().budget(), CLUSTER, true, Map.of("digits@2", refused)));
        Finding finding =
                findings.stream().filter(Finding::isRefused).findFirst().orElseThrow();
        assertThat(finding.message()).isEqualTo("problem.terms-not-accepted");
        assertThat(finding.link()).isEqualTo("/datasets/digits");
        assertThat(finding.refusal()).isEqualTo(Refusal.conflict("terms-not-accepted", "Digits", "digits"));
    }
}
