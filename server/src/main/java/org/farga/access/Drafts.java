package org.farga.access;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.people.Closings;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Writes proposals until they are submitted. */
@Service
class Drafts {
    private static final int MOST_DRAFTS = 50;

    private final ProposalTable table;
    private final Proposals proposals;
    private final Calls calls;
    private final Closings closings;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;

    Drafts(
            ProposalTable table,
            Proposals proposals,
            Calls calls,
            Closings closings,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.proposals = proposals;
        this.calls = calls;
        this.closings = closings;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /** Starts a draft for an organisation that the actor belongs to, under an open call. */
    @Transactional
    Outcome<Proposal> create(Actor actor, @Nullable String call, @Nullable OrganisationId organisation) {
        Optional<Call> found =
                call == null ? Optional.empty() : calls.find(call).filter(c -> c.isVisibleTo(actor));
        var missing = new Fields()
                .present("call", call)
                .rule("call", call == null || found.isPresent(), "no-such-call")
                .present("organisation", organisation)
                .refusal();
        if (missing.isPresent() || organisation == null) {
            return Outcome.refused(missing.orElseThrow());
        }
        if (!actor.isMemberOf(organisation)) {
            throw new NotFoundException("organisation");
        }
        if (closings.isUnderWay(organisation)) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Call open = found.orElseThrow();
        Instant now = now();
        if (!open.takes(now)) {
            return Outcome.refused(Refusal.conflict("call-closed", open.title()));
        }
        if (table.countDrafts(organisation) >= MOST_DRAFTS) {
            return Outcome.refused(Refusal.tooManyAtOnce("too-many-drafts", MOST_DRAFTS));
        }
        int year = LocalDate.ofInstant(now, settings.zone()).getYear();
        String code = String.format(
                Locale.ROOT, "%s-%d-%04d", open.codePrefix(), year, table.nextNumber(open.codePrefix(), year));
        Proposal draft = new Proposal(
                ProposalId.create(),
                code,
                open.id(),
                organisation,
                actor.person(),
                now,
                now,
                Answers.NONE,
                new ProposalState.Draft(),
                open.rulesVersion(),
                1);
        table.insert(draft);
        proposals.happened(draft, ProposalEvent.of(now, ProposalEvent.Kind.CREATED, actor.person()));
        audit.record(
                actor,
                "proposal.created",
                "proposal",
                draft.id(),
                Map.of("code", code, "call", open.code(), "organisation", organisation));
        return Outcome.done(draft);
    }

    /** Writes some answers of a draft; where nothing is different, the version stays. */
    @Transactional
    Outcome<Proposal> edit(Actor actor, ProposalId id, long version, Answers.Change change) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToEdit(actor));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return proposal.answers().with(change).map(answers -> {
            if (answers.equals(proposal.answers())) {
                return proposal;
            }
            proposals.write(proposal.with(answers, now()));
            return proposals.get(actor, id);
        });
    }

    /** The people of a draft have read what changed in the rules. */
    @Transactional
    Outcome<Proposal> knowRules(Actor actor, ProposalId id, @Nullable Long version) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToEdit(actor));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        int newest = calls.get(proposal.call()).rulesVersion();
        if (proposal.seenRules() != newest) {
            proposals.write(proposal.knowing(newest));
        }
        return Outcome.done(proposals.get(actor, id));
    }

    /** Drafts of the actor's organisations, newest first. */
    List<Proposal> list(Actor actor, int most) {
        return table.list(
                ProposalTable.Visible.of(actor.organisations().keySet()), ProposalState.Name.DRAFT, null, most);
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
