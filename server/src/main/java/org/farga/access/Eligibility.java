package org.farga.access;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What applicants declare for the rules, the exceptions that they ask for, and what officers find where a rule cannot tell. */
@Service
class Eligibility {
    private final EligibilityTable table;
    private final Proposals proposals;
    private final Drafts drafts;
    private final Calls calls;
    private final FactFinder facts;
    private final Rulings rulings;
    private final Organisations organisations;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    Eligibility(
            EligibilityTable table,
            Proposals proposals,
            Drafts drafts,
            Calls calls,
            FactFinder facts,
            Rulings rulings,
            Organisations organisations,
            AuditLog audit,
            Notifications notifications,
            Clock clock) {
        this.table = table;
        this.proposals = proposals;
        this.drafts = drafts;
        this.calls = calls;
        this.facts = facts;
        this.rulings = rulings;
        this.organisations = organisations;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    /**
     * What the rules say of a proposal, for whoever may see it.
     *
     * @param untold the rules of a draft that say nothing yet, for want of an answer
     */
    record Report(
            Proposals.Detail detail,
            List<Rulings.Judged> findings,
            List<CallRules.AppliedRule> untold,
            Map<Practice, Practice.Said> practices) {
        /** What waits for a person first, then what does not hold, then the rest; each in the rules' order. */
        List<Rulings.Judged> urgentFirst() {
            return findings.stream()
                    .sorted(Comparator.comparing((Rulings.Judged j) -> !j.waits())
                            .thenComparing(j -> j.answer() == Finding.Answer.MET))
                    .toList();
        }
    }

    Report report(Actor actor, ProposalId id) {
        Proposals.Detail detail = proposals.detail(actor, id);
        Proposal proposal = detail.proposal();
        return new Report(
                detail,
                rulings.judged(id, detail.findings()),
                proposal.state() instanceof ProposalState.Draft
                        ? facts.of(proposal, detail.call(), now()).untold()
                        : List.of(),
                table.practices(id));
    }

    /** What is said of single practices, for whoever may see the proposal. */
    Map<Practice, Practice.Said> practices(Actor actor, ProposalId id) {
        proposals.get(actor, id);
        return table.practices(id);
    }

    /**
     * Writes some answers of a draft. Where all practices are denied in one word, nothing stays of what was said of single ones
     * before: the last word counts.
     */
    @Transactional
    Outcome<Proposal> edit(
            Actor actor,
            ProposalId id,
            long version,
            Function<Answers, Outcome<Answers.Change>> change,
            boolean practicesInOneWord) {
        return drafts.edit(actor, id, version, change).map(saved -> {
            if (practicesInOneWord) {
                table.unsay(id);
            }
            return saved;
        });
    }

    /** Writes what was typed field by field, and what is said of single practices. */
    @Transactional
    Outcome<Drafts.Saved> save(
            Actor actor, ProposalId id, Map<String, Drafts.Typed> typed, Map<Practice, Practice.Said> said) {
        Map<String, Drafts.Typed> all = new TreeMap<>(typed);
        Boolean none = Practice.none(said);
        if (none != null) {
            all.put("noProhibitedPractice", new Drafts.Typed(null, none.toString()));
        }
        return drafts.save(actor, id, all).map(saved -> {
            if (!said.isEmpty()) {
                table.say(id, said, actor.person(), now());
            }
            return saved;
        });
    }

    /** Says of practices whether they are part of the work; those that are left out stay as they were. */
    @Transactional
    Outcome<Proposal> say(Actor actor, ProposalId id, long version, Map<Practice, Practice.Said> said) {
        proposals.get(actor, id);
        Map<Practice, Practice.Said> all = new EnumMap<>(Practice.class);
        all.putAll(table.practices(id));
        all.putAll(said);
        Answers.Change change = new Answers.Change(
                null, null, null, null, null, null, Practice.none(all), null, null, null, Map.of(), Set.of());
        return drafts.edit(actor, id, version, before -> Outcome.done(change)).map(saved -> {
            table.say(id, said, actor.person(), now());
            return saved;
        });
    }

    /** Asks for an exception from a rule that allows one and does not hold; without a text it is asked for no more. */
    @Transactional
    Outcome<Proposal> askException(Actor actor, ProposalId id, Rule rule, @Nullable String justification) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToAskException(actor)
                .or(() -> new Fields()
                        .optionalText("justification", justification, ExceptionAsked.LONGEST)
                        .refusal());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (findings(proposal).stream().noneMatch(f -> f.rule() == rule && f.allowsException())) {
            return Outcome.refused(Refusal.conflict("no-exception-there", rule));
        }
        if (table.rulings(id).containsKey(rule)) {
            return Outcome.refused(Refusal.conflict("finding-ruled", rule));
        }
        boolean asked = justification != null && !justification.isBlank();
        if (justification == null || justification.isBlank()) {
            table.takeBack(id, rule);
        } else {
            table.ask(id, rule, new ExceptionAsked(justification.strip(), actor.person(), now()));
        }
        audit.record(
                actor,
                asked ? "proposal.exception-asked" : "proposal.exception-taken-back",
                "proposal",
                id,
                Map.of("code", proposal.code(), "rule", rule.name()));
        return Outcome.done(proposal);
    }

    /** Says what holds where a rule could not tell, or whether an exception is granted. The last word before an award counts. */
    @Transactional
    Outcome<Proposal> rule(Actor actor, ProposalId id, Rule rule, FindingRuling.NewRuling typed) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToRule(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (findings(proposal).stream().noneMatch(f -> f.rule() == rule && f.needsPerson())) {
            return Outcome.refused(Refusal.conflict("nothing-to-rule", rule));
        }
        return FindingRuling.of(id, rule, typed, actor.person(), now()).map(ruling -> {
            table.insert(ruling);
            audit.record(
                    actor,
                    "proposal.finding-ruled",
                    "proposal",
                    id,
                    Map.of("code", proposal.code(), "rule", rule.name(), "answer", ruling.answer()));
            notifications.tell(
                    organisations.owners(proposal.organisation()),
                    ruling.answer() == Finding.Answer.MET ? "access.told.ruled-met" : "access.told.ruled-not-met",
                    "/proposals/" + id + "/eligibility",
                    proposal.code());
            return proposal;
        });
    }

    private List<Finding> findings(Proposal proposal) {
        ProposalState.Submission submission = proposal.state().handedIn();
        return submission != null
                ? submission.findings()
                : facts.of(proposal, calls.get(proposal.call()), now()).findings();
    }

    /** What an organisation declared last of the legal entity that it is; for its people and the centre's. */
    Optional<LegalEntity> legalEntity(Actor actor, OrganisationId id) {
        requireSight(actor, id);
        return table.legalEntity(id);
    }

    /** Declares it; what was declared before stays on record. */
    @Transactional
    Outcome<LegalEntity> declare(Actor actor, OrganisationId id, LegalEntity.NewLegalEntity typed) {
        requireSight(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        return LegalEntity.declare(id, typed, actor.person(), now()).map(entity -> {
            table.insert(entity);
            audit.record(
                    actor,
                    "organisation.legal-entity-declared",
                    "organisation",
                    id,
                    Map.of("registered", String.valueOf(entity.isRegistered())));
            return entity;
        });
    }

    /** Its people, and those of the centre who see what it submits. */
    private void requireSight(Actor actor, OrganisationId id) {
        if (!actor.isMemberOf(id)
                && !actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)) {
            throw new NotFoundException("organisation");
        }
        organisations.summary(id);
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
