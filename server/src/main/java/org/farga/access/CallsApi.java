package org.farga.access;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.Country;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Calls; reading them is open to strangers. */
@RestController
@RequestMapping("/api/v1/calls")
class CallsApi {
    private final Calls calls;
    private final Sentences sentences;
    private final RulesDiff diff;
    private final Settings settings;
    private final Clock clock;

    CallsApi(Calls calls, Sentences sentences, RulesDiff diff, Settings settings, Clock clock) {
        this.calls = calls;
        this.sentences = sentences;
        this.diff = diff;
        this.settings = settings;
        this.clock = clock;
    }

    record RuleJson(Rule rule, Rule.Kind kind, String sentence, String source) {}

    record StartupJson(int mostYears, int fewerEmployees) {}

    /** @param partition the key of the one that the hours are of; none for all together */
    record FundJson(
            @Nullable String partition,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours) {}

    /** What single rules compare with. */
    record RuleParametersJson(@Nullable StartupJson startup, Set<String> sectors, List<FundJson> funds) {
        static RuleParametersJson of(RuleParameters p) {
            RuleParameters.Startup startup = p.startup();
            return new RuleParametersJson(
                    startup == null ? null : new StartupJson(startup.mostYears(), startup.fewerEmployees()),
                    p.sectors(),
                    p.funds().stream()
                            .map(f -> new FundJson(f.partition(), f.gpuHours(), f.cpuHours()))
                            .toList());
        }
    }

    record FundChange(
            @Nullable String partition,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours) {}

    record StartupChange(
            @Nullable Integer mostYears, @Nullable Integer fewerEmployees) {}

    /** What is left out stays; a list that is told takes the place of the one there was, and an empty startup is none. */
    record RuleParametersChange(
            @Nullable StartupChange startup,
            @Nullable Set<String> sectors,
            @Nullable List<FundChange> funds) {
        RuleParameters.Change change() {
            return new RuleParameters.Change(
                    startup == null ? null : startup.mostYears(),
                    startup == null ? null : startup.fewerEmployees(),
                    startup != null && startup.mostYears() == null && startup.fewerEmployees() == null,
                    sectors,
                    funds == null
                            ? null
                            : funds.stream()
                                    .map(f -> new RuleParameters.FundChange(f.partition(), f.gpuHours(), f.cpuHours()))
                                    .toList());
        }
    }

    record CountryListJson(LocalDate asOf, Set<Country> codes) {}

    record AvailabilityJson(LocalDate from, @Nullable LocalDate until) {}

    /** @param open whether it takes requests today */
    record CallPartitionJson(
            String key,
            String cluster,
            @Nullable String partition,
            GpuHours minGpuHours,
            GpuHours maxGpuHours,
            CpuHours minCpuHours,
            CpuHours maxCpuHours,
            List<AvailabilityJson> available,
            @Nullable String closedReason,
            boolean open) {}

    /** @param cutOffs local times in Brussels, in order; none where intake is rolling */
    record IntakeJson(boolean rolling, List<LocalDateTime> cutOffs) {}

    record StepJson(Step.Kind kind, int workingDays) {}

    record ThresholdJson(Review.Criterion criterion, BigDecimal atLeast) {}

    /**
     * @param blind SINGLE where it is left out
     * @param rebuttalWorkingDays left out where applicants are not asked what they say to the reviews
     */
    record CallReviewJson(
            int reviewersNeeded,
            int lowest,
            int highest,
            List<ThresholdJson> thresholds,
            Review.@Nullable Blind blind,
            @Nullable Integer rebuttalWorkingDays) {}

    /**
     * @param cluster of the first partition
     * @param minGpuHours the least of any partition, and so on
     * @param decisionWorkingDays of all steps together
     * @param nextCutOff the one that a submission now is for
     */
    record CallJson(
            CallId id,
            String code,
            String title,
            Call.Mode mode,
            Call.State state,
            Instant opensAt,
            @Nullable Instant closesAt,
            @Nullable Instant publishedAt,
            String cluster,
            GpuHours minGpuHours,
            GpuHours maxGpuHours,
            CpuHours minCpuHours,
            CpuHours maxCpuHours,
            List<CallPartitionJson> partitions,
            List<Integer> durationsMonths,
            IntakeJson intake,
            @Nullable Instant nextCutOff,
            Set<FormSection> form,
            List<StepJson> steps,
            @Nullable CallReviewJson review,
            boolean awardAtOnce,
            int decisionWorkingDays,
            int liveAwardsPerOrganisation,
            Set<Audience> audience,
            CountryListJson countries,
            int rulesVersion,
            String summary,
            List<RuleJson> rules,
            RuleParametersJson parameters) {}

