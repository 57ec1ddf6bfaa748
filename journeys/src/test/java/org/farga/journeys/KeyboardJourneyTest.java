package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ForcedColors;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A startup's way with nothing but keys: no click, no script, no address that no link leads to. */
class KeyboardJourneyTest {
    /** More steps than this to a control means that nobody would get there. */
    private static final int MOST_TABS = 90;

    private static final LocatorAssertions.ContainsTextOptions WHILE_A_JOB_RUNS =
            new LocatorAssertions.ContainsTextOptions().setTimeout(60_000);

    private static Browser browser;
    private static FargaProcess farga;
    private static Story story;

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
        story = Story.begin(farga);
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

    @Test
    void aStartupSignsUpFoundsAppliesAndTrainsByKeyboardAlone() {
        Page page = browser.desktop(farga);
        page.navigate("/");
        sheSignsUp(page);
        sheFoundsAnOrganisation(page);
        sheDeclaresItsSize(page);
        sheApplies(page);
        sheAcceptsTerms(page);
        String job = sheSubmitsAJob(page);
        sheWatchesItAndSeesItsModel(page, job);
        browser.assertNothingWentWrong();
    }

    /** What a team does from day to day: two runs side by side, the model's card, the way in from a laptop. */
    @Test
    void anEngineerComparesRunsAndWritesAModelCardByKeyboardAlone() {
        story.awaitEnd(story.submitTraining("first", 3));
        story.awaitEnd(story.submitTraining("second", 5));
        story.ana.await("/models", Story.SOON, m -> !m.path("items").isEmpty());
        story.ana.await("/runs", Story.SOON, r -> r.path("items").size() >= 2);
        Page page = browser.desktop(farga);
        signIn(page, Story.ANA);
        sheComparesHerRuns(page);
        sheWritesTheCard(page);
        sheLooksHowHerLaptopLogs(page);
        browser.assertNothingWentWrong();
    }

    @Test
    void anAdministratorTakesARoleInAnEmergencyByKeyboardAlone() {
        Page page = browser.desktop(farga);
        page.onDialog(Dialog::accept);
        signIn(page, Story.ADMINISTRATOR);
        press(page, page.locator("nav.main a[href='/centre']"), "Enter");
        page.waitForURL("**/centre");
        press(page, page.locator("main a[href='/centre/emergency-access']"), "Enter");
        page.waitForURL("**/centre/emergency-access");
        choose(page, "#role", "Operator");
        type(page, "#reason", "Both operators are ill, and jobs have waited since the morning.");
        press(page, page.locator("form[action='/centre/emergency-access'] button"), "Enter");
        assertThat(page.locator("main .alert")).isVisible();
        press(page, page.locator("main .alert a"), "Enter");
        page.waitForURL("**/centre/emergency-access");
        browser.assertNothingWentWrong();
    }

    @Test
    void theSkipLinkLeadsPastTheMenuAndTheMenuClosesWithEscape() {
        Page page = browser.phone(farga);
        page.navigate("/calls");
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("main")).isFocused();
        page.keyboard().press("Tab");
        assertThat(page.locator("main :focus")).hasCount(1);

