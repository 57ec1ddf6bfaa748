package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolationTest {

    private static final Isolation OWN_USERS = new Isolation(IsolationLevel.NAMESPACES, 1_900_000_000L, true);
    private static final Isolation SAME_USER = new Isolation(IsolationLevel.NAMESPACES, null, false);

    @Test
    void everyJobHasAUserOfItsOwn() {
        assertThat(OWN_USERS.user(new JobId(7))).isEqualTo(1_900_000_007L).isNotEqualTo(OWN_USERS.user(new JobId(8)));
        assertThat(SAME_USER.user(new JobId(7))).isNull();
    }

    @Test
    void whatHoldsTheRootIsLaidOverLastAndNothingTwice() {
        Map<Path, String> covers = SAME_USER.covers(
                Path.of("/srv/farga/compute"),
                List.of(Path.of("/srv/farga"), Path.of("/srv/farga/pg"), Path.of("/etc/farga.yml"), Path.of("/tmp/x")),
                List.of());
        assertThat(covers.keySet())
                .containsExactly(
                        Path.of("/tmp"),
                        Path.of("/var/tmp"),
                        Path.of("/dev/shm"),
                        Path.of("/etc/farga.yml"),
                        Path.of("/srv/farga"));
        assertThat(covers).containsEntry(Path.of("/srv/farga"), "hidden").containsEntry(Path.of("/tmp"), "temporary");
    }

    @Test
    void theRootIsHiddenWhereNothingAroundItIs() {
        assertThat(SAME_USER.covers(Path.of("/srv/compute"), List.of(), List.of()))
                .containsEntry(Path.of("/srv/compute"), "hidden");
    }

    @Test
    void aFolderOnTheWayThatStrangersMayNotPassIsReplacedForJobUsersOnly(@TempDir Path temporary) throws IOException {
        // The temporary folder itself is closed to strangers, and lies under /tmp, which is covered in any case.
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx------"));
        Path shown = Files.createDirectories(temporary.resolve("jdk/25"));
        assertThat(Isolation.closedAncestor(shown)).isEqualTo(temporary);
        assertThat(Isolation.closedAncestor(Path.of("/usr/bin/env"))).isNull();
        assertThat(SAME_USER.covers(Path.of("/srv/c"), List.of(), List.of(shown)))
                .doesNotContainKey(temporary);
    }
}
