package org.farga.usage;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.allocation.Allocation;
import org.farga.platform.Answer;
import org.farga.platform.SafeCell;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class UsageReportsApi {
    private static final String CSV = "text/csv";

    private final UsageReports reports;

    UsageReportsApi(UsageReports reports) {
        this.reports = reports;
    }

    record PeriodUsageJson(
            String period,
            LocalDate from,
            long runs,
            long gpuMilliseconds,
            long cpuMilliseconds,
            GpuHours gpuHours,
            CpuHours cpuHours,
            BigDecimal terabyteHours,
            String byteSeconds,
            Map<String, BigDecimal> charges) {
        static PeriodUsageJson of(UsageReport.Line l) {
            return new PeriodUsageJson(
                    l.name(),
                    Objects.requireNonNull(l.from()),
                    l.runs(),
                    l.gpuHours().milliseconds(),
                    l.cpuHours().milliseconds(),
                    l.gpuHours(),
                    l.cpuHours(),
                    l.stored().hours(),
                    l.stored().byteSeconds().toString(),
                    l.charges());
        }
    }

    /**
     * What an owner kept: a project, an organisation, or neither where it is the centre itself.
     *
     * @param terabyteHours of 10^12 bytes for an hour, rounded
     * @param byteSeconds the same exactly; a text, because it may be beyond what readers of JSON take for a number
     */
    record HolderJson(
            StoredBytes.Kind kind,
            @Nullable ProjectId project,
            @Nullable OrganisationId organisation,
            @Nullable String name,
            BigDecimal terabyteHours,
            String byteSeconds,
            Map<String, BigDecimal> charges) {}

    /** @param bytes that are kept now, by the last sample; {@code holders} are of the time that was asked for */
    record StorageJson(long bytes, BigDecimal terabyteHours, String byteSeconds, List<HolderJson> holders) {
        static StorageJson of(UsageReports.Reported r) {
            TerabyteHours stored = r.report().whole().stored();
            return new StorageJson(
                    r.stored().bytesNow(),
                    stored.hours(),
                    stored.byteSeconds().toString(),
                    r.report().holders().stream()
                            .map(h -> new HolderJson(
                                    h.kind(),
                                    h.owner().project(),
                                    h.owner().organisation(),
                                    r.name(h.owner()),
                                    h.stored().hours(),
                                    h.stored().byteSeconds().toString(),
                                    h.charges()))
                            .toList());
        }
    }

    record AllocationPartJson(
            AllocationId allocation,
            String proposalCode,
            String cluster,
            long runs,
            long gpuMilliseconds,
            long cpuMilliseconds,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Map<String, BigDecimal> charges) {}

    record UsageReportJson(
            UsageReports.Scope scope,
            @Nullable String id,
            String name,
            String by,
            String zone,
            LocalDate from,
            LocalDate to,
            long runs,
            long gpuMilliseconds,
            long cpuMilliseconds,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Map<String, BigDecimal> charges,
            List<PeriodUsageJson> periods,
            List<AllocationPartJson> allocations,
            StorageJson storage,
            StatementsApi.BalanceJson live) {
        static UsageReportJson of(UsageReports.Reported r) {
            UsageReport report = r.report();
            UsageReport.Line whole = report.whole();
            List<AllocationPartJson> parts = new ArrayList<>();
            for (UsageReport.Line l : report.allocations()) {
                Allocation allocation =
                        l.allocation() == null ? null : r.allocations().get(l.allocation());
                if (allocation != null) {
                    parts.add(new AllocationPartJson(
                            allocation.id(),
                            allocation.proposalCode(),
                            allocation.cluster(),
                            l.runs(),
                            l.gpuHours().milliseconds(),
                            l.cpuHours().milliseconds(),
                            l.gpuHours(),
                            l.cpuHours(),
                            l.charges()));
                }
            }
            return new UsageReportJson(
                    r.asked().scope(),
                    r.asked().id(),
                    r.name(),
                    report.by().word(),
                    report.zone().getId(),
                    report.from(),
                    report.to(),
                    whole.runs(),
                    whole.gpuHours().milliseconds(),
                    whole.cpuHours().milliseconds(),
                    whole.gpuHours(),
                    whole.cpuHours(),
                    whole.charges(),
                    report.periods().stream().map(PeriodUsageJson::of).toList(),
                    parts,
                    StorageJson.of(r),
                    StatementsApi.BalanceJson.of(r.live()));
        }
    }

    @Operation(
            summary =
                    "Settled use by day, month, quarter or year of the centre's calendar, of an allocation, a project, an organisation,"
                            + " a call (by its title) or the whole centre; live is how it stands at this moment. Storage is counted up to its"
                            + " last sample, in TB-hours (10^12 bytes kept for an hour); an award's is its project's while it is the"
                            + " project's latest")
    @GetMapping(path = "/usage-reports", produces = MediaType.APPLICATION_JSON_VALUE)
    UsageReportJson report(
            Actor actor,
            @RequestParam UsageReports.Scope scope,
            @RequestParam(required = false) @Nullable String id,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to) {
        return UsageReportJson.of(Answer.of(reports.report(actor, new UsageReports.Asked(scope, id, by, from, to))));
    }

    /** The same as a table, a row a period. */
    @GetMapping(path = "/usage-reports", produces = CSV)
    void reportAsCsv(
            Actor actor,
            @RequestParam UsageReports.Scope scope,
            @RequestParam(required = false) @Nullable String id,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            HttpServletResponse response)
            throws IOException {
        csv(actor, new UsageReports.Asked(scope, id, by, from, to), response);
    }

    /** The same, for a browser. */
    @GetMapping(path = "/usage-reports.csv", produces = CSV)
    void reportFile(
            Actor actor,
            @RequestParam UsageReports.Scope scope,
            @RequestParam(required = false) @Nullable String id,
            @RequestParam(required = false) @Nullable String by,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            HttpServletResponse response)
            throws IOException {
        csv(actor, new UsageReports.Asked(scope, id, by, from, to), response);
    }

    private void csv(Actor actor, UsageReports.Asked asked, HttpServletResponse response) throws IOException {
        UsageReport report = Answer.of(reports.report(actor, asked)).report();
        response.setContentType(CSV);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"usage.csv\"");
        List<String> units = List.copyOf(report.whole().charges().keySet());
        List<String> header = new ArrayList<>(Arrays.asList(
                "period",
                "from",
                "runs",
                "gpuMilliseconds",
                "cpuMilliseconds",
                "gpuHours",
                "cpuHours",
                "terabyteHours",
                "byteSeconds"));
        units.forEach(unit -> header.add(SafeCell.of("charge " + unit)));
        Writer writer = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        CSVPrinter printer = new CSVPrinter(
                writer,
                CSVFormat.RFC4180
                        .builder()
                        .setHeader(header.toArray(String[]::new))
                        .get());
        for (UsageReport.Line line : report.periods()) {
            List<Object> row = new ArrayList<>(List.of(
                    line.name(),
                    Objects.requireNonNull(line.from()),
                    line.runs(),
                    line.gpuHours().milliseconds(),
                    line.cpuHours().milliseconds(),
                    line.gpuHours().hours().toPlainString(),
                    line.cpuHours().hours().toPlainString(),
                    line.stored().hours().toPlainString(),
                    line.stored().byteSeconds().toString()));
            units.forEach(unit ->
                    row.add(line.charges().getOrDefault(unit, BigDecimal.ZERO).toPlainString()));
            printer.printRecord(row);
        }
        writer.flush();
    }
}
