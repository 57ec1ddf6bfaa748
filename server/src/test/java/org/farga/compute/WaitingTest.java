package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.farga.FargaTest;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.compute.Waiting.Budget;
import org.farga.compute.Waiting.Facts;
import org.farga.platform.Messages;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Why jobs wait, in the words and with the numbers that a person reads. */
@FargaTest
class WaitingTest {
    private static final Resources ASKED = new Resources(16, 16_000, 4, Duration.ofHours(2), 100);

    @Autowired
    private Messages messages;

    private String say(@Nullable Sentence sentence, Locale language) {
        return sentence == null ? "" : sentence.in(language, messages, ZoneOffset.UTC);
    }

    private String why(String reason, Facts facts) {
        return say(Waiting.of(reason, facts).why(), Locale.ENGLISH);
    }

    private String remedy(String reason, Facts facts) {
        return say(Waiting.of(reason, facts).remedy(), Locale.ENGLISH);
    }

    private static Facts facts(String engineJob) {
        EngineJob job = OccupancyTextTest.job(engineJob);
        return new Facts(
                new Resources(job.cpus(), job.memoryMebibytes(), job.gpus(), Duration.ofMinutes(10), 100),
                null,
                job,
                OccupancyTextTest.captured(),
                number -> number.equals("15") ? "4711" : number);
    }

    private static Facts facts(long gpuLeftMinutes) {
        return new Facts(
                ASKED,
                new Budget(
                        GpuHours.of(1, Duration.ofMinutes(gpuLeftMinutes)),
                        GpuHours.of(4, Duration.ofHours(2)),
                        CpuHours.ofHours(5),
                        CpuHours.ofHours(32)),
                null,
                null,
                number -> number);
    }

    @Test
    void aBudgetSaysWhatIsLeftAndWhatTheJobMayNeed() {
        assertThat(why("AssocGrpGRESMinutes", facts(192)))
                .isEqualTo("The allocation has 3.2 GPU-hours left, and the job may need 8.");
        assertThat(remedy("AssocGrpGRESMinutes", facts(192))).contains("fewer GPUs", "apply for more GPU-hours");
        assertThat(why("AssocGrpGRESMinutes", facts(-60))).contains("has 0 GPU-hours left");
        assertThat(why("AssocGrpCPUMinutesLimit", facts(192)))
                .isEqualTo("The allocation has 5 CPU-hours left, and the job may need 32.");
        assertThat(say(Waiting.of("AssocGrpGRESMinutes", facts(192)).why(), Locale.of("es")))
                .isEqualTo("A la asignación le quedan 3,2 horas de GPU y el trabajo puede necesitar 8.");
        assertThat(say(Waiting.of("AssocGrpGRESMinutes", facts(192)).why(), Locale.of("ca")))
                .isEqualTo("A l’assignació li queden 3,2 hores de GPU i el treball en pot necessitar 8.");
    }

    @Test
    void aBudgetThatSufficesByOurAccountIsNotSaidToBeShort() {
        assertThat(why("AssocGrpGRESMinutes", facts(600)))
                .contains("may need 8 GPU-hours of the 10 that are left", "set more aside");
        assertThat(remedy("AssocGrpGRESMinutes", facts(600))).isEmpty();
        assertThat(why("AssocGrpGRESMinutes", Facts.of(ASKED))).contains("fewer GPU-hours left than it may need");
    }

    @Test
    void priorityCountsThoseAhead() {
        assertThat(why("Priority", facts("23"))).isEqualTo("It stands in line: 1 job is before it.");
        assertThat(why("Priority", Facts.of(ASKED))).isEqualTo("It stands in line behind other jobs.");
        assertThat(say(Waiting.of("Priority", facts("23")).why(), Locale.of("es")))
                .isEqualTo("Está en la cola: tiene 1 trabajo delante.");
    }

    @Test
    void resourcesSaysWhatIsAskedAndWhatIsFree() {
        assertThat(why("Resources", facts("22")))
                .isEqualTo("It is its turn, and it asks for 16 CPUs, 15.6 GiB of memory and 4 GPUs;"
                        + " the most that one node has free now is 56 CPUs, 492.2 GiB of memory and no GPU, on gpu1.");
        assertThat(why("Resources", Facts.of(ASKED))).contains("enough CPUs, memory and GPUs");
    }

    @Test
    void aDependencyNamesTheJobsByOurNumbersWhereTheyAreOurs() {
        assertThat(why("DependencyNeverSatisfied", facts("20")))
                .isEqualTo("It can never start: job 4711 did not end as it would have had to.");
        assertThat(remedy("DependencyNeverSatisfied", facts("20"))).contains("Cancel it");
    }

    @Test
    void whatAJobWaitsForBeforeTheEngineHasItIsNamedToo() {
        assertThat(say(
                        Waiting.after(List.of(
                                new Dependency(Dependency.Kind.AFTEROK, new JobId(12)),
                                new Dependency(Dependency.Kind.AFTEROK, new JobId(13)))),
                        Locale.ENGLISH))
                .isEqualTo("It starts once jobs 12, 13 have ended well.");
        assertThat(say(
                        Waiting.after(List.of(new Dependency(Dependency.Kind.AFTERANY, new JobId(12)))),
                        Locale.of("ca")))
                .isEqualTo("Començarà quan hagi acabat el treball 12.");
    }

