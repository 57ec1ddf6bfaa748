package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.Country;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Calls; reading them is open to strangers. */
@RestController
@RequestMapping("/api/v1/calls")
class CallsApi {
    private final Calls calls;
    private final Sentences sentences;
    private final Clock clock;

    CallsApi(Calls calls, Sentences sentences, Clock clock) {
        this.calls = calls;
        this.sentences = sentences;
        this.clock = clock;
    }

    record RuleJson(Rule rule, Rule.Kind kind, String sentence, String source) {}

    record CountryListJson(LocalDate asOf, Set<Country> codes) {}

    record CallJson(
            CallId id,
            String code,
            String title,
            Call.Mode mode,
            Call.State state,
            Instant opensAt,
            @Nullable Instant closesAt,
            String cluster,
            GpuHours minGpuHours,
            GpuHours maxGpuHours,
            CpuHours minCpuHours,
            CpuHours maxCpuHours,
            List<Integer> durationsMonths,
            int decisionWorkingDays,
            int liveAwardsPerOrganisation,
            CountryListJson countries,
            int rulesVersion,
            String summary,
            List<RuleJson> rules) {}

    record AppliedRuleJson(Rule rule, Rule.Kind kind) {}

    /** Any part of a call's rules; what is left out stays. */
    record CallRulesChange(
            @Nullable String cluster,
            @Nullable BigDecimal minGpuHours,
            @Nullable BigDecimal maxGpuHours,
            @Nullable BigDecimal minCpuHours,
            @Nullable BigDecimal maxCpuHours,
            @Nullable List<Integer> durationsMonths,
            @Nullable Integer decisionWorkingDays,
            @Nullable Integer liveAwardsPerOrganisation,
            @Nullable CountryListJson countries,
            @Nullable List<AppliedRuleJson> rules) {
        CallRules.Change change() {
            return new CallRules.Change(
                    cluster,
                    minGpuHours,
                    maxGpuHours,
                    minCpuHours,
                    maxCpuHours,
                    durationsMonths,
                    decisionWorkingDays,
                    liveAwardsPerOrganisation,
                    countries == null ? null : new CallRules.CountryList(countries.asOf(), countries.codes()),
                    rules == null
                            ? null
                            : rules.stream()
                                    .map(r -> new CallRules.AppliedRule(r.rule(), r.kind()))
                                    .toList());
        }
    }

    @GetMapping
    Page<CallJson> list(
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        Locale language = Languages.of(request);
        return calls.list(cursor, limit).map(call -> json(call, language));
    }

    @GetMapping("/{idOrCode}")
    ResponseEntity<CallJson> get(@PathVariable String idOrCode, HttpServletRequest request) {
        Call call = calls.get(idOrCode);
        return Answer.versioned(json(call, Languages.of(request)), call.version());
    }

    @PatchMapping("/{idOrCode}")
    ResponseEntity<CallJson> changeRules(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody CallRulesChange body,
            HttpServletRequest request) {
        return answer(
                calls.changeRules(actor, calls.get(idOrCode).id(), Answer.version(ifMatch), body.change()), request);
    }

    @PutMapping("/{idOrCode}/closure")
    ResponseEntity<CallJson> close(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(calls.close(actor, calls.get(idOrCode).id(), Answer.version(ifMatch)), request);
    }

    @DeleteMapping("/{idOrCode}/closure")
    ResponseEntity<CallJson> open(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(calls.open(actor, calls.get(idOrCode).id(), Answer.version(ifMatch)), request);
    }

    private ResponseEntity<CallJson> answer(Outcome<Call> outcome, HttpServletRequest request) {
        Call call = Answer.of(outcome);
        return Answer.versioned(json(call, Languages.of(request)), call.version());
    }

    private CallJson json(Call call, Locale language) {
        CallRules rules = call.rules();
        return new CallJson(
                call.id(),
                call.code(),
                call.title(),
                call.mode(),
                call.state(clock.instant()),
                call.opensAt(),
                call.closesAt(),
                rules.cluster(),
                rules.minGpuHours(),
                rules.maxGpuHours(),
                rules.minCpuHours(),
                rules.maxCpuHours(),
                rules.durationsMonths(),
                rules.decisionWorkingDays(),
                rules.liveAwardsPerOrganisation(),
                new CountryListJson(rules.countries().asOf(), rules.countries().codes()),
                call.rulesVersion(),
                call.summary(language),
                rules.rules().stream()
                        .map(r -> new RuleJson(
                                r.rule(),
                                r.kind(),
                                sentences.rule(r.rule(), language),
                                sentences.source(r.rule(), language)))
                        .toList());
    }
}