    record AppliedRuleJson(Rule rule, Rule.Kind kind) {}

    record PartitionChange(
            @Nullable String cluster,
            @Nullable String partition,
            @Nullable BigDecimal minGpuHours,
            @Nullable BigDecimal maxGpuHours,
            @Nullable BigDecimal minCpuHours,
            @Nullable BigDecimal maxCpuHours,
            @Nullable List<AvailabilityJson> available,
            @Nullable String closedReason) {
        CallRules.PartitionChange change() {
            return new CallRules.PartitionChange(
                    cluster,
                    partition,
                    minGpuHours,
                    maxGpuHours,
                    minCpuHours,
                    maxCpuHours,
                    available == null
                            ? null
                            : available.stream()
                                    .map(a -> new Partition.Availability(a.from(), a.until()))
                                    .toList(),
                    closedReason);
        }
    }

    /**
     * Any part of a call's rules; what is left out stays. Cluster and hours by themselves are those of the only partition of a
     * call that has one.
     */
    record CallRulesChange(
            @Nullable String cluster,
            @Nullable BigDecimal minGpuHours,
            @Nullable BigDecimal maxGpuHours,
            @Nullable BigDecimal minCpuHours,
            @Nullable BigDecimal maxCpuHours,
            @Nullable List<PartitionChange> partitions,
            @Nullable List<Integer> durationsMonths,
            @Nullable IntakeJson intake,
            @Nullable Set<FormSection> form,
            @Nullable List<StepJson> steps,
            @Nullable CallReviewJson review,
            @Nullable Boolean awardAtOnce,
            @Nullable Integer liveAwardsPerOrganisation,
            @Nullable Set<Audience> audience,
            @Nullable CountryListJson countries,
            @Nullable List<AppliedRuleJson> rules,
            @Nullable RuleParametersChange parameters) {
        /** Refused where a list has an empty place. */
        private Optional<Refusal> holes() {
            return new Fields()
                    .rule("partitions", whole(partitions), "missing")
                    .rule(
                            "partitions",
                            partitions == null || partitions.stream().allMatch(p -> p == null || whole(p.available())),
                            "missing")
                    .rule("durationsMonths", whole(durationsMonths), "missing")
                    .rule("intake", intake == null || whole(intake.cutOffs()), "missing")
                    .rule("form", whole(form), "missing")
                    .rule("steps", whole(steps), "missing")
                    .rule("review", review == null || whole(review.thresholds()), "missing")
                    .rule("audience", whole(audience), "missing")
                    .rule("countries", countries == null || whole(countries.codes()), "missing")
                    .rule("rules", whole(rules), "missing")
                    .rule("sectors", parameters == null || whole(parameters.sectors()), "missing")
                    .rule("funds", parameters == null || whole(parameters.funds()), "missing")
                    .refusal();
        }

        private static boolean whole(@Nullable Collection<?> items) {
            return items == null || items.stream().allMatch(Objects::nonNull);
        }

        /** Throws {@link Answer.RefusedException} where it has holes. */
        CallRules.Change change() {
            Optional<Refusal> refusal = holes();
            if (refusal.isPresent()) {
                throw new Answer.RefusedException(refusal.get());
            }
            return new CallRules.Change(
                    cluster,
                    minGpuHours,
                    maxGpuHours,
                    minCpuHours,
                    maxCpuHours,
                    partitions == null
                            ? null
                            : partitions.stream().map(PartitionChange::change).toList(),
                    durationsMonths,
                    intake == null ? null : new Intake(intake.rolling(), intake.cutOffs()),
                    form,
                    steps == null
                            ? null
                            : steps.stream()
                                    .map(s -> new Step(s.kind(), s.workingDays()))
                                    .toList(),
                    review == null
                            ? null
                            : new Review(
                                    review.reviewersNeeded(),
                                    review.lowest(),
                                    review.highest(),
                                    review.thresholds().stream()
                                            .map(t -> new Review.Threshold(t.criterion(), t.atLeast()))
                                            .toList(),
                                    review.blind(),
                                    review.rebuttalWorkingDays()),
                    awardAtOnce,
                    liveAwardsPerOrganisation,
                    audience,
                    countries == null ? null : new CallRules.CountryList(countries.asOf(), countries.codes()),
                    rules == null
                            ? null
                            : rules.stream()
                                    .map(r -> new CallRules.AppliedRule(r.rule(), r.kind()))
                                    .toList(),
                    parameters == null ? null : parameters.change());
        }
    }

