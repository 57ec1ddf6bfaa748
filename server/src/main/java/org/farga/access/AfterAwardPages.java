package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** After the award: an allocation with what is asked for it, the terms of a call, final reports, and what waits. */
@Controller
class AfterAwardPages {
    private static final int MOST = 200;

    private final AllocationRequests requests;
    private final AwardTermsBook terms;
    private final FinalReports reports;
    private final AwardConditions conditions;
    private final Shells shells;

    AfterAwardPages(
            AllocationRequests requests,
            AwardTermsBook terms,
            FinalReports reports,
            AwardConditions conditions,
            Shells shells) {
        this.requests = requests;
        this.terms = terms;
        this.reports = reports;
        this.conditions = conditions;
        this.shells = shells;
    }

    /** What waits for whoever looks: requests, reports, conditions. */
    @GetMapping("/awards")
    ModelAndView awards(Actor actor, HttpServletRequest request) {
        return new ModelAndView(
                "access/awards",
                Map.of(
                        "shell", shells.of(request),
                        "requests", requests.toDecide(actor, MOST),
                        "toDecide", reports.toDecide(actor, MOST),
                        "toWrite", reports.toWrite(actor, MOST),
                        "overdue", reports.overdue(actor, MOST),
                        "conditions", conditions.open(actor, MOST),
                        "centre", Proposal.seesSubmitted(actor)));
    }

    @GetMapping("/allocations/{id}")
    ModelAndView allocation(Actor actor, @PathVariable AllocationId id, HttpServletRequest request) {
        return allocation(actor, id, Map.of(), null, request);
    }

    private ModelAndView allocation(
            Actor actor,
            AllocationId id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        AllocationRequests.Detail detail = requests.detail(actor, id);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("detail", detail);
        List<AwardPart.Moment> moments = new ArrayList<>();
        detail.requests().reversed().forEach(r -> moments.addAll(AwardPart.of(r)));
        moments.sort(java.util.Comparator.comparing(AwardPart.Moment::at));
        model.put("moments", moments);
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("access/allocation", model, refusal);
    }

    @PostMapping("/allocations/{id}/requests")
    ModelAndView ask(
            Actor actor,
            @PathVariable AllocationId id,
            @RequestParam AllocationRequest.Kind kind,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Fields fields = new Fields();
        AllocationRequest.Wish wish = new AllocationRequest.Wish(
                kind,
                FormValues.hours(fields, "gpuHours", typed),
                FormValues.hours(fields, "cpuHours", typed),
                whole(typed.get("months")),
                typed.get("cluster"),
                typed.containsKey("ends"),
                typed.get("reason"));
        return switch (Answer.outcome(fields, () -> requests.ask(actor, id, wish))) {
            case Outcome.Done<AllocationRequest>(AllocationRequest asked) -> {
                redirect.addFlashAttribute(
                        Shells.NOTICE,
                        asked.state() == AllocationRequest.State.GRANTED
                                ? "access.done.given-back"
                                : "access.done.request-asked");
                yield new ModelAndView("redirect:/allocations/" + id);
            }
            case Outcome.Refused<AllocationRequest>(Refusal refusal) -> allocation(actor, id, typed, refusal, request);
        };
    }

