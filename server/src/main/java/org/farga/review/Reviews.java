package org.farga.review;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.access.Review;
import org.farga.access.ReviewStep;
import org.farga.access.ReviewedProposal;
import org.farga.access.ReviewedProposals;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Messages;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes reviews from the first score to the end of their step. */
@Service
class Reviews {
    private static final int LONGEST_REASON = 2_000;
    private static final int MOST_WAITED_FOR = 5_000;
    private static final Duration SOON = Duration.ofDays(2);
    private static final Duration TO_OFFICERS_AFTER = Duration.ofDays(1);

    private final ReviewTable table;
    private final RebuttalTable rebuttals;
    private final Assignments assignments;
    private final PairTable pairs;
    private final Conflicts conflicts;
    private final ReviewStep step;
    private final ReviewedProposals proposals;
    private final Organisations organisations;
    private final People people;
    private final Notifications notifications;
    private final AuditLog audit;
    private final Messages messages;
    private final Clock clock;

    Reviews(
            ReviewTable table,
            RebuttalTable rebuttals,
            Assignments assignments,
            PairTable pairs,
            Conflicts conflicts,
            ReviewStep step,
            ReviewedProposals proposals,
            Organisations organisations,
            People people,
            Notifications notifications,
            AuditLog audit,
            Messages messages,
            Clock clock) {
        this.table = table;
        this.rebuttals = rebuttals;
        this.assignments = assignments;
        this.pairs = pairs;
        this.conflicts = conflicts;
        this.step = step;
        this.proposals = proposals;
        this.organisations = organisations;
        this.people = people;
        this.notifications = notifications;
        this.audit = audit;
        this.messages = messages;
        this.clock = clock;
    }

    /**
     * A review that somebody is to write or has written.
     *
     * @param open whether they can write it now
     */
    record Mine(ReviewedProposal proposal, boolean submitted, boolean open) {}

    /**
     * A review with what its reviewer may know of the proposal.
     *
     * @param organisation who applies; null where reviewers do not see it
     * @param open whether it can be written now
     */
    record Task(
            ReviewStep.Subject subject,
            Review terms,
            WrittenReview review,
            @Nullable String organisation,
            List<ReviewStep.Text> texts,
            @Nullable Rebuttal rebuttal,
            boolean open) {}

    /** As whom somebody reads the reviews of a proposal. */
    enum Reader {
        /** Without reviewers' names and what is confidential, and only when asked or when it is decided. */
        APPLICANT,
        PANEL,
        CENTRE
    }

    /** One review as its reader sees it; without a name where they may not know it. */
    record Shown(WrittenReview review, @Nullable String name) {}

    /**
     * The reviews of a proposal as somebody sees them.
     *
     * @param verdict null where none is in or the reader may not know yet
     * @param waitedFor who has not submitted; for the centre only
     * @param mayAnswer whether the reader may answer the reviews now
     * @param mayReopen whether the reader may let a reviewer change a submitted review
     */
    record Reading(
            ReviewStep.Subject subject,
            Reader reader,
            List<Shown> reviews,
            @Nullable Verdict verdict,
            @Nullable Rebuttal rebuttal,
            List<String> waitedFor,
            boolean mayAnswer,
            boolean mayReopen) {}

    /** What somebody is to review, the most urgent first, and what they have. */
    List<Mine> mine(Actor actor) {
        Set<ProposalId> active = assignments.ofReviewer(actor.person()).stream()
                .filter(a -> a.state() == Assignment.State.ACTIVE)
                .map(Assignment::proposal)
                .collect(Collectors.toSet());
        if (active.isEmpty()) {
            return List.of();
        }
        Set<ProposalId> submitted = table.submittedBy(actor.person(), active);
        return proposals.list(active).stream()
                .map(p -> new Mine(p, submitted.contains(p.id()), p.inExpertReview() && !submitted.contains(p.id())))
                .sorted(java.util.Comparator.comparing((Mine m) -> !m.open())
                        .thenComparing(
                                m -> m.proposal().dueAt(),
                                java.util.Comparator.nullsLast(java.util.Comparator.naturalOrder()))
                        .thenComparing(m -> m.proposal().code()))
                .toList();
    }

