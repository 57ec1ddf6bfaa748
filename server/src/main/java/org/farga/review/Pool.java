package org.farga.review;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.farga.access.ReviewedProposal;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;

/**
 * All that decides who can review what in one round: proposals, reviewers, ties, and what is assigned. Pure: it knows no clock and no
 * database, and the same content gives the same assignment.
 */
final class Pool {
    private static final int MOST_BEFORE = 8;

    private final List<ReviewedProposal> proposals;
    private final List<Reviewer> reviewers;
    private final Map<ProposalId, Map<PersonId, Pair>> pairs = new HashMap<>();
    private final Map<PersonId, Integer> loads = new HashMap<>();
    private final Map<ProposalId, Set<PersonId>> forbidden = new HashMap<>();
    private final LocalDate today;
    private final Map<ProposalId, Affinity.Subject> subjects = new HashMap<>();

    /**
     * Takes them in any order.
     *
     * @param among what is reviewed together
     * @param reviewers those in the pool
     * @param conflicts between any of them
     * @param pairs what was ever between these proposals and anybody
     */
    Pool(
            Collection<ReviewedProposal> among,
            Collection<Reviewer> reviewers,
            Collection<Conflict> conflicts,
            Collection<Pair> pairs,
            LocalDate today) {
        // In the order of what never changes: the seed alone decides between equals.
        this.proposals = among.stream()
                .sorted(Comparator.comparing(ReviewedProposal::code))
                .toList();
        this.reviewers = reviewers.stream()
                .sorted(Comparator.comparing(r -> r.person().value()))
                .toList();
        this.today = today;
        for (Pair pair : pairs) {
            this.pairs.computeIfAbsent(pair.proposal(), id -> new HashMap<>()).put(pair.reviewer(), pair);
            if (pair.counts()) {
                loads.merge(pair.reviewer(), 1, Integer::sum);
            }
        }
        conflicts.stream()
                .filter(Conflict::forbids)
                .forEach(c -> forbidden
                        .computeIfAbsent(c.proposal(), id -> new HashSet<>())
                        .add(c.reviewer()));
    }

    /** Somebody as a candidate for one proposal. */
    record Candidate(Reviewer reviewer, Affinity affinity, int rank, Pair.Standing standing, int load) {}

    /** What a run answers. */
    record Run(List<Chosen> chosen, long objective) {}

    /** One whom a run chose. */
    record Chosen(ReviewedProposal proposal, Reviewer reviewer, Pair.Explanation why) {}

    List<ReviewedProposal> proposals() {
        return proposals;
    }

    List<Reviewer> reviewers() {
        return reviewers;
    }

    /** How many of these proposals somebody reviews, proposed ones with them. */
    int load(PersonId reviewer) {
        return loads.getOrDefault(reviewer, 0);
    }

    /** Those that count as a proposal's reviews. */
    List<Pair> given(ProposalId proposal) {
        return pairs.getOrDefault(proposal, Map.of()).values().stream()
                .filter(Pair::counts)
                .sorted(Comparator.comparing(p -> p.reviewer().value()))
                .toList();
    }

    /** How many reviewers a proposal lacks. */
    int lacking(ReviewedProposal proposal) {
        return Math.max(0, proposal.reviewersNeeded() - given(proposal.id()).size());
    }

    /** How many more proposals all that are there could take. */
    int freePlaces() {
        return reviewers.stream()
                .filter(r -> r.isThere(today))
                .mapToInt(r -> Math.max(0, r.loadLimit() - load(r.person())))
                .sum();
    }

    Pair.Standing standing(ReviewedProposal proposal, Reviewer reviewer) {
        Pair pair = pairs.getOrDefault(proposal.id(), Map.of()).get(reviewer.person());
        if (pair != null && pair.counts()) {
            return Pair.Standing.ASSIGNED;
        }
        Pair.Standing barred = barred(proposal, reviewer, pair);
        if (barred != null) {
            return barred;
        }
        return load(reviewer.person()) >= reviewer.loadLimit() ? Pair.Standing.FULL : Pair.Standing.FREE;
    }

    private Pair.@Nullable Standing barred(ReviewedProposal proposal, Reviewer reviewer, @Nullable Pair pair) {
        if (forbidden.getOrDefault(proposal.id(), Set.of()).contains(reviewer.person())) {
            return Pair.Standing.CONFLICT;
        }
        if (pair != null && (pair.state() == Assignment.State.DECLINED || pair.state() == Assignment.State.RECUSED)) {
            return Pair.Standing.DECLINED;
        }
        if (pair != null && pair.state() == Assignment.State.RELEASED) {
            return Pair.Standing.TAKEN_OFF;
        }
        return reviewer.isThere(today) ? null : Pair.Standing.AWAY;
    }

    /** Whether a conflict of interest keeps the two apart. */
    boolean isForbidden(ProposalId proposal, PersonId reviewer) {
        return forbidden.getOrDefault(proposal, Set.of()).contains(reviewer);
    }

    /** Everybody as a candidate for one proposal, the best first. */
    List<Candidate> candidates(ReviewedProposal proposal) {
        Affinity.Subject subject = subject(proposal);
        List<Affinity> affinities = reviewers.stream()
                .map(r -> subject.to(r.keywords(), r.sectors()))
                .toList();
        int[] totals = affinities.stream().mapToInt(Affinity::total).toArray();
        List<Integer> order = IntStream.range(0, totals.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(i -> -totals[i]))
                .toList();
        List<Candidate> candidates = new ArrayList<>();
        int rank = 0;
        for (int place = 0; place < order.size(); place++) {
            int i = order.get(place);
            if (place == 0 || totals[i] < totals[order.get(place - 1)]) {
                rank = place + 1;
            }
            Reviewer reviewer = reviewers.get(i);
            candidates.add(new Candidate(
                    reviewer, affinities.get(i), rank, standing(proposal, reviewer), load(reviewer.person())));
        }
        return candidates;
    }

