package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;

/** Jobs in namespaces of their own, with the kernel's limits where it lets us have them. */
class LocalSchedulerNamespacesTest extends LocalSchedulerContract {

    @Override
    IsolationLevel level() {
        return IsolationLevel.NAMESPACES;
    }

    @Override
    boolean cgroups() {
        return true;
    }

    @Test
    void aHiddenFolderIsEmptyAndAHiddenFileTooEvenForItsReaders() throws IOException {
        Path data = Files.createTempDirectory(placeThatJobsSee(), "farga-hidden");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path password = Files.writeString(data.resolve("password"), "swordfish");
        Path file = Files.writeString(data.resolveSibling(data.getFileName() + ".yml"), "swordfish");
        JobId open = run(script("cat " + file + " " + password));
        awaitEnd(open);
        assertThat(log(open)).as("what can be read when nothing is hidden").isEqualTo("swordfishswordfish");
        LocalSettings hiding = new LocalSettings(
                level(), cgroups(), List.of(data, file), 8, 4096L, settings.nvidiaSmi(), 60, 1, Duration.ofSeconds(1));
        scheduler.close();
        scheduler = new LocalScheduler(root, Clock.systemUTC(), hiding);
        try {
            JobId job = run(script(
                    "cat " + file + " " + password + "; ls -A " + data,
                    "umount " + data + " && cat " + password,
                    "unshare -Urm umount -l " + data + " && cat " + password,
                    "exit 0"));
            assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
            assertThat(log(job)).doesNotContain("swordfish").doesNotContain("\npassword");
        } finally {
            JobFolders.discard(data);
            Files.delete(file);
            scheduler.close();
            scheduler = openOn(root);
        }
    }

    /** Not in /tmp, which a job does not see anyway, nor under a closed folder, which its user cannot pass. */
    private static Path placeThatJobsSee() {
        return Stream.of(Path.of("target").toAbsolutePath(), Path.of("/var/lib"), Path.of("/srv"))
                .filter(place -> !place.startsWith("/tmp") && !place.startsWith("/var/tmp"))
                .filter(Files::isWritable)
                .filter(place -> Stream.iterate(place, p -> p != null, Path::getParent)
                        .allMatch(LocalSchedulerNamespacesTest::isOpen))
                .findFirst()
                .orElseGet(() -> abort("no writable folder here that every user may pass"));
    }

    private static boolean isOpen(Path folder) {
        try {
            return Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void theWholeMachineIsOfferedWhenNothingElseIsSaid() {
        try (LocalScheduler whole = new LocalScheduler(
                temporary.resolve("closed/scheduler"), Clock.systemUTC(), LocalSettings.wholeMachine(List.of()))) {
            Cluster cluster = whole.describe();
            assertThat(cluster.engine()).isEqualTo("local");
            assertThat(cluster.isolation()).isEqualTo(IsolationLevel.NAMESPACES);
            Cluster.Node node = cluster.nodes().getFirst();
            assertThat(node.freeCpus()).isEqualTo(node.cpus()).isPositive();
            assertThat(node.freeMemoryMebibytes())
                    .isEqualTo(node.memoryMebibytes())
                    .isPositive();
        }
    }

    @Test
    void aJobSeesItsOwnProcessesAndTemporaryFilesOnly() throws IOException {
        Path strangers = Files.createTempFile("strangers", ".txt");
        try {
            JobId job = run(script(
                    "ls -d /proc/[0-9]* | wc -l",
                    "ls /tmp/" + strangers.getFileName() + " 2>/dev/null && echo SEEN",
                    "echo mine > /tmp/mine && echo mine > /dev/shm/mine && cat tmp/mine"));
            assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
            assertThat(Integer.parseInt(log(job).lines().findFirst().orElseThrow()))
                    .isBetween(1, 9);
            assertThat(log(job)).doesNotContain("SEEN").endsWith("mine\n");
            assertThat(Path.of("/tmp/mine")).doesNotExist();
            assertThat(Path.of("/dev/shm/mine")).doesNotExist();
        } finally {
            Files.delete(strangers);
        }
    }
}