    /** One's review of a proposal; throws {@link NotFoundException} for whoever is not its reviewer. */
    Task task(Actor actor, ProposalId id, Locale language) {
        requireReviewer(actor, id);
        ReviewStep.Subject subject = step.find(id).orElseThrow(() -> new NotFoundException("review"));
        Review terms = requireNonNull(subject.terms());
        WrittenReview review = table.find(id, actor.person()).orElse(WrittenReview.begun(id, actor.person(), 0));
        return new Task(
                subject,
                terms,
                review,
                terms.hidesApplicant()
                        ? null
                        : organisations.summary(subject.organisation()).name(),
                step.texts(id, terms.hidesApplicant(), language),
                // What the applicant says is said to reviews; whoever has written none yet judges without it.
                review.isSubmitted() ? rebuttals.find(id).orElse(null) : null,
                isOpen(subject) && !review.isSubmitted());
    }

    private static boolean isOpen(ReviewStep.Subject subject) {
        return subject.stage() == ReviewStep.Stage.IN_REVIEW || subject.stage() == ReviewStep.Stage.PAUSED;
    }

    private void requireReviewer(Actor actor, ProposalId id) {
        if (assignments.active(id, actor.person()).isEmpty()) {
            throw new NotFoundException("review");
        }
    }

    /** Keeps a draft as it is typed; version 0 is that of one that was never saved. */
    @Transactional
    Outcome<WrittenReview> save(Actor actor, ProposalId id, long version, WrittenReview.Content typed) {
        return write(actor, id, version, (review, terms) -> review.with(typed, terms));
    }

    /** Hands in what was saved; where it was the last that is needed, the step of expert review ends with it. */
    @Transactional
    Outcome<WrittenReview> submit(Actor actor, ProposalId id, long version) {
        return write(actor, id, version, (review, terms) -> review.submitted(now()));
    }

    /** Hands in what is typed with the form's other button. */
    @Transactional
    Outcome<WrittenReview> submit(Actor actor, ProposalId id, long version, WrittenReview.Content typed) {
        return write(
                actor,
                id,
                version,
                (review, terms) -> review.with(typed, terms).then(changed -> changed.submitted(now())));
    }

    private interface Change {
        Outcome<WrittenReview> of(WrittenReview review, Review terms);
    }

