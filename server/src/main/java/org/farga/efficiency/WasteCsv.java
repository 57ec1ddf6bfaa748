package org.farga.efficiency;

import java.io.IOException;
import java.math.BigDecimal;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.efficiency.Waste.Sums;
import org.farga.platform.SafeCell;
import org.jspecify.annotations.Nullable;

/** Lines of waste as RFC 4180 writes tables, with the exact sums that shares are taken of. */
final class WasteCsv {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "id",
                    "name",
                    "jobs",
                    "gpuHeldMilliseconds",
                    "gpuMeasuredMilliseconds",
                    "gpuUnusedMilliseconds",
                    "gpuIdleMilliseconds",
                    "cpuHeldMilliseconds",
                    "cpuMeasuredMilliseconds",
                    "cpuUnusedMilliseconds",
                    "memoryHeldMebibyteSeconds",
                    "memoryMeasuredMebibyteSeconds",
                    "memoryUnusedMebibyteSeconds",
                    "timeAskedSeconds",
                    "timeUnusedSeconds",
                    "gpuUnusedPercent",
                    "cpuUnusedPercent",
                    "memoryUnusedPercent",
                    "timeUnusedPercent")
            .get();

    private WasteCsv() {}

    static void write(Iterable<Wastes.Line> lines, Appendable to) throws IOException {
        CSVPrinter printer = new CSVPrinter(to, FORMAT);
        for (Wastes.Line line : lines) {
            Sums s = line.sums();
            printer.printRecord(
                    line.key(),
                    SafeCell.of(line.name()),
                    s.jobs(),
                    s.gpuHeldMilliseconds(),
                    s.gpuMeasuredMilliseconds(),
                    s.gpuUnusedMilliseconds(),
                    s.gpuIdleMilliseconds(),
                    s.cpuHeldMilliseconds(),
                    s.cpuMeasuredMilliseconds(),
                    s.cpuUnusedMilliseconds(),
                    s.memoryHeldMebibyteSeconds(),
                    s.memoryMeasuredMebibyteSeconds(),
                    s.memoryUnusedMebibyteSeconds(),
                    s.timeAskedSeconds(),
                    s.timeUnusedSeconds(),
                    percent(s.gpuUnused()),
                    percent(s.cpuUnused()),
                    percent(s.memoryUnused()),
                    percent(s.timeUnused()));
        }
        printer.flush();
    }

    private static @Nullable BigDecimal percent(@Nullable Share share) {
        return share == null ? null : share.percent();
    }
}