    /** @param copyOf the code or identifier of the call whose words and rules the new edition begins with */
    record NewEdition(
            @Nullable String copyOf,
            @Nullable String code,
            @Nullable String title) {}

    /** @param neverCloses whether a closing instant that there was is taken away */
    record DescriptionChange(
            @Nullable String title,
            @Nullable Map<String, String> summary,
            @Nullable Instant opensAt,
            @Nullable Instant closesAt,
            @Nullable Boolean neverCloses) {}

    record ChangedLine(
            String what, @Nullable String before, @Nullable String after) {}

    /** @param changes against the version before, in the reader's language; none in the first */
    record RulesVersionJson(int version, Instant since, boolean byFarga, List<ChangedLine> changes) {}

    record HoleJson(GpuHours fromGpuHours, GpuHours toGpuHours, CpuHours fromCpuHours, CpuHours toCpuHours) {}

    /** @param partition nothing for all partitions together, where an audience has several */
    record CoverageJson(Audience audience, @Nullable String partition, List<String> calls, List<HoleJson> holes) {}

    /** @param change what would make it hold */
    record AdviceReasonJson(
            String reason,
            boolean holds,
            String sentence,
            @Nullable String change) {}

    /** @param withinWorkingDays none for any time */
    record AdviceQuestionJson(
            Audience who,
            CallAdvice.Purpose purpose,
            GpuHours gpuHours,
            @Nullable Integer withinWorkingDays) {}

    /** @param instead the answers nearest to the given ones with which it would fit */
    record CallAdviceJson(
            String call,
            String title,
            Call.Mode mode,
            CallAdvice.Fit fit,
            List<AdviceReasonJson> reasons,
            @Nullable AdviceQuestionJson instead) {
        static CallAdviceJson of(CallAdvice advice, Sentences sentences, Locale language) {
            CallAdvice.Question instead = advice.instead();
            return new CallAdviceJson(
                    advice.call().code(),
                    advice.call().title(),
                    advice.call().mode(),
                    advice.fit(),
                    advice.reasons().stream()
                            .map(r -> new AdviceReasonJson(
                                    r.name(),
                                    r.holds(),
                                    sentences.advice(r, language),
                                    r.change() == null ? null : sentences.change(r.change(), language)))
                            .toList(),
                    instead == null
                            ? null
                            : new AdviceQuestionJson(
                                    instead.who(), instead.purpose(), instead.gpuHours(), instead.withinWorkingDays()));
        }
    }

    record CutOffJson(LocalDateTime local, Instant at) {}

    @GetMapping
    Page<CallJson> list(
            @Nullable Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        Locale language = Languages.of(request);
        return calls.list(actor, cursor, limit).map(call -> json(call, language));
    }

