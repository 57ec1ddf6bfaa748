package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What rules say of a proposal and why, and what persons say beside them. */
@RestController
@RequestMapping("/api/v1")
class EligibilityApi {
    private final Eligibility eligibility;
    private final Sentences sentences;

    EligibilityApi(Eligibility eligibility, Sentences sentences) {
        this.eligibility = eligibility;
        this.sentences = sentences;
    }

    /** @param evidence what was looked at, such as a document */
    record RulingJson(
            Finding.Answer answer,
            String by,
            String reason,
            @Nullable String evidence,
            Instant at) {}

    /**
     * @param answer what holds now: what a person ruled, or else what the rule found
     * @param found what the rule itself found
     * @param evidence where the facts stand that it looked at, and of when
     * @param toSend what helps whoever looks at it; none where nobody has to
     * @param justification why the applicant asks for an exception
     */
    record RuleFindingJson(
            Rule rule,
            Rule.Kind kind,
            Finding.Answer answer,
            Finding.Answer found,
            String sentence,
            String reason,
            String source,
            List<String> evidence,
            @Nullable String toSend,
            @Nullable String justification,
            @Nullable RulingJson ruling) {}

    record UntoldJson(Rule rule, Rule.Kind kind, String sentence) {}

    /**
     * @param untold rules of a draft that say nothing yet, for want of an answer
     * @param practices what is said of single practices of Article 5(1) of the AI Act
     */
    record EligibilityJson(
            List<RuleFindingJson> findings, List<UntoldJson> untold, Map<Practice, Practice.Said> practices) {}

    record NewException(@Nullable String justification) {}

    record NewRuling(
            Finding.@Nullable Answer answer,
            @Nullable String reason,
            @Nullable String evidence) {}

    record NewLegalEntity(
            @Nullable String register,
            @Nullable String entry,
            @Nullable String explanation) {}

    record LegalEntityJson(
            OrganisationId organisation,
            @Nullable String register,
            @Nullable String entry,
            @Nullable String explanation,
            PersonId declaredBy,
            Instant declaredAt) {}

    static List<RuleFindingJson> json(List<Rulings.Judged> judged, Sentences sentences, Locale language) {
        return judged.stream()
                .map(j -> {
                    Finding f = j.finding();
                    FindingRuling ruling = j.ruling();
                    ExceptionAsked exception = j.exception();
                    return new RuleFindingJson(
                            f.rule(),
                            f.kind(),
                            j.answer(),
                            f.answer(),
                            sentences.rule(f.rule(), language),
                            sentences.reason(f, language),
                            sentences.source(f.rule(), language),
                            f.evidence().stream()
                                    .map(e -> sentences.evidence(e, language))
                                    .toList(),
                            j.waits() ? sentences.toSend(f, language).orElse(null) : null,
                            exception == null ? null : exception.justification(),
                            ruling == null
                                    ? null
                                    : new RulingJson(
                                            ruling.answer(),
                                            j.by() == null ? ProposalsApi.BY_RULES : j.by(),
                                            ruling.reason(),
                                            ruling.evidence(),
                                            ruling.at()));
                })
                .toList();
    }

    /** What each rule of the call says, with reason, source and evidence; of a draft, what it would say now. */
    @GetMapping("/proposals/{id}/eligibility")
    EligibilityJson get(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        Locale language = Languages.of(request);
        Eligibility.Report report = eligibility.report(actor, id);
        return new EligibilityJson(
                json(report.findings(), sentences, language),
                report.untold().stream()
                        .map(r -> new UntoldJson(r.rule(), r.kind(), sentences.rule(r.rule(), language)))
                        .toList(),
                report.practices());
    }

    /** Says of single prohibited practices whether they are part of the work; what is left out stays. */
    @PutMapping("/proposals/{id}/prohibited-practices")
    Map<Practice, Practice.Said> say(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
            @RequestBody Map<Practice, Practice.Said> body) {
        Answer.of(eligibility.say(actor, id, Answer.version(ifMatch), body));
        return eligibility.practices(actor, id);
    }

    /** Asks for an exception from a rule that allows one and does not hold. */
    @PutMapping("/proposals/{id}/exceptions/{rule}")
    EligibilityJson ask(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable Rule rule,
            @RequestBody NewException body,
            HttpServletRequest request) {
        Answer.of(eligibility.askException(actor, id, rule, body.justification()));
        return get(actor, id, request);
    }

    @DeleteMapping("/proposals/{id}/exceptions/{rule}")
    EligibilityJson takeBack(
            Actor actor, @PathVariable ProposalId id, @PathVariable Rule rule, HttpServletRequest request) {
        Answer.of(eligibility.askException(actor, id, rule, null));
        return get(actor, id, request);
    }

    /** Says what holds where a rule could not tell, or whether an exception is granted; for access officers. */
    @PutMapping("/proposals/{id}/findings/{rule}")
    EligibilityJson rule(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable Rule rule,
            @RequestBody NewRuling body,
            HttpServletRequest request) {
        Answer.of(eligibility.rule(
                actor, id, rule, new FindingRuling.NewRuling(body.answer(), body.reason(), body.evidence())));
        return get(actor, id, request);
    }

    /** What the organisation declared last of the legal entity that it is. */
    @GetMapping("/organisations/{id}/legal-entity")
    LegalEntityJson legalEntity(Actor actor, @PathVariable OrganisationId id) {
        return json(eligibility.legalEntity(actor, id).orElseThrow(() -> new NotFoundException("legal entity")));
    }

    /** Declares it: the entry in a register, or what it is without one. */
    @PutMapping("/organisations/{id}/legal-entity")
    LegalEntityJson declare(Actor actor, @PathVariable OrganisationId id, @RequestBody NewLegalEntity body) {
        return json(Answer.of(eligibility.declare(
                actor, id, new LegalEntity.NewLegalEntity(body.register(), body.entry(), body.explanation()))));
    }

    private static LegalEntityJson json(LegalEntity e) {
        return new LegalEntityJson(
                e.organisation(), e.register(), e.entry(), e.explanation(), e.declaredBy(), e.declaredAt());
    }
}
