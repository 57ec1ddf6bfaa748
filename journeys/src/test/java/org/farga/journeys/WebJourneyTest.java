package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From sign-up to a trained model, in a browser, with every step real. */
class WebJourneyTest {
    /** Enough for a curve that one can watch, few enough for a test. */
    private static final int EPOCHS = 60;

    private static final LocatorAssertions.IsVisibleOptions WHILE_A_JOB_STARTS =
            new LocatorAssertions.IsVisibleOptions().setTimeout(40_000);

    private static Browser browser;
    private static FargaProcess farga;

    /** Addresses of pages that are nobody's business but Ana's organisation's. */
    private final List<String> hers = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
    }

    @AfterAll
    static void stop() {
        if (farga != null) {
            farga.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void aStartupGoesFromSignUpToATrainedModel() {
        Page administrator = browser.desktop(farga);
        theFirstAdministratorComesInByTheSetUpLink(administrator);
        aDataStewardIsAppointedAndPublishesADataset(administrator);

        Page ana = browser.desktop(farga);
        ana.onDialog(Dialog::accept);
        anaSignsUp(ana);
        sheFoundsAnOrganisationAndDeclaresItsSize(ana);
        aColleagueAcceptsHerInvitation(ana);
        sheWritesAProposalThatIsAwardedAtOnce(ana);
        theAwardMadeAProjectWithAnAllocation(ana);
        sheLooksAtTheDatasetAndAcceptsItsTerms(ana);
        String job = aBadJobIsRefusedWithAFixAndAGoodOneIsTaken(ana);
        sheWatchesItTrain(ana);
        theModelLeadsBackToTheCallAndTheDataset(ana, job);
        theStatementHasTheJobToTheMillisecond(ana, job);
        sheStopsAJobThatWouldNotEnd(ana);
        nobodyElseFindsAnyOfIt();
        sheSignsOut(ana);
        browser.assertNothingWentWrong();
    }

    private void theFirstAdministratorComesInByTheSetUpLink(Page page) {
        String link = farga.setupLink();
        page.navigate(link);
        fill(
                page,
                Map.of(
                        "name", Story.ADMINISTRATOR.name(),
                        "email", Story.ADMINISTRATOR.email(),
                        "password", Story.ADMINISTRATOR.password()));
        page.locator("main button.primary").click();
        page.waitForURL("**/centre");
        assertThat(page.locator(".notice")).isVisible();
        Browser.assertAccessible(page);

        assertThat(Browser.open(browser.desktop(farga), link))
                .as("the link, used once more")
                .isEqualTo(404);
    }

    private void aDataStewardIsAppointedAndPublishesADataset(Page page) {
        Api.stranger(farga)
                .post(
                        "/persons",
                        Map.of(
                                "email", Story.STEWARD.email(),
                                "name", Story.STEWARD.name(),
                                "password", Story.STEWARD.password()))
                .done();
        page.onDialog(Dialog::accept);
        page.locator("#email").fill(Story.STEWARD.email());
        page.locator("form[action='/centre/search'] button").click();
        page.locator("form[action$='/roles/DATA_STEWARD'] button").click();
        assertThat(page.locator(".notice")).isVisible();
        Story.publishDigits(Api.signIn(farga, Story.STEWARD.email(), Story.STEWARD.password()));
    }

    private void anaSignsUp(Page page) {
        page.navigate("/");
        page.locator(".hero a[href='/sign-up']").click();
        fill(page, Map.of("name", Story.ANA.name(), "email", Story.ANA.email(), "password", "short"));
        page.locator("main button.primary").click();
        assertThat(page.locator("#password-problem")).containsText("characters");
        assertThat(page.locator("#name")).hasValue(Story.ANA.name());

        page.locator("#password").fill(Story.ANA.password());
        page.locator("main button.primary").click();
        assertThat(page.locator(".who .name")).hasText(Story.ANA.name());
    }

    private void sheFoundsAnOrganisationAndDeclaresItsSize(Page page) {
        navigation(page, "/organisations");
        page.locator("a[href='/organisations/new']").first().click();
        page.locator("#name").fill("Llum Robotics SL");
        page.locator("#country").selectOption("ES");
        page.locator("main button.primary").click();
        page.waitForURL(Pattern.compile("/organisations/[0-9a-f-]{36}$"));
        hers.add(page.url());

        page.locator("main a[href$='/size-declaration']").first().click();
        fill(page, Map.of("year", "2025", "staff", "14", "turnoverEur", "1200000", "balanceSheetEur", "900000"));
        page.getByText("Add an enterprise").click();
        page.locator("[name='enterprise.0.name']").fill("Fusta Capital SA");
        page.locator("[name='enterprise.0.relation']").selectOption("PARTNER");
        page.locator("[name='enterprise.0.sharePercent']").fill("30");
        page.locator("[name='enterprise.0.staff']").fill("40");
        page.locator("[name='enterprise.0.turnoverEur']").fill("5000000");
        page.locator("[name='enterprise.0.balanceSheetEur']").fill("4000000");
        page.locator("#size-form button.primary").click();
        // 14 of its own and 30 % of 40.
        assertThat(page.locator("main")).containsText("Small enterprise");
        assertThat(page.locator("main")).containsText("This is an SME");
        assertThat(page.locator(".reasons").first()).containsText("by its share of 30");
        assertThat(page.locator(".facts").first()).containsText("26");
        hers.add(page.url());
        Browser.assertAccessible(page);
    }

    private void aColleagueAcceptsHerInvitation(Page page) {
        page.navigate(hers.getFirst());
        page.locator("form[action$='/invitations'] #email").fill(Story.PAU.email());
        page.locator("form[action$='/invitations'] button").click();
        String link = page.locator("#link").innerText().strip();

        Page pau = browser.phone(farga);
        pau.navigate(link);
        assertThat(pau.locator("h1")).hasText("Llum Robotics SL");
        pau.locator("main a[href^='/sign-up']").click();
        fill(pau, Map.of("name", Story.PAU.name(), "email", Story.PAU.email(), "password", Story.PAU.password()));
        pau.locator("main button.primary").click();
        pau.locator("form[action='/invitation'] button").click();
        pau.waitForURL(Pattern.compile("/organisations/[0-9a-f-]{36}$"));
        assertThat(pau.locator("table").first()).containsText(Story.PAU.email());
        Browser.assertFitsAcross(pau, 360);
        Browser.assertFitsAcross(pau, 320);

        assertThat(Browser.open(browser.desktop(farga), link))
                .as("the link, used once more")
                .isEqualTo(404);
    }

    private void sheWritesAProposalThatIsAwardedAtOnce(Page page) {
        navigation(page, "/calls");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("AI Factory Playground"))
                .click();
        page.locator("form[action='/proposals'] button").click();
        page.waitForURL(Pattern.compile("/proposals/[0-9a-f-]{36}$"));
        hers.add(page.url());

        Locator missing = page.locator("#proposal-status .missing");
        Locator submit = page.locator("#proposal-submit");
        assertThat(missing.locator("li")).hasCount(8);
        assertThat(submit).isDisabled();
        page.locator("#title").fill("Reading meters from photographs");
        // Nothing is clicked: it saves by itself, and says what is still missing.
        assertThat(missing.locator("li")).hasCount(7);
        assertThat(missing).not().containsText("itle");
        page.reload();
        assertThat(page.locator("#title")).hasValue("Reading meters from photographs");

        page.locator("#abstract").fill("A small network reads water meters. We want to know how far it carries.");
        page.locator("#gpuHours").fill("40");
        page.locator("#cpuHours").fill("500");
        page.locator("#durationMonths").selectOption("2");
        page.locator("[name=civilianUse][value=true]").check();
        for (Locator practice : page.locator("[name^='practice.'][value=NO]").all()) {
            practice.check();
        }
        page.locator("[name=personalData][value=false]").check();
        assertThat(missing).hasCount(0);
        assertThat(submit).isEnabled();
        Browser.assertAccessible(page);

        submit.click();
        assertThat(page.locator(".outcome.good")).isVisible();
        assertThat(page.locator(".outcome")).containsText("40 GPU-h");
        assertThat(page.locator("main")).containsText("Recommendation 2003/361");
        assertThat(page.locator(".timeline li").last()).isVisible();
    }

    private void theAwardMadeAProjectWithAnAllocation(Page page) {
        Locator project = page.locator(".outcome a[href^='/projects/']");
        for (int i = 0; i < 160 && project.count() == 0; i++) {
            // The project follows the award after its commit.
            FargaProcess.pause(250);
            page.reload();
        }
        project.click();
        page.waitForURL("**/projects/*");
        hers.add(page.url());
        Locator allocation = page.locator("[id^=allocation-]");
        for (int i = 0; i < 160 && allocation.count() == 0; i++) {
            FargaProcess.pause(250);
            page.reload();
        }
        assertThat(allocation).containsText("40 GPU-h");
        assertThat(allocation).containsText("500 CPU-h");
        assertThat(allocation).containsText("local");
        assertThat(allocation.locator(".state.good")).isVisible();
        Browser.assertAccessible(page);
    }

    private void sheLooksAtTheDatasetAndAcceptsItsTerms(Page page) {
        navigation(page, "/datasets");
        page.locator("#q").fill("handwritten");
        page.locator("form[role=search] button").click();
        page.locator(".dataset-card a").click();
        assertThat(page.locator("main")).containsText("CC-BY-4.0");
        assertThat(page.locator("main")).containsText("1,797 rows");
        assertThat(page.locator("main [role=region] tbody tr").first()).isVisible();
        assertThat(page.locator("main [role=region] figure").first()).isVisible();
        assertThat(page.locator("#sha256-0")).hasText(Pattern.compile("[0-9a-f]{64}"));
        Browser.assertAccessible(page);

        page.locator("#terms form[action$='/agreements'] [name=read]").check();
        page.locator("#terms form[action$='/agreements'] button").click();
        assertThat(page.locator("#terms")).containsText("Llum Robotics SL");
    }

    private String aBadJobIsRefusedWithAFixAndAGoodOneIsTaken(Page page) {
        navigation(page, "/jobs");
        page.locator("a[href='/jobs/new']").first().click();
        page.locator("#name").fill("first try");
        page.locator("#script").fill("#!/usr/bin/pyhton4\nprint('hello')\n");
        Locator refused = page.locator("#preflight .findings .refused");
        assertThat(refused.first()).isVisible();
        assertThat(refused.first()).containsText("pyhton4");
        page.locator("#job-form button.primary").click();
        assertThat(page.locator("#preflight .findings .refused").first()).containsText("pyhton4");
        assertThat(page).hasURL(Pattern.compile("/jobs$"));

        page.navigate("/jobs/new?example=digits");
        assertThat(page.locator("#script")).hasValue(Pattern.compile("^#!/usr/bin/env -S java"));
        page.locator("#job-form summary").click();
        page.locator("#environment").fill("EPOCHS=" + EPOCHS);
        assertThat(page.locator("#preflight .preflight-sum.good")).isVisible();
        Browser.assertAccessible(page);
        page.locator("#job-form button.primary").click();
        page.waitForURL(Pattern.compile("/jobs/[^/?]+$"));
        hers.add(page.url());
        return page.url().replaceFirst(".*/", "");
    }

    private void sheWatchesItTrain(Page page) {
        Instant opened = Instant.now();
        Locator curve = page.locator("#metrics figure", new Page.LocatorOptions().setHasText("loss"));
        assertThat(curve).isVisible(WHILE_A_JOB_STARTS);
        assertThat(curve.locator("canvas")).isVisible();
        assertThat(page.locator("#log"))
                .containsText("epoch", new LocatorAssertions.ContainsTextOptions().setTimeout(40_000));
        assertThat(page.locator("#job-state"))
                .containsText("COMPLETED", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        assertThat(page.locator("#log")).containsText("held-out accuracy 0.9");
        Locator last = curve.locator("[data-part=last]");
        assertThat(Double.parseDouble(last.textContent())).as("the last loss").isLessThan(0.5);
        curve.locator("summary").click();
        assertThat(curve.locator("tbody tr")).hasCount(EPOCHS);
        // No reload in between: the page drew itself.
        Number loaded = (Number) page.evaluate("() => performance.timeOrigin");
        assertThat(loaded.longValue()).isLessThanOrEqualTo(opened.toEpochMilli());
        Browser.assertAccessible(page);

        // Who comes back later sees the same.
        page.reload();
        assertThat(curve).isVisible();
        assertThat(curve.locator("tbody tr")).hasCount(EPOCHS);
        assertThat(page.locator("#log")).containsText("held-out accuracy 0.9");
    }

    private void theModelLeadsBackToTheCallAndTheDataset(Page page, String job) {
        Locator model = page.locator("main a", new Page.LocatorOptions().setHasText(Pattern.compile("^digits$")));
        for (int i = 0; i < 160; i++) {
            // The run's files are taken in after the job's end.
            navigation(page, "/models");
            if (model.count() > 0) {
                break;
            }
            FargaProcess.pause(250);
        }
        model.first().click();
        page.waitForURL(Pattern.compile("/models/[0-9a-f-]{36}.*"));
        hers.add(page.url());
        assertThat(page.locator("main")).containsText("model.json");
        Locator lineage = page.locator("main");
        for (String part :
                List.of("AI Factory Playground", "PG-2026-0001", "Llum Robotics SL", "digits", "CC-BY-4.0")) {
            assertThat(lineage).containsText(part);
        }
        assertThat(page.locator("main a[href='/jobs/" + job + "']").first()).isVisible();
        assertThat(page.locator("main a[href^='/datasets/digits']").first()).isVisible();
        Browser.assertAccessible(page);
    }

    private void theStatementHasTheJobToTheMillisecond(Page page, String job) {
        page.navigate(hers.get(3));
        page.locator("a[href$='/statement']").first().click();
        hers.add(page.url());
        Api ana = Api.signIn(farga, Story.ANA.email(), Story.ANA.password());
        JsonNode ended = ana.get("/jobs/" + job).done();
        BigDecimal seconds = BigDecimal.valueOf(
                Duration.between(
                                Instant.parse(ended.path("startedAt").asString()),
                                Instant.parse(ended.path("endedAt").asString()))
                        .toMillis(),
                3);
        Locator line =
                page.locator("tr", new Page.LocatorOptions().setHas(page.locator("a[href='/jobs/" + job + "']")));
        assertThat(line).containsText(seconds.toPlainString());
        assertThat(line).containsText(Story.ANA.name());
        JsonNode balance = ana.get(
                        "/allocations/" + page.url().replaceFirst(".*/allocations/([^/]+)/.*", "$1") + "/statement")
                .done()
                .path("balance");
        assertThat(page.locator(".legend").last()).containsText("500 CPU-h");
        assertThat(new BigDecimal(balance.path("gpuSettled").asString())).isEqualByComparingTo("0");
        // One CPU for so many seconds, written to the fourth decimal of an hour.
        assertThat(new BigDecimal(balance.path("cpuSettled").asString()))
                .isEqualByComparingTo(seconds.divide(BigDecimal.valueOf(3600), 4, RoundingMode.HALF_UP));
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);
    }

    private void sheStopsAJobThatWouldNotEnd(Page page) {
        page.navigate("/jobs/new");
        page.locator("#name").fill("endless");
        page.locator("#script").fill("#!/bin/sh\nwhile true; do echo still here; sleep 0.2; done\n");
        page.locator("#job-form button.primary").click();
        page.waitForURL(Pattern.compile("/jobs/[^/?]+$"));
        assertThat(page.locator("#log"))
                .containsText("still here", new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
        page.locator("#job-cancel button").click();
        assertThat(page.locator("#job-state"))
                .containsText("CANCELLED", new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
        assertThat(page.locator("#job-cancel")).hasCount(0);
    }

    private void nobodyElseFindsAnyOfIt() {
        Page erik = browser.desktop(farga);
        erik.navigate("/sign-up");
        fill(erik, Map.of("name", Story.ERIK.name(), "email", Story.ERIK.email(), "password", Story.ERIK.password()));
        erik.locator("main button.primary").click();
        assertThat(erik.locator(".who .name")).hasText(Story.ERIK.name());
        for (String address : hers) {
            assertThat(Browser.open(erik, address))
                    .as(address + " for somebody else")
                    .isEqualTo(404);
            assertThat(erik.locator("main").innerText()).doesNotContain("Llum").doesNotContain("meters");
        }
        Page stranger = browser.desktop(farga);
        for (String address : hers) {
            Browser.open(stranger, address);
            assertThat(stranger.url()).as(address + " for a stranger").contains("/sign-in?next=");
        }
    }

    private void sheSignsOut(Page page) {
        page.navigate("/");
        page.locator(".who form[action='/sign-out'] button").click();
        assertThat(page.locator(".who a[href='/sign-in']")).isVisible();
        page.navigate(hers.getFirst());
        assertThat(page).hasURL(Pattern.compile("/sign-in\\?next="));
        page.goBack();
        assertThat(page.locator("main")).not().containsText("Llum");
    }

    private static void fill(Page page, Map<String, String> fields) {
        fields.forEach(
                (name, value) -> page.locator("main [name='" + name + "']").fill(value));
    }

    private static void navigation(Page page, String address) {
        page.locator("nav.main a[href='" + address + "']").click();
        page.waitForURL("**" + address);
    }
}