    @GetMapping("/{idOrCode}")
    ResponseEntity<CallJson> get(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        Call call = calls.get(actor, idOrCode);
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
                calls.changeRules(actor, calls.get(actor, idOrCode).id(), Answer.version(ifMatch), body.change()),
                request);
    }

    @PutMapping("/{idOrCode}/closure")
    ResponseEntity<CallJson> close(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(calls.close(actor, calls.get(actor, idOrCode).id(), Answer.version(ifMatch)), request);
    }

    @DeleteMapping("/{idOrCode}/closure")
    ResponseEntity<CallJson> open(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(calls.open(actor, calls.get(actor, idOrCode).id(), Answer.version(ifMatch)), request);
    }

    /** A new edition, which nobody else sees until it is published. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<CallJson> create(Actor actor, @RequestBody NewEdition body, HttpServletRequest request) {
        Optional<Refusal> refusal = Call.refusalToRun(actor)
                .or(() -> new Fields().text("copyOf", body.copyOf(), 100).refusal());
        if (refusal.isPresent()) {
            throw new Answer.RefusedException(refusal.get());
        }
        Call made = Answer.of(calls.copy(actor, requireNonNull(body.copyOf()), body.code(), body.title()));
        return ResponseEntity.created(URI.create("/api/v1/calls/" + made.id()))
                .eTag("\"" + made.version() + "\"")
                .body(json(made, Languages.of(request)));
    }

    @PutMapping("/{idOrCode}/publication")
    ResponseEntity<CallJson> publish(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(calls.publish(actor, calls.get(actor, idOrCode).id(), Answer.version(ifMatch)), request);
    }

    @PatchMapping("/{idOrCode}/description")
    ResponseEntity<CallJson> describe(
            Actor actor,
            @PathVariable String idOrCode,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody DescriptionChange body,
            HttpServletRequest request) {
        Call.Change change = new Call.Change(
                body.title(), body.summary(), body.opensAt(), body.closesAt(), Boolean.TRUE.equals(body.neverCloses()));
        return answer(calls.describe(actor, calls.get(actor, idOrCode).id(), Answer.version(ifMatch), change), request);
    }

    /** All versions of a call's rules, the newest first, each with what it changed. */
    @GetMapping("/{idOrCode}/versions")
    List<RulesVersionJson> versions(@Nullable Actor actor, @PathVariable String idOrCode, HttpServletRequest request) {
        Locale language = Languages.of(request);
        List<CallTable.Version> versions = calls.versions(calls.get(actor, idOrCode));
        List<RulesVersionJson> all = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            CallTable.Version version = versions.get(i);
            all.add(new RulesVersionJson(
                    version.number(),
                    version.since(),
                    version.by() == null,
                    i + 1 == versions.size()
                            ? List.of()
                            : lines(diff.between(versions.get(i + 1).rules(), version.rules(), language))));
        }
        return all;
    }

    static List<ChangedLine> lines(List<RulesDiff.Line> changes) {
        return changes.stream()
                .map(line -> new ChangedLine(line.what(), line.before(), line.after()))
                .toList();
    }

    private ResponseEntity<CallJson> answer(Outcome<Call> outcome, HttpServletRequest request) {
        Call call = Answer.of(outcome);
        return Answer.versioned(json(call, Languages.of(request)), call.version());
    }

    private CallJson json(Call call, Locale language) {
        CallRules rules = call.rules();
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, settings.zone());
        Review review = rules.review();
        return new CallJson(
                call.id(),
                call.code(),
                call.title(),
                call.mode(),
                call.state(now),
                call.opensAt(),
                call.closesAt(),
                call.publishedAt(),
                rules.partitions().getFirst().cluster(),
                rules.leastGpuHours(),
                rules.mostGpuHours(),
                rules.leastCpuHours(),
                rules.mostCpuHours(),
                rules.partitions().stream()
                        .map(p -> new CallPartitionJson(
                                p.key(),
                                p.cluster(),
                                p.partition(),
                                p.minGpuHours(),
                                p.maxGpuHours(),
                                p.minCpuHours(),
                                p.maxCpuHours(),
                                p.available().stream()
                                        .map(a -> new AvailabilityJson(a.from(), a.until()))
                                        .toList(),
                                p.closedReason(),
                                p.isOpen(today)))
                        .toList(),
                rules.durationsMonths(),
                new IntakeJson(rules.intake().rolling(), rules.intake().cutOffs()),
                rules.intake().next(now).orElse(null),
                rules.form(),
                rules.steps().stream()
                        .map(s -> new StepJson(s.kind(), s.workingDays()))
                        .toList(),
                review == null
                        ? null
                        : new CallReviewJson(
                                review.reviewersNeeded(),
                                review.lowest(),
                                review.highest(),
                                review.thresholds().stream()
                                        .map(t -> new ThresholdJson(t.criterion(), t.atLeast()))
                                        .toList(),
                                review.hidesApplicant() ? Review.Blind.DOUBLE : Review.Blind.SINGLE,
                                review.rebuttalWorkingDays()),
                rules.awardAtOnce(),
                rules.decisionWorkingDays(),
                rules.liveAwardsPerOrganisation(),
                rules.audience(),
                new CountryListJson(rules.countries().asOf(), rules.countries().codes()),
                call.rulesVersion(),
                call.summary(language),
                rules.rules().stream()
                        .map(r -> new RuleJson(
                                r.rule(),
                                r.kind(),
                                sentences.rule(r.rule(), language),
                                sentences.source(r.rule(), language)))
                        .toList(),
                RuleParametersJson.of(rules.parameters()));
    }
}
