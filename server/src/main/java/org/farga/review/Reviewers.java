package org.farga.review;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.access.ReviewedProposal;
import org.farga.access.ReviewedProposals;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.AddressProof;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The pool of experts: who is asked into it, what they know, and how they leave. */
@Service
class Reviewers {
    private static final int LONGEST_REASON = 2_000;
    private static final int MOST_SHOWN = 200;

    private final ReviewerTable table;
    private final PairTable pairs;
    private final Conflicts conflicts;
    private final ReviewedProposals proposals;
    private final People people;
    private final AddressProof proof;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final Clock clock;

    Reviewers(
            ReviewerTable table,
            PairTable pairs,
            Conflicts conflicts,
            ReviewedProposals proposals,
            People people,
            @Lazy AddressProof proof,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.pairs = pairs;
        this.conflicts = conflicts;
        this.proposals = proposals;
        this.people = people;
        this.proof = proof;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.clock = clock;
    }

    /** A reviewer with their name, and how many proposals they are to review now. */
    record Named(Reviewer reviewer, People.Summary person, int load) {}

    /** What is to be reviewed by somebody, or was. */
    record Task(Pair pair, ReviewedProposal proposal) {}

    /** All that a page about a reviewer shows. */
    record Detail(Named named, List<Interest> interests, List<Task> tasks) {}

    /** Asks somebody with an account into the pool, or makes them a reviewer at once where they agreed already. */
    @Transactional
    Outcome<Named> invite(Actor officer, @Nullable String email, @Nullable Integer loadLimit, boolean appointed) {
        ReviewRights.requireOfficer(officer);
        Optional<EmailAddress> address =
                Person.parse(email == null ? "" : email).filter(EmailAddress::isDeliverable);
        Optional<People.Summary> found = address.flatMap(people::find);
        var refusal = new Fields()
                .text("email", email, 254)
                .rule("email", email == null || email.isBlank() || found.isPresent(), "no-account")
                .refusal();
        if (refusal.isPresent() || found.isEmpty()) {
            return Outcome.refused(refusal.orElseThrow());
        }
        People.Summary person = found.get();
        if (proof.isMissing(person.id())) {
            return Outcome.refused(Refusal.conflict(
                    "address-of-holder-not-proven", person.email().value()));
        }
        return Reviewer.invite(officer, person.id(), table.lock(person.id()).orElse(null), loadLimit, appointed, now())
                .map(reviewer -> {
                    write(reviewer);
                    audit.record(
                            officer,
                            appointed ? "reviewer.appointed" : "reviewer.invited",
                            "person",
                            person.id(),
                            Map.of("loadLimit", reviewer.loadLimit()));
                    notifications.tell(
                            List.of(person.id()),
                            appointed ? "review.told.appointed" : "review.told.invited",
                            "/reviewer");
                    return named(List.of(reviewer)).getFirst();
                });
    }

    /** The invited person says yes. */
    @Transactional
    Outcome<Reviewer> accept(Actor actor) {
        Reviewer reviewer = lockOwn(actor);
        if (reviewer.state() == Reviewer.State.LEFT) {
            return Outcome.refused(Refusal.conflict("reviewer-left"));
        }
        if (reviewer.state() == Reviewer.State.INVITED) {
            write(reviewer.in(Reviewer.State.ACTIVE, now()));
            audit.record(actor, "reviewer.accepted", "person", actor.person(), Map.of());
            notifications.tell(
                    List.of(reviewer.invitedBy()),
                    "review.told.accepted",
                    "/reviewers/" + actor.person(),
                    actor.name());
        }
        return Outcome.done(own(actor));
    }

    /** What a reviewer says of themselves. */
    @Transactional
    Outcome<Reviewer> describe(Actor actor, @Nullable Long version, Reviewer.Profile profile) {
        Reviewer reviewer = lockOwn(actor);
        if (version != null && version != reviewer.version()) {
            return Outcome.refused(Refusal.stale());
        }
        return reviewer.with(profile, proposals.sectors(), today()).map(changed -> {
            if (!changed.equals(reviewer)) {
                write(changed);
            }
            return own(actor);
        });
    }

    /** How many proposals of a round somebody takes at most; what they have already stays. */
    @Transactional
    Outcome<Reviewer> limit(Actor officer, PersonId person, @Nullable Long version, @Nullable Integer limit) {
        ReviewRights.requireOfficer(officer);
        Reviewer reviewer = table.lock(person).orElseThrow(() -> new NotFoundException("reviewer"));
        if (version != null && version != reviewer.version()) {
            return Outcome.refused(Refusal.stale());
        }
        return reviewer.withLoadLimit(limit).map(changed -> {
            if (!changed.equals(reviewer)) {
                write(changed);
                audit.record(
                        officer,
                        "reviewer.limited",
                        "person",
                        person,
                        Map.of("from", reviewer.loadLimit(), "to", changed.loadLimit()));
            }
            return table.find(person).orElseThrow();
        });
    }

    /** The reviewer leaves, or says no to the invitation. */
    @Transactional
    Outcome<Reviewer> leave(Actor actor, @Nullable String reason) {
        return release(actor, lockOwn(actor), reason == null || reason.isBlank() ? "–" : reason);
    }

