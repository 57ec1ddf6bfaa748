package org.farga.compute;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the machine itself can give to jobs: CPUs by the kernel's numbers, memory in mebibytes, GPUs. */
record Machine(String name, List<Integer> cpuNumbers, int cpus, long memoryMebibytes, List<Cluster.Gpu> gpus) {

    static Machine find(LocalSettings settings) throws IOException {
        List<Integer> numbers = allowedCpus();
        long total =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() >> 20;
        Integer cpus = settings.cpus();
        Long memory = settings.memoryMebibytes();
        return new Machine(
                Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                numbers,
                cpus == null ? numbers.size() : cpus,
                memory == null ? total * 9 / 10 : memory,
                GpuDiscovery.find(settings.nvidiaSmi()));
    }

    /** The CPUs this process may use, from a list such as {@code 0-3,8}. */
    private static List<Integer> allowedCpus() throws IOException {
        String list = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("0");
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            String[] ends = range.split("-", -1);
            IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(numbers::add);
        }
        return List.copyOf(numbers);
    }
}
