package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two people write a large proposal together, step by step, and hand it in. */
class FormsJourneyTest {
    private static Browser browser;
    private static FargaProcess farga;
    private static Story story;
    private static String draft;

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
        story = Story.begin(farga);
        story.appoint(Story.OFFICER, "ACCESS_OFFICER");
        Api officer = Api.signIn(farga, Story.OFFICER.email(), Story.OFFICER.password());
        String large = "/calls/LARGE-SCALE";
        officer.put(large + "/publication", officer.get(large).tag()).done();
        story.signUp(Story.PAU);
        String link = story.ana
                .post(
                        "/organisations/" + story.organisation + "/invitations",
                        Map.of("email", Story.PAU.email(), "role", "MEMBER"))
                .done()
                .path("link")
                .asString();
        Api pau = Api.signIn(farga, Story.PAU.email(), Story.PAU.password());
        pau.post("/invitations/acceptance", Map.of("token", link.replaceFirst(".*[=/]", "")))
                .done();
        draft = "/proposals/"
                + story.ana
                        .post("/proposals", Map.of("call", "LARGE-SCALE", "organisation", story.organisation))
                        .id();
    }

    @AfterAll
    static void stop() {
        if (story != null) {
            story.end();
        }
        if (farga != null) {
            farga.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    private static void fill(Page page, String name, String value) {
        page.locator("[name='" + name + "']").fill(value);
    }

    private static void say(Page page, String name, boolean yes) {
        page.locator("[name='" + name + "'][value='" + yes + "']").check();
    }

    private static void goOn(Page page, String step) {
        page.locator("button[name=next]").click();
        page.waitForURL("**" + draft + "?step=" + step);
    }

    @Test
    void twoPeopleWriteALargeProposalTogetherAndHandItIn(@TempDir Path downloads) throws IOException {
        Page ana = browser.desktop(farga);
        Page pau = browser.desktop(farga);
        ana.onDialog(Dialog::accept);
        Story.signIn(ana, Story.ANA);
        Story.signIn(pau, Story.PAU);
        ana.navigate(draft);
        pau.navigate(draft);
        bothWriteTheTitle(ana, pau);
        whatIsTypedOutlivesThePage(pau);
        theySizeIt(ana);
        goOn(ana, "DECLARATIONS");
        say(ana, "civilianUse", true);
        for (Locator practice : ana.locator("[name^='practice.'][value=NO]").all()) {
            practice.check();
        }
        say(ana, "personalData", false);
        goOn(ana, "TEAM");
        theyFillInTheSections(ana);
        theyAttachAndSubmit(ana, downloads);
        browser.assertNothingWentWrong();
    }

    private static void bothWriteTheTitle(Page ana, Page pau) {
        fill(ana, "title", "Speech of small languages");
        assertThat(ana.locator("#proposal-status")).not().containsText("itle");
        fill(pau, "abstract", "We train a model of speech for forty languages.");
        fill(pau, "title", "Forty languages");
        Locator conflict = pau.locator("#draft-conflicts .conflict");
        assertThat(conflict).hasCount(1);
        assertThat(conflict).containsText("Speech of small languages");
        assertThat(conflict).containsText("Forty languages");
        assertThat(conflict).containsText(Story.ANA.name());
        Browser.assertAccessible(pau);
        conflict.locator("button[name=keep]").click();
        assertThat(conflict).hasCount(0);
        assertThat(pau.locator("#saved .good")).isVisible();
        // What the other wrote comes in with the next save; what one typed oneself stays.
        fill(ana, "title", "Speech of small languages ");
        assertThat(ana.locator("[name=abstract]")).hasValue("We train a model of speech for forty languages.");
    }

    private static void whatIsTypedOutlivesThePage(Page pau) {
        pau.context().route("**" + draft, route -> {
            if (route.request().method().equals("POST")) {
                route.fulfill(new com.microsoft.playwright.Route.FulfillOptions().setStatus(204));
            } else {
                route.resume();
            }
        });
        fill(pau, "abstract", "We train a model of speech for fifty languages.");
        pau.reload();
        assertThat(pau.locator("[name=abstract]")).hasValue("We train a model of speech for fifty languages.");
        assertThat(pau.locator("#draft-restored")).isVisible();
        pau.context().unroute("**" + draft);
        pau.reload();
        assertThat(pau.locator("#draft-restored")).isVisible();
        assertThat(pau.locator("#draft-news [data-field]")).hasCount(0);
        pau.navigate(draft + "?step=RESOURCES");
        pau.navigate(draft);
        assertThat(pau.locator("[name=abstract]")).hasValue("We train a model of speech for fifty languages.");
    }

    private static void theySizeIt(Page ana) {
        ana.navigate(draft + "?step=RESOURCES");
        ana.locator("a[href$='/sizing']").click();
        fill(ana, "billionParameters", "70");
        fill(ana, "billionTokens", "150");
        ana.locator("form:has([value=estimate]) button").click();
        assertThat(ana.locator("#sizing h2")).containsText("GPU-hours");
        Browser.assertAccessible(ana);
        ana.locator("#sizing button.primary").click();
        ana.waitForURL("**?step=RESOURCES");
        String hours = ana.locator("#gpuHours").inputValue();
        assertThat(Long.parseLong(hours)).isBetween(50_001L, 100_000L);
        fill(ana, "gpuHours", "60000");
        fill(ana, "cpuHours", "90000");
        ana.locator("#durationMonths").selectOption("3");
    }

    private static void theyFillInTheSections(Page ana) {
        String person =
                ana.locator("[name^='sections.TEAM.people.'][name$='.name']").getAttribute("name");
        fill(ana, person, "Ana Ribas");
        ana.locator("[name='" + person.replace(".name", ".role") + "']").selectOption("LEAD");
        fill(ana, person.replace(".name", ".expertise"), "Speech");
        fill(ana, "sections.TEAM.trackRecord", "Two models on a smaller machine.");
        goOn(ana, "JOBS");
        String job = ana.locator("[name^='sections.JOBS.jobs.'][name$='.name']").getAttribute("name");
        fill(ana, job, "Training");
        for (Map.Entry<String, String> answer : Map.of(
                        ".count", "10", ".gpus", "256", ".cpus", "384", ".hours", "23", ".memoryGib", "4096")
                .entrySet()) {
            fill(ana, job.replace(".name", answer.getKey()), answer.getValue());
        }
        assertThat(ana.locator("[name='sections.JOBS.checkpointMinutes']")).isHidden();
        say(ana, "sections.JOBS.checkpoint", true);
        fill(ana, "sections.JOBS.checkpointMinutes", "often");
        assertThat(ana.locator("#proposal-status [role=alert]")).containsText("whole number");
        fill(ana, "sections.JOBS.checkpointMinutes", "30");
        fill(ana, "sections.JOBS.checkpointSeconds", "45");
        say(ana, "sections.JOBS.checkpointRestart", true);
        assertThat(ana.locator("#draft-sums")).containsText("58,880");
        Browser.assertAccessible(ana);
        Browser.assertFitsAcross(ana, 360);
        goOn(ana, "STORAGE");
        for (String question : new String[] {
            "projectTb", "projectFiles", "scratchTb", "scratchFiles", "archiveTb", "archiveFiles", "inTb", "outTb"
        }) {
            fill(ana, "sections.STORAGE." + question, "0");
        }
        goOn(ana, "PLAN");
        fill(ana, "sections.PLAN.milestones", "A model each month.");
        fill(ana, "sections.PLAN.scaling", "Measured on 64 GPUs.");
        assertThat(ana.locator("#saved .good")).isVisible();
        ana.locator("button[name=next]").click();
        ana.waitForURL("**?step=ETHICS");
        ana.navigate(draft + "?step=PLAN");
        ana.locator("form[action$='/plan-evenly'] button").click();
        assertThat(ana.locator("[name='sections.PLAN.months.1.gpuHours']")).hasValue("20000");
        Browser.assertAccessible(ana);
        goOn(ana, "ETHICS");
        for (String heading :
                new String[] {"agency", "privacy", "fairness", "wellbeing", "transparency", "accountability"}) {
            say(ana, "sections.ETHICS." + heading, heading.equals("fairness"));
        }
        fill(ana, "sections.ETHICS.fairnessExplanation", "Each language is tested by itself.");
        Browser.assertAccessible(ana);
        goOn(ana, "DATA_PROTECTION");
        say(ana, "sections.DATA_PROTECTION.aiProhibited", false);
        say(ana, "sections.DATA_PROTECTION.aiHighRisk", false);
        say(ana, "sections.DATA_PROTECTION.aiGeneral", false);
        say(ana, "sections.DATA_PROTECTION.aiTransparency", true);
        assertThat(ana.locator("#draft-sums")).containsText("Limited risk");
        goOn(ana, "DOCUMENTS");
    }

    private static void theyAttachAndSubmit(Page ana, Path downloads) throws IOException {
        ana.locator("#attach-file")
                .setInputFiles(new FilePayload(
                        "plan.pdf", "application/pdf", "%PDF-1.7\n%%EOF\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(ana.locator(".documents li")).containsText("plan.pdf");
        assertThat(ana.locator("#draft-steps li:not(.done)")).hasCount(0);
        Browser.assertAccessible(ana);
        Browser.assertFitsAcross(ana, 360);
        ana.locator("#proposal-submit").click();
        assertThat(ana.locator(".clock")).isVisible();
        Browser.assertAccessible(ana);
        Browser.assertFitsAcross(ana, 360);
        Download paper =
                ana.waitForDownload(() -> ana.locator("a[href$='/paper']").click());
        Path saved = downloads.resolve("paper.pdf");
        paper.saveAs(saved);
        assertThat(Files.readString(saved, StandardCharsets.ISO_8859_1)).startsWith("%PDF-");
        assertThat(paper.suggestedFilename()).matches("LS-\\d{4}-\\d{4}\\.pdf");
        assertThat(ana.locator("a[href*='/attachments/']").first()).hasText("plan.pdf");
    }
}
