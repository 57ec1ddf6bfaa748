package org.farga.access;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
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

@RestController
@RequestMapping("/api/v1/proposals")
class ProposalsApi {
    /** How the rules sign what they decided. */
    static final String BY_RULES = "RULES";

    private final Proposals proposals;
    private final Drafts drafts;
    private final Eligibility eligibility;
    private final Rulings rulings;
    private final Awards awards;
    private final Assessments assessments;
    private final Calls calls;
    private final Sentences sentences;
    private final RulesDiff diff;

    ProposalsApi(
            Proposals proposals,
            Drafts drafts,
            Eligibility eligibility,
            Rulings rulings,
            Awards awards,
            Assessments assessments,
            Calls calls,
            Sentences sentences,
            RulesDiff diff) {
        this.diff = diff;
        this.proposals = proposals;
        this.drafts = drafts;
        this.eligibility = eligibility;
        this.rulings = rulings;
        this.awards = awards;
        this.assessments = assessments;
        this.calls = calls;
        this.sentences = sentences;
    }

    /** @param call a call's identifier or its code */
    record NewProposal(@Nullable String call, @Nullable OrganisationId organisation) {}

    /** Any of the answers; what is left out stays, and an empty text takes an answer back. */
    record AnswersChange(
            @Nullable String title,
            @JsonProperty("abstract") @Nullable String abstractText,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable Integer durationMonths,
            @Nullable Boolean civilianUse,
            @Nullable Boolean noProhibitedPractice,
            @Nullable Boolean personalData,
            @Nullable String sector,
            @Nullable String partition,
            @Nullable Map<FormSection, Object> sections) {}

    record StepResult(
            ProposalEvent.@Nullable Result result, @Nullable String reason) {}

    record NewQuestion(@Nullable String question) {}

    record NewAnswer(@Nullable String answer) {}

    /**
     * What the applicant says to an offer.
     *
     * @param reason only for turning it down, and even then as one likes
     * @param conditionsAccepted needed to accept an award that is bound to conditions
     */
    record OfferAnswer(
            @Nullable Boolean accept,
            @Nullable String reason,
            @Nullable Boolean conditionsAccepted) {}

    record OfferWithdrawal(@Nullable String reason) {}

    /**
     * A time during which one party held it.
     *
     * @param workingDays how much of it counts, in working days to one decimal; nothing while the clock stood still
     */
    record StretchJson(
            ProposalState.Holder holder,
            Step.@Nullable Kind step,
            boolean paused,
            Instant from,
            @Nullable Instant until,
            double workingDays) {}

    record NewAssessment(
            Assessment.@Nullable Recommendation recommendation,
            @Nullable String reason) {}

    record AssessmentJson(
            PersonId by, String name, Assessment.Recommendation recommendation, String reason, Instant at) {
        static AssessmentJson of(Assessments.Named n) {
            Assessment a = n.assessment();
            return new AssessmentJson(a.by(), n.by(), a.recommendation(), a.reason(), a.at());
        }
    }

    record NewDecision(
            Proposal.Verdict.@Nullable Choice decision,
            @Nullable String reason,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable String cluster,
            @Nullable List<AwardCondition.@Nullable Wanted> conditions) {}

    record MissingJson(String field, String sentence) {}

    record DecisionJson(
            ProposalState.Name decision,
            String by,
            String reason,
            Instant at,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours) {}

    record TimelineJson(
            Instant at,
            ProposalEvent.Kind event,
            String by,
            String sentence,
            Step.@Nullable Kind step,
            ProposalEvent.@Nullable Result result,
            boolean byHand,
            @Nullable String note) {}