    /** Why this reviewer for this proposal, as everything is now. */
    Pair.Explanation explain(ReviewedProposal proposal, PersonId chosen) {
        return explain(proposal, Set.of(chosen)).values().iterator().next();
    }

    /** Assigns anew all that nobody keeps; what is kept stays. */
    Run run(long seed) {
        Pool kept = keptOnly();
        int[] needs = kept.proposals.stream().mapToInt(kept::lacking).toArray();
        int[] limits = kept.reviewers.stream()
                .mapToInt(r -> Math.max(0, r.loadLimit() - kept.load(r.person())))
                .toArray();
        int[][] affinity = new int[needs.length][limits.length];
        for (int p = 0; p < needs.length; p++) {
            ReviewedProposal proposal = kept.proposals.get(p);
            Affinity.Subject subject = kept.subject(proposal);
            Map<PersonId, Pair> known = kept.pairs.getOrDefault(proposal.id(), Map.of());
            for (int r = 0; r < limits.length; r++) {
                Reviewer reviewer = kept.reviewers.get(r);
                Pair pair = known.get(reviewer.person());
                boolean allowed = (pair == null || !pair.counts()) && kept.barred(proposal, reviewer, pair) == null;
                affinity[p][r] = allowed
                        ? subject.to(reviewer.keywords(), reviewer.sectors()).total()
                        : Matching.FORBIDDEN;
            }
        }
        Matching.Answer answer = Matching.solve(needs, limits, affinity, seed);
        // Explained as everything stands after the run: only then is known who has no place left.
        for (int p = 0; p < needs.length; p++) {
            for (int r : answer.pairs()[p]) {
                kept.give(kept.proposals.get(p), kept.reviewers.get(r));
            }
        }
        List<Chosen> chosen = new ArrayList<>();
        for (int p = 0; p < needs.length; p++) {
            if (answer.pairs()[p].length > 0) {
                ReviewedProposal proposal = kept.proposals.get(p);
                Set<PersonId> theirs = Arrays.stream(answer.pairs()[p])
                        .mapToObj(r -> kept.reviewers.get(r).person())
                        .collect(Collectors.toSet());
                kept.explain(proposal, theirs)
                        .forEach((reviewer, why) -> chosen.add(new Chosen(proposal, reviewer, why)));
            }
        }
        return new Run(chosen, answer.objective());
    }

    private Map<Reviewer, Pair.Explanation> explain(ReviewedProposal proposal, Set<PersonId> chosen) {
        List<Candidate> candidates = candidates(proposal);
        Map<Reviewer, Pair.Explanation> explanations = new LinkedHashMap<>();
        List<Pair.Passed> before = new ArrayList<>();
        List<Pair.Passed> equal = new ArrayList<>();
        int last = Integer.MAX_VALUE;
        for (Candidate c : candidates) {
            if (c.affinity().total() < last) {
                before.addAll(equal);
                equal.clear();
                last = c.affinity().total();
            }
            if (chosen.contains(c.reviewer().person())) {
                explanations.put(
                        c.reviewer(),
                        new Pair.Explanation(
                                c.affinity(),
                                c.rank(),
                                candidates.size(),
                                before.subList(0, Math.min(before.size(), MOST_BEFORE)),
                                Math.max(0, before.size() - MOST_BEFORE)));
                if (explanations.size() == chosen.size()) {
                    break;
                }
            } else if (c.standing() != Pair.Standing.ASSIGNED) {
                equal.add(new Pair.Passed(c.reviewer().person(), c.affinity().total(), c.standing()));
            }
        }
        return explanations;
    }

    private Pool keptOnly() {
        Pool kept = new Pool(
                proposals,
                reviewers,
                List.of(),
                pairs.values().stream()
                        .flatMap(p -> p.values().stream())
                        .filter(pair -> !pair.counts() || pair.isKept())
                        .toList(),
                today);
        kept.forbidden.putAll(forbidden);
        return kept;
    }

    /** As if an officer had taken this off the reviewer. */
    void takeOff(Pair pair) {
        pairs.computeIfAbsent(pair.proposal(), id -> new HashMap<>())
                .put(
                        pair.reviewer(),
                        new Pair(
                                pair.proposal(),
                                pair.reviewer(),
                                pair.round(),
                                Assignment.State.RELEASED,
                                pair.since(),
                                pair.pinned(),
                                pair.byHand(),
                                pair.affinity(),
                                pair.why(),
                                pair.changedBy(),
                                pair.reason()));
        loads.merge(pair.reviewer(), -1, Integer::sum);
    }

    private void give(ReviewedProposal proposal, Reviewer reviewer) {
        pairs.computeIfAbsent(proposal.id(), id -> new HashMap<>())
                .put(
                        reviewer.person(),
                        new Pair(
                                proposal.id(),
                                reviewer.person(),
                                new UUID(0, 0),
                                Assignment.State.PROPOSED,
                                Instant.EPOCH,
                                false,
                                false,
                                0,
                                new Pair.Explanation(new Affinity(false, List.of(), List.of()), 0, 0, List.of(), 0),
                                null,
                                null));
        loads.merge(reviewer.person(), 1, Integer::sum);
    }

    private Affinity.Subject subject(ReviewedProposal proposal) {
        return Objects.requireNonNull(subjects.computeIfAbsent(proposal.id(), id -> Affinity.Subject.of(proposal)));
    }
}
