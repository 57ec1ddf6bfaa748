package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A startup that types attacks wherever there is something to type into, and everybody who looks at it afterwards: nothing
 * of it runs, in no browser and in no spreadsheet. The forms are found by following links, so that a new field is tried
 * without anybody thinking of it.
 */
class HostileStartupTest {
    /** Pages of one kind that are visited. */
    private static final int MOST_ALIKE = 2;

    /** What breaks out of elements, attributes, addresses, templates, Markdown and spreadsheets. */
    private static final String LONG = "=1+1|'\"><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
            + "<svg onload=window.pwned=3><a href=\"javascript:window.pwned=4\">[x](javascript:window.pwned=5)"
            + "</textarea></title><b hx-get=/account hx-trigger=load hx-on:load=window.pwned=6 data-evil>"
            + "![y](x\" onerror=\"window.pwned=7) {{7*7}} ${7*7}";

    private static final String SHORT = "=\"'><img src=x onerror=window.pwned=8 data-evil>";

    /** Elements that only an attack could have made. */
    private static final String TRACES = """
            () => {
              const found = [];
              if (window.pwned !== undefined) found.push('ran: ' + window.pwned);
              const evil = 'script:not([src]), [data-evil], img[src="x"], svg[onload], [onerror], [onload], iframe, '
                  + 'object, embed, a[href^="javascript:" i], [src^="javascript:" i], [hx-on\\\\:load], form[action*="//"]';
              for (const e of document.querySelectorAll(evil)) found.push('element: ' + e.outerHTML.slice(0, 160));
              for (const e of document.querySelectorAll('*')) for (const a of e.attributes)
                if (/^on/i.test(a.name)) found.push('handler: ' + e.outerHTML.slice(0, 160));
              return found;
            }""";

    /** The forms of a page that change something of ours, with the fields that one can type into. */
    private static final String FORMS = """
            () => [...document.forms]
                .filter((f) => f.method === 'post'
                    && !/\\/(sign-out|sign-in|language|password|end|removal|revocation|tokens)$/.test(f.getAttribute('action') || ''))
                .map((f, i) => ({
                  index: [...document.forms].indexOf(f),
                  action: f.getAttribute('action') || '',
                  fields: [...f.elements].filter((e) => e.name && (e.tagName === 'TEXTAREA' || (e.tagName === 'INPUT'
                      && ['text', 'search', 'email', 'url', 'tel', 'number', 'date'].includes(e.type)))).map((e) => e.name)
                      // Of rows that are alike, one.
                      .filter((name, i, all) => all.findIndex((n) => n.replace(/\\d+/g, '') === name.replace(/\\d+/g, '')) === i)
                }))
                .filter((f) => f.fields.length > 0)""";

    /** Fills a form, one field or all of them with the attack, and sends it past what the browser would say. */
    private static final String FILL = """
            ([index, hostile, long, short]) => {
              const form = document.forms[index];
              for (const e of form.elements) {
                if (!e.name || e.type === 'hidden') continue;
                if (e.tagName === 'SELECT') { e.selectedIndex = e.options.length - 1; continue; }
                if (e.type === 'checkbox') { e.checked = true; continue; }
                if (e.type === 'radio') { if (!form.querySelector('input[name="' + e.name + '"]:checked')) e.checked = true; continue; }
                if (e.type === 'submit' || e.tagName === 'BUTTON') continue;
                if (e.type === 'file') {
                  const files = new DataTransfer();
                  files.items.add(new File([long], short));
                  e.files = files.files;
                  continue;
                }
                if (hostile === '*' || hostile === e.name) {
                  const room = e.maxLength > 0 ? e.maxLength : 100000;
                  if (e.type !== 'text' && e.tagName === 'INPUT') e.type = 'text';
                  e.value = room < long.length ? short.slice(0, room) : long;
                } else if (e.value === '') {
                  if (e.type === 'number') e.value = e.min || '1';
                  else if (e.type === 'email') e.value = 'guest' + Math.random().toString(36).slice(2) + '@example.org';
                  else if (e.type === 'date') e.value = '2020-01-31';
                  else e.value = /script/.test(e.name) ? '#!/bin/sh\\ntrue\\n' : '1';
                }
              }
              form.noValidate = true;
              HTMLFormElement.prototype.submit.call(form);
            }""";

    private static Browser browser;
    private static FargaProcess farga;
    private static Story story;

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
        story = Story.begin(farga);
        story.appoint(Story.OFFICER, "ACCESS_OFFICER");
        story.appoint(Story.AUDITOR, "AUDITOR");
        attackByTheApi();
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