    @Test
    void partitionsSayTheirLimits() {
        assertThat(why("PartitionTimeLimit", facts("18")))
                .isEqualTo("Its time limit is 3 days; partition gpu gives a job at most 2 days.");
        assertThat(remedy("PartitionTimeLimit", facts("18"))).contains("at most 2 days");
        assertThat(why("PartitionNodeLimit", facts("19")))
                .isEqualTo("It asks for 5 nodes; partition gpu gives a job at most 4.");
    }

    @Test
    void unavailableNodesAreNamedWithTheirReason() {
        String expected =
                "A node that it needs takes no jobs at the moment: cpu2 (disk replaced on Tuesday; ask Mireia).";
        assertThat(why("ReqNodeNotAvail, UnavailableNodes:cpu2", facts("17"))).isEqualTo(expected);
        // Newer versions write spaces as underscores.
        assertThat(why("ReqNodeNotAvail,_UnavailableNodes:cpu2", facts("17"))).isEqualTo(expected);
        assertThat(why("ReqNodeNotAvail,_Reserved_for_maintenance", Facts.of(ASKED)))
                .contains("reserved for maintenance");
        assertThat(why("Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved", Facts.of(ASKED)))
                .contains("are down, are being emptied");
    }

    @Test
    void heldJobsSayWhoLetsThemGo() {
        assertThat(remedy("JobHeldUser", facts("25"))).endsWith("scontrol release 25");
        assertThat(remedy("JobHeldAdmin", facts("25"))).contains("centre");
    }

    @Test
    void timesToComeAreSaid() {
        assertThat(why("BeginTime", facts("27"))).matches("It may not start before .*2026.*\\.");
        assertThat(why("JobArrayTaskLimit", facts("26_[1-9%2]")))
                .isEqualTo("Its array runs at most 2 tasks at a time; it starts when one of them has ended.");
    }

    @Test
    void limitsAreReadByTheirParts() {
        assertThat(why("QOSMaxGRESPerUser", facts("22")))
                .contains("the quality of service “normal” on GPUs that one person has in use at once");
        assertThat(why("AssocGrpNodeLimit", Facts.of(ASKED))).contains("its account on nodes in use at once");
        assertThat(why("QOSMaxWallDurationPerJobLimit", facts("18")))
                .isEqualTo("Its time limit, 3 days, is longer than the quality of service “normal” gives one job.");
        assertThat(remedy("QOSMaxWallDurationPerJobLimit", facts("18"))).contains("cancel it");
        assertThat(why("QOSMinCpuNotSatisfied", Facts.of(ASKED))).contains("less CPUs than its quality of service");
        assertThat(why("AssocGrpBillingRunMinutes", Facts.of(ASKED))).contains("billing units");
        assertThat(remedy("AssocGrpCpuLimit", Facts.of(ASKED))).isEmpty();
    }

    @Test
    void aNodeOfItsOwnWaitsForAnEmptyOne() {
        Facts facts = facts("22");
        Resources alone = new Resources(1, 1_000, 0, null, true, Duration.ofMinutes(10), 100);
        assertThat(why("Resources", new Facts(alone, null, facts.seen(), facts.occupancy(), facts.names())))
                .isEqualTo("It is its turn, and it asks for a node of its own;"
                        + " none of the 4 that it could run on is empty now.");
    }

    @Test
    void anotherPartitionWithRoomIsNamed() {
        Facts facts = facts("22");
        Resources little = new Resources(1, 1_000, 0, Duration.ofMinutes(10), 100);
        assertThat(remedy("Resources", new Facts(little, null, facts.seen(), facts.occupancy(), facts.names())))
                .isEqualTo("Partition cpu has room for it now: cancel it, and run it again there.");
        // Longer than any partition gives a job, it has no better place to go to.
        Resources long_ = new Resources(1, 1_000, 0, Duration.ofDays(30), 100);
        assertThat(remedy("Resources", new Facts(long_, null, facts.seen(), facts.occupancy(), facts.names())))
                .isEmpty();
        assertThat(remedy("Resources", facts)).isEmpty();
    }

    /** Every word that Slurm 22.05's own library holds, and those that came until 25.11 (job_reason_codes), in every language. */
    @Test
    void everyWordOfSlurmsIsExplained() {
        TreeSet<String> unknown = new TreeSet<>();
        TreeMap<String, String> missing = new TreeMap<>();
        List<String> words =
                new ArrayList<>(OccupancyTextTest.text("reasons.txt").lines().toList());
        words.addAll(List.of(
                "Constraints",
                "InactiveLimit",
                "JobLaunchFailure",
                "NonZeroExitCode",
                "OutOfMemory",
                "QOSMaxBBMinutesPerJob",
                "QOSMinBilling",
                "RaisedSignal",
                "TimeLimit"));
        assertThat(words).hasSizeGreaterThan(150);
        for (String word : words) {
            Waiting waiting = Waiting.of(word, Facts.of(ASKED));
            if (waiting.why().key().equals("compute.wait.unknown")) {
                unknown.add(word);
            }
            for (Locale language : Messages.LANGUAGES) {
                String said = say(waiting.why(), language) + " " + say(waiting.remedy(), language);
                if (said.contains("compute.") || said.contains("{")) {
                    missing.put(word, said);
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(missing).isEmpty();
    }

    @Test
    void anUnknownWordIsShownAsItIs() {
        assertThat(why("MoonPhase", Facts.of(ASKED))).isEqualTo("The cluster gives “MoonPhase” as the reason.");
        assertThat(remedy("MoonPhase", Facts.of(ASKED))).contains("manual");
    }
}
