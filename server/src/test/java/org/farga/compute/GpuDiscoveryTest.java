package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuDiscoveryTest {

    @TempDir
    Path folder;

    @Test
    void gpusAreReadAsNvidiaSmiListsThem() {
        assertThat(GpuDiscovery.read("""
                        0, NVIDIA H100 80GB HBM3, 81559, GPU-5a3c
                        1, NVIDIA GB10, [N/A], GPU-77aa
                        """))
                .containsExactly(
                        new Cluster.Gpu(0, "NVIDIA H100 80GB HBM3", 81559L, "GPU-5a3c", true),
                        new Cluster.Gpu(1, "NVIDIA GB10", null, "GPU-77aa", true));
    }

    @Test
    void aMachineWithoutTheProgramHasNoGpus() {
        assertThat(GpuDiscovery.find(folder.resolve("nvidia-smi").toString())).isEmpty();
    }

    @Test
    void aDriverInTroubleMeansNoGpus() throws IOException {
        assertThat(GpuDiscovery.find(program("echo 'No devices were found'; exit 6")))
                .isEmpty();
        assertThat(GpuDiscovery.find(program("echo 'No devices were found'"))).isEmpty();
    }

    private String program(String lines) throws IOException {
        Path program = Files.createTempFile(folder, "nvidia-smi", "");
        Files.writeString(program, "#!/bin/sh\n" + lines + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.toString();
    }
}
