package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a submission to a decision by way of experts, the applicant's answer, a panel and its ranking; in a browser. */
class ReviewJourneyTest {
    private static final Story.Person RITA = Story.person("Rita Roig");
    private static final Story.Person ROLF = Story.person("Rolf Berg");
    private static final Story.Person PILAR = Story.person("Pilar Mas");
    private static final String CALL = "REVIEWED-2027";

    private static Browser browser;
    private static FargaProcess farga;

    private Api officer;
    private Api ana;
    private String proposal;

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
    void aProposalIsReviewedAnsweredRankedAndDecided() {
        thereIsACentreWithACall();
        anaSubmits();
        theOfficerAssignsTwoReviewers();
        List<String> shown = new ArrayList<>();
        shown.add(aReviewerReviews(RITA, "5", "4.5", "4"));
        shown.add(aReviewerReviews(ROLF, "3.5", "3", "4"));
        theApplicantAnswers(shown);
        thePanelRanks();
        theOfficerDecides();
        browser.assertNothingWentWrong();
    }

    private static String signUp(Story.Person person) {
        return Api.stranger(farga)
                .post("/persons", Map.of("email", person.email(), "name", person.name(), "password", person.password()))
                .id();
    }

    private static Api signedUp(Story.Person person) {
        signUp(person);
        return Api.signIn(farga, person.email(), person.password());
    }

    private void thereIsACentreWithACall() {
        Api.stranger(farga)
                .post(
                        "/setup",
                        Map.of(
                                "token", farga.setupLink().replaceFirst(".*token=", ""),
                                "email", Story.ADMINISTRATOR.email(),
                                "name", Story.ADMINISTRATOR.name(),
                                "password", Story.ADMINISTRATOR.password()))
                .done();
        Api administrator = Api.signIn(farga, Story.ADMINISTRATOR.email(), Story.ADMINISTRATOR.password());
        administrator
                .put("/persons/" + signUp(Story.OFFICER) + "/centre-roles/ACCESS_OFFICER")
                .done();
        officer = Api.signIn(farga, Story.OFFICER.email(), Story.OFFICER.password());
        officer.post("/calls", Map.of("copyOf", "REGULAR", "code", CALL, "title", "Regular, reviewed"))
                .done();
        Map<String, Object> rules = new HashMap<>();
        rules.put(
                "partitions",
                List.of(Map.of(
                        "cluster", "local",
                        "minGpuHours", 0,
                        "maxGpuHours", 5000,
                        "minCpuHours", 0,
                        "maxCpuHours", 5000,
                        "available", List.of())));
        rules.put("durationsMonths", List.of(3));
        rules.put("intake", Map.of("rolling", true, "cutOffs", List.of()));
        rules.put("form", List.of("PROJECT", "RESOURCES", "DECLARATIONS"));
        rules.put(
                "steps",
                List.of(
                        Map.of("kind", "EXPERT_REVIEW", "workingDays", 10),
                        Map.of("kind", "PANEL", "workingDays", 5),
                        Map.of("kind", "DECISION", "workingDays", 2)));
        rules.put(
                "review",
                Map.of(
                        "reviewersNeeded", 2,
                        "lowest", 0,
                        "highest", 5,
                        "thresholds", List.of(Map.of("criterion", "EXCELLENCE", "atLeast", 3)),
                        "rebuttalWorkingDays", 3));
        officer.patch("/calls/" + CALL, officer.get("/calls/" + CALL).tag(), rules)
                .done();
        officer.put(
                        "/calls/" + CALL + "/publication",
                        officer.get("/calls/" + CALL).tag())
                .done();
    }

    private void anaSubmits() {
        ana = signedUp(Story.ANA);
        String organisation = ana.post("/organisations", Map.of("name", "Llum Robotics SL", "country", "ES"))
                .id();
        proposal = ana.post("/proposals", Map.of("call", CALL, "organisation", organisation))
                .id();
        String path = "/proposals/" + proposal;
        ana.patch(
                        path,
                        ana.get(path).tag(),
                        Map.of(
                                "title",
                                "Reading meters from photographs",
                                "abstract",
                                "A model that reads meters.",
                                "gpuHours",
                                400,
                                "cpuHours",
                                100,
                                "durationMonths",
                                3,
                                "civilianUse",
                                true,
                                "noProhibitedPractice",
                                true,
                                "personalData",
                                false))
                .done();
        ana.put(path + "/submission", ana.get(path).tag()).done();
    }

    private void theOfficerAssignsTwoReviewers() {
        for (Story.Person reviewer : List.of(RITA, ROLF)) {
            signedUp(reviewer);
            officer.post("/reviewers", Map.of("email", reviewer.email(), "loadLimit", 5, "appointed", true))
                    .done();
        }
        officer.post("/calls/" + CALL + "/assignment/runs", Map.of("seed", 1)).done();
        officer.post("/calls/" + CALL + "/assignment/confirmation", Map.of()).done();
        signedUp(PILAR);
        officer.post(
                        "/centre/scoped-roles",
                        Map.of(
                                "email", PILAR.email(),
                                "kind", "PANEL_MEMBER",
                                "scope", officer.get("/calls/" + CALL).id(),
                                "lastDay",
                                        java.time.LocalDate.now().plusDays(200).toString()))
                .done();
    }