    @PostMapping("/allocation-requests/{request}/decision")
    ModelAndView decide(
            Actor actor,
            @PathVariable("request") UUID id,
            @RequestParam boolean grant,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        AllocationId allocation = requests.get(actor, id).allocation();
        Fields fields = new Fields();
        // What is declined was not asked to be read.
        AllocationRequests.RequestVerdict verdict = new AllocationRequests.RequestVerdict(
                grant,
                typed.get("note"),
                grant ? FormValues.hours(fields, "gpuHours", typed) : null,
                grant ? FormValues.hours(fields, "cpuHours", typed) : null,
                grant ? whole(typed.get("months")) : null);
        return switch (Answer.outcome(fields, () -> requests.decide(actor, id, verdict))) {
            case Outcome.Done<AllocationRequest> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.decided");
                yield new ModelAndView("redirect:/allocations/" + allocation);
            }
            case Outcome.Refused<AllocationRequest>(Refusal refusal) ->
                allocation(actor, allocation, Map.of(), refusal, request);
        };
    }

    @PostMapping("/allocation-requests/{request}/withdrawal")
    ModelAndView withdraw(
            Actor actor, @PathVariable("request") UUID id, HttpServletRequest request, RedirectAttributes redirect) {
        AllocationId allocation = requests.get(actor, id).allocation();
        return switch (requests.withdraw(actor, id)) {
            case Outcome.Done<AllocationRequest> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.request-withdrawn");
                yield new ModelAndView("redirect:/allocations/" + allocation);
            }
            case Outcome.Refused<AllocationRequest>(Refusal refusal) ->
                allocation(actor, allocation, Map.of(), refusal, request);
        };
    }

    @GetMapping("/calls/{idOrCode}/award-terms")
    ModelAndView terms(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        return terms(actor, idOrCode, Map.of(), null, request);
    }

    private ModelAndView terms(
            @Nullable Actor actor,
            String id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("of", terms.of(actor, id));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("access/award-terms", model, refusal);
    }

    @PostMapping("/calls/{idOrCode}/award-terms")
    ModelAndView setTerms(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        AwardTerms.NewTerms change = new AwardTerms.NewTerms(
                typed.containsKey("giveBackAtOnce"),
                whole(typed.get("mostExtensionMonths")),
                whole(typed.get("mostSupplementPercent")),
                whole(typed.get("mostRenewals")),
                rates(typed.getOrDefault("rates", "")));
        return switch (terms.set(actor, idOrCode, version, change)) {
            case Outcome.Done<AwardTermsBook.OfCall>(AwardTermsBook.OfCall of) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield new ModelAndView("redirect:/calls/" + of.call().code() + "/award-terms");
            }
            case Outcome.Refused<AwardTermsBook.OfCall>(Refusal refusal) ->
                terms(actor, idOrCode, typed, refusal, request);
        };
    }

    /** One line for each: from, to, the rate of GPU-hours, the rate of CPU-hours; a line that is not so is null. */
    private static List<AwardTerms.@Nullable TransferRate> rates(String typed) {
        List<AwardTerms.@Nullable TransferRate> rates = new ArrayList<>();
        typed.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
            String[] parts = line.split("\\s+");
            BigDecimal gpu = parts.length == 4 ? SectionForm.number(parts[2]) : null;
            BigDecimal cpu = parts.length == 4 ? SectionForm.number(parts[3]) : null;
            rates.add(gpu == null || cpu == null ? null : new AwardTerms.TransferRate(parts[0], parts[1], gpu, cpu));
        });
        return rates;
    }

    @GetMapping("/proposals/{id}/report")
    ModelAndView report(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        return report(actor, id, null, null, request);
    }

    private ModelAndView report(
            Actor actor,
            ProposalId id,
            FinalReport.@Nullable ReportContent typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        FinalReports.Detail detail = reports.detail(actor, id);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("detail", detail);
        model.put("content", typed == null ? detail.report().content() : typed);
        model.put("refusal", refusal);
        return Answer.page("access/report", model, refusal);
    }

    @PostMapping("/proposals/{id}/report")
    ModelAndView write(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        FinalReport.ReportContent content = content(typed);
        return answer(
                actor, id, content, reports.write(actor, id, version, content), "access.done.saved", request, redirect);
    }

    /** Keeps what is typed and hands it in, so that nothing typed in the last moment is lost. */
    @PostMapping("/proposals/{id}/report/submission")
    ModelAndView submit(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        FinalReport.ReportContent content = content(typed);
        return answer(
                actor,
                id,
                content,
                reports.write(actor, id, version, content)
                        .then(written -> reports.submit(actor, id, (long) written.version())),
                "access.done.report-submitted",
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/report/decision")
    ModelAndView decideReport(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam boolean accept,
            @RequestParam(required = false) @Nullable String note,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                id,
                null,
                reports.decide(actor, id, version, accept, note),
                "access.done.decided",
                request,
                redirect);
    }

    private ModelAndView answer(
            Actor actor,
            ProposalId id,
            FinalReport.@Nullable ReportContent typed,
            Outcome<FinalReport> outcome,
            String notice,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<FinalReport> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:" + FinalReports.link(id));
            }
            case Outcome.Refused<FinalReport>(Refusal refusal) -> report(actor, id, typed, refusal, request);
        };
    }

    private static FinalReport.ReportContent content(Map<String, String> typed) {
        String publish = typed.get("publish");
        return new FinalReport.ReportContent(
                typed.get("results"),
                typed.get("publications"),
                typed.get("outputs"),
                typed.get("problems"),
                typed.get("feedback"),
                typed.get("summary"),
                publish == null ? null : Boolean.valueOf(publish));
    }

    private static @Nullable Integer whole(@Nullable String text) {
        return text != null && text.strip().matches("\\d{1,9}") ? Integer.valueOf(text.strip()) : null;
    }
}