    record ProposalJson(
            ProposalId id,
            String code,
            ProposalState.Name state,
            CallId call,
            String callTitle,
            OrganisationId organisation,
            String organisationName,
            @Nullable String title,
            @JsonProperty("abstract") @Nullable String abstractText,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours,
            @Nullable Integer durationMonths,
            @Nullable Boolean civilianUse,
            @Nullable Boolean noProhibitedPractice,
            @Nullable Boolean personalData,
            @Nullable String sector,
            @Nullable String partition,
            Map<FormSection, Map<String, Object>> sections,
            @Nullable AiClass aiClass,
            List<MissingJson> missing,
            List<EligibilityApi.RuleFindingJson> eligibility,
            ProposalState.Holder holder,
            Instant createdAt,
            Instant editedAt,
            @Nullable Instant submittedAt,
            @Nullable Instant dueAt,
            @Nullable Instant decidedAt,
            @Nullable Integer rulesVersion,
            int seenRulesVersion,
            List<CallsApi.ChangedLine> rulesChanges,
            Step.@Nullable Kind step,
            @Nullable Instant cutOffAt,
            @Nullable DecisionJson decision,
            @Nullable ProjectId project,
            List<TimelineJson> timeline,
            List<StretchJson> held) {}

    /** A proposal in a list: without its rules' answers and its history. */
    record ProposalRowJson(
            ProposalId id,
            String code,
            ProposalState.Name state,
            CallId call,
            String callTitle,
            OrganisationId organisation,
            String organisationName,
            @Nullable String title,
            @Nullable GpuHours gpuHours,
            @Nullable CpuHours cpuHours,
            @Nullable Integer durationMonths,
            ProposalState.Holder holder,
            Step.@Nullable Kind step,
            Instant createdAt,
            Instant editedAt,
            @Nullable Instant submittedAt,
            @Nullable Instant dueAt,
            @Nullable Instant decidedAt,
            @Nullable ProjectId project) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ProposalJson> create(Actor actor, @RequestBody NewProposal body, HttpServletRequest request) {
        Proposal created = Answer.of(drafts.create(actor, body.call(), body.organisation()));
        return ResponseEntity.created(URI.create("/api/v1/proposals/" + created.id()))
                .eTag("\"" + created.version() + "\"")
                .body(json(proposals.detail(actor, created.id()), Languages.of(request)));
    }

    @GetMapping
    Page<ProposalRowJson> list(
            Actor actor,
            @RequestParam(required = false) ProposalState.@Nullable Name state,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Page<Proposal> page = proposals.list(actor, state, cursor, limit);
        Map<CallId, Call> under =
                calls.list(page.items().stream().map(Proposal::call).distinct().toList());
        Map<OrganisationId, Organisations.Summary> of = proposals.organisationsOf(page.items());
        return page.map(p -> row(
                p,
                requireNonNull(under.get(p.call())),
                requireNonNull(of.get(p.organisation())).name()));
    }

    @GetMapping("/{id}")
    ResponseEntity<ProposalJson> get(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        return answer(actor, id, request);
    }

    @PatchMapping("/{id}")
    ResponseEntity<ProposalJson> edit(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody AnswersChange body,
            HttpServletRequest request) {
        return answer(
                actor,
                eligibility.edit(
                        actor,
                        id,
                        Answer.version(ifMatch),
                        before -> change(body, before),
                        body.noProhibitedPractice() != null),
                request);
    }

    private static Outcome<Answers.Change> change(AnswersChange body, Answers before) {
        Fields fields = new Fields();
        Map<String, String> sections = SectionJson.change(fields, body.sections(), before);
        var unreadable = fields.refusal();
        return unreadable.isPresent()
                ? Outcome.refused(unreadable.get())
                : Outcome.done(new Answers.Change(
                        body.title(),
                        body.abstractText(),
                        body.gpuHours(),
                        body.cpuHours(),
                        body.durationMonths(),
                        body.civilianUse(),
                        body.noProhibitedPractice(),
                        body.personalData(),
                        body.sector(),
                        body.partition(),
                        sections,
                        Set.of()));
    }

    @PutMapping("/{id}/submission")
    ResponseEntity<ProposalJson> submit(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(actor, proposals.submit(actor, id, Answer.version(ifMatch)), request);
    }

    @DeleteMapping("/{id}/submission")
    ResponseEntity<ProposalJson> withdraw(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(actor, proposals.withdraw(actor, id, versionIfTold(ifMatch)), request);
    }

    @PutMapping("/{id}/decision")
    ResponseEntity<ProposalJson> decide(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody NewDecision body,
            HttpServletRequest request) {
        Proposal.Verdict verdict = new Proposal.Verdict(
                body.decision(),
                body.reason(),
                body.gpuHours(),
                body.cpuHours(),
                body.cluster(),
                body.conditions() == null ? List.of() : body.conditions());
        return answer(actor, awards.decide(actor, id, versionIfTold(ifMatch), verdict), request);
    }

