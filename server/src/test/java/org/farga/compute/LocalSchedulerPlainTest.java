package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Jobs as ordinary processes, with limits that are watched from outside. */
class LocalSchedulerPlainTest extends LocalSchedulerContract {

    @Override
    IsolationLevel level() {
        return IsolationLevel.PLAIN;
    }

    @Override
    boolean cgroups() {
        return false;
    }

    @Test
    void aFolderThatJobUsersCannotReachIsRefusedWithTheRemedy() throws IOException {
        Assumptions.assumeTrue(Files.getOwner(root).getName().equals("root"), "jobs have users of their own");
        Path closed = Files.createDirectory(temporary.resolve("closed"));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assertThatIllegalStateException()
                .isThrownBy(() -> openOn(closed.resolve("scheduler")))
                .withMessageContaining(closed + "; allow it with chmod o+x");
    }
}