    private Outcome<WrittenReview> write(Actor actor, ProposalId id, long version, Change change) {
        requireReviewer(actor, id);
        // Locked, so that of two last reviews one is the last.
        ReviewStep.Subject subject = step.lock(id).orElseThrow(() -> new NotFoundException("review"));
        Optional<WrittenReview> kept = table.find(id, actor.person());
        WrittenReview review = kept.orElse(WrittenReview.begun(id, actor.person(), 0));
        if (actor.isMemberOf(subject.organisation())) {
            return Outcome.refused(Refusal.forbidden("own-proposal-to-review"));
        }
        if (review.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        if (!isOpen(subject) || subject.terms() == null) {
            return Outcome.refused(Refusal.conflict("review-over", subject.code()));
        }
        return change.of(review, subject.terms()).map(changed -> {
            Instant now = now();
            WrittenReview base = kept.isPresent() ? changed : table.insert(changed, now);
            if (!table.update(base, now)) {
                throw new IllegalStateException("a review was changed beside its lock: " + id);
            }
            if (changed.isSubmitted()) {
                audit.record(
                        actor,
                        "review.submitted",
                        "proposal",
                        id,
                        Map.of("code", subject.code(), "number", base.number()));
                settle(subject);
            }
            return table.find(id, actor.person()).orElseThrow();
        });
    }

    /** Why somebody will not review. */
    enum No {
        /** They have an interest in it; it is kept as declared, so that they are not asked again. */
        CONFLICT,
        DECLINED
    }

    /** Gives a proposal back, while one's review is not submitted; officers are told, because it needs somebody else. */
    @Transactional
    Outcome<No> refuse(Actor actor, ProposalId id, @Nullable No kind, @Nullable String reason) {
        requireReviewer(actor, id);
        ReviewStep.Subject subject = step.lock(id).orElseThrow(() -> new NotFoundException("review"));
        requireReviewer(actor, id);
        if (table.find(id, actor.person()).filter(WrittenReview::isSubmitted).isPresent()) {
            return Outcome.refused(Refusal.conflict("review-submitted"));
        }
        if (!isOpen(subject)) {
            return Outcome.refused(Refusal.conflict("review-over", subject.code()));
        }
        Optional<Refusal> refusal = new Fields()
                .present("kind", kind)
                .text("reason", reason, LONGEST_REASON)
                .refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        String why = requireNonNull(reason).strip();
        switch (requireNonNull(kind)) {
            case CONFLICT -> conflicts.recuse(actor, proposals.find(id).orElseThrow(), why);
            case DECLINED -> {
                pairs.end(id, actor.person(), Assignment.State.DECLINED, actor.person(), why, now());
                audit.record(
                        actor,
                        "review-assignment.declined",
                        "proposal",
                        id,
                        Map.of("code", subject.code(), "reviewer", actor.person()));
            }
        }
        notifications.tell(
                officers(),
                "review.told.given-back",
                "/calls/" + subject.call() + "/assignment/" + id,
                subject.code(),
                subject.title());
        return Outcome.done(kind);
    }

    /** Lets a reviewer change what they submitted, while the step lasts. */
    @Transactional
    Outcome<WrittenReview> reopen(Actor actor, ProposalId id, int number, @Nullable String reason) {
        ReviewStep.Subject subject = step.lock(id).orElseThrow(() -> new NotFoundException("proposal"));
        Reader reader = reader(actor, subject);
        Optional<Refusal> refusal = refusalToReopen(actor, subject, reader)
                .or(() -> new Fields().text("reason", reason, LONGEST_REASON).refusal());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        WrittenReview found = table.counting(List.of(id)).stream()
                .filter(r -> r.number() == number)
                .findFirst()
                .orElseThrow(() -> new NotFoundException("review"));
        return found.reopened().map(reopened -> {
            table.update(reopened, now());
            audit.record(
                    actor,
                    "review.reopened",
                    "proposal",
                    id,
                    Map.of(
                            "code",
                            subject.code(),
                            "number",
                            number,
                            "reason",
                            requireNonNull(reason).strip()));
            notifications.tell(
                    List.of(found.reviewer()), "review.told.reopened", link(id), subject.code(), subject.title());
            return table.find(id, found.reviewer()).orElseThrow();
        });
    }

    private static Optional<Refusal> refusalToReopen(Actor actor, ReviewStep.Subject subject, Reader reader) {
        if (reader != Reader.CENTRE || !actor.is(CentreRole.ACCESS_OFFICER)) {
            return Optional.of(Refusal.forbidden("access-officers-only"));
        }
        return subject.stage() == ReviewStep.Stage.IN_REVIEW
                ? Optional.empty()
                : Optional.of(Refusal.conflict("review-over", subject.code()));
    }

    /** The reviews of a proposal as the actor may see them; throws {@link NotFoundException} for others. */
    Reading reading(Actor actor, ProposalId id) {
        ReviewStep.Subject subject =
                step.find(id).filter(s -> s.terms() != null).orElseThrow(() -> new NotFoundException("proposal"));
        Reader reader = reader(actor, subject);
        Rebuttal rebuttal = rebuttals.find(id).orElse(null);
        boolean readable = reader == Reader.CENTRE
                || (reader == Reader.PANEL
                        && (subject.stage() == ReviewStep.Stage.AFTER || subject.stage() == ReviewStep.Stage.DECIDED))
                || (reader == Reader.APPLICANT && (rebuttal != null || subject.stage() == ReviewStep.Stage.DECIDED));
        List<WrittenReview> reviews = readable ? table.counting(List.of(id)) : List.of();
        List<PersonId> missing = reader == Reader.CENTRE && isOpen(subject)
                ? table.missing(id, 100).stream()
                        .map(ReviewTable.Missing::reviewer)
                        .toList()
                : List.of();
        boolean named = reader != Reader.APPLICANT;
        List<PersonId> asked = new ArrayList<>(missing);
        reviews.forEach(r -> asked.add(r.reviewer()));
        Map<PersonId, People.Summary> names = named ? people.summaries(asked) : Map.of();
        return new Reading(
                subject,
                reader,
                reviews.stream()
                        .map(r -> named ? new Shown(r, name(r.reviewer(), names)) : new Shown(forApplicant(r), null))
                        .toList(),
                reviews.isEmpty()
                        ? null
                        : Verdict.of(
                                requireNonNull(subject.terms()),
                                reviews.stream().map(WrittenReview::scores).toList()),
                rebuttal,
                missing.stream().map(p -> name(p, names)).toList(),
                reader == Reader.APPLICANT && rebuttal != null && rebuttal.isOpen(clock.instant()),
                refusalToReopen(actor, subject, reader).isEmpty());
    }

    /** Neither whose it is nor what was not written for them; and how sure the reviewer was would tell them apart. */
    private static WrittenReview forApplicant(WrittenReview review) {
        return new WrittenReview(
                review.proposal(),
                // Nobody's identifier: it must not be there for anything to give away.
                new PersonId(new java.util.UUID(0, 0)),
                review.number(),
                review.scores(),
                review.comments(),
                null,
                null,
                null,
                null,
                review.version());
    }

    static String name(PersonId person, Map<PersonId, People.Summary> names) {
        People.Summary found = names.get(person);
        return found == null ? person.toString() : found.name();
    }

    /** Whoever belongs to the applicant's organisation is that and nothing else. */
    static Reader reader(Actor actor, ReviewStep.Subject subject) {
        if (actor.isMemberOf(subject.organisation())) {
            return Reader.APPLICANT;
        }
        if (actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)) {
            return Reader.CENTRE;
        }
        if (actor.is(ScopedRole.Kind.PANEL_MEMBER, subject.call().toString())) {
            return Reader.PANEL;
        }
        throw new NotFoundException("proposal");
    }

