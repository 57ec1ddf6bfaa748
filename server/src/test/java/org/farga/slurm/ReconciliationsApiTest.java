package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.slurm.PlanLine.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class ReconciliationsApiTest extends HttpTest {
    @Autowired
    private ReconciliationTable table;

    private final String cluster = "nit-" + UUID.randomUUID();
    private final String path = "/api/v1/slurm-clusters/" + cluster;

    @BeforeEach
    void cluster() {
        table.ensure(cluster);
        table.setSlurmName(cluster, "nit");
    }

    private void plan(int lines) {
        List<PlanLine> plan = java.util.stream.IntStream.range(0, lines)
                .mapToObj(n -> new PlanLine(Kind.ADD_USER, "folding-" + n, "fg0000" + n, null, null, null))
                .toList();
        table.setRead(
                cluster,
                60_000,
                lines,
                0,
                List.of(new Plan.Trouble(Plan.Trouble.Kind.NAME_TAKEN, "folding")),
                false,
                java.time.Instant.now());
        table.setPlan(cluster, plan);
    }

    @Test
    void operatorsSeeThePlanAndAskForItToBeApplied() {
        Client operator = staff(CentreRole.OPERATOR);
        plan(3);
        JsonNode seen = operator.get(path).expect(200);
        assertThat(seen.path("mode").asString()).isEqualTo("PLAN");
        assertThat(seen.path("read").path("changes").asInt()).isEqualTo(3);
        assertThat(seen.path("read").path("driftSince").asString()).isNotEmpty();
        assertThat(seen.path("read").path("troubles").get(0).path("kind").asString())
                .isEqualTo("NAME_TAKEN");
        JsonNode first = operator.get(path + "/plan?limit=2").expect(200);
        assertThat(first.path("items")).hasSize(2);
        JsonNode rest = operator.get(
                        path + "/plan?limit=2&cursor=" + first.path("next").asString())
                .expect(200);
        assertThat(rest.path("items")).hasSize(1);
        assertThat(rest.path("items").get(0).path("subject").asString()).isEqualTo("folding-2");
        assertThat(rest.has("next")).isFalse();
        JsonNode found = operator.get(path + "/plan?q=FG00001&kind=ADD_USER").expect(200);
        assertThat(found.path("items")).hasSize(1);
        assertThat(found.path("items").get(0).path("subject").asString()).isEqualTo("folding-1");
        assertThat(operator.get(path + "/plan?kind=CLOSE_USER").expect(200).path("items"))
                .isEmpty();
        table.setApplying(cluster, new Reconciliation.Applying(java.time.Instant.now(), 3, 1));
        assertThat(operator.get(path).expect(200).path("applying").path("done").asInt())
                .isEqualTo(1);

        assertThat(operator.post(path + "/readings", null)
                        .expect(202)
                        .path("readingWaits")
                        .asBoolean())
                .isTrue();
        assertThat(operator.post(path + "/applications", null).expect(202).has("applicationWaitsSince"))
                .isTrue();
        assertThat(operator.put(path + "/mode", "{\"mode\": \"APPLY\"}")
                        .expect(200)
                        .path("mode")
                        .asString())
                .isEqualTo("APPLY");
        operator.put(path + "/mode", "{}").expectProblem(422, "invalid-fields");
        assertThat(jdbc.sql("SELECT action FROM audit_entry WHERE subject_id = :c ORDER BY number")
                        .param("c", cluster)
                        .query(String.class)
                        .list())
                .containsExactly("slurm.application-asked", "slurm.switched-on");
        assertThat(operator.get(path + "/dump").body())
                .startsWith("Cluster - 'nit'\nParent - 'root'\nAccount - 'farga'");
    }

    @Test
    void whatWasDriftingSinceThenStillIsUntilNothingMustChange() {
        plan(1);
        var since = table.find(cluster).orElseThrow().read().driftSince();
        plan(2);
        assertThat(table.find(cluster).orElseThrow().read().driftSince()).isEqualTo(since);
        plan(0);
        assertThat(table.find(cluster).orElseThrow().read().driftSince()).isNull();
    }

    @Test
    void whatWasReadBeforeStaysWhileSlurmIsAway() {
        plan(2);
        table.setFailed(cluster, "sacctmgr: error: Connection refused\n", java.time.Instant.now());
        JsonNode seen = staff(CentreRole.AUDITOR).get(path).expect(200);
        assertThat(seen.path("complaint").asString()).isEqualTo("sacctmgr: error: Connection refused");
        assertThat(seen.path("read").path("changes").asInt()).isEqualTo(2);
        plan(0);
        assertThat(table.find(cluster).orElseThrow().complaint()).isNull();
    }

    @Test
    void auditorsSeeButDecideNothingAndOthersDoNotFindIt() {
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.get(path).expect(200);
        auditor.post(path + "/readings", null).expectProblem(403, "operators-only");
        auditor.post(path + "/applications", null).expectProblem(403, "operators-only");
        auditor.put(path + "/mode", "{\"mode\": \"APPLY\"}").expectProblem(403, "operators-only");
        assertThat(table.find(cluster).orElseThrow().mode()).isEqualTo(Reconciliation.Mode.PLAN);
        Client ana = signUp("Ana");
        ana.get(path).expectProblem(404, "not-found");
        ana.get(path + "/plan").expectProblem(404, "not-found");
        ana.get(path + "/dump").expectProblem(404, "not-found");
        ana.post(path + "/applications", null).expectProblem(404, "not-found");
        ana.get("/api/v1/slurm-clusters").expectProblem(404, "not-found");
        staff(CentreRole.OPERATOR).get("/api/v1/slurm-clusters/nowhere").expectProblem(404, "not-found");
        stranger().get(path).expect(401);
    }

    /** Of sixty thousand lines any page is read as quickly as the first. */
    @Test
    void aPlanOfSixtyThousandChangesIsKeptWholeAndPagedToItsEnd() {
        plan(60_000);
        assertThat(table.plan(cluster, null, "", 59_990, 100)).hasSize(10);
        assertThat(table.plan(cluster, null, "folding-59999", 0, 100))
                .extracting(ReconciliationTable.Placed::position)
                .containsExactly(60_000);
        assertThat(table.planCounts(cluster, "")).isEqualTo(java.util.Map.of(Kind.ADD_USER, 60_000L));
        plan(0);
        assertThat(table.planCounts(cluster, "")).isEmpty();
    }

    @Test
    void theCentreGivesAnAllocationStepsOfItsOwn() {
        Client ana = signUp("Ana");
        SlurmData data = new SlurmData(jdbc);
        ProjectId project = data.project(ana.person());
        AllocationId allocation = data.allocation(project, cluster);
        String ladder = "/api/v1/allocations/" + allocation + "/ladder";
        JsonNode usual = ana.get(ladder).expect(200);
        assertThat(usual.path("stop").asInt()).isEqualTo(120);
        assertThat(usual.path("own").asBoolean()).isFalse();
        assertThat(usual.path("step").asString()).isEqualTo("NONE");
        String steps = "{\"notice\": 50, \"slow\": 90, \"stop\": 100, \"carryOver\": 25}";
        ana.put(ladder, steps).expectProblem(403, "ladder-by-centre-only");
        Client operator = staff(CentreRole.OPERATOR);
        operator.put(ladder, "{\"notice\": 95, \"slow\": 90, \"stop\": 100, \"carryOver\": 0}")
                .expectProblem(422, "invalid-fields");
        assertThat(operator.put(ladder, steps).expect(200).path("own").asBoolean())
                .isTrue();
        assertThat(ana.get(ladder).expect(200).path("notice").asInt()).isEqualTo(50);
        assertThat(operator.delete(ladder).expect(200).path("own").asBoolean()).isFalse();
        signUp("Eva").get(ladder).expectProblem(404, "not-found");
    }

    @Test
    void anAllocationBeginsWithAPartOfWhatTheOneBeforeLeftUnused() {
        Client ana = signUp("Ana");
        PersonId person = ana.person();
        SlurmData data = new SlurmData(jdbc);
        ProjectId project = data.project(person);
        AllocationId before = data.allocation(project, cluster);
        jdbc.sql(
                        "UPDATE allocation SET starts_at = now() - interval '1 year', ends_at = now() - interval '2 months' WHERE id = :a")
                .param("a", before.value())
                .update();
        AllocationId now = data.allocation(project, cluster);
        staff(CentreRole.OPERATOR)
                .put(
                        "/api/v1/allocations/" + now + "/ladder",
                        "{\"notice\": 80, \"slow\": 100, \"stop\": 120, \"carryOver\": 25}")
                .expect(200);
        JsonNode ladder = ana.get("/api/v1/allocations/" + now + "/ladder").expect(200);
        assertThat(new java.math.BigDecimal(ladder.path("gpuBudget").asString()))
                .isEqualByComparingTo("125");
    }

    @Test
    void thePageShowsThePlanByKindsAndTheSwitchInEachLanguage() {
        Client operator = staff(CentreRole.OPERATOR);
        plan(60);
        table.setFailed(cluster, "sacctmgr: error: Connection refused", java.time.Instant.now());
        Browser browser = new Browser(address()).signIn(operator.email(), PASSWORD);
        String page = "/clusters/" + cluster + "/slurm";
        assertThat(browser.get(page).body())
                .contains("60 associations are made", "folding-19<", "All 60 of them", "Connection refused")
                .contains("Slurm has an account “folding” elsewhere")
                .doesNotContain("folding-20<");
        assertThat(browser.get(page + "?kind=ADD_USER").body())
                .contains("folding-0<", "folding-49<", "cursor=")
                .doesNotContain("folding-50<");
        assertThat(browser.get(page + "?q=Folding-5").body())
                .contains("folding-5<", "folding-59<", "11 associations are made")
                .doesNotContain("folding-6<");
        assertThat(browser.get(page + "?q=nobody").body()).contains("Nothing in the plan fits.");
        table.setApplying(cluster, new Reconciliation.Applying(java.time.Instant.now(), 60, 50));
        assertThat(browser.get(page).body()).contains("50 of 60 changes are made");
        table.endApplying(cluster);
        assertThat(browser.get(page).body()).doesNotContain("changes are made");
        plan(1);
        assertThat(browser.submit(page, page + "/mode", "mode", "APPLY").statusCode())
                .isEqualTo(302);
        assertThat(browser.submit(page, page + "/application").statusCode()).isEqualTo(302);
        assertThat(table.find(cluster).orElseThrow().applyWantedBy()).isEqualTo(operator.person());
        assertThat(browser.submit(page, page + "/reading").statusCode()).isEqualTo(302);
        assertThat(browser.get(page + "/dump").body()).contains("Account - 'farga'");
        assertThat(browser.get(page, "Accept-Language", "ca").statusCode()).isEqualTo(200);
        assertThat(new Browser(address())
                        .signIn(signUp("Ana").email(), PASSWORD)
                        .get(page)
                        .statusCode())
                .isEqualTo(404);
    }
}
