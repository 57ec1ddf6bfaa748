package org.farga.aid;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.LocalDate;
import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.platform.Settings;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class AidPagesTest extends HttpTest {
    private static final String SPAIN = "01930000-0000-7000-8000-000000000e01";

    @Autowired
    private Clock clock;

    @Autowired
    private Settings settings;

    private String today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone()).toString();
    }

    private Browser browser(Client client) {
        return new Browser(address()).signIn(client.email(), PASSWORD);
    }

    private static String number() {
        return "B" + UUID.randomUUID().toString().substring(0, 8);
    }

    @Test
    void anOwnerDeclaresRowByRowAndSeesWhatIsLeftAndUntilWhenItCounts() {
        Client ana = signUp("Ana");
        Browser browser = browser(ana);
        String company = "/organisations/" + organisationOf(ana) + "/aid";
        assertThat(browser.get(company).body()).contains("You have declared nothing yet");
        String form = company + "/declaration";
        assertThat(browser.submit(form, form + "/rows", "taxId", number(), "sector", "62")
                        .body())
                .contains("name=\"aid.0.amountEuros\"");
        var refused = browser.submit(
                form,
                form,
                "taxId",
                "<script>alert(1)</script>",
                "sector",
                "62",
                "aid.0.memberState",
                "ES",
                "aid.0.grantedOn",
                today(),
                "aid.0.amountEuros",
                "much",
                "aid.0.authority",
                "ACCIÓ",
                "confirmed",
                "true");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("An amount in euros above 0", "value=\"much\"")
                .doesNotContain("<script>alert");
        assertThat(browser.submit(
                                form,
                                form,
                                "taxId",
                                number(),
                                "sector",
                                "62",
                                "aid.0.memberState",
                                "ES",
                                "aid.0.grantedOn",
                                today(),
                                "aid.0.amountEuros",
                                "260000,50",
                                "aid.0.authority",
                                "<script>alert(2)</script>",
                                "confirmed",
                                "true")
                        .statusCode())
                .isEqualTo(302);
        assertThat(browser.get(company).body())
                .contains("€39,999.50", "Near the ceiling", "<svg class=\"plot\"", "No longer counts from")
                .doesNotContain("<script>alert");
    }

    @Test
    void anOfficerConfirmsALinkRecordsAGrantPutsItRightAndEntersIt() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String organisation = organisationOf(ana);
        String company = "/organisations/" + organisation + "/aid";
        Browser owner = browser(ana);
        Browser desk = browser(officer);
        owner.submit(
                company + "/declaration",
                company + "/declaration",
                "taxId",
                number(),
                "sector",
                "62.10",
                "confirmed",
                "true");
        String name = "Mother <b>" + number();
        assertThat(owner.submit(
                                company,
                                company + "/links",
                                "name",
                                name,
                                "country",
                                "ES",
                                "taxId",
                                number(),
                                "since",
                                "2020-01-01",
                                "relation",
                                "LINKED",
                                "criterion",
                                "BOARD",
                                "evidence",
                                "Accounts")
                        .statusCode())
                .isEqualTo(302);
        String undertaking = "/aid/undertakings/" + organisation;
        String page = desk.get(undertaking).body();
        assertThat(page).contains("waits for the centre", "Mother &lt;b");
        String link = page.replaceAll("(?s).*id=\"link-([0-9a-f-]{36})\".*", "$1");
        String[] grant = {
            "organisation",
            address() + "/organisations/" + organisation,
            "source",
            SPAIN,
            "amountEuros",
            "250000",
            "grantedOn",
            today(),
            "instrument",
            "SERVICE",
            "reference",
            "Training"
        };
        assertThat(desk.submit("/aid/grants", "/aid/grants", grant).body())
                .contains("A linked enterprise waits to be confirmed");
        String decision = undertaking + "/links/" + link + "/decision";
        assertThat(desk.submit(undertaking, decision, "confirmed", "false").statusCode())
                .as("a rejection needs its reason")
                .isEqualTo(422);
        assertThat(desk.submit(undertaking, decision, "confirmed", "true", "other", "other", "named", "nobody")
                        .statusCode())
                .isEqualTo(422);
        assertThat(desk.submit(undertaking, decision, "confirmed", "true", "other", "")
                        .statusCode())
                .isEqualTo(302);
        String entry = desk.submit("/aid/grants", "/aid/grants", grant)
                .headers()
                .firstValue("Location")
                .orElseThrow()
                .replaceFirst("^https?://[^/]+", "");
        assertThat(desk.submit("/aid/grants", "/aid/grants", grant).body())
                .contains("€250,000 is needed, and €50,000 are left of the €300,000");
        assertThat(desk.submit(entry, entry + "/correction", "amountEuros", "1000,50", "reason", "given back")
                        .statusCode())
                .isEqualTo(302);
        assertThat(desk.get(entry).body()).contains("€1,000.50", "-€248,999.50", "given back");
        assertThat(desk.submit(entry, entry + "/registration", "enteredOn", today(), "reference", "BDNS-7")
                        .statusCode())
                .isEqualTo(302);
        assertThat(desk.get(entry).body()).contains("BDNS-7");
        String letter = entry.replace("entries", "letters");
        assertThat(owner.get(letter).body()).contains("Notice of de minimis aid", "2023/2831", "€250,000");
        assertThat(owner.get(entry).statusCode()).isEqualTo(404);
        assertThat(owner.get("/aid").statusCode()).isEqualTo(404);
        assertThat(desk.get("/aid?text=Training&open=true&regime=DE_MINIMIS&from=nonsense")
                        .body())
                .contains("Forja Vision SL");
    }

    @Test
    void sourcesTheirValuesAndWhatTheyPayAreSetOnTheirPages() {
        Client officer = staff(CentreRole.ADMINISTRATOR);
        Browser desk = browser(officer);
        String code = "P-" + number().toUpperCase(java.util.Locale.ROOT);
        assertThat(desk.submit("/aid/funding", "/aid/sources", "code", "no code!", "name", "X")
                        .statusCode())
                .isEqualTo(422);
        assertThat(desk.submit(
                                "/aid/funding",
                                "/aid/sources",
                                "code",
                                code,
                                "name",
                                "Portugal",
                                "kind",
                                "PARTNER_COUNTRY",
                                "memberState",
                                "PT",
                                "authority",
                                "FCT",
                                "regime",
                                "DE_MINIMIS")
                        .statusCode())
                .isEqualTo(302);
        String page = desk.get("/aid/funding").body();
        assertThat(page).contains(code);
        String source = page.replaceAll("(?s).*(/aid/sources/[0-9a-f-]{36})\"><b>" + code + ".*", "$1");
        assertThat(desk.submit(
                                source,
                                source + "/market-values",
                                "since",
                                today(),
                                "gpuHourCents",
                                "250",
                                "cpuHourCents",
                                "3,5",
                                "evidence",
                                "three offers")
                        .statusCode())
                .isEqualTo(302);
        assertThat(desk.get(source).body()).contains("€2.50", "€0.035", "three offers");
        assertThat(desk.submit(source, source + "/market-values", "since", "", "evidence", "x")
                        .statusCode())
                .isEqualTo(422);
        String id = source.replace("/aid/sources/", "");
        assertThat(desk.submit(
                                "/aid/funding",
                                "/aid/funding-plans",
                                "subject",
                                "call:PLAYGROUND",
                                "since",
                                "2099-01-" + String.format("%02d", 1 + Math.floorMod(id.hashCode(), 28)),
                                "share." + id,
                                "60",
                                "share." + FundingSource.UNION,
                                "39.9")
                        .body())
                .contains("must come to 100 % together");
        assertThat(browser(staff(CentreRole.AUDITOR)).get("/aid/funding").body())
                .doesNotContain("action=\"/aid/sources\"");
        assertThat(browser(staff(CentreRole.OPERATOR)).get("/aid/funding").statusCode())
                .isEqualTo(404);
    }
}
