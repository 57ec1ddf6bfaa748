package org.farga.usage;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.platform.Answer;
import org.farga.platform.SafeCell;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Imports of {@code sacct}'s lines, and the runs that wait for an owner; for operators and administrators, read by auditors. */
@RestController
@RequestMapping("/api/v1")
class UsageImportsApi {
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setHeader("line", "reason", "content").get();
    private static final int CSV_BATCH = 5_000;

    private final UsageImports imports;
    private final Clock clock;

    UsageImportsApi(UsageImports imports, Clock clock) {
        this.imports = imports;
        this.clock = clock;
    }

    record SkippedJson(long steps, long neverStarted, long notEnded, long empty) {}

    record UsageImportJson(
            UUID id,
            String cluster,
            String zone,
            String name,
            @Nullable Long sizeBytes,
            UsageImport.State state,
            PersonId startedBy,
            Instant startedAt,
            @Nullable Instant endedAt,
            long positionBytes,
            long lines,
            long entered,
            long corrected,
            long unchanged,
            long unattributed,
            SkippedJson skipped,
            long rejected) {
        static UsageImportJson of(UsageImport i, Instant now) {
            UsageImport.Counts c = i.counts();
            return new UsageImportJson(
                    i.id(),
                    i.cluster(),
                    i.zone().getId(),
                    i.name(),
                    i.sizeBytes(),
                    i.state(now),
                    i.startedBy(),
                    i.startedAt(),
                    i.endedAt(),
                    i.positionBytes(),
                    c.lines(),
                    c.entered(),
                    c.corrected(),
                    c.unchanged(),
                    c.unattributed(),
                    new SkippedJson(c.steps(), c.neverStarted(), c.notEnded(), c.empty()),
                    c.rejected());
        }
    }

    record UsageImportRequest(
            String cluster,
            @Nullable String zone,
            @Nullable String name,
            @Nullable Long sizeBytes) {}

    record WaitingAccountJson(String cluster, String account, long runs, GpuHours gpuHours, CpuHours cpuHours) {}

    record WaitingAccountsJson(List<WaitingAccountJson> items) {}

    record AttributedJson(long runs) {}

    @Operation(
            summary =
                    "Announces lines of sacct -P of a cluster; they are sent to …/lines then. Local times are of the zone,"
                            + " the centre's unless named")
    @PostMapping("/usage-imports")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<UsageImportJson> open(
            Actor actor, @org.springframework.web.bind.annotation.RequestBody UsageImportRequest request) {
        UsageImport made = Answer.of(imports.open(
                actor,
                new UsageImports.Announced(request.cluster(), request.zone(), request.name(), request.sizeBytes())));
        return ResponseEntity.created(URI.create("/api/v1/usage-imports/" + made.id()))
                .body(UsageImportJson.of(made, clock.instant()));
    }

    @Operation(
            summary =
                    "Sends the lines, from the import's position on, to their end; answers when all are in the ledger. Sent again,"
                            + " nothing counts twice",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.TEXT_PLAIN_VALUE,
                                            schema = @Schema(type = "string", format = "binary"))))
    @PutMapping(path = "/usage-imports/{id}/lines", consumes = MediaType.ALL_VALUE)
    UsageImportJson take(
            Actor actor, @PathVariable UUID id, @RequestParam(defaultValue = "0") long from, HttpServletRequest request)
            throws IOException {
        String type = request.getContentType();
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            // Such a body was read as a form before it came here; curl --data sends this type unless told otherwise.
            throw new Answer.RefusedException(Refusal.invalid("upload-as-form"));
        }
        return UsageImportJson.of(Answer.of(imports.take(actor, id, from, request.getInputStream())), clock.instant());
    }

    /** Whoever sent the lines went away: what was read is kept, and the import goes on from its position. */
    @ExceptionHandler(ClientAbortException.class)
    void gone() {}

    @GetMapping("/usage-imports")
    Page<UsageImportJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Page<UsageImport> page = imports.list(actor, cursor, limit);
        Instant now = clock.instant();
        return new Page<>(
                page.items().stream().map(i -> UsageImportJson.of(i, now)).toList(), page.next());
    }

    @GetMapping("/usage-imports/{id}")
    UsageImportJson find(Actor actor, @PathVariable UUID id) {
        return UsageImportJson.of(imports.find(actor, id), clock.instant());
    }

    /** Every line that was not understood, with its number in the file and the reason. */
    @GetMapping(path = "/usage-imports/{id}/rejected.csv", produces = "text/csv")
    void rejected(Actor actor, @PathVariable UUID id, HttpServletResponse response) throws IOException {
        imports.find(actor, id);
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"rejected-" + id + ".csv\"");
        Writer writer = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        CSVPrinter printer = new CSVPrinter(writer, CSV);
        long after = 0;
        List<UsageImportTable.Rejected> batch;
        do {
            batch = imports.rejected(actor, id, after, CSV_BATCH);
            for (UsageImportTable.Rejected line : batch) {
                printer.printRecord(line.line(), line.reason(), SafeCell.of(line.content()));
                after = line.line();
            }
        } while (batch.size() == CSV_BATCH);
        writer.flush();
    }

    /** Accounts of clusters that stand for no allocation, with runs that nobody is charged for. */
    @GetMapping("/unattributed-usage")
    WaitingAccountsJson waiting(Actor actor, @RequestParam(required = false) @Nullable String cluster) {
        return new WaitingAccountsJson(imports.waiting(actor, cluster).stream()
                .map(w -> new WaitingAccountJson(
                        w.cluster(),
                        w.account(),
                        w.runs(),
                        new GpuHours(w.gpuMilliseconds()),
                        new CpuHours(w.cpuMilliseconds())))
                .toList());
    }

    /** Charges them to the allocations that their accounts stand for by now. */
    @PostMapping("/unattributed-usage/attribution")
    AttributedJson attribute(Actor actor) {
        return new AttributedJson(imports.attribute(actor));
    }
}