    private static Page window(Story.Person person) {
        Page page = browser.desktop(farga);
        page.onDialog(Dialog::accept);
        Story.signIn(page, person);
        return page;
    }

    /** Answers what they called themselves, which nobody of the applicant's may read. */
    private String aReviewerReviews(Story.Person person, String excellence, String impact, String implementation) {
        Page page = window(person);
        page.navigate("/reviews");
        looked(page);
        page.locator("main table a").first().click();
        assertThat(page.locator("h1")).hasText("Reading meters from photographs");
        page.locator("[name='scores.EXCELLENCE']").fill(excellence);
        page.locator("[name='scores.IMPACT']").fill("7");
        page.locator("#review form button.primary").click();
        // Off the scale, and not whole: told so, with what was typed still there.
        assertThat(page.locator("#scores\\.IMPACT-problem")).containsText("Between 0 and 5");
        assertThat(page.locator("[name='scores.EXCELLENCE']")).hasValue(excellence);
        page.locator("[name='scores.IMPACT']").fill(impact);
        page.locator("[name='scores.IMPLEMENTATION']").fill(implementation);
        page.locator("#comments").fill("Well planned. How many photographs are there?");
        page.locator("#confidential").fill("Not to be read by who applies.");
        page.locator("#recommendation").selectOption("AWARD");
        page.locator("#confidence").selectOption("HIGH");
        page.locator("#review form button:not(.primary)").first().click();
        assertThat(page.locator(".notice")).containsText("draft");
        looked(page);
        page.locator("#review form button.primary").click();
        assertThat(page.locator(".notice")).containsText("submitted");
        looked(page);
        assertThat(Browser.open(page, "/proposals/" + proposal))
                .as("the proposal itself, for its reviewer")
                .isEqualTo(404);
        return person.name();
    }

    private void theApplicantAnswers(List<String> reviewers) {
        Page page = window(Story.ANA);
        page.navigate("/proposals/" + proposal);
        looked(page);
        page.locator("a[href$='/reviews'].primary").click();
        assertThat(page.locator("#review-1")).containsText("How many photographs are there?");
        String text = page.content();
        assertThat(text).doesNotContain("Not to be read").doesNotContain(reviewers);
        looked(page);
        page.locator("#answer").fill("Two million, all our own.");
        page.locator("main form button.primary").click();
        assertThat(page.locator(".notice")).containsText("sent");
        assertThat(ana.get("/proposals/" + proposal).done().path("step").asString())
                .isEqualTo("PANEL");
    }

    private void thePanelRanks() {
        Page page = window(PILAR);
        page.navigate("/");
        page.locator("main a[href*='/ranking']").first().click();
        page.locator("[name='hours.local']").fill("300");
        page.locator("#what-if button.primary").click();
        assertThat(page.locator(".ranking .state.bad")).hasText("Below");
        page.locator("[name='percents']")
                .fill(ana.get("/proposals/" + proposal).done().path("code").asString() + ":75");
        page.locator("#what-if button.primary").click();
        assertThat(page.locator(".ranking .state.good")).hasText("Above");
        looked(page);
        page.locator(".ranking a").first().click();
        assertThat(page.locator("main")).containsText("Two million, all our own.");
        page.locator("#award").selectOption("true");
        page.locator("[name=score]").fill("4.5");
        page.locator("[name=placing]").fill("1");
        page.locator("#note").fill("Everybody was for it.");
        page.locator("#panel button.primary").click();
        assertThat(page.locator(".notice")).containsText("saved");
        looked(page);
    }

    private void theOfficerDecides() {
        Page page = window(Story.OFFICER);
        page.navigate("/calls/" + CALL + "/ranking?hours.local=300&percents="
                + ana.get("/proposals/" + proposal).done().path("code").asString() + ":75");
        page.locator("form[action$='/decision-proposals'] button").click();
        assertThat(page.locator(".notice")).isVisible();
        page.navigate("/proposals/" + proposal + "/reviews");
        page.locator("form[action$='/panel-confirmation'] button").click();
        assertThat(page.locator(".notice")).isVisible();
        page.navigate("/proposals/" + proposal);
        assertThat(page.locator("#reviews")).containsText("The ranking proposes to award 300 GPU-h");
        looked(page);
        page.locator("#gpuHours").fill("300");
        page.locator("#cpuHours").fill("100");
        page.locator("form[action$='/decision'] [name=reason]").fill("As the panel ranked it.");
        page.locator("form[action$='/decision'] button[value=AWARD]").click();
        assertThat(page.locator(".outcome.good")).isVisible();
        assertThat(ana.get("/proposals/" + proposal).done().path("state").asString())
                .isEqualTo("AWARDED");
    }

    private static void looked(Page page) {
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 1280);
        page.setViewportSize(360, 740);
        Browser.assertFitsAcross(page, 360);
        page.setViewportSize(1280, 900);
    }
}
