package org.farga.review;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.farga.access.ReviewedProposal;
import org.farga.access.ReviewedProposals;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the assignment of a call's proposals, lets officers change it by hand, and makes it real. A run proposes; only a
 * confirmation tells reviewers.
 */
@Service
class Rounds {
    private static final int MOST_PROPOSALS = 5_000;
    private static final int MOST_REVIEWERS = 2_000;
    private static final int MOST_YEARS = 20;
    private static final int LONGEST_REASON = 2_000;

    private final RoundTable table;
    private final PairTable pairs;
    private final ReviewerTable reviewers;
    private final Conflicts conflicts;
    private final ReviewedProposals proposals;
    private final People people;
    private final Organisations organisations;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Rounds(
            RoundTable table,
            PairTable pairs,
            ReviewerTable reviewers,
            Conflicts conflicts,
            ReviewedProposals proposals,
            People people,
            Organisations organisations,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            TransactionTemplate transactions,
            Clock clock) {
        this.table = table;
        this.pairs = pairs;
        this.reviewers = reviewers;
        this.conflicts = conflicts;
        this.proposals = proposals;
        this.people = people;
        this.organisations = organisations;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** What an officer asks of a run; what is null is the last run's, or the usual. */
    record Order(
            @Nullable Instant cutOff,
            @Nullable Long seed,
            @Nullable Integer conflictYears) {}

    /**
     * How a round stands.
     *
     * @param round null where nothing was run yet
     * @param rows proposals, those that lack reviewers first
     * @param hidden how many more there are of the reader's own organisations, which are not theirs to see
     * @param outdated how many proposed pairs do not hold any more
     * @param freePlaces how many more proposals all reviewers who are there could take
     */
    record Standing(
            ReviewedProposals.ReviewedCall call,
            @Nullable Instant cutOff,
            @Nullable Round round,
            List<Row> rows,
            List<Load> loads,
            Map<PersonId, People.Summary> names,
            int hidden,
            int outdated,
            int freePlaces) {
        int proposed() {
            return count(Assignment.State.PROPOSED);
        }

        int active() {
            return count(Assignment.State.ACTIVE);
        }

        private int count(Assignment.State state) {
            return (int) rows.stream()
                    .flatMap(row -> row.pairs().stream())
                    .filter(p -> p.state() == state)
                    .count();
        }

        int lacking() {
            return rows.stream().mapToInt(Row::lacking).sum();
        }

        int needed() {
            return rows.stream().mapToInt(r -> r.proposal().reviewersNeeded()).sum();
        }

        String name(PersonId person) {
            return Conflicts.name(names, person);
        }

        /** A part of the rows; where rows moved meanwhile, it goes on after the place at which the last part ended. */
        Page<Row> page(@Nullable String cursor, int size) {
            Integer from = Cursor.decode(cursor, Integer::valueOf);
            int start = from == null ? 0 : Math.clamp(from, 0, rows.size());
            int end = Math.min(rows.size(), start + size);
            return new Page<>(rows.subList(start, end), end < rows.size() ? Cursor.encode(String.valueOf(end)) : null);
        }
    }

    /**
     * A proposal with those who review it.
     *
     * @param obstacles of a proposal that lacks reviewers: how many of the pool stand how to it
     */
    record Row(
            ReviewedProposal proposal,
            String organisation,
            List<Pair> pairs,
            int lacking,
            Map<Pair.Standing, Integer> obstacles) {}

    /** How much somebody has of a round. */
    record Load(Reviewer reviewer, int load, boolean there) {}

    /** A proposal with everybody who could review it, the best first. */
    record Choice(Standing standing, Row row, List<Pool.Candidate> candidates, List<Conflicts.Named> conflicts) {}

    /** All that a change by hand works on. */
    private record Hand(Pool pool, Round round, ReviewedProposal proposal) {}

    /**
     * Proposes reviewers for every proposal of a round that lacks some; what is pinned or active stays. What it found is read and
     * written in transactions of their own, because solving takes seconds.
     */
    Outcome<Round> run(Actor officer, String call, Order order) {
        ReviewRights.requireOfficer(officer);
        ReviewedProposals.ReviewedCall of = proposals.call(officer, call);
        Instant cutOff = cutOff(of, order.cutOff());
        var refusal = new Fields()
                .rule(
                        "conflictYears",
                        order.conflictYears() == null
                                || (order.conflictYears() >= 0 && order.conflictYears() <= MOST_YEARS),
                        "out-of-range",
                        0,
                        MOST_YEARS)
                .refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Instant began = now();
        record Before(@Nullable Round round, Pool pool, int years, long seed) {}
        Before before = transactions.execute(status -> {
            Round last = table.lock(of.id(), cutOff).orElse(null);
            int years = order.conflictYears() != null
                    ? order.conflictYears()
                    : last == null ? Conflicts.YEARS : last.conflictYears();
            long seed = order.seed() != null ? order.seed() : last == null ? 1 : last.seed();
            return new Before(last, pool(of, cutOff, years), years, seed);
        });
        if (before.pool().proposals().isEmpty()) {
            return Outcome.refused(Refusal.conflict("nothing-to-assign"));
        }
        if (before.pool().reviewers().isEmpty()) {
            return Outcome.refused(Refusal.conflict("no-reviewers"));
        }
        Pool.Run run = before.pool().run(before.seed());
        return transactions.execute(status -> {
            Round last = table.lock(of.id(), cutOff).orElse(null);
            if ((last == null) != (before.round() == null)
                    || (last != null
                            && before.round() != null
                            && last.version() != before.round().version())) {
                return Outcome.refused(Refusal.stale());
            }
            Instant now = now();
            Round round = new Round(
                    last == null ? TimeOrderedUuid.next() : last.id(),
                    of.id(),
                    cutOff,
                    before.seed(),
                    before.years(),
                    now,
                    officer.person(),
                    Math.max(0, ChronoUnit.MILLIS.between(began, now)),
                    run.objective(),
                    null,
                    null,
                    1);
            table.put(round);
            pairs.dropProposed(round.id());
            pairs.propose(run.chosen().stream()
                    .map(c -> new Pair(
                            c.proposal().id(),
                            c.reviewer().person(),
                            round.id(),
                            Assignment.State.PROPOSED,
                            now,
                            false,
                            false,
                            c.why().affinity().total(),
                            c.why(),
                            null,
                            null))
                    .toList());
            audit.record(
                    officer,
                    "review-assignment.run",
                    "call",
                    of.id(),
                    Map.of(
                            "code", of.code(),
                            "proposals", before.pool().proposals().size(),
                            "proposed", run.chosen().size(),
                            "seed", before.seed(),
                            "conflictYears", before.years(),
                            "objective", run.objective()));
            return Outcome.done(table.find(of.id(), cutOff).orElseThrow());
        });
    }

    /** Makes what is proposed real, and tells the reviewers; refused where some of it does not hold any more. */
    @Transactional
    Outcome<Round> confirm(Actor officer, String call, @Nullable Instant asked, @Nullable Long version) {
        ReviewRights.requireOfficer(officer);
        ReviewedProposals.ReviewedCall of = proposals.call(officer, call);
        Instant cutOff = cutOff(of, asked);
        Round round = table.lock(of.id(), cutOff).orElse(null);
        if (round == null) {
            return Outcome.refused(Refusal.conflict("no-assignment-yet"));
        }
        if (version != null && version != round.version()) {
            return Outcome.refused(Refusal.stale());
        }
        reviewers.hold();
        Pool pool = pool(of, cutOff, round.conflictYears());
        int outdated = outdated(pool);
        if (outdated > 0) {
            return Outcome.refused(Refusal.conflict("assignment-outdated", outdated));
        }
        Map<PersonId, Integer> given = pairs.activate(
                pool.proposals().stream().map(ReviewedProposal::id).toList(), officer.person(), now());
        if (given.isEmpty()) {
            return Outcome.refused(Refusal.conflict("nothing-proposed"));
        }
        table.confirm(round.id(), officer.person(), now());
        given.forEach((reviewer, count) ->
                notifications.tell(List.of(reviewer), "review.told.assigned", "/reviewer", count, of.title()));
        audit.record(
                officer,
                "review-assignment.confirmed",
                "call",
                of.id(),
                Map.of(
                        "code",
                        of.code(),
                        "assignments",
                        given.values().stream().mapToInt(n -> n).sum()));
        return Outcome.done(table.find(of.id(), cutOff).orElseThrow());
    }

    /** Proposed pairs whose reviewer left, or has a conflict by now. */
    private static int outdated(Pool pool) {
        Set<PersonId> there = new HashSet<>();
        pool.reviewers().forEach(r -> there.add(r.person()));
        return (int) pool.proposals().stream()
                .flatMap(p -> pool.given(p.id()).stream())
                .filter(p -> p.state() == Assignment.State.PROPOSED)
                .filter(p -> !there.contains(p.reviewer()) || pool.isForbidden(p.proposal(), p.reviewer()))
                .count();
    }

    /** An officer gives a proposal a reviewer by hand, also one more than it needs; a run keeps them. */
    @Transactional
    Outcome<Pair> add(Actor officer, ProposalId proposal, @Nullable PersonId reviewer) {
        return byHand(officer, proposal, hand -> add(officer, hand, reviewer));
    }

    private Outcome<Pair> add(Actor officer, Hand hand, @Nullable PersonId person) {
        Reviewer reviewer = hand.pool().reviewers().stream()
                .filter(r -> r.person().equals(person))
                .findFirst()
                .orElse(null);
        var refusal = new Fields()
                .present("reviewer", person)
                .rule("reviewer", person == null || reviewer != null, "not-a-reviewer")
                .refusal();
        if (refusal.isPresent() || reviewer == null || person == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        switch (hand.pool().standing(hand.proposal(), reviewer)) {
            case ASSIGNED -> {
                return Outcome.refused(Refusal.conflict("assigned-already"));
            }
            case CONFLICT -> {
                return Outcome.refused(Refusal.conflict("reviewer-has-conflict"));
            }
            case AWAY -> {
                return Outcome.refused(Refusal.conflict("reviewer-away"));
            }
            case FULL -> {
                return Outcome.refused(Refusal.conflict("reviewer-full", reviewer.loadLimit()));
            }
            case DECLINED, TAKEN_OFF, FREE -> {
                if (hand.pool().load(person) >= reviewer.loadLimit()) {
                    return Outcome.refused(Refusal.conflict("reviewer-full", reviewer.loadLimit()));
                }
            }
        }
        Pair.Explanation why = hand.pool().explain(hand.proposal(), person);
        Pair pair = new Pair(
                hand.proposal().id(),
                person,
                hand.round().id(),
                Assignment.State.PROPOSED,
                now(),
                true,
                true,
                why.affinity().total(),
                why,
                officer.person(),
                null);
        pairs.propose(List.of(pair));
        table.touch(hand.round().id());
        record(officer, "review-assignment.added", hand.proposal(), person);
        return Outcome.done(pair);
    }

    /** Whether a run keeps what is proposed. */
    @Transactional
    Outcome<Pair> pin(Actor officer, ProposalId proposal, PersonId reviewer, boolean pinned) {
        return byHand(officer, proposal, hand -> {
            Pair pair = counting(hand, reviewer);
            if (pair.state() != Assignment.State.PROPOSED) {
                return Outcome.refused(Refusal.conflict("assignment-active"));
            }
            if (pair.pinned() != pinned) {
                pairs.pin(proposal, reviewer, pinned, officer.person());
                table.touch(hand.round().id());
                record(
                        officer,
                        pinned ? "review-assignment.pinned" : "review-assignment.unpinned",
                        hand.proposal(),
                        reviewer);
            }
            return Outcome.done(find(proposal, reviewer));
        });
    }

    /** Takes a proposal off a reviewer; a run does not give it to them again. */
    @Transactional
    Outcome<Pair> remove(Actor officer, ProposalId proposal, PersonId reviewer, @Nullable String reason) {
        return byHand(officer, proposal, hand -> remove(officer, hand, reviewer, reason));
    }

    private Outcome<Pair> remove(Actor officer, Hand hand, PersonId reviewer, @Nullable String reason) {
        Pair pair = counting(hand, reviewer);
        var refusal = new Fields().text("reason", reason, LONGEST_REASON).refusal();
        if (refusal.isPresent() || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        end(officer, hand, pair, reason);
        return Outcome.done(find(hand.proposal().id(), reviewer));
    }

    private void end(Actor officer, Hand hand, Pair pair, String reason) {
        PersonId reviewer = pair.reviewer();
        pairs.end(hand.proposal().id(), reviewer, Assignment.State.RELEASED, officer.person(), reason.strip(), now());
        table.touch(hand.round().id());
        record(officer, "review-assignment.removed", hand.proposal(), reviewer);
        if (pair.state() == Assignment.State.ACTIVE) {
            notifications.tell(
                    List.of(reviewer),
                    "review.told.taken-off",
                    "/reviewer",
                    hand.proposal().code());
        }
    }

    /** Gives a proposal to one reviewer in the place of another. */
    @Transactional
    Outcome<Pair> replace(
            Actor officer, ProposalId proposal, PersonId reviewer, @Nullable PersonId by, @Nullable String reason) {
        return byHand(officer, proposal, hand -> {
            Pair before = counting(hand, reviewer);
            var refusal = new Fields().text("reason", reason, LONGEST_REASON).refusal();
            if (refusal.isPresent() || reason == null) {
                return Outcome.refused(refusal.orElseThrow());
            }
            // Only thought away: where the new one cannot, nothing is taken off anybody.
            hand.pool().takeOff(before);
            return add(officer, hand, by).map(added -> {
                end(officer, hand, before, reason);
                return added;
            });
        });
    }

    private Outcome<Pair> byHand(Actor officer, ProposalId id, Function<Hand, Outcome<Pair>> change) {
        ReviewRights.requireOfficer(officer);
        ReviewedProposal proposal = proposals
                .find(id)
                .filter(p -> !officer.isMemberOf(p.organisation()))
                .orElseThrow(() -> new NotFoundException("proposal"));
        ReviewedProposals.ReviewedCall call =
                proposals.call(officer, proposal.call().toString());
        Round round = table.lock(call.id(), proposal.cutOff()).orElse(null);
        if (!proposal.inExpertReview()) {
            return Outcome.refused(Refusal.conflict("not-in-expert-review", proposal.code()));
        }
        reviewers.hold();
        return round == null
                ? Outcome.refused(Refusal.conflict("no-assignment-yet"))
                : change.apply(new Hand(pool(call, proposal.cutOff(), round.conflictYears()), round, proposal));
    }

    private static Pair counting(Hand hand, PersonId reviewer) {
        return hand.pool().given(hand.proposal().id()).stream()
                .filter(p -> p.reviewer().equals(reviewer))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("assignment"));
    }

    private Pair find(ProposalId proposal, PersonId reviewer) {
        return pairs.of(List.of(proposal)).stream()
                .filter(p -> p.reviewer().equals(reviewer))
                .findFirst()
                .orElseThrow();
    }

    private void record(Actor officer, String action, ReviewedProposal proposal, PersonId reviewer) {
        audit.record(officer, action, "proposal", proposal.id(), Map.of("code", proposal.code(), "reviewer", reviewer));
    }

    /** Everything about a round as it is now, with its conflicts found anew. */
    private Pool pool(ReviewedProposals.ReviewedCall call, @Nullable Instant cutOff, int years) {
        return pool(call, cutOff, years, true);
    }

    private Pool pool(ReviewedProposals.ReviewedCall call, @Nullable Instant cutOff, int years, boolean search) {
        List<ReviewedProposal> among = proposals.inExpertReview(call.id(), cutOff, MOST_PROPOSALS);
        List<Reviewer> active = reviewers.listActive(MOST_REVIEWERS);
        List<PersonId> ids = active.stream().map(Reviewer::person).toList();
        List<ProposalId> codes = among.stream().map(ReviewedProposal::id).toList();
        return new Pool(
                among,
                active,
                search ? conflicts.find(among, ids, years) : conflicts.known(codes, ids),
                pairs.of(codes),
                today());
    }

    /** How a round stands; without what the reader's own organisations ask for. */
    Standing standing(Actor reader, String call, @Nullable Instant asked) {
        ReviewRights.requireReader(reader);
        ReviewedProposals.ReviewedCall of = proposals.call(reader, call);
        Instant cutOff = cutOff(of, asked);
        return standing(reader, of, cutOff, pool(of, cutOff, Conflicts.YEARS, false));
    }

    private Standing standing(Actor reader, ReviewedProposals.ReviewedCall of, @Nullable Instant cutOff, Pool pool) {
        List<ReviewedProposal> seen = pool.proposals().stream()
                .filter(p -> !reader.isMemberOf(p.organisation()))
                .toList();
        Map<OrganisationId, Organisations.Summary> theirs = organisations.summaries(
                seen.stream().map(ReviewedProposal::organisation).distinct().toList());
        List<Row> rows = seen.stream()
                .map(p -> {
                    Organisations.Summary applicant = theirs.get(p.organisation());
                    return row(pool, p, applicant == null ? "" : applicant.name());
                })
                .sorted(Comparator.<Row>comparingInt(r -> -r.lacking())
                        .thenComparing(r -> r.proposal().code()))
                .toList();
        Set<PersonId> named = new HashSet<>();
        pool.reviewers().forEach(r -> named.add(r.person()));
        rows.forEach(r -> r.pairs().forEach(p -> {
            named.add(p.reviewer());
            p.why().before().forEach(b -> named.add(b.reviewer()));
        }));
        LocalDate today = today();
        return new Standing(
                of,
                cutOff,
                table.find(of.id(), cutOff).orElse(null),
                rows,
                pool.reviewers().stream()
                        .map(r -> new Load(r, pool.load(r.person()), r.isThere(today)))
                        .sorted(Comparator.<Load>comparingInt(l -> -l.load())
                                .thenComparing(l -> l.reviewer().person().value()))
                        .toList(),
                people.summaries(named),
                pool.proposals().size() - seen.size(),
                outdated(pool),
                pool.freePlaces());
    }

    private static Row row(Pool pool, ReviewedProposal proposal, String organisation) {
        int lacking = pool.lacking(proposal);
        Map<Pair.Standing, Integer> obstacles = new EnumMap<>(Pair.Standing.class);
        if (lacking > 0) {
            pool.reviewers().forEach(r -> obstacles.merge(pool.standing(proposal, r), 1, Integer::sum));
        }
        return new Row(proposal, organisation, pool.given(proposal.id()), lacking, obstacles);
    }

    /** One proposal with everybody who could review it. */
    Choice choice(Actor reader, ProposalId id) {
        ReviewRights.requireReader(reader);
        ReviewedProposal proposal = proposals
                .find(id)
                .filter(p -> !reader.isMemberOf(p.organisation()))
                .orElseThrow(() -> new NotFoundException("proposal"));
        ReviewedProposals.ReviewedCall of =
                proposals.call(reader, proposal.call().toString());
        Pool pool = pool(of, proposal.cutOff(), Conflicts.YEARS, false);
        Standing standing = standing(reader, of, proposal.cutOff(), pool);
        Row row = standing.rows().stream()
                .filter(r -> r.proposal().id().equals(id))
                .findFirst()
                .orElseGet(() -> new Row(
                        proposal, organisations.summary(proposal.organisation()).name(), List.of(), 0, Map.of()));
        List<Conflict> known = conflicts.known(
                List.of(id), pool.reviewers().stream().map(Reviewer::person).toList());
        return new Choice(standing, row, pool.candidates(proposal), conflicts.named(reader, known));
    }

    /** The round that is meant: the one asked for, or the latest in which proposals are in expert review. */
    private static @Nullable Instant cutOff(ReviewedProposals.ReviewedCall call, @Nullable Instant asked) {
        return asked != null || call.rounds().isEmpty()
                ? asked
                : call.rounds().getFirst().cutOff();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
