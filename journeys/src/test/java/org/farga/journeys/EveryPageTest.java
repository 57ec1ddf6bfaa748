package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
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
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Every page that somebody can click their way to is one that everybody can read and use. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryPageTest {
    /** More pages than this would mean that a list is followed without end. */
    private static final int MOST_PAGES = 120;

    /** Pages of one kind, such as jobs, that are looked at. */
    private static final int MOST_ALIKE = 2;

    /** The longest texts and a language whose plurals and apostrophes differ. */
    private static final List<String> OTHER_LANGUAGES = List.of("es", "ca");

    /** Pages that no link of these six leads to, and which test looks at each. */
    private static final Map<String, String> NOT_BY_A_LINK = Map.ofEntries(
            Map.entry("/setup", "only before the first administrator: WebJourneyTest"),
            Map.entry("/problems/{name}", "from answers of the API: PagesTest"),
            // Addresses of forms lead back to their page when somebody reloads after a refusal.
            Map.entry("/account/name", "back to the account"),
            Map.entry("/account/email", "back to the account"),
            Map.entry("/account/passkeys", "back to the account"),
            Map.entry("/account/recovery-codes", "back to the account"),
            Map.entry("/account/authenticator/confirmation", "back to the account"),
            Map.entry("/organisations/{id}/invitations", "back to the organisation"),
            Map.entry(
                    "/organisations/{organisation}/service-accounts/{account}/tokens", "back to the service accounts"),
            // Only where there is a cluster of Slurm: the tests of ReconciliationsApi.
            Map.entry("/clusters/{cluster}/slurm", "from the cluster's page"),
            Map.entry("/clusters/{cluster}/slurm/dump", "from the page before"),
            Map.entry("/organisations/{organisation}/aid/links", "back to the company's aid"),
            Map.entry("/organisations/{organisation}/aid/declaration/rows", "back to the declaration"),
            Map.entry("/aid/entries/{aid}/correction", "back to the grant"),
            Map.entry("/aid/undertakings/{organisation}/links/{link}/decision", "back to the undertaking"),
            Map.entry("/aid/sources", "back to the funding sources"),
            Map.entry("/aid/sources/{source}/market-values", "back to the source"),
            Map.entry("/reviewer", "of reviewers: ReviewJourneyTest"),
            Map.entry("/calls/{idOrCode}/assignment", "where proposals are reviewed: ReviewJourneyTest"),
            Map.entry("/calls/{idOrCode}/ranking", "where proposals are reviewed: ReviewJourneyTest"),
            Map.entry("/proposals/{id}/attachments/{attachment}", "a download: FormsJourneyTest"),
            Map.entry("/proposals/{id}/sizing", "of a draft: FormsJourneyTest"),
            Map.entry("/reviewer/acceptance", "back to the reviewer's own page"),
            Map.entry("/reviewer/departure", "back to the reviewer's own page"),
            Map.entry("/reviewer/interests", "back to the reviewer's own page"),
            Map.entry("/reviewer/interests/{interest}/withdrawal", "back to the reviewer's own page"),
            Map.entry("/reviewers/{reviewer}", "of one reviewer: ReviewJourneyTest"),
            Map.entry("/reviewers/{reviewer}/load-limit", "back to the reviewer"),
            Map.entry("/reviewers/{reviewer}/departure", "back to the reviewer"),
            Map.entry("/calls/{idOrCode}/assignment/runs", "back to the round"),
            Map.entry("/calls/{idOrCode}/assignment/confirmation", "back to the round"),
            Map.entry("/calls/{idOrCode}/assignment/{proposal}", "where proposals are reviewed: ReviewJourneyTest"),
            Map.entry("/calls/{idOrCode}/assignment/{proposal}/pairs", "back to the proposal's reviewers"),
            Map.entry(
                    "/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/pin", "back to the proposal's reviewers"),
            Map.entry(
                    "/calls/{idOrCode}/assignment/{proposal}/pairs/{reviewer}/removal",
                    "back to the proposal's reviewers"),
            Map.entry("/review-conflicts/{conflict}/decision", "back to the conflicts"),
            Map.entry("/reviews", "of reviewers: ReviewJourneyTest"),
            Map.entry("/reviews/{proposal}", "of reviewers: ReviewJourneyTest"),
            Map.entry("/reviews/{proposal}/submission", "back to the review"),
            Map.entry("/reviews/{proposal}/refusal", "back to the review"),
            Map.entry("/proposals/{id}/reviews", "where there are reviews: ReviewJourneyTest"),
            Map.entry("/proposals/{id}/reviews/{number}/reopening", "back to the reviews"),
            Map.entry("/proposals/{id}/rebuttal", "back to the reviews"),
            Map.entry("/proposals/{id}/panel-finding", "back to the reviews"),
            Map.entry("/proposals/{id}/panel-confirmation", "back to the reviews"),
            Map.entry("/calls/{idOrCode}/ranking/hours", "back to the ranking"),
            Map.entry("/calls/{idOrCode}/ranking/decision-proposals", "back to the ranking"),
            Map.entry("/device/decision", "back to the code"),
            Map.entry("/centre/search", "the centre again"),
            Map.entry("/mlflow/{project}", "an address that MLflow's clients print; leads to the runs"),
            Map.entry("/runs/{id}/image", "a picture"),
            Map.entry("/models/{id}/versions/{number}/image", "a picture"),
            // Steps of a sign-in that a session must have begun, and links that come by mail.
            Map.entry("/account/link", "after another provider's answer: the tests of OidcPages"),
            Map.entry("/account/link/{provider}", "leads to the provider"),
            Map.entry("/account/proof", "before what needs a fresh proof: the tests of SecondFactorPages"),
            Map.entry("/sign-in/with/{provider}", "leads to the provider"),
            Map.entry("/sign-in/step-up", "where an organisation asks for more: the tests of OidcPages"),
            Map.entry("/sign-in/step-up/{provider}", "leads to the provider"),
            Map.entry("/sign-in/back/{provider}", "comes from the provider"),
            Map.entry("/sign-in/new", "after a provider's answer: the tests of OidcPages"),
            Map.entry("/sign-in/passkey", "answers a script"),
            Map.entry("/sign-in/second-factor", "after a password: the tests of SecondFactorPages"),
            Map.entry("/recovery/link", "from a mail: the tests of RecoveryPages"),
            Map.entry("/recovery/password", "from a mail: the tests of RecoveryPages"),
            Map.entry("/email/link", "from a mail: the tests of RecoveryPages"),
            Map.entry("/email/confirmation", "from a mail: the tests of RecoveryPages"));

    /** Addresses that somebody opened, and who walked. */
    private static final Set<String> ADDRESSES = new HashSet<>();

    private static final Set<String> WHO = new HashSet<>();

    private static Browser browser;
    private static FargaProcess farga;
    private static Story story;
    private static List<String> runs;

    /** What the pages at addresses of one kind are made of, of those that were looked at, whoever saw them. */
    private static final Map<String, Set<String>> LOOKED_AT = new HashMap<>();

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
        story = Story.tell(farga);
        story.awaitEnd(story.submitTraining("digits", 20));
        runs = story.ana
                .await("/runs", Story.SOON, r -> r.path("items").size() >= 2)
                .path("items")
                .valueStream()
                .map(r -> r.path("id").asString())
                .toList();
        story.asksToBeForgotten(Story.person("Rosa Mas"));
        isGrantedAid();
        Api.signIn(farga, Story.AUDITOR.email(), Story.AUDITOR.password())
                .post(
                        "/centre/emergency-accesses",
                        Map.of(
                                "role", "OPERATOR",
                                "reason", "The only operator is ill and jobs wait since the morning.",
                                "hours", 1))
                .done();
    }

    /** A company's declaration, a linked enterprise that waits, and an aid with its letter. */
    private static void isGrantedAid() {
        Api officer = Api.signIn(farga, Story.OFFICER.email(), Story.OFFICER.password());
        String company = "/organisations/" + story.organisation;
        story.ana
                .post(
                        company + "/aid-declarations",
                        Map.of(
                                "taxId",
                                "B12345678",
                                "sector",
                                "62.10",
                                "others",
                                List.of(Map.of(
                                        "memberState", "ES",
                                        "grantedOn", "2026-01-15",
                                        "amountEuros", "12500.00",
                                        "authority", "ACCIÓ",
                                        "reference", "ACE-26-1")),
                                "confirmed",
                                true))
                .done();
        story.ana
                .post(
                        company + "/enterprise-links",
                        Map.of(
                                "name", "Llum Holding SL",
                                "country", "ES",
                                "taxId", "B87654321",
                                "relation", "PARTNER",
                                "evidence", "Shareholders' register of 2026",
                                "since", "2024-05-01"))
                .done();
        officer.post(
                        "/aid/grants",
                        Map.of(
                                "organisation", story.organisation,
                                "source", "01930000-0000-7000-8000-000000000e01",
                                "amountEuros", "4200.50",
                                "grantedOn", "2026-10-01",
                                "instrument", "SERVICE",
                                "reference", "Training 7"))
                .done();
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

    @Test
    void everyPageADataStewardReachesIsGood() {
        assertThat(problems(signedIn(Story.STEWARD), "a data steward")).isEmpty();
    }

    private static Page signedIn(Story.Person person) {
        Page page = browser.desktop(farga);
        Story.signIn(page, person);
        return page;
    }

    /**
     * What the source says there is a page for must have been seen by somebody above: a new page that no link leads to, or
     * that these six may not open, is found here. It runs last, and only of all tests together.
     */
    @Test
    @Order(Integer.MAX_VALUE)
    void everyPageThatThereIsWasReachedBySomebody() {
        assumeTrue(WHO.size() == 6, "only where the six above ran");
        Set<String> missed = new TreeSet<>();
        for (String mapping : mappings()) {
            Pattern address = Pattern.compile(mapping.replaceAll("\\{[^}/]+}", "[^/?]+") + "(\\?.*)?");
            if (ADDRESSES.stream().noneMatch(a -> address.matcher(a).matches())) {
                missed.add(mapping);
            }
        }
        missed.removeAll(NOT_BY_A_LINK.keySet());
        assertThat(missed).as("pages that nobody reached").isEmpty();
    }

    /** Addresses of all pages, read from the classes that serve them. */
    private static Set<String> mappings() {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(FargaProcess.ROOT.resolve("server/src/main/java"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("Pages.java")).toList()) {
                String source = Files.readString(file);
                Matcher base =
                        Pattern.compile("@RequestMapping\\(\"([^\"]+)\"\\)").matcher(source);
                String under = base.find() ? base.group(1) : "";
                Pattern.compile("@GetMapping(?:\\(\\{?(?:(?:value|path) = )?\\s*((?:\"[^\"]*\"(?:,\\s*)?)+))?")
                        .matcher(source)
                        .results()
                        .map(m -> m.group(1) == null ? "" : m.group(1).replaceAll("(?s)\",.*|\"", ""))
                        .forEach(path -> found.add(under + path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(found).as("pages in the sources").hasSizeGreaterThan(30);
        return found;
    }

    /** Walks the links, and says of every page what is wrong with it. */
    private static List<String> problems(Page page, String who) {
        List<String> problems = new ArrayList<>();
        List<String> pages = new ArrayList<>();
        WHO.add(who);
        Map<String, Integer> alike = new HashMap<>();
        Set<String> met = new LinkedHashSet<>(Set.of("/"));
        // What forms and programs lead to, not links.
        met.addAll(
                switch (who) {
                    case "a stranger" -> List.of("/sign-in", "/sign-in/local", "/sign-up", "/invitation");
                    case "an engineer" -> {
                        String both = "?run=" + runs.get(0) + "&run=" + runs.get(1);
                        yield List.of(
                                "/device",
                                "/account/authenticator",
                                "/runs/comparison" + both,
                                "/runs/comparison.csv" + both,
                                "/runs/series.csv" + both + "&name=loss");
                    }
                    default -> List.of();
                });
        Deque<String> next = new ArrayDeque<>(met);
        int examined = 0;
        while (!next.isEmpty() && pages.size() < MOST_PAGES) {
            String address = next.remove();
            if (alike.merge(kind(address), 1, Integer::sum) > MOST_ALIKE) {
                continue;
            }
            ADDRESSES.add(address);
            Optional<String> html = read(page, address, problems);
            if (html.isEmpty()) {
                continue;
            }
            pages.add(address);
            // One that is made of nothing but parts of others like it is not looked at again.
            if (LOOKED_AT
                    .computeIfAbsent(kind(address).replaceFirst("\\?.*", ""), k -> new HashSet<>())
                    .addAll(shape(html.get()))) {
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
        boolean sentAway =
                URI.create(response.url()).getPath().startsWith("/sign-in") && !address.startsWith("/sign-in");
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
                // What stands above every page while somebody has emergency access was looked at on the first of them.
                .matcher(html.replaceFirst("(?s).*<main", "<main")
                        .replace("<p class=\"alert\"><a href=\"/centre/emergency-access\">", ""))
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
        found.addAll(Browser.plotsWithoutData(page));
        found.addAll(Browser.cutOffWhenSpaced(page));
        found.addAll(Browser.moving(page));
        found.addAll(Browser.hiddenByWhatStays(page));
        for (String language : OTHER_LANGUAGES) {
            speak(page, language);
            Browser.open(page, address);
            Set<String> inLanguage = untranslated(page);
            inLanguage.addAll(Browser.tooWide(page, 320));
            inLanguage.addAll(Browser.barriersOfWords(page));
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
            "(?<![\\w.])(access|accessibility|aid|allocation|audit|compute|dataspace|efficiency|home|lineage|identity|models|operations|privacy|nav|notification|people|platform|problem|shell|slurm(?!\\.conf\\b)|unit"
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
                .replaceAll("^/calls/[A-Z][A-Z0-9-]*", "/calls/CODE")
                .replaceAll("^(/lineage/[^/]+)/.*", "$1/THING")
                .replaceAll("/files/.*", "/files/PATH");
        String query = uri.getQuery() == null ? "" : "?" + uri.getQuery().replaceAll("=[^&]*", "");
        return path + query;
    }
}