    /** What the caller thinks of a proposal, as an assessor of its call or a coordinator of its sector. */
    @PutMapping("/{id}/assessment")
    List<AssessmentJson> assess(Actor actor, @PathVariable ProposalId id, @RequestBody NewAssessment body) {
        Answer.of(assessments.assess(actor, id, body.recommendation(), body.reason()));
        return assessments(actor, id);
    }

    /** All for whoever decides or audits; an assessor reads their own. */
    @GetMapping("/{id}/assessments")
    List<AssessmentJson> assessments(Actor actor, @PathVariable ProposalId id) {
        return assessments.list(actor, id).stream().map(AssessmentJson::of).toList();
    }

    /** What the administrative check, the experts or the panel found; only in that step. */
    @PutMapping("/{id}/steps/{step}")
    ResponseEntity<ProposalJson> finish(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable Step.Kind step,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody StepResult body,
            HttpServletRequest request) {
        return answer(
                actor,
                proposals.finish(actor, id, versionIfTold(ifMatch), step, body.result(), body.reason()),
                request);
    }

    /** Asks the applicant something; the clock stands still until they answer. */
    @PutMapping("/{id}/question")
    ResponseEntity<ProposalJson> ask(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody NewQuestion body,
            HttpServletRequest request) {
        return answer(actor, proposals.ask(actor, id, versionIfTold(ifMatch), body.question()), request);
    }

    @PutMapping("/{id}/answer")
    ResponseEntity<ProposalJson> answerQuestion(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody NewAnswer body,
            HttpServletRequest request) {
        return answer(actor, proposals.answer(actor, id, versionIfTold(ifMatch), body.answer()), request);
    }

    /** Accepts what was offered, or turns it down. */
    @PutMapping("/{id}/acceptance")
    ResponseEntity<ProposalJson> acceptOrTurnDown(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody OfferAnswer body,
            HttpServletRequest request) {
        var missing = new Fields().present("accept", body.accept()).refusal();
        if (missing.isPresent()) {
            proposals.get(actor, id);
            throw new Answer.RefusedException(missing.get());
        }
        Long version = versionIfTold(ifMatch);
        return answer(
                actor,
                Boolean.TRUE.equals(body.accept())
                        ? awards.accept(actor, id, version, Boolean.TRUE.equals(body.conditionsAccepted()))
                        : awards.turnDown(actor, id, version, body.reason()),
                request);
    }

    /** Takes back an offer that was not accepted in time. */
    @PutMapping("/{id}/offer-withdrawal")
    ResponseEntity<ProposalJson> takeBack(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody OfferWithdrawal body,
            HttpServletRequest request) {
        return answer(actor, awards.takeBack(actor, id, versionIfTold(ifMatch), body.reason()), request);
    }

    /** The people of a draft know what changed in the rules since they began. */
    @PutMapping("/{id}/known-rules")
    ResponseEntity<ProposalJson> knowRules(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            HttpServletRequest request) {
        return answer(actor, drafts.knowRules(actor, id, versionIfTold(ifMatch)), request);
    }

    private static @Nullable Long versionIfTold(@Nullable String ifMatch) {
        return ifMatch == null ? null : Answer.version(ifMatch);
    }

    private ResponseEntity<ProposalJson> answer(Actor actor, Outcome<Proposal> outcome, HttpServletRequest request) {
        return answer(actor, Answer.of(outcome).id(), request);
    }

    private ResponseEntity<ProposalJson> answer(Actor actor, ProposalId id, HttpServletRequest request) {
        Proposals.Detail detail = proposals.detail(actor, id);
        return Answer.versioned(
                json(detail, Languages.of(request)), detail.proposal().version());
    }