    /** What is not typed into a form: a job's name, log, metrics and files, a dataset's card and rows. */
    private static void attackByTheApi() {
        Api steward = Api.signIn(farga, Story.STEWARD.email(), Story.STEWARD.password());
        Map<String, Object> dataset = new LinkedHashMap<>();
        dataset.put("slug", "evil");
        dataset.put("title", "Evil " + SHORT);
        dataset.put("summary", LONG);
        dataset.put("licence", "CC-BY-4.0");
        dataset.put("terms", LONG);
        dataset.put(
                "card",
                LONG + "\n\n# " + LONG
                        + "\n\n<javascript:window.pwned=9>\n\n[z](data:text/html,<script>window.pwned=10</script>)"
                        + "\n\n[w](vbscript:x)\n\n|" + SHORT + "|b|\n|---|---|\n|" + SHORT + "|c|\n\n```\"><script>\n"
                        + LONG
                        + "\n```\n");
        dataset.put("previewPublic", true);
        steward.post("/datasets", dataset).done();
        steward.post("/datasets/evil/versions", Map.of()).done();
        steward.upload(
                        "/datasets/evil/versions/1/files/rows.csv",
                        ("\"" + SHORT.replace("\"", "\"\"") + "\",b\n\"" + LONG.replace("\"", "\"\"")
                                        + "\",2\n=1+1,3\n")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .done();
        steward.put("/datasets/evil/versions/1/publication").done();

        String shell = LONG.replace("'", "'\\''");
        String json = LONG.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "'\\''");
        String script = """
                #!/bin/sh
                # %1$s
                echo '%2$s'
                printf '\\033]0;title\\007\\033[31mred\\n'
                echo '{"param":"p %3$s","value":"%3$s"}' >> "$FARGA_METRICS"
                echo '{"name":"loss %3$s","step":1,"value":0.5}' >> "$FARGA_METRICS"
                echo '{"name":"loss %3$s","step":2,"value":0.4}' >> "$FARGA_METRICS"
                cd "$FARGA_OUTPUT"
                echo '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=11"><script>window.pwned=12</script></svg>' > evil.svg
                echo '<html><script>window.pwned=13</script>%2$s</html>' > evil.html
                echo '%2$s' > README.md
                echo '{"a": "%3$s"}' > model.json
                echo '%2$s' > 'x"><img src=x onerror=window.pwned=14 data-evil>.txt'
                exit 0
                """.formatted(LONG, shell, json);
        Map<String, Object> job = new LinkedHashMap<>();
        job.put("allocation", story.allocation);
        job.put("name", SHORT);
        job.put("script", script);
        job.put("cpus", 1);
        job.put("memoryMebibytes", 128);
        job.put("gpus", 0);
        job.put("timeLimitSeconds", 60);
        job.put("environment", Map.of("EVIL", LONG));
        job.put("model", "m " + SHORT);
        String id = story.ana.post("/jobs", job).id();
        story.awaitEnd(id);
        story.ana.await("/models", Story.SOON, m -> !m.path("items").isEmpty());
        story.ana.await(
                "/allocations/" + story.allocation + "/statement",
                Story.SOON,
                s -> !s.path("lines").isEmpty());
    }

    @Test
    void nothingThatAnyoneTypesRunsInAnyonesBrowser() {
        List<String> found = new ArrayList<>();
        Set<String> tried = new TreeSet<>();
        Set<String> kept = new TreeSet<>();
        for (Story.Person person : List.of(Story.ANA, Story.STEWARD, Story.OFFICER, Story.ADMINISTRATOR)) {
            Page page = signedIn(person, found);
            for (String address : pages(page)) {
                attack(page, address, tried, kept, found);
            }
        }
        System.out.println("typed attacks into " + tried.size() + " fields, of which " + kept.size()
                + " were kept or shown again: " + tried);
        assertThat(tried).as("the forms are found").hasSizeGreaterThan(20);

        int visited = 0;
        for (Story.Person person :
                List.of(Story.ANA, Story.STEWARD, Story.OFFICER, Story.ADMINISTRATOR, Story.AUDITOR)) {
            Page page = signedIn(person, found);
            for (String address : pages(page)) {
                Browser.open(page, address);
                visited++;
                look(page, person.name(), found);
            }
            spreadsheets(page, found);
        }
        Page stranger = watched(browser.desktop(farga), found);
        for (String address : pages(stranger)) {
            Browser.open(stranger, address);
            look(stranger, "a stranger", found);
        }
        System.out.println("looked at " + visited + " pages afterwards");
        assertThat(found).isEmpty();
        browser.assertNothingWentWrong();
    }

