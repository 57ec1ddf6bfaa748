package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.farga.access.Samples.NOW;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.allocation.Projects;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class ProposalTableTest {
    @Autowired
    private ProposalTable table;

    @Autowired
    private CallTable calls;

    @Autowired
    private Projects projects;

    @Autowired
    private JdbcClient jdbc;

    private PersonId person;
    private OrganisationId organisation;
    private Call call;

    @BeforeEach
    void anOrganisationAndACall() {
        person = PersonId.create();
        organisation = OrganisationId.create();
        jdbc.sql("""
                INSERT INTO person (id, email, name, language, created_at)
                VALUES (:id, :id || '@example.org', 'Ana', 'ca', now())""").param("id", person.value()).update();
        jdbc.sql("""
                INSERT INTO organisation (id, name, country, created_by, created_at)
                VALUES (:id, 'Forja', 'ES', :person, now())""")
                .param("id", organisation.value())
                .param("person", person.value())
                .update();
        Call sample = Samples.call(NOW, NOW.plusSeconds(3600));
        call = new Call(
                sample.id(),
                "T"
                        + UUID.randomUUID()
                                .toString()
                                .toUpperCase(java.util.Locale.ROOT)
                                .substring(0, 20),
                "TS",
                sample.title(),
                sample.mode(),
                sample.summary(),
                sample.opensAt(),
                sample.closesAt(),
                sample.publishedAt(),
                1,
                Samples.RULES,
                1);
        calls.insert(call, NOW, null);
    }

    private Proposal draft() {
        Proposal draft = new Proposal(
                ProposalId.create(),
                "TS-2026-%04d".formatted(table.nextNumber("TS", 2026)),
                call.id(),
                organisation,
                person,
                NOW,
                NOW,
                Answers.NONE,
                new ProposalState.Draft(),
                1,
                1);
        table.insert(draft);
        return draft;
    }

    private ProposalState state(ProposalState.Name name, Proposal proposal) {
        List<Finding> findings = Samples.facts(Samples.ANSWERS).findings();
        ProposalState.Submission submission =
                new ProposalState.Submission(NOW, person, 1, findings, NOW.plusSeconds(7));
        ProposalState.Decision decision = new ProposalState.Decision(NOW.plusSeconds(5), person, "Fits the call");
        return switch (name) {
            case DRAFT -> new ProposalState.Draft();
            case SUBMITTED -> new ProposalState.Submitted(submission, Step.Kind.PANEL, NOW.plusSeconds(10));
            case WAITING -> new ProposalState.Waiting(submission, Step.Kind.TECHNICAL_ASSESSMENT);
            case OFFERED ->
                new ProposalState.Offered(
                        submission,
                        decision,
                        new Proposal.Granted(GpuHours.ofHours(12), CpuHours.ofHours(100), "mn5"),
                        NOW.plusSeconds(20));
            case NO_ROOM ->
                new ProposalState.NoRoom(
                        submission,
                        decision,
                        new Proposal.Granted(GpuHours.ofHours(3), CpuHours.ofHours(0), "mn5"),
                        NOW.plusSeconds(20));
            case QUEUED -> new ProposalState.Queued(submission, decision);
            case AWARDED ->
                new ProposalState.Awarded(
                        submission,
                        null,
                        new ProposalState.Decision(NOW, null, null),
                        project(proposal),
                        GpuHours.ofHours(new BigDecimal("12.5")),
                        CpuHours.ofHours(100),
                        NOW.plus(Duration.ofDays(30)));
            case DECLINED -> new ProposalState.Declined(submission, NOW.plusSeconds(10), decision);
            case WITHDRAWN -> new ProposalState.Withdrawn(submission, NOW.plusSeconds(10), NOW.plusSeconds(3));
        };
    }

    private ProjectId project(Proposal proposal) {
        return projects.open(new Projects.Award(
                "Cracks",
                organisation,
                person,
                proposal.id(),
                proposal.code(),
                call.title(),
                "local",
                GpuHours.ofHours(1),
                CpuHours.ofHours(1),
                new Period(NOW, NOW.plusSeconds(60))));
    }

    private Proposal stored(ProposalState.Name name) {
        Proposal draft = draft();
        Proposal answered = new Proposal(
                draft.id(),
                draft.code(),
                draft.call(),
                draft.organisation(),
                draft.createdBy(),
                NOW,
                NOW.plusSeconds(1),
                Samples.ANSWERS,
                state(name, draft),
                1,
                1);
        assertThat(table.update(answered)).isTrue();
        return answered;
    }

    @ParameterizedTest
    @EnumSource(ProposalState.Name.class)
    void everyStateComesBackAsItWent(ProposalState.Name name) {
        Proposal stored = stored(name);
        assertThat(table.find(stored.id())).contains(with(stored, 2));
    }

    private static Proposal with(Proposal p, int version) {
        return new Proposal(
                p.id(),
                p.code(),
                p.call(),
                p.organisation(),
                p.createdBy(),
                p.createdAt(),
                p.editedAt(),
                p.answers(),
                p.state(),
                p.seenRules(),
                version);
    }

    @Test
    void anUpdateOfAnOldVersionChangesNothing() {
        Proposal stored = stored(ProposalState.Name.DRAFT);
        assertThat(table.update(stored)).isFalse();
    }

    @Test
    void aCallComesBackWithItsRules() {
        assertThat(calls.find(call.id())).contains(call);
        assertThat(calls.find(call.code().toLowerCase(java.util.Locale.ROOT))).contains(call);
        assertThat(calls.rules(call.id(), 1)).isEqualTo(Samples.RULES);
    }

    @Test
    void theStandingPlaygroundCallIsThere() {
        Call playground = calls.find("PLAYGROUND").orElseThrow();
        assertThat(playground.state(NOW)).isEqualTo(Call.State.OPEN);
        assertThat(playground.rules().mostGpuHours()).isEqualTo(GpuHours.ofHours(5_000));
        assertThat(playground.rules().leastCpuHours()).isEqualTo(CpuHours.ofHours(1));
        assertThat(playground.rules().durationsMonths()).containsExactly(1, 2, 3);
        assertThat(playground.rules().countries().codes()).hasSize(45);
        // What it came with would be accepted from an access officer too.
        assertThat(playground.rules().with(CallRules.Change.NOTHING, Set.of()).orThrow())
                .isEqualTo(playground.rules());
    }

    @Test
    void onlySubmittedAndUnfinishedAwardsAreLive() {
        Proposal mine = draft();
        stored(ProposalState.Name.DRAFT);
        stored(ProposalState.Name.DECLINED);
        stored(ProposalState.Name.WITHDRAWN);
        assertThat(live(mine.id(), Duration.ZERO)).isZero();
        stored(ProposalState.Name.SUBMITTED);
        stored(ProposalState.Name.WAITING);
        stored(ProposalState.Name.OFFERED);
        stored(ProposalState.Name.AWARDED);
        assertThat(live(mine.id(), Duration.ZERO)).isEqualTo(4);
        assertThat(live(mine.id(), Duration.ofDays(30).minusMillis(1))).isEqualTo(4);
        assertThat(live(mine.id(), Duration.ofDays(30))).isEqualTo(3);
    }

    private int live(ProposalId except, Duration later) {
        return table.countLive(organisation, Call.Mode.PLAYGROUND, except, NOW.plus(later));
    }

    @Test
    void nobodyElsesProposalIsInOnesList() {
        Proposal mine = stored(ProposalState.Name.DRAFT);
        Proposal submitted = stored(ProposalState.Name.SUBMITTED);
        var own = ProposalTable.Visible.of(List.of(organisation));
        var others = ProposalTable.Visible.of(List.of(OrganisationId.create()));
        var officer = new ProposalTable.Visible(List.of(), true, false, List.of(), List.of());
        assertThat(ids(table.list(own, null, null, 10))).containsExactlyInAnyOrder(mine.id(), submitted.id());
        assertThat(ids(table.list(own, ProposalState.Name.DRAFT, null, 10))).containsExactly(mine.id());
        assertThat(table.list(others, null, null, 10)).isEmpty();
        assertThat(ids(table.list(officer, null, null, 200)))
                .contains(submitted.id())
                .doesNotContain(mine.id());
    }

    private static List<ProposalId> ids(List<Proposal> proposals) {
        return proposals.stream().map(Proposal::id).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state = 'AWARDED'",
                "state = 'DECLINED'",
                "state = 'DRAFT'",
                "due_at = NULL",
                "findings = NULL",
                "rules_version = 2",
                "title = NULL",
                "abstract = repeat('x', 2001)",
                "gpu_milliseconds = -1",
                "withdrawn_at = now()",
                "decided_at = submitted_at",
                "code = 'nonsense'"
            })
    void theDatabaseRepeatsTheRulesOfASubmittedProposal(String change) {
        Proposal submitted = stored(ProposalState.Name.SUBMITTED);
        assertThatThrownBy(() -> jdbc.sql("UPDATE proposal SET " + change + " WHERE id = :id")
                        .param("id", submitted.id().value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void anAwardGrantsAtMostWhatWasAskedFor() {
        Proposal awarded = stored(ProposalState.Name.AWARDED);
        assertThatThrownBy(() -> jdbc.sql(
                                "UPDATE proposal SET awarded_gpu_milliseconds = gpu_milliseconds + 1 WHERE id = :id")
                        .param("id", awarded.id().value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM proposal_event WHERE proposal_id = :id",
                "UPDATE proposal_event SET at = now() WHERE proposal_id = :id"
            })
    void whatHappenedStaysOnRecord(String statement) {
        Proposal draft = draft();
        table.insertEvent(draft.id(), ProposalEvent.of(NOW, ProposalEvent.Kind.CREATED, person));
        assertThatThrownBy(() ->
                        jdbc.sql(statement).param("id", draft.id().value()).update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("append-only");
    }

    @Test
    void aVersionOfTheRulesIsNeverChanged() {
        assertThatThrownBy(() -> jdbc.sql("UPDATE call_rules SET parameters = '{}' WHERE call_id = :id")
                        .param("id", call.id().value())
                        .update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("append-only");
    }

    @Test
    void codesCountUpWithinTheirYear() {
        String prefix = "ZZ";
        assertThat(table.nextNumber(prefix, 2031)).isEqualTo(1);
        assertThat(table.nextNumber(prefix, 2031)).isEqualTo(2);
        assertThat(table.nextNumber(prefix, 2032)).isEqualTo(1);
    }

    @Test
    void anUnknownCallIsNotFound() {
        assertThat(calls.find(CallId.create())).isEmpty();
        assertThat(calls.find("NO-SUCH")).isEmpty();
    }
}
