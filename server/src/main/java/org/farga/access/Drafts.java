package org.farga.access;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.people.Closings;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.Refusal.FieldProblem;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Writes proposals until they are submitted. */
@Service
class Drafts {
    private static final int MOST_DRAFTS = 50;

    private static final int MOST_EARLIER = 30;

    private final ProposalTable table;
    private final DraftTable draftTable;
    private final AttachmentTable attachments;
    private final Proposals proposals;
    private final Calls calls;
    private final Closings closings;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;

    Drafts(
            ProposalTable table,
            DraftTable draftTable,
            AttachmentTable attachments,
            Proposals proposals,
            Calls calls,
            Closings closings,
            AuditLog audit,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.draftTable = draftTable;
        this.attachments = attachments;
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
    Outcome<Proposal> edit(
            Actor actor, ProposalId id, long version, Function<Answers, Outcome<Answers.Change>> change) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToEdit(actor));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return change.apply(proposal.answers())
                .then(c -> proposal.answers().with(c))
                .then(withKnownDocuments(id))
                .map(answers -> store(actor, proposal, answers));
    }

    /** What somebody typed into a field, and what stood there before they did; null where they cannot tell. */
    record Typed(@Nullable String was, String now) {}

    /** A field that somebody else changed while one wrote another answer into it. */
    record Conflict(
            String field,
            String mine,
            String theirs,
            @Nullable PersonId by,
            @Nullable Instant at) {}

    /**
     * What became of what was typed.
     *
     * @param versionBefore the version that it was written over
     * @param conflicts what was not written because somebody else wrote it meanwhile
     * @param problems what was not written because it cannot be an answer
     */
    record Saved(Proposal proposal, int versionBefore, List<Conflict> conflicts, List<FieldProblem> problems) {
        Optional<Refusal> refusal() {
            return !conflicts.isEmpty()
                    ? Optional.of(Refusal.conflict("fields-changed-meanwhile", conflicts.size()))
                    : problems.isEmpty() ? Optional.empty() : Optional.of(Refusal.invalid(problems));
        }
    }

    /**
     * Writes what was typed field by field: what nobody else touched meanwhile is kept, whoever else saves other fields at the
     * same time; of what somebody else changed to another answer, both are told. What cannot be an answer keeps nothing else
     * from being kept.
     */
    @Transactional
    Outcome<Saved> save(Actor actor, ProposalId id, Map<String, Typed> typed) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToEdit(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Map<String, String> stored = FormValues.of(proposal.answers());
        Map<String, DraftTable.Edit> edits = Map.of();
        List<Conflict> conflicts = new ArrayList<>();
        List<FieldProblem> problems = new ArrayList<>();
        Answers answers = proposal.answers();
        for (Map.Entry<String, Typed> field : new TreeMap<>(typed).entrySet()) {
            String name = field.getKey();
            String now = FormValues.normal(name, field.getValue().now());
            String is = stored.getOrDefault(name, "");
            String was = field.getValue().was() == null
                    ? is
                    : FormValues.normal(name, field.getValue().was());
            if (now.equals(was) || now.equals(is)) {
                continue;
            }
            if (!was.equals(is)) {
                edits = edits.isEmpty() ? draftTable.edits(id) : edits;
                DraftTable.Edit edit = edits.get(name);
                conflicts.add(
                        new Conflict(name, now, is, edit == null ? null : edit.by(), edit == null ? null : edit.at()));
                continue;
            }
            Answers before = answers;
            Outcome<Answers> next =
                    FormValues.change(name, now).then(before::with).then(withKnownDocuments(id));
            switch (next) {
                case Outcome.Done<Answers>(Answers written) -> answers = written;
                case Outcome.Refused<Answers>(Refusal why) -> problems.addAll(why.fields());
            }
        }
        return Outcome.done(new Saved(store(actor, proposal, answers), proposal.version(), conflicts, problems));
    }

    private Proposal store(Actor actor, Proposal proposal, Answers answers) {
        if (answers.equals(proposal.answers())) {
            return proposal;
        }
        Instant now = now();
        proposals.write(proposal.with(answers, now));
        Map<String, String> before = FormValues.of(proposal.answers());
        Map<String, String> after = FormValues.of(answers);
        Set<String> changed = new TreeSet<>(before.keySet());
        changed.addAll(after.keySet());
        changed.removeIf(field -> Objects.equals(before.get(field), after.get(field)));
        draftTable.edited(proposal.id(), changed, actor.person(), now);
        return proposals.get(actor, proposal.id());
    }

    /** An answer that names a document names one of this proposal. */
    private Function<Answers, Outcome<Answers>> withKnownDocuments(ProposalId id) {
        return answers -> {
            Set<String> named = new TreeSet<>();
            answers.fields().forEach((field, answer) -> {
                if (SectionForm.question(field)
                        .filter(q -> q.kind() == SectionForm.Kind.DOCUMENT)
                        .isPresent()) {
                    named.add(field);
                }
            });
            if (named.isEmpty()) {
                return Outcome.done(answers);
            }
            Set<String> known =
                    attachments.list(id).stream().map(a -> a.id().toString()).collect(Collectors.toSet());
            Fields fields = new Fields();
            named.forEach(field ->
                    fields.rule("sections." + field, known.contains(answers.field(field)), "no-such-document"));
            Optional<Refusal> unknown = fields.refusal();
            return unknown.isPresent() ? Outcome.refused(unknown.get()) : Outcome.done(answers);
        };
    }

    /** What this draft can be filled in from: what its organisation wrote besides, newest first. */
    List<DraftTable.Earlier> earlier(Proposal draft) {
        return draftTable.earlier(draft.organisation(), draft.id(), MOST_EARLIER);
    }

    /**
     * Fills in what is still empty with the answers of an earlier proposal of the same organisation. Nothing that is written is
     * replaced; documents stay where they are; time and place are taken over only from the same access mode.
     */
    @Transactional
    Outcome<Proposal> prefill(Actor actor, ProposalId id, @Nullable String from) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToEdit(actor)
                .or(() -> new Fields().present("from", from).refusal());
        if (refusal.isPresent() || from == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Proposal source = proposals.get(actor, earlierId(from));
        if (!source.organisation().equals(proposal.organisation())) {
            throw new NotFoundException("proposal");
        }
        boolean sameMode =
                calls.get(source.call()).mode() == calls.get(proposal.call()).mode();
        Map<String, String> present = FormValues.of(proposal.answers());
        Answers answers = proposal.answers();
        for (Map.Entry<String, String> field : FormValues.of(source.answers()).entrySet()) {
            String name = field.getKey();
            Optional<SectionForm.Question> question = FormValues.question(name);
            boolean document =
                    question.map(q -> q.kind() == SectionForm.Kind.DOCUMENT).orElse(false);
            boolean listBegun = question.filter(q -> q.list() != null)
                    .map(q -> present.keySet().stream()
                            .anyMatch(f -> f.startsWith("sections." + q.section() + "." + q.list() + ".")))
                    .orElse(false);
            boolean ofItsMode =
                    FormValues.section(name) == FormSection.RESOURCES || name.startsWith("sections.PLAN.months.");
            if (present.containsKey(name) || document || listBegun || (ofItsMode && !sameMode)) {
                continue;
            }
            Answers before = answers;
            // What was an answer once and is none any more is left out.
            answers = switch (FormValues.change(name, field.getValue()).then(before::with)) {
                case Outcome.Done<Answers>(Answers taken) -> taken;
                case Outcome.Refused<Answers> refused -> before;
            };
        }
        return Outcome.done(store(actor, proposal, answers));
    }

    private static ProposalId earlierId(String typed) {
        try {
            return ProposalId.valueOf(typed);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("proposal");
        }
    }

    /** Fills the months of the plan with what is asked for, the same in each. */
    @Transactional
    Outcome<Proposal> planEvenly(Actor actor, ProposalId id) {
        Proposal proposal = proposals.lock(actor, id);
        Optional<Refusal> refusal = proposal.refusalToEdit(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Answers answers = proposal.answers();
        int months = answers.durationMonths() == null ? 0 : answers.durationMonths();
        if (answers.gpuHours() == null || answers.cpuHours() == null || months == 0) {
            return Outcome.refused(Refusal.conflict("plan-needs-hours"));
        }
        List<BigDecimal> gpu = FormSums.evenly(answers.gpuHours().hours(), months);
        List<BigDecimal> cpu = FormSums.evenly(answers.cpuHours().hours(), months);
        Map<String, String> change = new TreeMap<>();
        answers.fields().keySet().stream()
                .filter(f -> f.startsWith("PLAN.months."))
                .forEach(f -> change.put("sections." + f, ""));
        for (int month = 0; month < months; month++) {
            change.put("sections.PLAN.months." + (month + 1) + ".gpuHours", SectionForm.plain(gpu.get(month)));
            change.put("sections.PLAN.months." + (month + 1) + ".cpuHours", SectionForm.plain(cpu.get(month)));
        }
        return FormValues.change(change).then(answers::with).map(planned -> store(actor, proposal, planned));
    }

    /** Who wrote which field last. */
    Map<String, DraftTable.Edit> edits(Proposal draft) {
        return draftTable.edits(draft.id());
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
