package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
                "a job", "farga x 1", "#!/bin/sh\n", "lab", null, resources, "/work", "/log", Map.of("PATH", "/bin"));
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
}
