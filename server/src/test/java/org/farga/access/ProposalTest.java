package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.NOW;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.EmailAddress;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalTest {
    private static final OrganisationId FORJA = OrganisationId.create();

    private static Proposal in(ProposalState.Name state) {
        ProposalState.Submission submission = new ProposalState.Submission(NOW, PersonId.create(), 1, List.of());
        ProposalState.Decision decision = new ProposalState.Decision(NOW, PersonId.create(), "because");
        return new Proposal(
                ProposalId.create(),
                "PG-2026-0001",
                CallId.create(),
                FORJA,
                PersonId.create(),
                NOW,
                NOW,
                Samples.ANSWERS,
                switch (state) {
                    case DRAFT -> new ProposalState.Draft();
                    case SUBMITTED -> new ProposalState.Submitted(submission, NOW.plusSeconds(1));
                    case AWARDED ->
                        new ProposalState.Awarded(
                                submission,
                                null,
                                decision,
                                ProjectId.create(),
                                GpuHours.ZERO,
                                CpuHours.ZERO,
                                NOW.plusSeconds(1));
                    case DECLINED -> new ProposalState.Declined(submission, NOW.plusSeconds(1), decision);
                    case WITHDRAWN -> new ProposalState.Withdrawn(submission, NOW.plusSeconds(1), NOW);
                },
                1);
    }

    private static Actor actor(String role) {
        return switch (role) {
            case "owner" -> actor(Map.of(FORJA, OrganisationRole.OWNER));
            case "member" -> actor(Map.of(FORJA, OrganisationRole.MEMBER));
            case "officer" -> actor(Map.of(), CentreRole.ACCESS_OFFICER);
            case "owning officer" -> actor(Map.of(FORJA, OrganisationRole.OWNER), CentreRole.ACCESS_OFFICER);
            case "auditor" -> actor(Map.of(), CentreRole.AUDITOR);
            case "administrator" -> actor(Map.of(), CentreRole.ADMINISTRATOR);
            case "operator" -> actor(Map.of(), CentreRole.OPERATOR);
            case "stranger" -> actor(Map.of(OrganisationId.create(), OrganisationRole.OWNER));
            default -> throw new IllegalArgumentException(role);
        };
    }

    private static Actor actor(Map<OrganisationId, OrganisationRole> organisations, CentreRole... roles) {
        return new Actor(
                PersonId.create(),
                "A",
                new EmailAddress("a@example.org"),
                Set.of(roles),
                organisations,
                Set.of(Scope.values()));
    }

    /** Every transition by every role in every state: done, the named refusal, or hidden where it cannot be found. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            transition | role           | DRAFT                  | SUBMITTED              | AWARDED                | DECLINED               | WITHDRAWN
            edit       | owner          | done                   | proposal-not-draft     | proposal-not-draft     | proposal-not-draft     | proposal-not-draft
            edit       | member         | done                   | proposal-not-draft     | proposal-not-draft     | proposal-not-draft     | proposal-not-draft
            edit       | owning officer | done                   | proposal-not-draft     | proposal-not-draft     | proposal-not-draft     | proposal-not-draft
            edit       | officer        | hidden                 | members-only           | members-only           | members-only           | members-only
            edit       | auditor        | members-only           | members-only           | members-only           | members-only           | members-only
            edit       | administrator  | hidden                 | members-only           | members-only           | members-only           | members-only
            edit       | operator       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            edit       | stranger       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            submit     | owner          | done                   | proposal-not-draft     | proposal-not-draft     | proposal-not-draft     | proposal-not-draft
            submit     | member         | owners-only            | owners-only            | owners-only            | owners-only            | owners-only
            submit     | owning officer | done                   | proposal-not-draft     | proposal-not-draft     | proposal-not-draft     | proposal-not-draft
            submit     | officer        | hidden                 | owners-only            | owners-only            | owners-only            | owners-only
            submit     | auditor        | owners-only            | owners-only            | owners-only            | owners-only            | owners-only
            submit     | administrator  | hidden                 | owners-only            | owners-only            | owners-only            | owners-only
            submit     | operator       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            submit     | stranger       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            withdraw   | owner          | proposal-not-submitted | done                   | proposal-not-submitted | proposal-not-submitted | proposal-not-submitted
            withdraw   | member         | owners-only            | owners-only            | owners-only            | owners-only            | owners-only
            withdraw   | owning officer | proposal-not-submitted | done                   | proposal-not-submitted | proposal-not-submitted | proposal-not-submitted
            withdraw   | officer        | hidden                 | owners-only            | owners-only            | owners-only            | owners-only
            withdraw   | auditor        | owners-only            | owners-only            | owners-only            | owners-only            | owners-only
            withdraw   | administrator  | hidden                 | owners-only            | owners-only            | owners-only            | owners-only
            withdraw   | operator       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            withdraw   | stranger       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            decide     | owner          | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only
            decide     | member         | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only
            decide     | owning officer | own-proposal           | own-proposal           | own-proposal           | own-proposal           | own-proposal
            decide     | officer        | hidden                 | done                   | proposal-not-submitted | proposal-not-submitted | proposal-not-submitted
            decide     | auditor        | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only
            decide     | administrator  | hidden                 | access-officers-only   | access-officers-only   | access-officers-only   | access-officers-only
            decide     | operator       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            decide     | stranger       | hidden                 | hidden                 | hidden                 | hidden                 | hidden
            """, useHeadersInDisplayName = true)
    void whoMayDoWhatInWhichState(
            String transition,
            String role,
            String draft,
            String submitted,
            String awarded,
            String declined,
            String withdrawn) {
        List<String> expected = List.of(draft, submitted, awarded, declined, withdrawn);
        for (ProposalState.Name state : ProposalState.Name.values()) {
            Proposal proposal = in(state);
            Actor actor = actor(role);
            String answer = !proposal.isVisibleTo(actor)
                    ? "hidden"
                    : refusal(proposal, transition, actor).map(Refusal::name).orElse("done");
            assertThat(answer).as("%s of %s by %s", transition, state, role).isEqualTo(expected.get(state.ordinal()));
        }
    }

    private static Optional<Refusal> refusal(Proposal proposal, String transition, Actor actor) {
        return switch (transition) {
            case "edit" -> proposal.refusalToEdit(actor);
            case "submit" -> proposal.refusalToSubmit(actor);
            case "withdraw" -> proposal.refusalToWithdraw(actor);
            case "decide" -> proposal.refusalToDecide(actor);
            default -> throw new IllegalArgumentException(transition);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "DRAFT, APPLICANT",
        "SUBMITTED, ACCESS_OFFICER",
        "AWARDED, NOBODY",
        "DECLINED, NOBODY",
        "WITHDRAWN, NOBODY"
    })
    void everyStateSaysWhoseTurnItIs(ProposalState.Name state, ProposalState.Holder holder) {
        assertThat(in(state).state().name()).isEqualTo(state);
        assertThat(in(state).state().holder()).isEqualTo(holder);
    }

    @Test
    void anOfficerGrantsWhatWasAskedForOrLess() {
        assertThat(grant("yes", null, null)).isEqualTo(Outcome.done(granted(50, 200)));
        assertThat(grant("yes", "0", "1")).isEqualTo(Outcome.done(granted(0, 1)));
        assertThat(problems(grant("yes", "51", "201")))
                .containsExactly("gpuHours out-of-range", "cpuHours out-of-range");
        assertThat(problems(grant("yes", null, "0.5"))).containsExactly("cpuHours out-of-range");
        assertThat(problems(grant("yes", "0.001", null))).containsExactly("gpuHours out-of-range");
    }

    @Test
    void noDecisionIsWithoutAReason() {
        assertThat(problems(grant(" ", null, null))).containsExactly("reason missing");
        assertThat(problems(grant("x".repeat(2_001), null, null))).containsExactly("reason too-long");
        assertThat(problems(in(ProposalState.Name.SUBMITTED)
                        .grant(new Proposal.Verdict(null, "yes", null, null, null), Samples.RULES, Set.of())))
                .containsExactly("decision missing");
    }

    private static Proposal.Granted granted(long gpu, long cpu) {
        return new Proposal.Granted(GpuHours.ofHours(gpu), CpuHours.ofHours(cpu), Samples.RULES.cluster());
    }

    private static Outcome<Proposal.Granted> grant(String reason, @Nullable String gpu, @Nullable String cpu) {
        return in(ProposalState.Name.SUBMITTED)
                .grant(
                        new Proposal.Verdict(
                                Proposal.Verdict.Choice.AWARD,
                                reason,
                                gpu == null ? null : new BigDecimal(gpu),
                                cpu == null ? null : new BigDecimal(cpu),
                                null),
                        Samples.RULES,
                        Set.of());
    }

    @Test
    void theTimeIsOnTheCallsClusterUnlessTheOfficerChoosesAnotherThatThereIs() {
        assertThat(on(null).orThrow().cluster()).isEqualTo(Samples.RULES.cluster());
        assertThat(on(" ").orThrow().cluster()).isEqualTo(Samples.RULES.cluster());
        assertThat(on(" tramuntana ").orThrow().cluster()).isEqualTo("tramuntana");
        assertThat(on(Samples.RULES.cluster()).orThrow().cluster()).isEqualTo(Samples.RULES.cluster());
        assertThat(problems(on("llevant"))).containsExactly("cluster no-such-cluster");
    }

    private static Outcome<Proposal.Granted> on(@Nullable String cluster) {
        return in(ProposalState.Name.SUBMITTED)
                .grant(
                        new Proposal.Verdict(Proposal.Verdict.Choice.AWARD, "yes", null, null, cluster),
                        Samples.RULES,
                        Set.of("tramuntana"));
    }

    private static List<String> problems(Outcome<Proposal.Granted> outcome) {
        if (!(outcome instanceof Outcome.Refused<Proposal.Granted>(Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        return refusal.fields().stream().map(f -> f.field() + " " + f.name()).toList();
    }
}
