package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A real Farga changes a real Slurm, and is killed while it does so; and two Fargas that are asked for it at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SlurmReconcileTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String CLUSTER = "/slurm-clusters/lab";

    private SlurmLab lab;
    private FargaProcess farga;
    private Story story;
    private Path commands;
    private Map<String, String> settings;
    private String account;

    /** Commands that change something take two seconds longer, so that one can be killed in their midst, and are written down. */
    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        lab = SlurmLab.take();
        commands = Files.createFile(folder.resolve("commands"));
        Path slow = folder.resolve("slow");
        Files.writeString(slow, """
                #!/bin/sh
                case "$*" in
                *sacctmgr*\\ load\\ *|*sacctmgr*\\ modify\\ *|*sacctmgr*\\ add\\ *) echo "$*" >>%s; sleep 2 ;;
                esac
                exec "$@"
                """.formatted(commands));
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwxr-xr-x"));
        String name = "farga.cluster.slurm.lab.via";
        String via = lab.settings().get(name);
        settings = lab.environment(lab.rest(), Map.of(name, slow + (via == null ? "" : "," + via)));
        farga = FargaProcess.start(folder.resolve("data"), settings);
        story = Story.begin(farga, "lab");
    }

    @AfterAll
    void close() throws IOException {
        if (farga != null) {
            farga.close();
        }
        if (lab != null) {
            List<String> ours = lab.run(
                            "sacctmgr",
                            "-nP",
                            "list",
                            "assoc",
                            "account=farga",
                            "withsubaccounts",
                            "format=Account,User")
                    .lines()
                    .map(String::strip)
                    .toList();
            ours.stream()
                    .filter(line -> !line.endsWith("|"))
                    .map(line -> line.split("\\|", -1))
                    .forEach(pair ->
                            lab.tryTo("sacctmgr", "-i", "delete", "user", "name=" + pair[1], "account=" + pair[0]));
            ours.stream()
                    .filter(line -> line.endsWith("|"))
                    .map(line -> line.replace("|", ""))
                    .toList()
                    .reversed()
                    .forEach(name -> lab.tryTo("sacctmgr", "-i", "delete", "account", "name=" + name));
            lab.close();
        }
    }

    @Test
    @Order(1)
    void whoeverIsKilledInTheMidstOfAChangeIsFollowedByWhoeverGoesOn() {
        String others = others();
        // The root of all accounts comes first, the allocation's own last.
        account = story.administrator
                .await(
                        CLUSTER + "/plan?kind=ADD_ACCOUNT&limit=200",
                        LIMIT,
                        plan -> plan.path("items").size() > 1)
                .path("items")
                .valueStream()
                .toList()
                .getLast()
                .path("subject")
                .asString();
        story.administrator.put(CLUSTER + "/mode", Map.of("mode", "APPLY")).done();
        settled(state -> state.path("applying").path("changes").asInt(0) > 0);
        assertThat(changes()).hasSize(1);
        farga.killNine();
        assertThat(limits()).as("it was killed before Slurm was asked").isEmpty();
        farga.start();
        JsonNode state = settled(now -> now.path("read").path("changes").asInt(-1) == 0 && !now.has("applying"));
        assertThat(state.path("complaint").isMissingNode()).isTrue();
        assertThat(limits()).hasSize(1).first().asString().contains("cpu=");
        assertThat(others()).as("what is not Farga's").isEqualTo(others);
    }

    @Test
    @Order(2)
    void ofTwoFargasThatAreAskedAtOnceOneMakesTheChangeAndOnce() {
        settled(state -> state.path("read").path("changes").asInt(-1) == 0);
        String before = limits().getFirst();
        try (FargaProcess second = farga.startAnother(settings)) {
            int made = changes().size();
            lab.run("sacctmgr", "-i", "modify", "account", "name=" + account, "set", "GrpTRESMins=cpu=1");
            Api there = story.administrator.at(second);
            for (int n = 0; n < 3; n++) {
                story.administrator.post(CLUSTER + "/applications", Map.of()).done();
                there.post(CLUSTER + "/applications", Map.of()).done();
            }
            settled(state -> !state.has("applicationWaitsSince")
                    && state.path("read").path("changes").asInt(-1) == 0);
            assertThat(limits()).containsExactly(before);
            assertThat(changes().size() - made).isEqualTo(1);
        }
    }

    private JsonNode settled(Predicate<JsonNode> wish) {
        return story.administrator.await(CLUSTER, LIMIT, wish);
    }

    /** The commands that changed something. */
    private List<String> changes() {
        try {
            return Files.readAllLines(commands);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What Slurm has for the allocation's account itself. */
    private List<String> limits() {
        return lab.run("sacctmgr", "-nP", "list", "assoc", "account=" + account, "user=", "format=Account,GrpTRESMins")
                .lines()
                .toList();
    }

    private String others() {
        return lab.run("sacctmgr", "-nP", "list", "assoc", "account=lab,tiny");
    }
}