    /** An officer takes somebody out of the pool. */
    @Transactional
    Outcome<Reviewer> remove(Actor officer, PersonId person, @Nullable String reason) {
        ReviewRights.requireOfficer(officer);
        Reviewer reviewer = table.lock(person).orElseThrow(() -> new NotFoundException("reviewer"));
        return release(officer, reviewer, reason);
    }

    private Outcome<Reviewer> release(Actor actor, Reviewer reviewer, @Nullable String reason) {
        var refusal = new Fields().text("reason", reason, LONGEST_REASON).refusal();
        if (refusal.isPresent() || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (reviewer.state() == Reviewer.State.LEFT) {
            return Outcome.done(reviewer);
        }
        Instant now = now();
        List<ProposalId> released = pairs.releaseAll(reviewer.person(), actor.person(), reason.strip(), now);
        write(reviewer.in(Reviewer.State.LEFT, now));
        audit.record(
                actor,
                "reviewer.left",
                "person",
                reviewer.person(),
                Map.of("released", released, "reason", reason.strip()));
        String name = people.summary(reviewer.person()).name();
        notifications.tell(
                people.withRole(CentreRole.ACCESS_OFFICER),
                released.isEmpty() ? "review.told.left" : "review.told.left-with",
                "/reviewers/" + reviewer.person(),
                name,
                released.size());
        if (!actor.person().equals(reviewer.person())) {
            notifications.tell(List.of(reviewer.person()), "review.told.removed", "/reviewer", reason.strip());
        }
        return Outcome.done(table.find(reviewer.person()).orElseThrow());
    }

    /** The reviewer says that they have an interest in an organisation; what is proposed meanwhile is found at the next run. */
    @Transactional
    Outcome<Interest> declare(Actor actor, @Nullable String organisation, @Nullable String reason) {
        Reviewer reviewer = lockOwn(actor);
        var refusal = Interest.refusal(organisation, reason);
        if (refusal.isPresent() || organisation == null || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (reviewer.state() == Reviewer.State.LEFT) {
            return Outcome.refused(Refusal.conflict("reviewer-left"));
        }
        if (conflicts.interests(actor.person()).size() >= MOST_SHOWN) {
            return Outcome.refused(Refusal.tooManyAtOnce("too-many-interests", MOST_SHOWN));
        }
        return Outcome.done(conflicts.declare(actor, organisation, reason));
    }

    @Transactional
    void withdrawInterest(Actor actor, UUID interest) {
        lockOwn(actor);
        if (!conflicts.withdraw(actor, interest)) {
            throw new NotFoundException("interest");
        }
    }

    /** The actor's own record; throws {@link NotFoundException} for who was never asked. */
    Reviewer own(Actor actor) {
        return table.find(actor.person()).orElseThrow(() -> new NotFoundException("reviewer"));
    }

    /** All that a reviewer sees of themselves. */
    Detail ownDetail(Actor actor) {
        return detail(own(actor));
    }

    /** All that an officer sees of one. */
    Detail detail(Actor reader, PersonId person) {
        ReviewRights.requireReader(reader);
        Detail all = detail(table.find(person).orElseThrow(() -> new NotFoundException("reviewer")));
        return new Detail(
                all.named(),
                all.interests(),
                all.tasks().stream()
                        .filter(t -> !reader.isMemberOf(t.proposal().organisation()))
                        .toList());
    }

    private Detail detail(Reviewer reviewer) {
        return new Detail(
                named(List.of(reviewer)).getFirst(), conflicts.interests(reviewer.person()), tasks(reviewer.person()));
    }

    private List<Task> tasks(PersonId person) {
        List<Pair> theirs = pairs.ofReviewer(person, MOST_SHOWN);
        Map<ProposalId, ReviewedProposal> known = proposals
                .list(theirs.stream().map(Pair::proposal).toList())
                .stream()
                .collect(Collectors.toMap(ReviewedProposal::id, p -> p));
        return theirs.stream()
                .filter(p -> known.containsKey(p.proposal()))
                .map(p -> new Task(p, requireNonNull(known.get(p.proposal()))))
                .toList();
    }

    /** The pool, or those who left it. */
    Page<Named> list(Actor reader, boolean left, @Nullable String cursor, @Nullable Integer limit) {
        ReviewRights.requireReader(reader);
        int size = Cursor.size(limit);
        Page<Reviewer> page = Cursor.page(
                table.list(left, Cursor.decode(cursor, PersonId::valueOf), size + 1),
                size,
                r -> r.person().toString());
        return new Page<>(named(page.items()), page.next());
    }

    private List<Named> named(List<Reviewer> reviewers) {
        List<PersonId> ids = reviewers.stream().map(Reviewer::person).toList();
        Map<PersonId, People.Summary> names = people.summaries(ids);
        Map<PersonId, Integer> loads = pairs.loads(ids);
        return reviewers.stream()
                .filter(r -> names.containsKey(r.person()))
                .map(r -> new Named(r, requireNonNull(names.get(r.person())), loads.getOrDefault(r.person(), 0)))
                .toList();
    }

    private Reviewer lockOwn(Actor actor) {
        return table.lock(actor.person()).orElseThrow(() -> new NotFoundException("reviewer"));
    }

    private void write(Reviewer reviewer) {
        if (!table.put(reviewer)) {
            throw new IllegalStateException("a locked reviewer was changed by another: " + reviewer.person());
        }
    }

    LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