    private static Page signedIn(Story.Person person, List<String> found) {
        Page page = watched(browser.desktop(farga), found);
        Story.signIn(page, person);
        return page;
    }

    /** A page whose dialogs and broken policies are told. */
    private static Page watched(Page page, List<String> found) {
        BrowserContext context = page.context();
        context.onDialog(dialog -> {
            found.add("a dialog at " + page.url() + ": " + dialog.message());
            dialog.dismiss();
        });
        context.addInitScript("document.addEventListener('securitypolicyviolation', (e) => console.error("
                + "'policy broken: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))");
        return page;
    }

    /** The addresses that one gets to by following links, two of each kind. */
    private static List<String> pages(Page page) {
        List<String> pages = new ArrayList<>();
        Map<String, Integer> alike = new HashMap<>();
        Set<String> met = new LinkedHashSet<>(Set.of("/"));
        Deque<String> next = new ArrayDeque<>(met);
        while (!next.isEmpty()) {
            String address = next.remove();
            String kind = address.replaceAll("\\?.*", "?")
                    .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[0-9]+", "*")
                    .replaceAll("/(calls|datasets|projects)/[^/?]+", "/$1/*");
            if (alike.merge(kind, 1, Integer::sum) > MOST_ALIKE) {
                continue;
            }
            APIResponse response =
                    page.request().get(address, RequestOptions.create().setHeader("Accept", "text/html,*/*;q=0.8"));
            if (response.status() == 200
                    && response.headers().getOrDefault("content-type", "").startsWith("text/html")) {
                pages.add(address);
                Pattern.compile("\\bhref=\"(/[^\"#]*)")
                        .matcher(response.text())
                        .results()
                        .map(link -> link.group(1).replace("&amp;", "&"))
                        .filter(link -> !link.matches("/(?:css|js|vendor|images|api)/.*"))
                        .filter(met::add)
                        .forEach(next::add);
            }
        }
        return pages;
    }

    /** Sends each form of a page with every field hostile, and where that is refused with one hostile field at a time. */
    @SuppressWarnings("unchecked")
    private static void attack(Page page, String address, Set<String> tried, Set<String> kept, List<String> found) {
        Browser.open(page, address);
        for (Map<String, Object> form : (List<Map<String, Object>>) page.evaluate(FORMS)) {
            String kind = form.get("action").toString().replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|zz", "*");
            List<String> fields = (List<String>) form.get("fields");
            List<String> rounds = new ArrayList<>(List.of("*"));
            rounds.addAll(fields);
            for (String hostile : rounds) {
                String name = kind + " " + hostile;
                if (!tried.add(name)) {
                    continue;
                }
                Browser.open(page, address);
                List<Map<String, Object>> now = (List<Map<String, Object>>) page.evaluate(FORMS);
                if (now.stream()
                        .noneMatch(f -> f.get("index").equals(form.get("index"))
                                && f.get("action").equals(form.get("action")))) {
                    break;
                }
                page.waitForNavigation(() -> page.evaluate(FILL, List.of(form.get("index"), hostile, LONG, SHORT)));
                if (look(page, name, found)) {
                    kept.add(name);
                }
            }
        }
    }

    /** Whether the page shows what was typed; what ran or stands in it that must not is told. */
    @SuppressWarnings("unchecked")
    private static boolean look(Page page, String who, List<String> found) {
        page.waitForLoadState(LoadState.DOMCONTENTLOADED);
        for (String trace : (List<String>) page.evaluate(TRACES)) {
            found.add(page.url() + " for " + who + ": " + trace);
        }
        return page.content().contains("pwned");
    }

    /** A cell that a spreadsheet would take for a formula is none. */
    private static void spreadsheets(Page page, List<String> found) {
        for (String address :
                List.of("/api/v1/audit.csv", "/api/v1/allocations/" + story.allocation + "/statement.csv")) {
            APIResponse response =
                    page.request().get(URI.create(farga.address() + address).toString());
            if (response.status() == 200) {
                Pattern.compile("(?m)(?:^|,)\"?[=+@][^,\\n]*")
                        .matcher(response.text())
                        .results()
                        .forEach(cell -> found.add(address + " has a formula: " + cell.group()));
            }
        }
    }
}
