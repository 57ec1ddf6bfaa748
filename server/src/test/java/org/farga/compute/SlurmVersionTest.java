package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What Slurm's versions spell in different ways means the same; the pieces of JSON are from 22.05.8 and 24.11.5. */
class SlurmVersionTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void theNewestVersionThatWasTriedIsSpoken() {
        assertThat(SlurmVersion.best(List.of(36, 37, 38))).contains(new SlurmVersion(38));
        assertThat(SlurmVersion.best(List.of(40, 41, 42))).contains(new SlurmVersion(42));
        assertThat(SlurmVersion.best(List.of(42, 43, 44))).contains(new SlurmVersion(42));
        assertThat(SlurmVersion.best(List.of(36, 37))).isEmpty();
    }

    @Test
    void anExitCodeIsReadFromAWaitStatusAndFromItsParts() {
        assertThat(SlurmVersion.exitCode(json("1792"))).isEqualTo(7);
        assertThat(SlurmVersion.exitCode(json("9"))).isEqualTo(128 + 9);
        String parts = "{'status':['X'],'return_code':{'set':true,'number':%d},'signal':{'id':{'set':%b,'number':%d}}}";
        assertThat(SlurmVersion.exitCode(json(parts.formatted(7, false, 0)))).isEqualTo(7);
        assertThat(SlurmVersion.exitCode(json(parts.formatted(0, true, 9)))).isEqualTo(128 + 9);
    }

    @Test
    void aStateMayBeAWordOrAListWithFlags() {
        assertThat(SlurmVersion.state(json("'RUNNING'"))).isEqualTo(JobState.RUNNING);
        assertThat(SlurmVersion.state(json("['COMPLETED']"))).isEqualTo(JobState.COMPLETED);
        assertThat(SlurmVersion.state(json("['CANCELLED','COMPLETING']"))).isEqualTo(JobState.COMPLETING);
        assertThat(SlurmVersion.state(json("'CANCELLED by 1001'"))).isEqualTo(JobState.CANCELLED);
        assertThat(SlurmVersion.state(json("['PENDING','REQUEUED']"))).isEqualTo(JobState.PENDING);
    }

    @Test
    void gpusAreCountedWithTheirModelsAndIndexes() {
        assertThat(SlurmVersion.gpus("gpu:h100:3(IDX:0-1,3)"))
                .containsExactly(new SlurmVersion.Gpus("h100", 3, List.of(0, 1, 3)));
        assertThat(SlurmVersion.gpus("gpu:2")).containsExactly(new SlurmVersion.Gpus("gpu", 2, List.of()));
        assertThat(SlurmVersion.gpus("gpu:a100:1(IDX:N/A),shard:4,gpu:h100:2"))
                .containsExactly(
                        new SlurmVersion.Gpus("a100", 1, List.of()), new SlurmVersion.Gpus("h100", 2, List.of()));
        assertThat(SlurmVersion.gpus("")).isEmpty();
    }

    @Test
    void amountsAreMebibytesWhateverTheirUnit() {
        String tres = "cpu=64,mem=1.50G,node=1,billing=64,gres/gpu=4,gres/gpu:h100=4";
        assertThat(SlurmVersion.amount(tres, "cpu")).isEqualTo(64);
        assertThat(SlurmVersion.amount(tres, "mem")).isEqualTo(1536);
        assertThat(SlurmVersion.amount(tres, "gres/gpu")).isEqualTo(4);
        assertThat(SlurmVersion.amount(tres, "energy")).isZero();
    }

    @Test
    void aSubmissionIsSpeltAsItsVersionWantsItAndItsTimeLimitRoundedUp() {
        Resources resources = new Resources(2, 512, 1, Duration.ofSeconds(61), 64);
        SlurmVersion.Request request = new SlurmVersion.Request(
                "a job",
                "farga x 1",
                "#!/bin/sh\n",
                "lab",
                null,
                null,
                null,
                null,
                resources,
                "/work",
                "/log",
                Map.of("PATH", "/bin"));
        JsonNode old = new SlurmVersion(38).submission(request);
        assertThat(old.path("script").asString("")).isEqualTo("#!/bin/sh\n");
        assertThat(old.path("job").path("time_limit").asInt(0)).isEqualTo(2);
        assertThat(old.path("job").path("gres").asString("")).isEqualTo("gpu:1");
        assertThat(old.path("job").path("environment").path("PATH").asString(""))
                .isEqualTo("/bin");
        assertThat(old.path("job").has("partition")).isFalse();
        JsonNode young = new SlurmVersion(42).submission(request);
        assertThat(young.has("script")).isFalse();
        assertThat(young.path("job").path("script").asString("")).isEqualTo("#!/bin/sh\n");
        assertThat(young.path("job").path("time_limit").path("number").asInt(0)).isEqualTo(2);
        assertThat(young.path("job").path("tres_per_node").asString("")).isEqualTo("gres/gpu:1");
        assertThat(young.path("job").path("environment").path(0).asString("")).isEqualTo("PATH=/bin");
    }

    @Test
    void aJobCancelledInTheQueueNeverStartedWhateverItsRecordSays() {
        JsonNode record = json("{'state':{'current':['CANCELLED']},'nodes':'None assigned',"
                + "'time':{'start':1795408402,'end':1795408417},'steps':[]}");
        Observation end = SlurmVersion.settled(new JobId(1), record, null);
        assertThat(end.state()).isEqualTo(JobState.CANCELLED);
        assertThat(end.startedAt()).isNull();
        assertThat(end.allocation()).isNull();
        assertThat(end.endedAt()).isEqualTo(Instant.ofEpochSecond(1795408417));
    }

    @Test
    void anEndWithoutItsTimeIsNoneYet() {
        String record =
                "{'state':{'current':['COMPLETED']},'nodes':'n1','time':{'start':1795440116,'end':%s},'steps':[]}";
        assertThat(SlurmVersion.isClosed(json(record.formatted("0")), null)).isFalse();
        assertThat(SlurmVersion.isClosed(json(record.formatted("1795440118")), null))
                .isTrue();
    }

    @Test
    void anEndWithoutTheNodesThatTheControllerSawIsNoneYet() {
        String record =
                "{'state':{'current':['COMPLETED']},'nodes':'%s','time':{'start':1795440116,'end':1795440118},'steps':[]}";
        JsonNode nowhere = json(record.formatted("None assigned"));
        Observation live = new Observation(
                new JobId(1),
                JobState.COMPLETED,
                null,
                Instant.ofEpochSecond(1795440116),
                Instant.ofEpochSecond(1795440118),
                0,
                new Allocation("n1", 1, 100, 0, List.of()),
                new Measured(null, null));
        assertThat(SlurmVersion.isClosed(nowhere, live)).isFalse();
        assertThat(SlurmVersion.isClosed(nowhere, null)).isTrue();
        assertThat(SlurmVersion.isClosed(json(record.formatted("n1")), live)).isTrue();
    }

    @Test
    void aDrainedNodeIsNotAvailableAndItsGpusAreTold() {
        String node = "{'name':'n1','cpus':8,'real_memory':16000,'alloc_cpus':2,'alloc_memory':1000,"
                + "'gres':'gpu:h100:2','gres_used':'gpu:h100:1(IDX:1)','state':%s,'state_flags':[]}";
        Cluster.Node working = SlurmVersion.node(json(node.formatted("'mixed'")));
        assertThat(working.available()).isTrue();
        assertThat(working.freeCpus()).isEqualTo(6);
        assertThat(working.gpus()).extracting(Cluster.Gpu::free).containsExactly(true, false);
        assertThat(SlurmVersion.node(json(node.formatted("['IDLE','DRAIN']"))).available())
                .isFalse();
    }

    @Test
    void memoryIsWhatAllTasksOfAStepHadTogether() throws IOException {
        // Two tasks of 120 and 240 MiB, captured from 22.05.8: the highest alone would be 250 MiB.
        JsonNode record = JSON.readTree(Files.readString(Path.of("src/test/resources/slurm/22.05.8-two-tasks.json")))
                .path("jobs")
                .path(0);
        Measured used = SlurmVersion.used(record);
        assertThat(used.peakMemoryMebibytes()).isEqualTo(379);
        assertThat(used.cpuMilliseconds()).isEqualTo(3764);
        // Nothing meters energy there, and nobody gathers GPUs: that is unknown, not nothing.
        assertThat(used.energyJoules()).isNull();
        assertThat(used.gpuPeakPercent()).isNull();
    }

    private static JsonNode step(String name, long joules, String total) {
        return json("{'step':{'name':'%s'},'tasks':{'count':2},'time':{'total':{'seconds':1}},".formatted(name)
                + "'statistics':{'energy':{'consumed':{'set':true,'number':%d}}},".formatted(joules)
                + "'tres':{'requested':{'max':[{'type':'mem','name':'','count':1048576}],'total':[%s]}}}"
                        .formatted(total));
    }

    private static JsonNode record(String allocated, JsonNode... steps) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.putObject("tres").set("allocated", json(allocated));
        record.putArray("steps").addAll(List.of(steps));
        return record;
    }

    @Test
    void whereOnlyTheHighestTaskIsKnownAllCountAsHigh() {
        assertThat(SlurmVersion.used(record("[]", step("0", 0, ""))).peakMemoryMebibytes())
                .isEqualTo(2);
    }

    @Test
    void stepsBesideEachOtherDoNotAddUpTheSameMeter() {
        assertThat(SlurmVersion.used(record("[]", step("batch", 900, ""), step("0", 300, ""), step("1", 400, "")))
                        .energyJoules())
                .isEqualTo(900);
        assertThat(SlurmVersion.used(record("[]", step("batch", 100, ""), step("0", 300, ""), step("1", 400, "")))
                        .energyJoules())
                .isEqualTo(700);
        assertThat(SlurmVersion.used(record("[{'type':'energy','name':'','count':1234}]", step("batch", 900, "")))
                        .energyJoules())
                .isEqualTo(1234);
    }

    @Test
    void slurmsWordsForNoNumberAreNoEnergy() {
        assertThat(SlurmVersion.used(record(
                                "[{'type':'energy','name':'','count':-2}]",
                                step("batch", 4294967294L, ""),
                                step("0", 0, "")))
                        .energyJoules())
                .isNull();
    }

    @Test
    void gpusAreToldWhereACentreGathersThem() {
        Measured used = SlurmVersion.used(
                record(
                        "[]",
                        step(
                                "0",
                                0,
                                "{'type':'gres','name':'gpuutil','count':150},{'type':'gres','name':'gpumem','count':2097152}")));
        assertThat(used.gpuPeakPercent()).isEqualTo(150);
        assertThat(used.gpuPeakMemoryMebibytes()).isEqualTo(2);
        assertThat(SlurmVersion.used(record("[]", step("0", 0, "{'type':'gres','name':'gpuutil','count':0}")))
                        .gpuPeakPercent())
                .isZero();
    }

    @Test
    void whatWasMeasuredIsKeptInTheFolder(@TempDir Path folder) throws IOException {
        Observation end = new Observation(
                new JobId(3),
                JobState.COMPLETED,
                null,
                Instant.ofEpochSecond(100),
                Instant.ofEpochSecond(200),
                0,
                new Allocation("gn1", 2, 1000, 1, List.of(0)),
                new Measured(1L, 2L, 3L, 4, 5L));
        SlurmFolder kept = new SlurmFolder(new JobId(3), folder);
        kept.settle(end);
        assertThat(kept.settled()).isEqualTo(end);
    }
}
