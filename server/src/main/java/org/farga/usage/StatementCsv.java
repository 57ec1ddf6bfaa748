package org.farga.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.platform.SafeCell;
import org.jspecify.annotations.Nullable;

/** A statement as RFC 4180 writes tables, with the exact milliseconds beside the hours that people read. */
final class StatementCsv {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "job",
                    "jobName",
                    "person",
                    "personName",
                    "cluster",
                    "startedAt",
                    "endedAt",
                    "seconds",
                    "gpus",
                    "cpus",
                    "memoryMebibytes",
                    "gpuMilliseconds",
                    "cpuMilliseconds",
                    "gpuHours",
                    "cpuHours",
                    "line",
                    "sign",
                    "engineJob",
                    "account",
                    "unixUser",
                    "partition",
                    "qos",
                    "state",
                    "nodes",
                    "tres",
                    "charge",
                    "chargeUnit")
            .get();

    private final CSVPrinter printer;

    /** Writes the head at once. */
    StatementCsv(Appendable to) throws IOException {
        this.printer = new CSVPrinter(to, FORMAT);
    }

    void write(Statements.Line line) throws IOException {
        UsageRecord r = line.record();
        EngineRun engine = r.engine() == null ? EngineRun.of("") : r.engine();
        printer.printRecord(
                r.job(),
                harmless(r.jobName()),
                r.person(),
                harmless(line.personName()),
                harmless(r.cluster()),
                r.startedAt(),
                r.endedAt(),
                seconds(r),
                r.gpus(),
                r.cpus(),
                r.memoryMebibytes(),
                r.gpuHours().milliseconds(),
                r.cpuHours().milliseconds(),
                r.gpuHours().hours().toPlainString(),
                r.cpuHours().hours().toPlainString(),
                r.line(),
                r.sign(),
                engine.shown(),
                harmless(engine.account()),
                harmless(engine.unixUser()),
                harmless(engine.partition()),
                harmless(engine.qos()),
                engine.state(),
                engine.nodes(),
                engine.tres(),
                line.charges().values().stream().map(BigDecimal::toPlainString).collect(Collectors.joining(" ")),
                harmless(String.join(" ", line.charges().keySet())));
    }

    /** Seconds with their milliseconds: 12.345. */
    static BigDecimal seconds(UsageRecord record) {
        return BigDecimal.valueOf(record.duration().toMillis(), 3);
    }

    static @Nullable String harmless(@Nullable String typed) {
        return typed == null ? null : SafeCell.of(typed);
    }
}
