package org.farga.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.platform.SafeCell;

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
                SafeCell.ofNullable(r.jobName()),
                r.person(),
                SafeCell.ofNullable(line.personName()),
                SafeCell.ofNullable(r.cluster()),
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
                SafeCell.ofNullable(engine.account()),
                SafeCell.ofNullable(engine.unixUser()),
                SafeCell.ofNullable(engine.partition()),
                SafeCell.ofNullable(engine.qos()),
                engine.state(),
                engine.nodes(),
                engine.tres(),
                line.charges().values().stream().map(BigDecimal::toPlainString).collect(Collectors.joining(" ")),
                SafeCell.ofNullable(String.join(" ", line.charges().keySet())));
    }

    /** Seconds with their milliseconds: 12.345. */
    static BigDecimal seconds(UsageRecord record) {
        return BigDecimal.valueOf(record.duration().toMillis(), 3);
    }
}