        page.navigate("/calls");
        Locator menu = page.locator(".menu summary");
        press(page, menu, "Enter");
        assertThat(page.locator(".menu nav")).isVisible();
        page.keyboard().press("Tab");
        page.keyboard().press("Escape");
        assertThat(page.locator(".menu nav")).isHidden();
        assertThat(menu).isFocused();
    }

    @Test
    void theFocusIsSeenInForcedColours() {
        Page page = browser.desktop(farga);
        page.emulateMedia(new Page.EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));
        page.navigate("/sign-up");
        reach(page, page.locator("main button.primary"));
    }

    @Test
    void passwordsMayBePastedAndFilledInByAManager() {
        Page page = browser.desktop(farga);
        for (String address : new String[] {"/sign-in", "/sign-up"}) {
            page.navigate(address);
            Locator password = page.locator("main input[type=password]").first();
            assertThat(password).hasAttribute("autocomplete", Pattern.compile("(current|new)-password"));
            Object taken = password.evaluate("""
                    (e) => e.dispatchEvent(new ClipboardEvent('paste', {
                      bubbles: true, cancelable: true, clipboardData: new DataTransfer() }))""");
            assertThat(taken).as("pasting on " + address).isEqualTo(true);
        }
    }

    private static void sheSignsUp(Page page) {
        press(page, page.locator(".hero a[href='/sign-up']"), "Enter");
        page.waitForURL("**/sign-up*");
        type(page, "#name", Story.ERIK.name());
        type(page, "#email", Story.ERIK.email());
        type(page, "#password", Story.ERIK.password());
        page.keyboard().press("Enter");
        assertThat(page.locator(".who .name")).hasText(Story.ERIK.name());
    }

    private static void sheFoundsAnOrganisation(Page page) {
        press(page, page.locator("nav.main a[href='/organisations']"), "Enter");
        page.waitForURL("**/organisations");
        press(page, page.locator("main a[href='/organisations/new']").first(), "Enter");
        page.waitForURL("**/organisations/new");
        type(page, "#name", "Fusta Robotics SL");
        choose(page, "#country", "Spain");
        press(page, page.locator("main button.primary"), "Enter");
        page.waitForURL(Pattern.compile("/organisations/[0-9a-f-]{36}$"));
    }

    private static void sheDeclaresItsSize(Page page) {
        press(page, page.locator("main a[href$='/size-declaration']").first(), "Enter");
        page.waitForURL("**/size-declaration");
        replace(page, "[name=year]", "2025");
        replace(page, "[name=staff]", "14");
        replace(page, "[name=turnoverEur]", "1200000");
        replace(page, "[name=balanceSheetEur]", "900000");
        press(page, page.locator("#size-form button.primary"), "Enter");
        assertThat(page.locator("main")).containsText("This is an SME");
    }

    private static void sheApplies(Page page) {
        press(page, page.locator("nav.main a[href='/calls']"), "Enter");
        page.waitForURL("**/calls");
        press(page, page.locator("main .cards a[href^='/calls/']").first(), "Enter");
        page.waitForURL("**/calls/*");
        press(page, page.locator("form[action='/proposals'] button"), "Enter");
        page.waitForURL(Pattern.compile("/proposals/[0-9a-f-]{36}$"));
        Locator missing = page.locator("#proposal-status .missing li");
        assertThat(missing).hasCount(8);
        type(page, "#title", "Sorting planks by their photographs");
        // It saves by itself, and what swaps in beside leaves her where she types.
        assertThat(missing).hasCount(7);
        assertThat(page.locator("#title")).isFocused();
        type(page, "#abstract", "A small network looks at planks. We want to know how far it carries.");
        type(page, "#gpuHours", "40");
        type(page, "#cpuHours", "500");
        choose(page, "#durationMonths", "2");
        tick(page, "[name=civilianUse][value=true]");
        for (String practice : PRACTICES) {
            tick(page, "[name='practice." + practice + "'][value=NO]");
        }
        tick(page, "[name=personalData][value=false]");
        assertThat(missing).hasCount(0);
        assertThat(page.locator("#proposal-submit")).isEnabled();
        press(page, page.locator("#proposal-submit"), "Enter");
        assertThat(page.locator(".outcome.good")).isVisible();
    }

    private static void sheAcceptsTerms(Page page) {
        press(page, page.locator("nav.main a[href='/datasets']"), "Enter");
        page.waitForURL("**/datasets");
        press(page, page.locator("main a[href='/datasets/digits']").first(), "Enter");
        page.waitForURL("**/datasets/digits");
        Locator agree = page.locator("form[action$='/agreements'] [type=checkbox]");
        if (agree.count() > 0) {
            press(page, agree.first(), "Space");
            assertThat(agree.first()).isChecked();
        }
        press(page, page.locator("form[action$='/agreements'] button"), "Enter");
        assertThat(page.locator(".notice")).isVisible();
    }

    private static String sheSubmitsAJob(Page page) {
        press(page, page.locator("nav.main a[href='/jobs']"), "Enter");
        page.waitForURL("**/jobs");
        press(page, page.locator("main a[href='/jobs/new']").first(), "Enter");
        page.waitForURL("**/jobs/new*");
        replace(page, "#name", "planks");
        Locator script = page.locator("#script");
        reach(page, script);
        page.keyboard().press("Control+a");
        page.keyboard().insertText("#!/bin/sh\necho 0.5 > \"$FARGA_OUTPUT/weights.txt\"\necho planks are sorted\n");
        // Tab leaves the script: nobody is caught in it.
        page.keyboard().press("Tab");
        assertThat(script).not().isFocused();
        press(page, page.locator("#job-form button.primary"), "Enter");
        page.waitForURL(Pattern.compile("/jobs/\\d+$"));
        return page.url().replaceFirst(".*/", "");
    }

    private static void sheWatchesItAndSeesItsModel(Page page, String job) {
        assertThat(page.locator("#log")).containsText("planks are sorted", WHILE_A_JOB_RUNS);
        assertThat(page.locator("#job-state")).containsText("COMPLETED", WHILE_A_JOB_RUNS);
        press(page, page.locator("main a[href='/runs?job=" + job + "']").first(), "Enter");
        // The only run of a job is shown at once.
        page.waitForURL(Pattern.compile("/runs/[0-9a-f-]{36}$"));
        Locator register = page.locator("form[action$='/model'] button");
        for (int i = 0; i < 160 && register.count() == 0; i++) {
            // The run's files are taken in after the job's end.
            FargaProcess.pause(250);
            page.reload();
        }
        replace(page, "form[action$='/model'] [name=name]", "planks");
        press(page, register, "Enter");
        page.waitForURL(Pattern.compile("/models/[0-9a-f-]{36}.*"));
        assertThat(page.locator("main")).containsText("weights.txt");
    }

    private static void signIn(Page page, Story.Person person) {
        page.navigate("/sign-in");
        type(page, "[name=email]", person.email());
        type(page, "[name=password]", person.password());
        page.keyboard().press("Enter");
        assertThat(page.locator(".who .name")).hasText(person.name());
    }

    private static void sheComparesHerRuns(Page page) {
        page.navigate("/runs");
        Locator boxes = page.locator("main input[name=run]");
        for (int i = 0; i < 2; i++) {
            press(page, boxes.nth(i), "Space");
            assertThat(boxes.nth(i)).isChecked();
        }
        press(page, page.locator("form[action='/runs/comparison'] button").first(), "Enter");
        page.waitForURL("**/runs/comparison?*");
        Locator numbers = page.locator("main details.data:has(table)").first();
        press(page, numbers.locator("summary"), "Enter");
        assertThat(numbers.locator("table").first()).isVisible();
        page.keyboard().press("Escape");
        assertThat(numbers.locator("table").first()).isHidden();
        assertThat(numbers.locator("summary")).isFocused();
    }

    private static void sheWritesTheCard(Page page) {
        press(page, page.locator("nav.main a[href='/models']"), "Enter");
        page.waitForURL("**/models");
        press(page, page.locator("main .card a").first(), "Enter");
        page.waitForURL(Pattern.compile("/models/[0-9a-f-]{36}"));
        press(page, page.locator("main a[href$='/card/edit']").first(), "Enter");
        page.waitForURL("**/card/edit");
        // What is wrong is said at the field, and nothing typed is lost.
        replace(page, "#text", "a card without its front matter");
        page.keyboard().press("Tab");
        press(page, page.locator("main button.primary"), "Enter");
        assertThat(page.locator("#text-problem")).isVisible();
        assertThat(page.locator("#text")).hasAttribute("aria-describedby", "text-problem");
        replace(page, "#text", "---\nlicense: cc-by-4.0\n---\n\n# Planks\n\nTells good planks from bad ones.\n");
        press(page, page.locator("main button.primary"), "Enter");
        assertThat(page.locator("main .model-card")).containsText("Tells good planks from bad ones.");
    }

    private static void sheLooksHowHerLaptopLogs(Page page) {
        press(page, page.locator("nav.main a[href='/projects']"), "Enter");
        page.waitForURL("**/projects");
        press(page, page.locator("main a[href^='/projects/']").first(), "Enter");
        page.waitForURL(Pattern.compile("/projects/[a-z]"));
        Locator panel =
                page.locator("main details:has-text('MLFLOW_TRACKING_URI')").first();
        press(page, panel.locator("summary").first(), "Enter");
        assertThat(panel.locator("pre").first()).isVisible();
        page.keyboard().press("Escape");
        assertThat(panel.locator("pre").first()).isHidden();
        assertThat(panel.locator("summary").first()).isFocused();
    }

    /** Goes on with Tab until the control has the focus, and is shown to have it all the way. */
    private static void reach(Page page, Locator control) {
        assertThat(control).isVisible();
        assertThat(control).isEnabled();
        for (int tabs = 0; tabs <= MOST_TABS; tabs++) {
            if (Boolean.TRUE.equals(control.evaluate("(e) => e === document.activeElement"))) {
                assertThat(focusIsSeen(page)).as("the focus on " + control).isEqualTo("seen");
                return;
            }
            page.keyboard().press("Tab");
            assertThat(focusIsSeen(page))
                    .as("the focus on the way to " + control)
                    .isEqualTo("seen");
        }
        throw new AssertionError(control + " on " + page.url() + " is not reached with " + MOST_TABS + " tabs");
    }

    /** “seen”, or what has the focus without showing it. */
    private static String focusIsSeen(Page page) {
        return (String) page.evaluate("""
                () => {
                  const e = document.activeElement;
                  if (!e || e === document.body || e === document.documentElement) return 'seen';
                  const style = getComputedStyle(e);
                  const at = e.getBoundingClientRect();
                  const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                      && at.width > 0 && at.height > 0;
                  const inSight = at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth;
                  return shown && inSight ? 'seen' : e.outerHTML.slice(0, 160);
                }""");
    }

    private static void press(Page page, Locator control, String key) {
        reach(page, control);
        page.keyboard().press(key);
    }

    private static void type(Page page, String field, String text) {
        reach(page, page.locator("main " + field).first());
        page.keyboard().insertText(text);
    }

    private static void replace(Page page, String field, String text) {
        reach(page, page.locator("main " + field).first());
        page.keyboard().press("Control+a");
        page.keyboard().insertText(text);
    }

    /** As the keyboard chooses from a closed list: by its first letters. */
    private static void choose(Page page, String list, String text) {
        Locator select = page.locator("main " + list);
        reach(page, select);
        page.keyboard().type(text);
        assertThat(select.locator("option:checked")).hasText(Pattern.compile("^" + text + "\\b"));
    }

    /** The practices of Article 5(1) of the AI Act, each of which the form asks for by itself. */
    private static final List<String> PRACTICES = List.of(
            "MANIPULATION",
            "EXPLOITATION",
            "SOCIAL_SCORING",
            "CRIME_PREDICTION",
            "FACE_SCRAPING",
            "EMOTION_RECOGNITION",
            "BIOMETRIC_CATEGORISATION",
            "REMOTE_IDENTIFICATION");

    private static void tick(Page page, String box) {
        Locator choice = page.locator("main " + box);
        Locator group = page.locator("main " + box.replaceAll("\\[value=.*", ""));
        // Of a group of choices Tab reaches one, and the arrows the others.
        for (int tabs = 0; tabs <= MOST_TABS; tabs++) {
            Object within = group.evaluateAll("(all) => all.includes(document.activeElement)");
            if (Boolean.TRUE.equals(within)) {
                break;
            }
            page.keyboard().press("Tab");
            assertThat(focusIsSeen(page)).isEqualTo("seen");
        }
        page.keyboard().press("Space");
        for (int i = 0; i < group.count() && !choice.isChecked(); i++) {
            page.keyboard().press("ArrowDown");
        }
        assertThat(choice).isChecked();
    }
}