    /** The applicant's people answer the reviews, once and in time; then the step goes on. */
    @Transactional
    Outcome<Rebuttal> answer(Actor actor, ProposalId id, @Nullable String typed) {
        ReviewStep.Subject subject = step.lock(id).orElseThrow(() -> new NotFoundException("proposal"));
        if (reader(actor, subject) != Reader.APPLICANT) {
            return Outcome.refused(Refusal.forbidden("members-only"));
        }
        Instant now = now();
        Optional<Rebuttal> open = rebuttals.find(id);
        if (open.isEmpty()) {
            return Outcome.refused(Refusal.conflict("rebuttal-not-asked", subject.code()));
        }
        Optional<Refusal> refusal = open.get().refusalToAnswer(typed, now);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return step.goOn(id, actor.person()).map(gone -> {
            Rebuttal answered = open.get().answered(requireNonNull(typed), actor.person(), now);
            rebuttals.close(answered);
            audit.record(actor, "rebuttal.given", "proposal", id, Map.of("code", subject.code()));
            settle(step.find(id).orElseThrow());
            return answered;
        });
    }

    /** What nobody answered in time stands without an answer. */
    @Transactional
    void closeRebuttal(ProposalId id) {
        ReviewStep.Subject subject = step.lock(id).orElseThrow();
        Rebuttal open = rebuttals.find(id).orElseThrow();
        Instant now = now();
        if (open.closedAt() != null || !now.isAfter(open.until())) {
            return;
        }
        rebuttals.close(open.closed(now));
        // Withdrawn meanwhile, it waits for nobody.
        if (step.goOn(id, null) instanceof Outcome.Done<ProposalId>) {
            audit.recordByRule("rebuttal.over", "proposal", id, Map.of("code", subject.code()));
            settle(step.find(id).orElseThrow());
        }
    }

    /** Ends the step where every review is in; for what changed otherwise than by a review, such as a reviewer's release. */
    @Transactional
    void settle(ProposalId id) {
        step.lock(id).ifPresent(this::settle);
    }

