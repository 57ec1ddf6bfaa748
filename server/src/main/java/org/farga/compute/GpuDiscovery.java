package org.farga.compute;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds the machine's GPUs by asking NVIDIA's own tool. */
final class GpuDiscovery {

    private static final System.Logger LOG = System.getLogger(GpuDiscovery.class.getName());
    private static final long PATIENCE_SECONDS = 20;

    private GpuDiscovery() {}

    /** The GPUs, all free; none where the program is missing or fails, which is said in the log. */
    static List<Cluster.Gpu> find(String nvidiaSmi) {
        try {
            Process process = new ProcessBuilder(
                            nvidiaSmi, "--query-gpu=index,name,memory.total,uuid", "--format=csv,noheader,nounits")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            // A driver in trouble makes nvidia-smi hang for minutes; Farga starts without GPUs then.
            process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).exceptionally(late -> {
                process.destroyForcibly();
                return process;
            });
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                LOG.log(System.Logger.Level.WARNING, "{0} failed; jobs get no GPUs: {1}", nvidiaSmi, text.strip());
                return List.of();
            }
            return read(text);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.INFO, "no GPUs here: {0}", e.getMessage());
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    static List<Cluster.Gpu> read(String text) {
        List<Cluster.Gpu> gpus = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] field = line.split(",", -1);
            if (field.length == 4 && field[0].strip().matches("[0-9]{1,4}")) {
                gpus.add(new Cluster.Gpu(
                        Integer.parseInt(field[0].strip()),
                        field[1].strip(),
                        memory(field[2].strip()),
                        field[3].strip(),
                        true));
            }
        }
        return List.copyOf(gpus);
    }

    /** Machines whose GPU shares the CPU's memory answer {@code [N/A]}. */
    private static @Nullable Long memory(String text) {
        return text.matches("[0-9]{1,12}") ? Long.valueOf(text) : null;
    }
}
