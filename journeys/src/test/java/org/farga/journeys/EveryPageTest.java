package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every page that somebody can click their way to is one that everybody can read and use. */
class EveryPageTest {
    /** More pages than this would mean that a list is followed without end. */
    private static final int MOST_PAGES = 120;

    /** Pages of one kind, such as jobs, that are looked at. */
    private static final int MOST_ALIKE = 2;

    /** The longest texts and a language whose plurals and apostrophes differ. */
    private static final List<String> OTHER_LANGUAGES = List.of("es", "ca");

    private static Browser browser;
    private static FargaProcess farga;
    private static Story story;

    /** Pages that were looked at, whoever saw them: others made of the same parts are not looked at again. */
    private static final Set<String> SEEN = new HashSet<>();

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
        story = Story.tell(farga);
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
    void everyPageAStrangerReachesIsGood() {
        assertThat(problems(browser.desktop(farga), "a stranger")).isEmpty();
    }

    @Test
    void everyPageAnEngineerReachesIsGood() {
        assertThat(problems(signedIn(Story.ANA), "an engineer")).isEmpty();
    }

    @Test
    void everyPageTheAdministratorReachesIsGood() {
        assertThat(problems(signedIn(Story.ADMINISTRATOR), "the administrator")).isEmpty();
    }

    @Test
    void everyPageAnAccessOfficerReachesIsGood() {
        assertThat(problems(signedIn(Story.OFFICER), "an access officer")).isEmpty();
    }

    @Test
    void everyPageAnAuditorReachesIsGood() {
        assertThat(problems(signedIn(Story.AUDITOR), "an auditor")).isEmpty();
    }

    private static Page signedIn(Story.Person person) {
        Page page = browser.desktop(farga);
        Story.signIn(page, person);
        return page;
    }

    /** Walks the links, and says of every page what is wrong with it. */
    private static List<String> problems(Page page, String who) {
        List<String> problems = new ArrayList<>();
        List<String> pages = new ArrayList<>();
        Map<String, Integer> alike = new HashMap<>();
        Set<String> met = new LinkedHashSet<>(Set.of("/"));
        if (who.equals("a stranger")) {
            met.addAll(List.of("/sign-in", "/sign-up", "/invitation"));
        }
        Deque<String> next = new ArrayDeque<>(met);
        int examined = 0;
        while (!next.isEmpty() && pages.size() < MOST_PAGES) {
            String address = next.remove();
            if (alike.merge(kind(address), 1, Integer::sum) > MOST_ALIKE) {
                continue;
            }
            Optional<String> html = read(page, address, problems);
            if (html.isEmpty()) {
                continue;
            }
            pages.add(address);
            if (SEEN.add(kind(address) + shape(html.get()))) {
                examined++;
                examine(page, address, problems);
            }
            links(html.get()).filter(met::add).forEach(next::add);
        }
        System.out.printf("%s reaches %d pages, %d of them not seen before%n", who, pages.size(), examined);
        return problems;
    }

    /** The page at an address; empty where there is a download, which must be there too. */
    private static Optional<String> read(Page page, String address, List<String> problems) {
        APIResponse response =
                page.request().get(address, RequestOptions.create().setHeader("Accept", "text/html,*/*;q=0.8"));
        boolean sentAway = response.url().contains("/sign-in") && !address.startsWith("/sign-in");
        if (response.status() != 200 || sentAway) {
            problems.add(address + ": answers " + response.status() + " at " + response.url());
            return Optional.empty();
        }
        return response.headers().getOrDefault("content-type", "").startsWith("text/html")
                ? Optional.of(response.text())
                : Optional.empty();
    }

    /** What a page is made of, whatever it says and however often. */
    private static Set<String> shape(String html) {
        return Pattern.compile("<[a-z0-9]+\\b|\\bclass=\"[^\"]*\"|\\bname=\"[^\"]*\"")
                .matcher(html.replaceFirst("(?s).*<main", "<main"))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void examine(Page page, String address, List<String> problems) {
        List<String> found = new ArrayList<>();
        Browser.open(page, address);
        page.keyboard().press("Tab");
        if (!Boolean.TRUE.equals(page.evaluate("() => document.activeElement.classList.contains('skip')"))) {
            found.add("the first Tab does not reach the skip link");
        }
        // The skip link lies over the page while it has the focus.
        page.evaluate("() => document.activeElement.blur()");
        found.addAll(untranslated(page));
        found.addAll(Browser.barriers(page));
        found.addAll(Browser.tooWide(page, 320));
        for (String language : OTHER_LANGUAGES) {
            speak(page, language);
            Browser.open(page, address);
            Set<String> inLanguage = untranslated(page);
            inLanguage.addAll(Browser.tooWide(page, 320));
            if (!language.equals(page.locator("html").getAttribute("lang"))) {
                inLanguage.add("does not say which language it is in");
            }
            if (!page.title().matches(".+ · Farga")) {
                inLanguage.add("has the title “" + page.title() + "”");
            }
            inLanguage.forEach(problem -> found.add("in " + language + ", " + problem));
        }
        speak(page, "en");
        found.addAll(browser.newMisdeeds());
        found.forEach(problem -> problems.add(address + ": " + problem));
    }

    /** Texts that nobody wrote show their key, such as people.organisation.new. */
    private static Set<String> untranslated(Page page) {
        String text = (String) page.evaluate("""
                () => {
                  const copy = document.documentElement.cloneNode(true);
                  copy.querySelectorAll('script, style, code, pre, .log, textarea, input').forEach((e) => e.remove());
                  const said = [...copy.querySelectorAll('*')].flatMap((e) =>
                      ['aria-label', 'title', 'alt', 'placeholder', 'data-confirm'].map((a) => e.getAttribute(a) ?? ''));
                  return copy.textContent + ' ' + said.join(' ');
                }""");
        Matcher matcher = MESSAGE_KEY.matcher(text);
        Set<String> found = new TreeSet<>();
        while (matcher.find()) {
            found.add("shows the message key " + matcher.group());
        }
        return found;
    }

    private static final Pattern MESSAGE_KEY = Pattern.compile(
            "\\b(access|allocation|audit|compute|dataspace|home|models|nav|notification|people|platform|problem|shell|unit"
                    + "|usage|welcome)\\.[a-z]+[A-Za-z0-9_.-]*\\b");

    private static void speak(Page page, String language) {
        page.context()
                .addCookies(List.of(new com.microsoft.playwright.options.Cookie("farga_language", language)
                        .setUrl(farga.address())));
    }

    private static Stream<String> links(String html) {
        return Pattern.compile("<a\\b[^>]*\\bhref=\"(/[^\"#]*)")
                .matcher(html)
                .results()
                .map(link -> link.group(1).replace("&amp;", "&"));
    }

    /** What its address has in common with those of other pages like it. */
    private static String kind(String address) {
        URI uri = URI.create(address);
        String path = uri.getPath()
                .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID")
                .replaceAll("/\\d+", "/N")
                .replaceAll("^/projects/[^/]+", "/projects/SLUG")
                .replaceAll("/files/.*", "/files/PATH");
        String query = uri.getQuery() == null ? "" : "?" + uri.getQuery().replaceAll("=[^&]*", "");
        return path + query;
    }
}