    private void settle(ReviewStep.Subject subject) {
        Review terms = subject.terms();
        ProposalId id = subject.id();
        Instant now = now();
        switch (subject.stage()) {
            case BEFORE, PAUSED -> {}
            case AFTER, DECIDED, WITHDRAWN -> table.end(id, null, now);
            case IN_REVIEW -> {
                List<WrittenReview> reviews = table.counting(List.of(id));
                if (terms == null
                        || reviews.size() < terms.reviewersNeeded()
                        || !table.missing(id, 1).isEmpty()) {
                    return;
                }
                if (terms.rebuttalWorkingDays() != null && rebuttals.find(id).isEmpty()) {
                    Instant until =
                            step.askApplicant(id, terms.rebuttalWorkingDays()).orThrow();
                    rebuttals.insert(new Rebuttal(id, now, until, null, null, null));
                    return;
                }
                Verdict verdict = Verdict.of(
                        terms, reviews.stream().map(WrittenReview::scores).toList());
                step.done(id, verdict.reached(), summary(verdict, terms)).orThrow();
                table.end(id, verdict.reached(), now);
            }
        }
    }

    /** What whoever decides reads in the history, in the one language that it is kept in; the page of the reviews says it in each. */
    private String summary(Verdict verdict, Review terms) {
        return messages.text(Locale.ENGLISH, "review.summary", verdict.reviews()) + " "
                + verdict.means().entrySet().stream()
                        .map(mean -> messages.text(Locale.ENGLISH, "access.criterion." + mean.getKey()) + " "
                                + mean.getValue().toPlainString()
                                + terms.thresholds().stream()
                                        .filter(t -> t.criterion() == mean.getKey())
                                        .map(t -> (verdict.below().contains(mean.getKey()) ? " < " : " ≥ ")
                                                + t.atLeast()
                                                        .stripTrailingZeros()
                                                        .toPlainString())
                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining("; "))
                + ".";
    }

    /** Proposals whose reviews are all in and which wait for nothing else. */
    List<ProposalId> ready(int most) {
        return table.ready(most);
    }

    List<ProposalId> rebuttalsOver(int most) {
        return rebuttals.over(clock.instant(), most);
    }

    /**
     * Tells reviewers that a review is due soon or overdue, and officers a day after that; each once for each deadline. Nothing
     * advances by it.
     */
    @Transactional
    void remind() {
        Instant now = now();
        List<ReviewTable.Missing> missing = table.missing(null, MOST_WAITED_FOR);
        Map<ProposalId, ReviewedProposal> under =
                proposals
                        .list(missing.stream()
                                .map(ReviewTable.Missing::proposal)
                                .distinct()
                                .toList())
                        .stream()
                        .collect(Collectors.toMap(ReviewedProposal::id, p -> p));
        for (ReviewTable.Missing one : missing) {
            ReviewedProposal proposal = under.get(one.proposal());
            Instant dueAt = proposal == null || !proposal.inExpertReview() ? null : proposal.dueAt();
            if (proposal == null || dueAt == null || now.isBefore(dueAt.minus(SOON))) {
                continue;
            }
            ReviewTable.Reminder kind = now.isAfter(dueAt) ? ReviewTable.Reminder.OVERDUE : ReviewTable.Reminder.SOON;
            if (table.remind(one, kind, dueAt, now)) {
                notifications.tell(
                        List.of(one.reviewer()),
                        kind == ReviewTable.Reminder.SOON ? "review.told.soon" : "review.told.overdue",
                        link(one.proposal()),
                        proposal.code(),
                        proposal.title(),
                        dueAt);
            }
            if (now.isAfter(dueAt.plus(TO_OFFICERS_AFTER))
                    && table.remind(one, ReviewTable.Reminder.ESCALATED, dueAt, now)) {
                notifications.tell(
                        officers(),
                        "review.told.escalated",
                        "/proposals/" + one.proposal() + "/reviews",
                        proposal.code(),
                        proposal.title(),
                        dueAt);
                audit.recordByRule(
                        "review.escalated",
                        "proposal",
                        one.proposal(),
                        Map.of("code", proposal.code(), "reviewer", one.reviewer()));
            }
        }
    }

    private Collection<PersonId> officers() {
        return people.withRole(CentreRole.ACCESS_OFFICER);
    }

    private static String link(ProposalId id) {
        return "/reviews/" + id;
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
