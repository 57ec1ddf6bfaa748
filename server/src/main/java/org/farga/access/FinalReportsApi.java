package org.farga.access;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Final reports, the conditions of awards, and how to acknowledge one. */
@RestController
@RequestMapping("/api/v1")
class FinalReportsApi {
    private static final int MOST = 200;

    private final FinalReports reports;
    private final FinalReportPaper papers;
    private final AwardConditions conditions;

    FinalReportsApi(FinalReports reports, FinalReportPaper papers, AwardConditions conditions) {
        this.reports = reports;
        this.papers = papers;
        this.conditions = conditions;
    }

    enum Which {
        TO_WRITE,
        TO_DECIDE,
        OVERDUE
    }

    record FinalReportRowJson(
            ProposalId proposal, String code, String title, FinalReport.State state, Instant endsAt, LocalDate dueOn) {}

    /**
     * A final report.
     *
     * @param endsAt when the award ends
     * @param dueOn the last day on which it is in time
     * @param hours as the record says now, or as it said when the report was handed in
     * @param note what the officer wrote who returned or accepted it
     */
    record FinalReportJson(
            ProposalId proposal,
            FinalReport.State state,
            Instant endsAt,
            LocalDate dueOn,
            FinalReport.ReportContent content,
            List<FinalReport.ReportHours> hours,
            @Nullable Instant submittedAt,
            @Nullable Instant decidedAt,
            @Nullable String note) {}

    record ReportDecision(
            @Nullable Boolean accept, @Nullable String note) {}

    record ConditionJson(
            int number,
            String text,
            LocalDate dueOn,
            @Nullable Instant acceptedAt,
            @Nullable Instant fulfilledAt,
            @Nullable String note) {
        static ConditionJson of(AwardCondition c) {
            return new ConditionJson(c.number(), c.text(), c.dueOn(), c.acceptedAt(), c.fulfilledAt(), c.note());
        }
    }

    record Fulfilment(@Nullable String note) {}

    /** What the caller's organisations have to write now, what the caller decides, or what is overdue anywhere. */
    @GetMapping("/final-reports")
    List<FinalReportRowJson> list(Actor actor, @RequestParam(defaultValue = "TO_WRITE") Which which) {
        List<FinalReportTable.Row> rows = switch (which) {
            case TO_WRITE -> reports.toWrite(actor, MOST);
            case TO_DECIDE -> reports.toDecide(actor, MOST);
            case OVERDUE -> reports.overdue(actor, MOST);
        };
        return rows.stream()
                .map(r -> new FinalReportRowJson(
                        r.report().proposal(),
                        r.code(),
                        r.title(),
                        r.report().state(),
                        r.report().endsAt(),
                        r.report().dueOn()))
                .toList();
    }

    @GetMapping("/proposals/{id}/report")
    ResponseEntity<FinalReportJson> get(Actor actor, @PathVariable ProposalId id) {
        FinalReports.Detail detail = reports.detail(actor, id);
        FinalReport r = detail.report();
        return Answer.versioned(
                new FinalReportJson(
                        id,
                        r.state(),
                        r.endsAt(),
                        r.dueOn(),
                        r.content(),
                        detail.hours(),
                        r.submitted() == null ? null : r.submitted().at(),
                        r.decided() == null ? null : r.decided().at(),
                        r.note()),
                r.version());
    }

    /** Keeps what is written so far. */
    @PutMapping("/proposals/{id}/report")
    ResponseEntity<FinalReportJson> write(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody FinalReport.ReportContent body) {
        return answer(actor, id, reports.write(actor, id, Answer.version(ifMatch), body));
    }

    @Operation(summary = "Hands the report in, with what the record says of hours; by the project's lead or an owner")
    @PutMapping("/proposals/{id}/report/submission")
    ResponseEntity<FinalReportJson> submit(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch) {
        return answer(actor, id, reports.submit(actor, id, Answer.version(ifMatch)));
    }

    @Operation(summary = "Accepts a report, or returns it with a note; by an access officer")
    @PutMapping("/proposals/{id}/report/decision")
    ResponseEntity<FinalReportJson> decide(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody ReportDecision body) {
        return answer(
                actor,
                id,
                reports.decide(
                        actor, id, ifMatch == null ? null : Answer.version(ifMatch), body.accept(), body.note()));
    }

    private ResponseEntity<FinalReportJson> answer(Actor actor, ProposalId id, Outcome<FinalReport> outcome) {
        Answer.of(outcome);
        return get(actor, id);
    }

    /** The report as it stands, as a paper. */
    @GetMapping(path = "/proposals/{id}/report.pdf", produces = MediaType.APPLICATION_PDF_VALUE)
    ResponseEntity<byte[]> pdf(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        FinalReports.Detail detail = reports.detail(actor, id);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_PDF)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + detail.proposal().code() + "-report.pdf\"")
                .body(papers.of(detail, Languages.of(request)));
    }

    /** What whoever publishes writes in thanks, by language. */
    @GetMapping("/proposals/{id}/acknowledgement")
    List<AcknowledgementJson> acknowledgement(Actor actor, @PathVariable ProposalId id) {
        return reports.acknowledgement(actor, id).stream()
                .map(t -> new AcknowledgementJson(t.language().getLanguage(), t.text()))
                .toList();
    }

    record AcknowledgementJson(String language, String text) {}

    @GetMapping("/proposals/{id}/conditions")
    List<ConditionJson> conditions(Actor actor, @PathVariable ProposalId id) {
        return conditions.of(actor, id).stream().map(ConditionJson::of).toList();
    }

    @Operation(summary = "An access officer saw a condition fulfilled")
    @PutMapping("/proposals/{id}/conditions/{number}/fulfilment")
    ConditionJson fulfil(
            Actor actor, @PathVariable ProposalId id, @PathVariable int number, @RequestBody Fulfilment body) {
        return ConditionJson.of(Answer.of(conditions.fulfil(actor, id, number, body.note())));
    }
}
