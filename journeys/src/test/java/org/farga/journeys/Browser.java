package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A real Chromium, in which each person has a window of their own; a page that misbehaves in one fails the test. */
final class Browser implements AutoCloseable {
    private static final List<String> ACCESSIBILITY = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<BrowserContext> contexts = new ArrayList<>();

    /** What pages did that they must not: errors on the console, broken policies, requests that failed or left. */
    private final List<String> misdeeds = new ArrayList<>();

    private Browser(Playwright playwright, Path executable) {
        this.playwright = playwright;
        // Where there is no graphics card, Chromium would play one in software, for which all pages pay.
        List<String> arguments = new ArrayList<>(List.of("--disable-gpu"));
        if (System.getProperty("user.name").equals("root")) {
            arguments.add("--no-sandbox");
        }
        this.chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(arguments));
    }

    /** Leaves the test out, and says why, where no browser is installed. */
    static Browser start() {
        Optional<Path> executable = Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(executable.isPresent(), "left out: no Chromium on the PATH (apt-get install chromium)");
        // Five seconds by default, which a machine that others work on may take for a page.
        PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        return new Browser(playwright, executable.get());
    }

    Page desktop(FargaProcess farga) {
        return window(farga, 1280, 900);
    }

    Page phone(FargaProcess farga) {
        return window(farga, 360, 740);
    }

    /** A window without any cookies: somebody else's. */
    Page window(FargaProcess farga, int width, int height) {
        BrowserContext context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setBaseURL(farga.address())
                .setViewportSize(width, height)
                .setLocale("en-GB")
                .setTimezoneId("Europe/Madrid")
                .setReducedMotion(com.microsoft.playwright.options.ReducedMotion.REDUCE));
        context.setDefaultTimeout(20_000);
        contexts.add(context);
        watch(context, farga);
        return context.newPage();
    }

    private void watch(BrowserContext context, FargaProcess farga) {
        context.onConsoleMessage(message -> {
            // The browser notes every answer of 400 and more as an error; which are wrong is judged by the response.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                misdeeds.add(message.text() + " (" + message.location() + ")");
            }
        });
        context.onWebError(error -> misdeeds.add("uncaught: " + error.error()));
        context.onRequest(request -> {
            URI uri = URI.create(request.url().replaceAll("[?#].*", ""));
            if (uri.getScheme().startsWith("http") && !farga.address().endsWith(uri.getAuthority())) {
                misdeeds.add("a request to another host: " + request.url());
            }
        });
        context.onRequestFailed(request -> {
            // Leaving a page cuts what it still listens to.
            if (!request.failure().contains("ERR_ABORTED")) {
                misdeeds.add(request.url() + " failed: " + request.failure());
            }
        });
        context.onResponse(response -> {
            boolean wrong =
                    response.request().isNavigationRequest() ? response.status() >= 500 : response.status() >= 400;
            if (wrong) {
                misdeeds.add(response.request().method() + " " + response.url() + " answered " + response.status());
            }
        });
    }

    /** For the end of each test. */
    void assertNothingWentWrong() {
        List<String> found = List.copyOf(misdeeds);
        misdeeds.clear();
        assertThat(found).as("what pages did that they must not").isEmpty();
    }

    /** What went wrong since this was asked last. */
    List<String> newMisdeeds() {
        List<String> found = List.copyOf(misdeeds);
        misdeeds.clear();
        return found;
    }

    static void assertAccessible(Page page) {
        assertThat(barriers(page, ACCESSIBILITY, List.of()))
                .as("barriers on " + page.url())
                .isEmpty();
    }

    /** What a person with a disability would stumble over, in light and in dark; empty where all is well. */
    static List<String> barriers(Page page) {
        List<String> found = new ArrayList<>(barriers(page, ACCESSIBILITY, List.of()));
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        // Only colours differ in the dark; the size of targets (WCAG 2.5.8) is a rule that axe runs only when named.
        barriers(page, List.of(), List.of("color-contrast", "target-size"))
                .forEach(barrier -> found.add("in the dark, " + barrier));
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        return found;
    }

    /** The same in another language: all but the colours, which are the same in each and take axe the longest. */
    static List<String> barriersOfWords(Page page) {
        return barriers(axe(page).withTags(ACCESSIBILITY).disableRules(List.of("color-contrast")));
    }

    private static AxeBuilder axe(Page page) {
        return new AxeBuilder(page).setLegacyMode(true);
    }

    private static List<String> barriers(Page page, List<String> tags, List<String> rules) {
        return barriers(rules.isEmpty() ? axe(page).withTags(tags) : axe(page).withRules(rules));
    }

    private static List<String> barriers(AxeBuilder axe) {
        List<String> found = new ArrayList<>();
        for (Rule rule : axe.analyze().getViolations()) {
            rule.getNodes().stream()
                    .limit(3)
                    .forEach(node -> found.add(rule.getId() + ": " + node.getHtml() + " "
                            + node.getFailureSummary().replaceAll("\\s+", " ")));
        }
        return found;
    }

    static void assertFitsAcross(Page page, int width) {
        assertThat(tooWide(page, width))
                .as("what makes " + page.url() + " scroll sideways at " + width + " px")
                .isEmpty();
    }

    /** What sticks out of a screen that wide, so that one has to scroll sideways; empty where nothing does. */
    @SuppressWarnings("unchecked")
    static List<String> tooWide(Page page, int width) {
        var before = page.viewportSize();
        page.setViewportSize(width, 740);
        List<String> found = (List<String>) page.evaluate("""
                () => {
                  const width = document.documentElement.clientWidth;
                  if (document.documentElement.scrollWidth <= width) return [];
                  // What is placed absolutely escapes from a box that scrolls, unless that box is its frame.
                  const frame = (e) => getComputedStyle(e).position === 'absolute' ? e.offsetParent : e.parentElement;
                  const contained = (e) => e && (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)
                      || contained(frame(e)));
                  const out = [...document.body.querySelectorAll('*')].filter((e) =>
                      e.getBoundingClientRect().right > width + 0.5 && !contained(frame(e)));
                  return ['the page is ' + document.documentElement.scrollWidth + ' px wide',
                      ...out.slice(0, 4).map((e) => e.outerHTML.slice(0, 160))];
                }""");
        page.setViewportSize(before.width, before.height);
        return found;
    }

    /** Plots that have no name, or no table of their values in reach (WCAG 1.1.1); empty where all have. */
    @SuppressWarnings("unchecked")
    static List<String> plotsWithoutData(Page page) {
        return (List<String>) page.evaluate("""
                () => [...document.querySelectorAll('svg.plot, svg.parallel, svg.balance, .uplot')].flatMap((plot) => {
                  const named = plot.closest('[role=img], [role=group], figure, section, [aria-label], [aria-labelledby]');
                  const name = named?.getAttribute('aria-label')
                      || document.getElementById(named?.getAttribute('aria-labelledby'))?.textContent
                      || named?.querySelector('figcaption, h2, h3')?.textContent;
                  const around = plot.closest('figure, section, .card, article, main');
                  // A bar of two shares says both in its name.
                  const told = (plot.matches('.balance') && /\\d/.test(name)) || around?.querySelector('table, dl')
                      || document.querySelector('main details.data table, main table[data-values]');
                  const what = plot.outerHTML.slice(0, 140);
                  return [...(name?.trim() ? [] : ['a plot without a name: ' + what]),
                      ...(told ? [] : ['a plot without its values: ' + what])];
                })""");
    }

    /** Text that is cut off where readers widen the spacing of letters, words and lines (WCAG 1.4.12). */
    @SuppressWarnings("unchecked")
    static List<String> cutOffWhenSpaced(Page page) {
        return (List<String>) page.evaluate("""
                () => {
                  // What cuts its text with a mark and says it whole elsewhere does so before as well.
                  const cut = () => new Set([...document.querySelectorAll('main *, header *, footer *')].filter((e) => {
                    const style = getComputedStyle(e);
                    return ['hidden', 'clip'].includes(style.overflowY) && e.clientHeight > 2
                        && e.textContent.trim() && e.scrollHeight > e.clientHeight + 2;
                  }));
                  const before = cut();
                  const spacing = new CSSStyleSheet();
                  spacing.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;'
                      + ' word-spacing: .16em !important } p { margin-bottom: 2em !important }');
                  document.adoptedStyleSheets = [...document.adoptedStyleSheets, spacing];
                  const after = [...cut()].filter((e) => !before.has(e));
                  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
                  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== spacing);
                  return [...after.slice(0, 3).map((e) => 'cut off with wider spacing: ' + e.outerHTML.slice(0, 140)),
                      ...(wide ? ['scrolls sideways with wider spacing'] : [])];
                }""");
    }

    /** What moves although this reader asked for less motion. */
    @SuppressWarnings("unchecked")
    static List<String> moving(Page page) {
        return (List<String>) page.evaluate("""
                () => document.getAnimations().filter((a) => a.playState === 'running')
                    .map((a) => 'moves: ' + a.effect?.target?.outerHTML?.slice(0, 140))""");
    }

    /** Controls that lie wholly behind something that stays in place when they get the focus (WCAG 2.4.11). */
    @SuppressWarnings("unchecked")
    static List<String> hiddenByWhatStays(Page page) {
        return (List<String>) page.evaluate("""
                () => {
                  const stays = [...document.querySelectorAll('body *')].filter((e) =>
                      ['fixed', 'sticky'].includes(getComputedStyle(e).position) && !e.matches('th, thead *'));
                  if (stays.length === 0) return [];
                  const found = [];
                  for (const e of document.querySelectorAll('main a[href], main button, main input, main select, main summary')) {
                    if (!e.checkVisibility() || e.disabled || e.type === 'hidden') continue;
                    e.focus();
                    const at = e.getBoundingClientRect();
                    const over = stays.find((s) => !s.contains(e) && getComputedStyle(s).pointerEvents !== 'none'
                        && (() => { const r = s.getBoundingClientRect(); return r.width && r.left <= at.left
                            && r.right >= at.right && r.top <= at.top && r.bottom >= at.bottom; })());
                    if (over) found.push('the focus lies behind ' + over.outerHTML.slice(0, 80) + ': ' + e.outerHTML.slice(0, 80));
                  }
                  document.activeElement?.blur();
                  scrollTo(0, 0);
                  return found.slice(0, 3);
                }""");
    }

    /** Opens an address and answers its status. */
    static int open(Page page, String address) {
        Response response = page.navigate(address);
        return response == null ? 200 : response.status();
    }

    @Override
    public void close() {
        contexts.forEach(BrowserContext::close);
        chromium.close();
        playwright.close();
    }
}
