package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.Scope;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class CentreApiTest extends HttpTest {
    @Autowired
    private CentreRoles roles;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void anAdministratorFindsAPersonGrantsARoleAndWithdrawsIt() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client eva = signUp("Eva");
        var found = ada.get("/api/v1/persons?email=" + eva.email().toUpperCase(java.util.Locale.ROOT))
                .expect(200)
                .path("items");
        assertThat(found.get(0).path("id").asString()).isEqualTo(eva.person().toString());
        assertThat(found.get(0).path("centreRoles")).isEmpty();
        String path = "/api/v1/persons/" + eva.person() + "/centre-roles/AUDITOR";
        eva.get("/api/v1/audit").expectProblem(404, "not-found");
        ada.put(path, "").expect(200);
        ada.put(path, "").expect(200);
        eva.get("/api/v1/audit").expect(200);
        assertThat(ada.delete(path).expect(200).path("centreRoles")).isEmpty();
        eva.get("/api/v1/audit").expectProblem(404, "not-found");
        assertThat(jdbc.sql("SELECT action FROM audit_entry WHERE subject_id = :id AND action LIKE 'centre-role.%'"
                                + " ORDER BY number")
                        .param("id", eva.person().toString())
                        .query(String.class)
                        .list())
                .containsExactly("centre-role.granted", "centre-role.withdrawn");
    }

    @Test
    void whoIsNoAdministratorFindsNothing() {
        Client eva = signUp("Eva");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        for (Client client : new Client[] {eva, officer}) {
            client.get("/api/v1/persons?email=" + eva.email()).expectProblem(404, "not-found");
            client.put("/api/v1/persons/" + eva.person() + "/centre-roles/ADMINISTRATOR", "")
                    .expectProblem(404, "not-found");
            client.delete("/api/v1/persons/" + eva.person() + "/centre-roles/ADMINISTRATOR")
                    .expectProblem(404, "not-found");
        }
        eva.get("/api/v1/centre/staff").expectProblem(404, "not-found");
        officer.get("/api/v1/centre/staff").expect(200);
        stranger().get("/api/v1/centre/staff").expectProblem(401, "sign-in-required");
        staff(CentreRole.ADMINISTRATOR)
                .put("/api/v1/persons/" + eva.person() + "/centre-roles/EMPEROR", "")
                .expectProblem(404, "not-found");
    }

    @Test
    void aTokenWithoutTheCentreScopeGrantsNothing() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        var issued = ada.post("/api/v1/tokens", """
                        {"name": "narrow", "scopes": ["READ", "WRITE"]}""").expect(201);
        stranger()
                .put(
                        "/api/v1/persons/" + ada.person() + "/centre-roles/AUDITOR",
                        "",
                        "Authorization",
                        "Bearer " + issued.path("secret").asString())
                .expectProblem(404, "not-found");
    }

    @Test
    void theLastAdministratorStays() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client bea = staff(CentreRole.ADMINISTRATOR);
        Actor actor = new Actor(
                ada.person(),
                "Ada",
                new EmailAddress(ada.email()),
                Set.of(CentreRole.ADMINISTRATOR),
                Map.of(),
                Set.of(Scope.values()));
        transaction.executeWithoutResult(status -> {
            jdbc.sql("DELETE FROM centre_role WHERE person_id NOT IN (:ada, :bea)")
                    .param("ada", ada.person().value())
                    .param("bea", bea.person().value())
                    .update();
            assertThat(roles.withdraw(actor, bea.person(), CentreRole.ADMINISTRATOR))
                    .isInstanceOf(Outcome.Done.class);
            assertThat(roles.withdraw(actor, ada.person(), CentreRole.ADMINISTRATOR))
                    .isEqualTo(Outcome.refused(Refusal.conflict("last-administrator")));
            status.setRollbackOnly();
        });
    }

    @Test
    void theCentresPageGrantsAndWithdraws() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client eva = signUp("Eva");
        Browser browser = new Browser(address()).signIn(ada.email(), PASSWORD);
        String page = "/centre?person=" + eva.person();
        assertThat(browser.submit("/centre", "/centre/search", "email", "nobody@example.org")
                        .body())
                .contains("Nobody has signed up");
        // No address has an e-mail address in it.
        assertThat(Browser.location(browser.submit("/centre", "/centre/search", "email", eva.email())))
                .isEqualTo(page);
        assertThat(browser.get("/centre").body()).doesNotContain("?email=").contains("/centre?person=");
        var granted = browser.submit(page, "/centre/staff/" + eva.person() + "/roles/OPERATOR", "held", "true");
        assertThat(Browser.location(granted)).isEqualTo(page);
        assertThat(ada.get("/api/v1/persons?email=" + eva.email())
                        .expect(200)
                        .path("items")
                        .get(0)
                        .path("centreRoles")
                        .get(0)
                        .asString())
                .isEqualTo("OPERATOR");
        assertThat(new Browser(address())
                        .signIn(eva.email(), PASSWORD)
                        .get("/centre")
                        .body())
                .doesNotContain("/roles/");
        browser.submit(page, "/centre/staff/" + eva.person() + "/roles/OPERATOR", "held", "false");
        assertThat(new Browser(address())
                        .signIn(eva.email(), PASSWORD)
                        .get("/centre")
                        .statusCode())
                .isEqualTo(404);
    }
}
