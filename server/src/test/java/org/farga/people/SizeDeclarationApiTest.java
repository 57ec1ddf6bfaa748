package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SizeDeclarationApiTest extends HttpTest {
    private static final String SMALL = """
            {"year": 2025, "staff": 12.5, "turnoverEur": 3000000, "balanceSheetEur": 1000000.50,
             "linkedEnterprises": [{"name": "Fons Llavor SCR", "relation": "PARTNER", "sharePercent": 30,
                                    "staff": 10, "turnoverEur": 100, "balanceSheetEur": 0}]}""";

    @Autowired
    private Organisations organisations;

    @Test
    void anOwnerDeclaresTheSizeAndIsToldWhatFollowsAndWhy() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        String path = "/api/v1/organisations/" + id + "/size-declaration";
        ana.get(path).expectProblem(404, "not-found");
        assertThat(organisations.smeStatus(OrganisationId.valueOf(id))).isEmpty();
        var result = ana.put(path, SMALL).expect(200);
        assertThat(result.path("sme").asBoolean()).isTrue();
        assertThat(result.path("category").asString()).isEqualTo("SMALL");
        assertThat(result.path("totals").path("staff").decimalValue()).isEqualByComparingTo("15.5");
        assertThat(result.path("totals").path("turnoverEur").decimalValue()).isEqualByComparingTo("3000030");
        assertThat(result.path("reasons").get(0).path("sentence").asString())
                .isEqualTo("Fons Llavor SCR is a partner and counts by its share of 30 %: 3 staff, €30 turnover,"
                        + " €0 balance sheet.");
        assertThat(result.path("reasons").get(2).path("sentence").asString())
                .isEqualTo(
                        "Small: 15.5 staff is fewer than 50, and the turnover of €3,000,030 is at most €10,000,000.");
        assertThat(result.path("reasons").get(2).path("source").asString())
                .isEqualTo("Recommendation 2003/361/EC, annex, Article 2(2)");
        assertThat(ana.get(path).expect(200)).isEqualTo(result);
        assertThat(organisations
                        .smeStatus(OrganisationId.valueOf(id))
                        .orElseThrow()
                        .category())
                .isEqualTo(SmeStatus.Category.SMALL);
    }

    @Test
    void reasonsAreInTheReadersLanguage() {
        Client ana = signUp("Ana");
        String path = "/api/v1/organisations/" + organisationOf(ana) + "/size-declaration";
        var catalan = ana.put(path, SMALL, "Accept-Language", "ca").expect(200);
        assertThat(catalan.path("reasons").get(2).path("sentence").asString())
                .isEqualTo("Petita: 15,5 efectius són menys de 50, i el volum de negocis de 3.000.030 € no supera"
                        + " 10.000.000 €.");
    }

    @Test
    void aNewDeclarationLeavesTheOldOneOnRecord() {
        Client ana = signUp("Ana");
        String path = "/api/v1/organisations/" + organisationOf(ana) + "/size-declaration";
        ana.put(path, SMALL).expect(200);
        ana.put(path, """
                {"year": 2025, "staff": 250, "turnoverEur": 0, "balanceSheetEur": 0}""").expect(200);
        assertThat(ana.get(path).expect(200).path("sme").asBoolean()).isFalse();
        assertThat(ana.get(path + "/history").expect(200)).hasSize(2);
    }

    @Test
    void onlyOwnersDeclareAndStrangersFindNothing() {
        String path = "/api/v1/organisations/" + organisationOf(signUp("Ana")) + "/size-declaration";
        stranger().put(path, SMALL).expectProblem(401, "sign-in-required");
        signUp("Eve").put(path, SMALL).expectProblem(404, "not-found");
        staff(CentreRole.ACCESS_OFFICER).put(path, SMALL).expectProblem(403, "owners-only");
    }

    @Test
    void wrongFiguresAreNamedByTheirField() {
        Client ana = signUp("Ana");
        String path = "/api/v1/organisations/" + organisationOf(ana) + "/size-declaration";
        var problem = ana.put(path, """
                {"year": 2025, "staff": -1, "turnoverEur": 1e300, "balanceSheetEur": 0,
                 "linkedEnterprises": [{"name": "forja vision sl", "relation": "LINKED", "sharePercent": 101,
                                        "staff": 1, "turnoverEur": 1, "balanceSheetEur": 1}]}""").expectProblem(422, "invalid-fields");
        assertThat(problem.path("errors").findValuesAsString("field"))
                .containsExactlyInAnyOrder(
                        "staff", "turnoverEur", "linkedEnterprises[0].name", "linkedEnterprises[0].sharePercent");
        ana.put(path, """
                {"year": 2025, "staff": 1, "turnoverEur": 1, "balanceSheetEur": 1,
                 "linkedEnterprises": [{"relation": "COUSIN"}]}""").expectProblem(400, "unreadable-body");
    }

    @Test
    void theFormGrowsByRowsWithoutScriptsAndDeclares() {
        Client ana = signUp("Ana");
        String page = "/organisations/" + organisationOf(ana) + "/size-declaration";
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        var grown = browser.submit(page, page + "/rows", "staff", "7");
        assertThat(grown.body()).contains("name=\"enterprise.0.name\"").contains("value=\"7\"");
        var shrunk = browser.submit(page, page + "/rows", "enterprise.0.name", "Fons", "remove", "0");
        assertThat(shrunk.body()).doesNotContain("name=\"enterprise.0.name\"");
        var refused = browser.submit(page, page, "year", "2025", "staff", "7", "turnoverEur", "x");
        assertThat(refused.statusCode()).isEqualTo(422);
        var declared = browser.submit(
                page,
                page,
                "year",
                "2025",
                "staff",
                "7",
                "turnoverEur",
                "100000",
                "balanceSheetEur",
                "0",
                "enterprise.0.name",
                "Fons <Llavor>",
                "enterprise.0.relation",
                "PARTNER",
                "enterprise.0.sharePercent",
                "30",
                "enterprise.0.staff",
                "10",
                "enterprise.0.turnoverEur",
                "0",
                "enterprise.0.balanceSheetEur",
                "0");
        assertThat(Browser.location(declared)).isEqualTo(page);
        assertThat(browser.get(page).body())
                .contains("Small enterprise")
                .contains("Fons &lt;Llavor&gt;")
                .doesNotContain("<Llavor>");
    }
}
