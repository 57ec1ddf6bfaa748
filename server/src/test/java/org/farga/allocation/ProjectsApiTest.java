package org.farga.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.farga.HttpTest;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class ProjectsApiTest extends HttpTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private PlatformTransactionManager transactions;

    private static Projects.Award award(String title, OrganisationId organisation, PersonId lead, ProposalId proposal) {
        return new Projects.Award(
                title,
                organisation,
                lead,
                proposal,
                "PG-2026-0001",
                "Playground",
                "local",
                GpuHours.ofHours(5),
                CpuHours.ofHours(200),
                new Period(NOW.minusSeconds(60), NOW.plus(Duration.ofDays(30))));
    }

    private ProjectId opened(Projects.Award award) {
        ProjectId id = new TransactionTemplate(transactions).execute(status -> projects.open(award));
        return java.util.Objects.requireNonNull(id);
    }

    private ProjectId opened(Client lead, String organisation) {
        return opened(
                award("Crack detection", OrganisationId.valueOf(organisation), lead.person(), ProposalId.create()));
    }

    private Client colleague(String organisation) {
        Client colleague = signUp("Berta");
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'MEMBER', now())")
                .param("o", OrganisationId.valueOf(organisation).value())
                .param("p", colleague.person().value())
                .update();
        return colleague;
    }

    @Test
    void anAwardOpensAProjectWithItsLeadAndAllocation() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        ProjectId id = opened(ana, organisation);
        JsonNode project = ana.get("/api/v1/projects/" + id).expect(200);
        assertThat(project.path("name").asString()).isEqualTo("Crack detection");
        assertThat(project.path("organisation").asString()).isEqualTo(organisation);
        assertThat(project.path("lead").asString()).isEqualTo(ana.person().toString());
        assertThat(project.path("members").get(0).path("role").asString()).isEqualTo("LEAD");
        JsonNode allocation = project.path("allocations").get(0);
        assertThat(allocation.path("state").asString()).isEqualTo("ACTIVE");
        assertThat(allocation.path("gpuHours").decimalValue()).isEqualByComparingTo("5");
        assertThat(ana.get("/api/v1/projects/" + project.path("slug").asString())
                        .expect(200))
                .isEqualTo(project);
        assertThat(ana.get("/api/v1/projects").expect(200).path("items").get(0)).isEqualTo(project);
        assertThat(ana.get("/api/v1/allocations/" + allocation.path("id").asString())
                        .expect(200))
                .isEqualTo(allocation);
    }

    @Test
    void theSameProposalOpensOneProjectHoweverOftenAndAtOnce() throws Exception {
        Client ana = signUp("Ana");
        Projects.Award award =
                award("Twice told", OrganisationId.valueOf(organisationOf(ana)), ana.person(), ProposalId.create());
        Callable<ProjectId> open = () -> opened(award);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ProjectId>> both = threads.invokeAll(List.of(open, open, open));
            assertThat(both.get(1).get()).isEqualTo(both.get(0).get());
            assertThat(both.get(2).get()).isEqualTo(both.get(0).get());
        }
        assertThat(ana.get("/api/v1/projects").expect(200).path("items")).hasSize(1);
    }

    @Test
    void projectsOfTheSameTitleHaveAddressesOfTheirOwn() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        ProjectId first = opened(ana, organisation);
        ProjectId second = opened(ana, organisation);
        assertThat(projects.summary(first).slug())
                .startsWith("crack-detection")
                .isNotEqualTo(projects.summary(second).slug());
        assertThat(projects.summaries(List.of(first, second))).hasSize(2);
    }

    @Test
    void outsideAnAwardsTransactionNothingIsOpened() {
        Client ana = signUp("Ana");
        assertThatThrownBy(() -> projects.open(
                        award("x", OrganisationId.valueOf(organisationOf(ana)), ana.person(), ProposalId.create())))
                .isInstanceOf(org.springframework.transaction.IllegalTransactionStateException.class);
    }

    @Test
    void strangersAndOtherOrganisationsFindNothing() {
        Client ana = signUp("Ana");
        ProjectId id = opened(ana, organisationOf(ana));
        AllocationId allocation = allocations.ofProject(id).getFirst().id();
        Client eve = signUp("Eve");
        organisationOf(eve);
        for (String path : List.of("/api/v1/projects/" + id, "/api/v1/allocations/" + allocation)) {
            stranger().get(path).expectProblem(401, "sign-in-required");
            eve.get(path).expectProblem(404, "not-found");
        }
        eve.put("/api/v1/projects/" + id + "/members/" + eve.person(), "{}").expectProblem(404, "not-found");
        eve.delete("/api/v1/projects/" + id + "/members/" + ana.person()).expectProblem(404, "not-found");
        eve.put("/api/v1/allocations/" + allocation + "/suspension", "{\"reason\": \"x\"}")
                .expectProblem(404, "not-found");
        assertThat(eve.get("/api/v1/projects").expect(200).path("items")).isEmpty();
        ana.get("/api/v1/projects/no-such").expectProblem(404, "not-found");
    }

    @Test
    void aColleagueSeesAProjectOnceAddedAndNoMoreOnceRemoved() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        ProjectId id = opened(ana, organisation);
        Client berta = colleague(organisation);
        String path = "/api/v1/projects/" + id;
        berta.get(path).expectProblem(404, "not-found");
        ana.put(path + "/members/" + berta.person(), "{}").expect(200);
        ana.put(path + "/members/" + berta.person(), "{}").expect(200);
        berta.get(path).expect(200);
        berta.put(path + "/members/" + berta.person(), "{\"role\": \"LEAD\"}").expectProblem(403, "lead-or-owner-only");
        ana.delete(path + "/members/" + berta.person()).expect(204);
        ana.delete(path + "/members/" + berta.person()).expectProblem(404, "not-found");
        berta.get(path).expectProblem(404, "not-found");
    }

    @Test
    void theLeadCanBeHandedOnButNotRemoved() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String path = "/api/v1/projects/" + opened(ana, organisation);
        Client berta = colleague(organisation);
        ana.delete(path + "/members/" + ana.person()).expectProblem(409, "lead-stays");
        ana.put(path + "/members/" + ana.person(), "{\"role\": \"MEMBER\"}").expectProblem(409, "lead-stays");
        JsonNode changed = ana.put(path + "/members/" + berta.person(), "{\"role\": \"LEAD\"}")
                .expect(200);
        assertThat(changed.path("lead").asString()).isEqualTo(berta.person().toString());
        assertThat(changed.path("members")).hasSize(2);
    }

    @Test
    void onlyPeopleOfTheOrganisationAreAdded() {
        Client ana = signUp("Ana");
        String path = "/api/v1/projects/" + opened(ana, organisationOf(ana));
        ana.put(path + "/members/" + signUp("Eve").person(), "{}").expectProblem(409, "not-in-organisation");
        ana.put(path + "/members/" + PersonId.create(), "{}").expectProblem(409, "not-in-organisation");
    }

    @Test
    void theCentreHoldsAnAllocationBackWithAReasonAndLiftsIt() {
        Client ana = signUp("Ana");
        ProjectId id = opened(ana, organisationOf(ana));
        String path =
                "/api/v1/allocations/" + allocations.ofProject(id).getFirst().id();
        String reason = "{\"reason\": \"Unpaid storage\"}";
        ana.put(path + "/suspension", reason).expectProblem(403, "suspension-by-centre-only");
        ana.delete(path + "/suspension").expectProblem(403, "suspension-by-centre-only");
        staff(CentreRole.AUDITOR).put(path + "/suspension", reason).expectProblem(403, "suspension-by-centre-only");
        Client operator = staff(CentreRole.OPERATOR);
        operator.put(path + "/suspension", "{\"reason\": \" \"}").expectProblem(422, "invalid-fields");
        operator.put(path + "/suspension", reason).expect(200);
        operator.put(path + "/suspension", reason).expectProblem(409, "allocation-suspended");
        JsonNode seen = ana.get(path).expect(200);
        assertThat(seen.path("state").asString()).isEqualTo("SUSPENDED");
        assertThat(seen.path("suspension").path("reason").asString()).isEqualTo("Unpaid storage");
        operator.delete(path + "/suspension").expect(200);
        operator.delete(path + "/suspension").expect(200);
        assertThat(ana.get(path).expect(200).path("state").asString()).isEqualTo("ACTIVE");
        operator.put(path + "/suspension", reason).expect(200);
        assertThat(jdbc.sql(
                                "SELECT count(*) FROM audit_entry WHERE action = 'allocation.suspended' AND subject_id = :id")
                        .param("id", path.substring(path.lastIndexOf('/') + 1))
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void theDatabaseRepeatsTheRules() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        ProjectId id = opened(ana, organisation);
        Client berta = colleague(organisation);
        assertThatThrownBy(() -> jdbc.sql(
                                "INSERT INTO project_member (project_id, person_id, role, since) VALUES (:p, :b, 'LEAD', now())")
                        .param("p", id.value())
                        .param("b", berta.person().value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThatThrownBy(() -> jdbc.sql("UPDATE allocation SET ends_at = starts_at WHERE project_id = :p")
                        .param("p", id.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThatThrownBy(() -> jdbc.sql("UPDATE project SET slug = 'Not a slug' WHERE id = :p")
                        .param("p", id.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void aListIsAPageNewestFirst() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        for (int i = 0; i < 3; i++) {
            opened(ana, organisation);
        }
        JsonNode first = ana.get("/api/v1/projects?limit=2").expect(200);
        // Identifiers made within one millisecond have no order in time, so they are held against each other.
        assertThat(first.path("items").get(0).path("id").asString())
                .isGreaterThan(first.path("items").get(1).path("id").asString());
        JsonNode second = ana.get(
                        "/api/v1/projects?limit=2&cursor=" + first.path("next").asString())
                .expect(200);
        assertThat(second.path("items")).hasSize(1);
        assertThat(second.has("next")).isFalse();
    }
}
