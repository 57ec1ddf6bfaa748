package org.farga.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.EmailAddress;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final OrganisationId FORJA = OrganisationId.create();
    private static final PersonId LEAD = PersonId.create();
    private static final PersonId WORKER = PersonId.create();
    private static final Project PROJECT = new Project(
            ProjectId.create(),
            "forja",
            "Forja",
            FORJA,
            ProposalId.create(),
            NOW,
            List.of(
                    new ProjectMember(LEAD, ProjectRole.LEAD, NOW),
                    new ProjectMember(WORKER, ProjectRole.MEMBER, NOW)));

    private static Actor actor(
            PersonId person, Map<OrganisationId, OrganisationRole> organisations, CentreRole... roles) {
        return new Actor(
                person, "A", new EmailAddress("a@example.org"), Set.of(roles), organisations, Set.of(Scope.values()));
    }

    private static Actor member(PersonId person) {
        return actor(person, Map.of(FORJA, OrganisationRole.MEMBER));
    }

    private static final Actor OWNER = actor(PersonId.create(), Map.of(FORJA, OrganisationRole.OWNER));

    @Test
    void itIsSeenByItsPeopleItsOrganisationsOwnersAndTheCentre() {
        assertThat(PROJECT.isVisibleTo(member(LEAD))).isTrue();
        assertThat(PROJECT.isVisibleTo(member(WORKER))).isTrue();
        assertThat(PROJECT.isVisibleTo(OWNER)).isTrue();
        assertThat(PROJECT.isVisibleTo(actor(PersonId.create(), Map.of(), CentreRole.AUDITOR)))
                .isTrue();
        assertThat(PROJECT.isVisibleTo(member(PersonId.create()))).isFalse();
        assertThat(PROJECT.isVisibleTo(
                        actor(PersonId.create(), Map.of(OrganisationId.create(), OrganisationRole.OWNER))))
                .isFalse();
        assertThat(PROJECT.isVisibleTo(actor(PersonId.create(), Map.of(), CentreRole.DATA_STEWARD)))
                .isFalse();
    }

    @Test
    void whoeverLeftTheOrganisationWorksInItsProjectsNoMore() {
        assertThat(PROJECT.isWorkedInBy(actor(WORKER, Map.of()))).isFalse();
        assertThat(PROJECT.isVisibleTo(actor(WORKER, Map.of()))).isFalse();
        assertThat(PROJECT.isKeptBy(actor(LEAD, Map.of()))).isFalse();
    }

    @Test
    void anOwnerSeesAProjectWithoutWorkingInIt() {
        assertThat(PROJECT.isWorkedInBy(OWNER)).isFalse();
    }

    @Test
    void theLeadAndOwnersAddPeopleOfTheOrganisationOnly() {
        assertThat(PROJECT.refusalToAdd(member(LEAD), true)).isEmpty();
        assertThat(PROJECT.refusalToAdd(OWNER, true)).isEmpty();
        assertThat(PROJECT.refusalToAdd(member(WORKER), true))
                .map(Refusal::name)
                .contains("lead-or-owner-only");
        assertThat(PROJECT.refusalToAdd(actor(PersonId.create(), Map.of(), CentreRole.ADMINISTRATOR), true))
                .map(Refusal::name)
                .contains("lead-or-owner-only");
        assertThat(PROJECT.refusalToAdd(OWNER, false)).map(Refusal::name).contains("not-in-organisation");
    }

    @Test
    void membersMayLeaveButTheLeadStays() {
        assertThat(PROJECT.refusalToRemove(member(WORKER), WORKER)).isEmpty();
        assertThat(PROJECT.refusalToRemove(member(LEAD), WORKER)).isEmpty();
        assertThat(PROJECT.refusalToRemove(OWNER, WORKER)).isEmpty();
        assertThat(PROJECT.refusalToRemove(OWNER, LEAD)).map(Refusal::name).contains("lead-stays");
        assertThat(PROJECT.refusalToRemove(member(PersonId.create()), WORKER))
                .map(Refusal::name)
                .contains("lead-or-owner-only");
    }

    @ParameterizedTest
    @CsvSource({
        "Defectes en forja, forja-en-calent? no, defectes-en-forja-forja-en-calent-no",
        "Detecció d'esquerdes, , deteccio-d-esquerdes",
        "写诗, , project",
        "---, , project",
        "ÀÉÎÕÜ ß Ω 7, , aeiou-7"
    })
    void aTitleMakesAPlainAddress(String one, String two, String slug) {
        assertThat(Project.slug(two == null ? one : one + ", " + two)).isEqualTo(slug);
    }

    @Test
    void aLongTitleIsCutAtAWord() {
        assertThat(Project.slug("Crack detection in forged steel parts from many cameras"))
                .isEqualTo("crack-detection-in-forged-steel-parts");
        assertThat(Project.slug("x".repeat(200))).hasSize(40);
    }

    @Test
    void anAllocationsStateFollowsTheClock() {
        Allocation allocation = allocation(false);
        assertThat(allocation.state(NOW.minusMillis(1))).isEqualTo(AllocationState.PLANNED);
        assertThat(allocation.state(NOW)).isEqualTo(AllocationState.ACTIVE);
        assertThat(allocation.state(NOW.plusSeconds(59))).isEqualTo(AllocationState.ACTIVE);
        assertThat(allocation.state(NOW.plusSeconds(60))).isEqualTo(AllocationState.EXPIRED);
        assertThat(allocation(true).state(NOW)).isEqualTo(AllocationState.SUSPENDED);
        assertThat(allocation(true).state(NOW.plusSeconds(60))).isEqualTo(AllocationState.EXPIRED);
    }

    private static Allocation allocation(boolean suspended) {
        return new Allocation(
                AllocationId.create(),
                PROJECT.id(),
                "local",
                GpuHours.ofHours(5),
                CpuHours.ofHours(5),
                new Period(NOW, NOW.plusSeconds(60)),
                suspended,
                ProposalId.create(),
                "PG-2026-0001",
                "Playground");
    }
}
