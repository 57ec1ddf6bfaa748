package org.farga.efficiency;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tries NVML on the machine at hand, without the rest of Farga: reads all GPUs each second for so many seconds and prints what it saw
 * as JSON, with how long a look took and whether the energy meters agree with the power. Needs nothing but a JDK:
 *
 * <pre>java --enable-native-access=ALL-UNNAMED server/src/main/java/org/farga/efficiency/NvmlTrial.java 20</pre>
 */
final class NvmlTrial {
    private NvmlTrial() {}

    /** One look, and what it cost. */
    private record Look(long nanos, long tookNanos, List<GpuReading> gpus) {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws InterruptedException {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        Optional<Nvml> found = Nvml.open(Nvml.LIBRARY);
        if (found.isEmpty()) {
            System.err.println("There is no " + Nvml.LIBRARY + " on this machine: it has no NVIDIA driver.");
            System.exit(1);
            return;
        }
        try (Nvml nvml = found.get()) {
            List<Look> looks = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 0; i <= seconds; i++) {
                long wait = begin + i * 1_000_000_000L - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                }
                long from = System.nanoTime();
                List<GpuReading> gpus = nvml.read();
                looks.add(new Look(from - begin, System.nanoTime() - from, gpus));
            }
            System.out.println(json(nvml.driver(), looks));
        }
    }

    private static String json(String driver, List<Look> looks) {
        StringBuilder text = new StringBuilder("{\n  \"driver\": \"" + driver + "\",\n  \"java\": \""
                + System.getProperty("java.version") + "\",\n  \"gpus\": [");
        List<GpuReading> first = looks.getFirst().gpus();
        for (int g = 0; g < first.size(); g++) {
            text.append(g == 0 ? "" : ",").append(gpu(first.get(g), looks));
        }
        text.append("\n  ],\n  \"looks\": [");
        for (int i = 0; i < looks.size(); i++) {
            Look look = looks.get(i);
            text.append(i == 0 ? "\n" : ",\n")
                    .append(String.format(
                            Locale.ROOT,
                            "    {\"second\": %.3f, \"tookMilliseconds\": %.3f, \"gpus\": [",
                            look.nanos() / 1e9,
                            look.tookNanos() / 1e6));
            for (int g = 0; g < look.gpus().size(); g++) {
                GpuReading r = look.gpus().get(g);
                text.append(g == 0 ? "" : ", ").append(one(r));
            }
            text.append("]}");
        }
        return text.append("\n  ]\n}").toString();
    }

    private static String one(GpuReading r) {
        return "{\"index\": " + r.index() + ", \"percent\": "
                + (r.percent().isPresent() ? r.percent().getAsInt() : "null")
                + ", \"memoryUsedMebibytes\": "
                + (r.memoryUsedMebibytes().isPresent() ? r.memoryUsedMebibytes().getAsLong() : "null")
                + ", \"energyMillijoules\": "
                + (r.energyMillijoules().isPresent() ? r.energyMillijoules().getAsLong() : "null")
                + ", \"powerMilliwatts\": "
                + (r.powerMilliwatts().isPresent() ? r.powerMilliwatts().getAsLong() : "null") + "}";
    }

    /** The energy that the meter counted, beside the power that was seen × time: they should be near each other. */
    private static String gpu(GpuReading gpu, List<Look> looks) {
        double counted = Double.NaN;
        double integrated = 0;
        GpuReading before = null;
        long beforeNanos = 0;
        GpuReading start = null;
        for (Look look : looks) {
            Optional<GpuReading> now = look.gpus().stream()
                    .filter(r -> r.uuid().equals(gpu.uuid()))
                    .findFirst();
            if (now.isEmpty()) {
                continue;
            }
            GpuReading r = now.get();
            if (start == null) {
                start = r;
            } else if (start.energyMillijoules().isPresent()
                    && r.energyMillijoules().isPresent()) {
                counted = (r.energyMillijoules().getAsLong()
                                - start.energyMillijoules().getAsLong())
                        / 1e3;
            }
            if (before != null
                    && before.powerMilliwatts().isPresent()
                    && r.powerMilliwatts().isPresent()) {
                integrated += (before.powerMilliwatts().getAsLong()
                                + r.powerMilliwatts().getAsLong())
                        / 2e3
                        * (look.nanos() - beforeNanos)
                        / 1e9;
            }
            before = r;
            beforeNanos = look.nanos();
        }
        return String.format(
                Locale.ROOT,
                "%n    {\"index\": %d, \"model\": \"%s\", \"uuid\": \"%s\", \"memoryMebibytes\": %s,"
                        + " \"joulesByMeter\": %s, \"joulesByPower\": %.1f}",
                gpu.index(),
                gpu.model(),
                gpu.uuid(),
                gpu.memoryMebibytes().isPresent() ? gpu.memoryMebibytes().getAsLong() : "null",
                Double.isNaN(counted) ? "null" : String.format(Locale.ROOT, "%.1f", counted),
                integrated);
    }
}
