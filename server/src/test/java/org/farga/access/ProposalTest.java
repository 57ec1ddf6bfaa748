package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.NOW;

import java.math.BigDecimal;
import java.time.Instant;
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
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalTest {
    private static final OrganisationId FORJA = OrganisationId.create();
    private static final CallId CALL = CallId.create();

    private static final List<String> STATES = List.of(
            "DRAFT",
            "CHECK",
            "ASSESSMENT",
            "REVIEW",
            "PANEL",
            "DECISION",
            "WAITING",
            "OFFERED",
            "OVERDUE",
            "NO_ROOM",
            "QUEUED",
            "AWARDED",
            "DECLINED",
            "WITHDRAWN");

    private static Proposal in(ProposalState.Name state) {
        return in(state == ProposalState.Name.SUBMITTED ? "DECISION" : state.name());
    }

    private static Proposal in(String state) {
        return in(state(state, null));
    }

    private static ProposalState state(String state, @Nullable Instant cutOff) {
        ProposalState.Submission submission =
                new ProposalState.Submission(NOW.minusSeconds(60), PersonId.create(), 1, List.of(), cutOff);
        ProposalState.Decision decision = new ProposalState.Decision(NOW, PersonId.create(), "because");
        Instant due = NOW.plusSeconds(1);
        return switch (state) {
            case "DRAFT" -> new ProposalState.Draft();
            case "CHECK" -> new ProposalState.Submitted(submission, Step.Kind.ADMINISTRATIVE_CHECK, due);
            case "ASSESSMENT" -> new ProposalState.Submitted(submission, Step.Kind.TECHNICAL_ASSESSMENT, due);
            case "REVIEW" -> new ProposalState.Submitted(submission, Step.Kind.EXPERT_REVIEW, due);
            case "PANEL" -> new ProposalState.Submitted(submission, Step.Kind.PANEL, due);
            case "DECISION" -> new ProposalState.Submitted(submission, Step.Kind.DECISION, due);
            case "WAITING" -> new ProposalState.Waiting(submission, Step.Kind.PANEL);
            case "OFFERED" -> new ProposalState.Offered(submission, decision, granted(1, 1), due);
            case "OVERDUE" -> new ProposalState.Offered(submission, decision, granted(1, 1), NOW.minusSeconds(1));
            case "NO_ROOM" -> new ProposalState.NoRoom(submission, decision, granted(1, 1), due);
            case "QUEUED" -> new ProposalState.Queued(submission, decision);
            case "AWARDED" ->
                new ProposalState.Awarded(
                        submission, null, decision, ProjectId.create(), GpuHours.ZERO, CpuHours.ZERO, due);
            case "DECLINED" -> new ProposalState.Declined(submission, due, decision);
            case "WITHDRAWN" -> new ProposalState.Withdrawn(submission, due, NOW);
            default -> throw new IllegalArgumentException(state);
        };
    }

    private static Proposal in(ProposalState state) {
        return new Proposal(
                ProposalId.create(),
                "PG-2026-0001",
                CALL,
                FORJA,
                PersonId.create(),
                NOW,
                NOW,
                Samples.ANSWERS,
                state,
                1,
                1);
    }

    private static Actor actor(String role) {
        return switch (role) {
            case "owner" -> actor(Map.of(FORJA, OrganisationRole.OWNER));
            case "member" -> actor(Map.of(FORJA, OrganisationRole.MEMBER));
            case "officer" -> actor(Map.of(), CentreRole.ACCESS_OFFICER);
            case "owning officer" -> actor(Map.of(FORJA, OrganisationRole.OWNER), CentreRole.ACCESS_OFFICER);
            case "assessor" -> assessor(Map.of(), ScopedRole.Kind.ASSESSOR, CALL.toString());
            case "owning assessor" ->
                assessor(Map.of(FORJA, OrganisationRole.OWNER), ScopedRole.Kind.ASSESSOR, CALL.toString());
            case "coordinator" -> assessor(Map.of(), ScopedRole.Kind.COORDINATOR, "health");
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

    private static Actor assessor(
            Map<OrganisationId, OrganisationRole> organisations, ScopedRole.Kind kind, String scope) {
        return new Actor(
                PersonId.create(),
                "A",
                new EmailAddress("a@example.org"),
                Set.of(),
                organisations,
                Set.of(Scope.values()),
                Set.of(new ScopedRole(kind, scope)),
                null);
    }

    /** Every transition by every role in every state: done, the named refusal, or hidden where it cannot be found. */
    @ParameterizedTest
    @CsvFileSource(resources = "/access/transitions.csv", delimiter = '|', useHeadersInDisplayName = true)
    void whoMayDoWhatInWhichState(ArgumentsAccessor row) {
        String transition = row.getString(0);
        String role = row.getString(1);
        for (int i = 0; i < STATES.size(); i++) {
            Proposal proposal = in(STATES.get(i));
            Actor actor = actor(role);
            String answer = !proposal.isVisibleTo(actor)
                    ? "hidden"
                    : refusal(proposal, transition, actor).map(Refusal::name).orElse("done");
            assertThat(answer)
                    .as("%s of %s by %s", transition, STATES.get(i), role)
                    .isEqualTo(row.getString(2 + i));
        }
    }

    @Test
    void theTableKnowsEveryStateAndEveryStep() {
        assertThat(STATES.stream().map(s -> state(s, null).name()).distinct())
                .containsExactlyInAnyOrder(ProposalState.Name.values());
        assertThat(STATES.stream().map(s -> state(s, null).inStep()).filter(java.util.Objects::nonNull))
                .contains(Step.Kind.values());
    }

    /** Before the cut-off only the administrative check can be done: nobody is judged before the others are in. */
    @ParameterizedTest
    @CsvSource({
        "CHECK, check, done",
        "REVIEW, review, before-cut-off",
        "PANEL, panel, before-cut-off",
        "DECISION, decide, before-cut-off",
        "DECISION, ask, done",
        "DECISION, withdraw, done"
    })
    void beforeTheCutOffNobodyIsJudged(String state, String transition, String answer) {
        Actor actor = actor(transition.equals("withdraw") ? "owner" : "officer");
        assertThat(refusal(in(state(state, NOW.plusMillis(1))), transition, actor)
                        .map(Refusal::name)
                        .orElse("done"))
                .isEqualTo(answer);
        assertThat(refusal(in(state(state, NOW)), transition, actor)).isEmpty();
    }

    private static Optional<Refusal> refusal(Proposal proposal, String transition, Actor actor) {
        return switch (transition) {
            case "edit" -> proposal.refusalToEdit(actor);
            case "submit" -> proposal.refusalToSubmit(actor);
            case "withdraw" -> proposal.refusalToWithdraw(actor);
            case "check" -> proposal.refusalToDo(Step.Kind.ADMINISTRATIVE_CHECK, actor, NOW);
            case "assess" -> proposal.refusalToAssess(actor);
            case "review" -> proposal.refusalToDo(Step.Kind.EXPERT_REVIEW, actor, NOW);
            case "panel" -> proposal.refusalToDo(Step.Kind.PANEL, actor, NOW);
            case "decide" -> proposal.refusalToDo(Step.Kind.DECISION, actor, NOW);
            case "ask" -> proposal.refusalToAsk(actor);
            case "answer" -> proposal.refusalToAnswer(actor);
            case "accept", "turn down" -> proposal.refusalToAcceptOrTurnDown(actor);
            case "take back" -> proposal.refusalToTakeBack(actor, NOW);
            case "choose" -> proposal.refusalToChoose(actor);
            case "serve" -> proposal.refusalToServe(actor);
            case "ask exception" -> proposal.refusalToAskException(actor);
            case "rule" -> proposal.refusalToRule(actor);
            default -> throw new IllegalArgumentException(transition);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "DRAFT, APPLICANT",
        "CHECK, ACCESS_OFFICER",
        "ASSESSMENT, ASSESSOR",
        "REVIEW, EXPERTS",
        "PANEL, PANEL",
        "DECISION, ACCESS_OFFICER",
        "WAITING, APPLICANT",
        "OFFERED, APPLICANT",
        "NO_ROOM, APPLICANT",
        "QUEUED, QUEUE",
        "AWARDED, NOBODY",
        "DECLINED, NOBODY",
        "WITHDRAWN, NOBODY"
    })
    void everyStateSaysWhoseTurnItIs(String state, ProposalState.Holder holder) {
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
        return new Proposal.Granted(GpuHours.ofHours(gpu), CpuHours.ofHours(cpu), "local");
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
        assertThat(on(null).orThrow().cluster()).isEqualTo("local");
        assertThat(on(" ").orThrow().cluster()).isEqualTo("local");
        assertThat(on(" tramuntana ").orThrow().cluster()).isEqualTo("tramuntana");
        assertThat(on("local").orThrow().cluster()).isEqualTo("local");
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
