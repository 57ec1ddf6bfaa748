package org.farga.usage;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.farga.allocation.Allocation;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class StatementsApi {
    private static final String CSV = "text/csv";
    private final Statements statements;
    private final UsageReports reports;

    StatementsApi(Statements statements, UsageReports reports) {
        this.statements = statements;
        this.reports = reports;
    }

    record BalanceJson(
            GpuHours gpuAwarded,
            GpuHours gpuSettled,
            GpuHours gpuInFlight,
            GpuHours gpuCommitted,
            GpuHours gpuLeft,
            CpuHours cpuAwarded,
            CpuHours cpuSettled,
            CpuHours cpuInFlight,
            CpuHours cpuCommitted,
            CpuHours cpuLeft) {
        static BalanceJson of(Balance b) {
            return new BalanceJson(
                    b.gpuAwarded(),
                    b.gpuSettled(),
                    b.gpuInFlight(),
                    b.gpuCommitted(),
                    b.gpuLeft(),
                    b.cpuAwarded(),
                    b.cpuSettled(),
                    b.cpuInFlight(),
                    b.cpuCommitted(),
                    b.cpuLeft());
        }
    }

    record StatementLineJson(
            long line,
            @Nullable Boolean reverses,
            @Nullable JobId job,
            String jobName,
            @Nullable PersonId person,
            String personName,
            String cluster,
            Instant startedAt,
            Instant endedAt,
            BigDecimal seconds,
            int gpus,
            int cpus,
            long memoryMebibytes,
            long gpuMilliseconds,
            long cpuMilliseconds,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Map<String, BigDecimal> charges,
            @Nullable EngineRun engine) {
        static StatementLineJson of(Statements.Line line) {
            UsageRecord r = line.record();
            return new StatementLineJson(
                    r.line(),
                    r.reverses() ? true : null,
                    r.job(),
                    r.jobName(),
                    r.person(),
                    line.personName(),
                    r.cluster(),
                    r.startedAt(),
                    r.endedAt(),
                    StatementCsv.seconds(r),
                    r.gpus(),
                    r.cpus(),
                    r.memoryMebibytes(),
                    r.gpuHours().milliseconds(),
                    r.cpuHours().milliseconds(),
                    r.gpuHours(),
                    r.cpuHours(),
                    line.charges(),
                    r.engine());
        }
    }

    record StatementJson(
            AllocationId allocation,
            BalanceJson balance,
            List<StatementLineJson> lines,
            @Nullable String next) {}

    record UsageDayJson(
            LocalDate day, GpuHours gpuHours, CpuHours cpuHours, long gpuMilliseconds, long cpuMilliseconds) {}

    record UsageByDayJson(AllocationId allocation, String zone, Instant until, List<UsageDayJson> days) {}

    record AllocationUsageJson(
            AllocationId allocation,
            String cluster,
            String proposalCode,
            String callTitle,
            Instant from,
            Instant to,
            BalanceJson balance) {}

    /**
     * What a project keeps, and kept since its beginning.
     *
     * @param until of the last sample, up to which it is counted; missing before the first
     * @param bytes that it keeps now
     * @param terabyteHours of 10^12 bytes for an hour, rounded
     * @param byteSeconds the same exactly; a text, because it may be beyond what readers of JSON take for a number
     * @param charges for storage alone, by the name of their unit
     */
    record StoredJson(
            @Nullable Instant until,
            long bytes,
            BigDecimal terabyteHours,
            String byteSeconds,
            Map<String, BigDecimal> charges) {
        static StoredJson of(UsageReports.Kept kept) {
            return new StoredJson(
                    kept.stored().until(),
                    kept.stored().bytesNow(),
                    kept.hours().hours(),
                    kept.hours().byteSeconds().toString(),
                    kept.charges());
        }
    }

    record ProjectUsageJson(ProjectId project, List<AllocationUsageJson> allocations, StoredJson storage) {}

    @GetMapping(path = "/allocations/{id}/statement", produces = MediaType.APPLICATION_JSON_VALUE)
    StatementJson statement(
            Actor actor,
            @PathVariable AllocationId id,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Statements.Statement statement = statements.statement(actor, id, cursor, limit);
        return new StatementJson(
                id,
                BalanceJson.of(statement.balance()),
                statement.lines().items().stream().map(StatementLineJson::of).toList(),
                statement.lines().next());
    }

    /** The whole statement, one line a job. */
    @GetMapping(path = "/allocations/{id}/statement", produces = CSV)
    void statementAsCsv(Actor actor, @PathVariable AllocationId id, HttpServletResponse response) throws IOException {
        csv(actor, id, response);
    }

    /** The same, for a browser. */
    @GetMapping(path = "/allocations/{id}/statement.csv", produces = CSV)
    void statementFile(Actor actor, @PathVariable AllocationId id, HttpServletResponse response) throws IOException {
        csv(actor, id, response);
    }

    private void csv(Actor actor, AllocationId id, HttpServletResponse response) throws IOException {
        Allocation allocation = statements.visible(actor, id);
        response.setContentType(CSV);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"statement-%s.csv\""
                        .formatted(allocation.proposalCode().replaceAll("[^A-Za-z0-9-]", "")));
        Writer writer = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        statements.writeCsv(actor, id, writer);
        writer.flush();
    }

    /** Settled and in flight until now, by the days of the centre's calendar; days without use are left out. */
    @GetMapping("/allocations/{id}/usage-by-day")
    UsageByDayJson byDay(Actor actor, @PathVariable AllocationId id) {
        Statements.Days days = statements.byDay(actor, id);
        return new UsageByDayJson(
                id,
                days.zone().getId(),
                days.until(),
                days.days().stream()
                        .map(d -> new UsageDayJson(
                                d.day(),
                                d.gpuHours(),
                                d.cpuHours(),
                                d.gpuHours().milliseconds(),
                                d.cpuHours().milliseconds()))
                        .toList());
    }

    @GetMapping("/usage")
    ProjectUsageJson ofProject(Actor actor, @RequestParam ProjectId project) {
        return new ProjectUsageJson(
                project,
                statements.ofProject(actor, project).stream()
                        .map(s -> new AllocationUsageJson(
                                s.allocation().id(),
                                s.allocation().cluster(),
                                s.allocation().proposalCode(),
                                s.allocation().callTitle(),
                                s.allocation().period().from(),
                                s.allocation().period().to(),
                                BalanceJson.of(s.balance())))
                        .toList(),
                StoredJson.of(reports.kept(project)));
    }
}
