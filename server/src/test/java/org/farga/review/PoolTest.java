package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.access.ReviewedProposal;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.Test;

/** What a run makes of proposals, reviewers and ties, and how it explains each pair. */
class PoolTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-23");

    private static ReviewedProposal proposal(int number, int needed, String title) {
        return new ReviewedProposal(
                ProposalId.create(),
                "RV-2026-%04d".formatted(number),
                new CallId(new UUID(0, 1)),
                title,
                "About folding of proteins.",
                "health",
                new OrganisationId(new UUID(0, number)),
                Set.of(),
                GpuHours.ofHours(1),
                CpuHours.ofHours(1),
                needed,
                true,
                null,
                null);
    }

    private static Reviewer reviewer(int number, int limit, List<String> keywords, List<String> sectors) {
        PersonId person = new PersonId(new UUID(7, number));
        return new Reviewer(person, Reviewer.State.ACTIVE, limit, null, person, NOW, NOW, keywords, sectors, 1);
    }

    private static Conflict conflict(ReviewedProposal proposal, Reviewer reviewer, Conflict.State state) {
        return new Conflict(
                UUID.randomUUID(),
                proposal.id(),
                reviewer.person(),
                Conflict.Kind.DECLARED,
                UUID.randomUUID(),
                null,
                NOW,
                state,
                state == Conflict.State.OPEN ? null : new Conflict.Decision(reviewer.person(), NOW, "r"),
                1);
    }

    private static Pool pool(List<ReviewedProposal> among, List<Reviewer> reviewers, List<Conflict> conflicts) {
        return new Pool(among, reviewers, conflicts, List.of(), TODAY);
    }

    @Test
    void affinityIsTheSectorAndTheKeywordsWithoutAccentsOrCapitals() {
        ReviewedProposal proposal = proposal(1, 1, "Detección de grietas");
        Affinity affinity = Affinity.Subject.of(proposal)
                .to(
                        List.of(Affinity.normal("deteccion  de GRIETAS"), "folding", "grieta", "of proteins"),
                        List.of("health", "energy"));
        assertThat(affinity.sectorPart()).isEqualTo(400_000);
        assertThat(affinity.inTitle()).containsExactly("deteccion de grietas");
        assertThat(affinity.inSummary()).containsExactly("folding", "of proteins");
        // Four points: 600,000 x 4 / 6.
        assertThat(affinity.total()).isEqualTo(800_000);
        assertThat(Affinity.Subject.of(proposal).to(List.of(), List.of()).total())
                .isZero();
    }

    @Test
    void eachPairSaysWhoFittedBetterAndWhatStoodAgainstThem() {
        ReviewedProposal first = proposal(1, 1, "Protein folding");
        ReviewedProposal second = proposal(2, 1, "Protein folding and more");
        Reviewer best = reviewer(1, 1, List.of("protein", "folding", "more"), List.of("health"));
        Reviewer tied = reviewer(2, 5, List.of("protein", "folding"), List.of("health"));
        Reviewer weak = reviewer(3, 5, List.of(), List.of("health"));
        Pool.Run run = pool(
                        List.of(first, second),
                        List.of(weak, tied, best),
                        List.of(
                                conflict(first, tied, Conflict.State.OPEN),
                                conflict(second, tied, Conflict.State.RECUSED)))
                .run(1);
        Map<String, Pool.Chosen> chosen =
                run.chosen().stream().collect(Collectors.toMap(c -> c.proposal().code(), c -> c));
        // The best one's only place gains more with the second: three keywords of it stand in the title.
        assertThat(chosen.get(second.code()).reviewer()).isEqualTo(best);
        Pool.Chosen other = chosen.get(first.code());
        assertThat(other.reviewer()).isEqualTo(weak);
        assertThat(other.why().rank()).isEqualTo(3);
        assertThat(other.why().candidates()).isEqualTo(3);
        assertThat(other.why().before())
                .extracting(Pair.Passed::reviewer, Pair.Passed::standing)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(best.person(), Pair.Standing.FULL),
                        org.assertj.core.groups.Tuple.tuple(tied.person(), Pair.Standing.CONFLICT));
    }

    @Test
    void aDismissedOrWaivedConflictKeepsNobodyApart() {
        for (Conflict.State state : Conflict.State.values()) {
            ReviewedProposal proposal = proposal(1, 1, "Protein folding");
            Reviewer reviewer = reviewer(1, 1, List.of(), List.of());
            assertThat(pool(List.of(proposal), List.of(reviewer), List.of(conflict(proposal, reviewer, state)))
                            .run(1)
                            .chosen())
                    .as("%s", state)
                    .hasSize(state == Conflict.State.DISMISSED || state == Conflict.State.WAIVED ? 1 : 0);
        }
    }

    @Test
    void whatLacksIsToldWithWhatStandsAgainstIt() {
        ReviewedProposal proposal = proposal(1, 3, "Protein folding");
        Reviewer free = reviewer(1, 1, List.of(), List.of());
        Reviewer tied = reviewer(2, 1, List.of(), List.of());
        Pool pool =
                pool(List.of(proposal), List.of(free, tied), List.of(conflict(proposal, tied, Conflict.State.OPEN)));
        assertThat(pool.lacking(proposal)).isEqualTo(3);
        assertThat(pool.freePlaces()).isEqualTo(2);
        assertThat(pool.standing(proposal, tied)).isEqualTo(Pair.Standing.CONFLICT);
        assertThat(pool.run(1).chosen()).hasSize(1);
    }

    @Test
    void theSameContentGivesTheSameRunInWhateverOrderItComes() {
        Random random = new Random(3);
        List<ReviewedProposal> proposals = new ArrayList<>();
        List<Reviewer> reviewers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            proposals.add(proposal(i, 3, random.nextBoolean() ? "Protein" : "Folding"));
        }
        for (int i = 0; i < 12; i++) {
            reviewers.add(reviewer(i, 8, List.of(random.nextBoolean() ? "protein" : "folding"), List.of()));
        }
        List<String> first = pairs(pool(proposals, reviewers, List.of()).run(9));
        Collections.shuffle(proposals, random);
        Collections.shuffle(reviewers, random);
        assertThat(pairs(pool(proposals, reviewers, List.of()).run(9))).isEqualTo(first);
        assertThat(pairs(pool(proposals, reviewers, List.of()).run(10))).isNotEqualTo(first);
    }

    private static List<String> pairs(Pool.Run run) {
        return run.chosen().stream()
                .map(c -> c.proposal().code() + " " + c.reviewer().person())
                .sorted()
                .toList();
    }

    @Test
    void anOrganisationIsMeantByAllWordsOfItsName() {
        assertThat(interest("Barcelona Supercomputing Center").means("BARCELONA SUPERCOMPUTING CENTER - CNS"))
                .isTrue();
        assertThat(interest("Forja Visión, SL").means("Forja Vision")).isTrue();
        assertThat(interest("Forja").means("Forjados SL")).isFalse();
        assertThat(interest("Forja").means("-")).isFalse();
    }

    private static Interest interest(String organisation) {
        return new Interest(UUID.randomUUID(), new PersonId(new UUID(7, 1)), organisation, null, "r", NOW);
    }
}
