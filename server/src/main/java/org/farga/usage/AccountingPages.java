package org.farga.usage;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Settings;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The operator's page of usage: what clusters told, what waits for an owner, rates of runs and storage, imports. */
@Controller
@RequestMapping("/operations/usage")
class AccountingPages {
    private static final int IMPORTS = 20;
    private static final String STORAGE = "storage-";

    private final UsageImports imports;
    private final UsageFetches fetches;
    private final Rates rates;
    private final Settings settings;
    private final Shells shells;

    AccountingPages(UsageImports imports, UsageFetches fetches, Rates rates, Settings settings, Shells shells) {
        this.imports = imports;
        this.fetches = fetches;
        this.rates = rates;
        this.settings = settings;
        this.shells = shells;
    }

    /** What the page shows. */
    record View(
            List<UsageFetchTable.State> fetches,
            List<UsageFetches.Runaway> runaways,
            List<LedgerTable.Waiting> waiting,
            List<Rate> rates,
            List<StorageRate> storageRates,
            List<UsageImport> imports,
            boolean acts,
            String zone,
            String columns) {}

    @GetMapping
    ModelAndView show(Actor actor, HttpServletRequest request) {
        return page(actor, null, Map.of(), request);
    }

    @PostMapping("/attribution")
    ModelAndView attribute(Actor actor, RedirectAttributes redirect) {
        imports.attribute(actor);
        redirect.addFlashAttribute(Shells.NOTICE, "usage.accounting.looked");
        return new ModelAndView("redirect:/operations/usage");
    }

    @PostMapping("/rates")
    ModelAndView set(
            Actor actor,
            @RequestParam String cluster,
            @RequestParam(required = false) @Nullable String partition,
            @RequestParam String since,
            @RequestParam String unit,
            @RequestParam Rate.Formula formula,
            @RequestParam(required = false) @Nullable String cpuHour,
            @RequestParam(required = false) @Nullable String memoryGibibyteHour,
            @RequestParam(required = false) @Nullable String gpuHour,
            @RequestParam(required = false) @Nullable String sliceCpus,
            @RequestParam(required = false) @Nullable String sliceMemoryGibibytes,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        UsageImports.requireOperator(actor); // whoever may not set rates is told nothing of what is wrong with one
        Instant from = day(since);
        if (from == null) {
            return refused(actor, noDay("since"), false, request);
        }
        Outcome<Rate> outcome = rates.set(
                actor,
                new Rate(
                        new UUID(0, 0),
                        cluster,
                        partition,
                        from,
                        unit,
                        formula,
                        price(cpuHour),
                        price(memoryGibibyteHour),
                        price(gpuHour),
                        whole(sliceCpus),
                        whole(sliceMemoryGibibytes),
                        actor.person(),
                        from));
        if (outcome instanceof Outcome.Refused<Rate>(Refusal refusal)) {
            return refused(actor, refusal, false, request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "usage.accounting.rate.set");
        return new ModelAndView("redirect:/operations/usage");
    }

    // The names of its fields begin with what they are of: the page has those of the other form as well.
    @PostMapping("/storage-rates")
    ModelAndView setOfStorage(
            Actor actor,
            @RequestParam(name = STORAGE + "kind", required = false) StoredBytes.@Nullable Kind kind,
            @RequestParam(STORAGE + "since") String since,
            @RequestParam(STORAGE + "unit") String unit,
            @RequestParam(name = STORAGE + "terabyteHour", required = false) @Nullable String terabyteHour,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        UsageImports.requireOperator(actor);
        Instant from = day(since);
        if (from == null) {
            return refused(actor, noDay(STORAGE + "since"), true, request);
        }
        BigDecimal price =
                terabyteHour == null || terabyteHour.isBlank() ? BigDecimal.valueOf(-1) : price(terabyteHour);
        Outcome<StorageRate> outcome =
                rates.set(actor, new StorageRate(new UUID(0, 0), kind, from, unit, price, actor.person(), from));
        if (outcome instanceof Outcome.Refused<StorageRate>(Refusal refusal)) {
            return refused(
                    actor,
                    new Refusal(
                            refusal.kind(),
                            refusal.name(),
                            refusal.arguments(),
                            refusal.fields().stream()
                                    .map(f -> new Refusal.FieldProblem(STORAGE + f.field(), f.name(), f.arguments()))
                                    .toList()),
                    true,
                    request);
        }
        redirect.addFlashAttribute(Shells.NOTICE, "usage.accounting.rate.set");
        return new ModelAndView("redirect:/operations/usage");
    }

    @PostMapping("/storage-rates/{id}/removal")
    ModelAndView removeOfStorage(Actor actor, @PathVariable UUID id, RedirectAttributes redirect) {
        Answer.of(rates.removeOfStorage(actor, id));
        redirect.addFlashAttribute(Shells.NOTICE, "usage.accounting.rate.removed");
        return new ModelAndView("redirect:/operations/usage");
    }

    @PostMapping("/rates/{id}/removal")
    ModelAndView remove(Actor actor, @PathVariable UUID id, RedirectAttributes redirect) {
        Answer.of(rates.remove(actor, id));
        redirect.addFlashAttribute(Shells.NOTICE, "usage.accounting.rate.removed");
        return new ModelAndView("redirect:/operations/usage");
    }

    private @Nullable Instant day(String text) {
        try {
            return LocalDate.parse(text).atStartOfDay(settings.zone()).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Refusal noDay(String field) {
        return Refusal.invalid(List.of(new Refusal.FieldProblem(field, "report-day", List.of())));
    }

    private static BigDecimal price(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return BigDecimal.ZERO;
        }
        try {
            return text.strip().length() > 30
                    ? BigDecimal.valueOf(-1)
                    : new BigDecimal(text.strip().replace(',', '.'));
        } catch (NumberFormatException e) {
            // Told with what a price is.
            return BigDecimal.valueOf(-1);
        }
    }

    private static @Nullable Integer whole(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return Integer.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private ModelAndView refused(Actor actor, Refusal refusal, boolean ofStorage, HttpServletRequest request) {
        Map<String, String> typed = new HashMap<>();
        request.getParameterMap().forEach((name, values) -> typed.put(name, values[0]));
        ModelAndView page = page(actor, refusal, typed, request);
        page.addObject("ofStorage", ofStorage);
        page.setStatus(refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        return page;
    }

    private ModelAndView page(
            Actor actor, @Nullable Refusal refusal, Map<String, String> typed, HttpServletRequest request) {
        RateTable.All all = rates.list(actor);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        model.put(
                "view",
                new View(
                        fetches.states(actor),
                        fetches.runaways(actor),
                        imports.waiting(actor, null),
                        all.runs(),
                        all.storage(),
                        imports.list(actor, null, IMPORTS).items(),
                        UsageImports.mayAct(actor),
                        settings.zone().getId(),
                        SacctExport.COLUMNS));
        if (refusal != null) {
            model.put("refusal", refusal);
        }
        return new ModelAndView("usage/accounting", model);
    }
}