    private static ProposalRowJson row(Proposal p, Call call, String organisation) {
        ProposalState state = p.state();
        ProposalState.Submission submission = state.handedIn();
        ProposalState.Decision decision = state.decided();
        return new ProposalRowJson(
                p.id(),
                p.code(),
                state.name(),
                p.call(),
                call.title(),
                p.organisation(),
                organisation,
                p.answers().title(),
                p.answers().gpuHours(),
                p.answers().cpuHours(),
                p.answers().durationMonths(),
                state.holder(),
                state.inStep(),
                p.createdAt(),
                p.editedAt(),
                submission == null ? null : submission.at(),
                state.decisionDueAt(),
                decision == null ? null : decision.at(),
                state instanceof ProposalState.Awarded awarded ? awarded.project() : null);
    }

    private ProposalJson json(Proposals.Detail detail, Locale language) {
        Proposal p = detail.proposal();
        Answers answers = p.answers();
        ProposalState state = p.state();
        ProposalState.Submission submission = state.handedIn();
        ProposalState.Decision decision = state.decided();
        return new ProposalJson(
                p.id(),
                p.code(),
                state.name(),
                p.call(),
                detail.call().title(),
                p.organisation(),
                detail.organisation().name(),
                answers.title(),
                answers.abstractText(),
                answers.gpuHours(),
                answers.cpuHours(),
                answers.durationMonths(),
                answers.civilianUse(),
                answers.noProhibitedPractice(),
                answers.personalData(),
                answers.sector(),
                answers.partition(),
                SectionJson.of(answers),
                AiClass.of(answers),
                detail.missing().stream()
                        .map(f -> new MissingJson(f, sentences.missing(f, language)))
                        .toList(),
                EligibilityApi.json(rulings.judged(p.id(), detail.findings()), sentences, language),
                state.holder(),
                p.createdAt(),
                p.editedAt(),
                submission == null ? null : submission.at(),
                detail.dueAt() == null ? state.decisionDueAt() : detail.dueAt(),
                decision == null ? null : decision.at(),
                submission == null ? null : submission.rulesVersion(),
                p.seenRules(),
                CallsApi.lines(rulesChanges(detail, diff, language)),
                state.inStep(),
                submission == null ? null : submission.cutOff(),
                decision == null ? null : json(state, decision, detail, language),
                state instanceof ProposalState.Awarded awarded ? awarded.project() : null,
                detail.events().stream()
                        .map(e -> new TimelineJson(
                                e.at(),
                                e.kind(),
                                name(e.by(), detail.names()),
                                sentences.event(e, language),
                                e.step(),
                                e.result(),
                                e.byHand(),
                                e.note()))
                        .toList(),
                detail.stretches().stream()
                        .map(h -> new StretchJson(h.holder(), h.step(), h.paused(), h.from(), h.until(), h.days()))
                        .toList());
    }

    /** What changed in the rules since the people of a draft knew them, or since what is under way was submitted. */
    static List<RulesDiff.Line> rulesChanges(Proposals.Detail detail, RulesDiff diff, Locale language) {
        List<CallTable.Version> since = detail.rulesSince();
        return since.size() < 2
                ? List.of()
                : diff.between(since.getLast().rules(), since.getFirst().rules(), language);
    }

    private DecisionJson json(
            ProposalState state, ProposalState.Decision decision, Proposals.Detail detail, Locale language) {
        Proposal.Granted granted = switch (state) {
            case ProposalState.Awarded a -> new Proposal.Granted(a.gpuHours(), a.cpuHours(), "");
            case ProposalState.Offered o -> o.granted();
            case ProposalState.NoRoom noRoom -> noRoom.left();
            case ProposalState.Queued queued -> null;
            case ProposalState.Draft draft -> null;
            case ProposalState.Submitted submitted -> null;
            case ProposalState.Waiting waiting -> null;
            case ProposalState.Declined declined -> null;
            case ProposalState.Withdrawn withdrawn -> null;
        };
        String reason = decision.reason();
        return new DecisionJson(
                state.name(),
                name(decision.by(), detail.names()),
                reason == null ? sentences.text("access.every-rule-holds", language) : reason,
                decision.at(),
                granted == null ? null : granted.gpuHours(),
                granted == null ? null : granted.cpuHours());
    }

    static String name(@Nullable PersonId person, Map<PersonId, People.Summary> names) {
        if (person == null) {
            return BY_RULES;
        }
        People.Summary known = names.get(person);
        return known == null ? person.toString() : known.name();
    }
}
