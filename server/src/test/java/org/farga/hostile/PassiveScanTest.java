package org.farga.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.farga.hostile.Wire.Reply;
import org.farga.hostile.Wire.Request;
import org.junit.jupiter.api.Test;

/**
 * Looks at every answer as ZAP's baseline scan does, which asks nothing that a reader would not ask: every address of the
 * program, every link on every page, refusals too, once as it stands and once behind a proxy that speaks HTTPS. The numbers
 * are ZAP's rules. Left out are those of its rules that only inform (10027 in scripts, 10049, 10050, 10094, 10096, 10097,
 * 10109, 10111 to 10113, 10116) or look for other products' marks (10032, 10034, 10052, 10056, 10061, 90001, 90030); 10003
 * is for the check of dependencies.
 */
class PassiveScanTest extends HostileTest {
    private static final int MOST_PAGES = 900;
    private static final Pattern LINK = Pattern.compile("\\b(?:href|src|action|hx-get|hx-post)=\"([^\"]*)\"");
    private static final Pattern JOB = Pattern.compile("/jobs/(\\d+)");
    private static final Pattern FORM = Pattern.compile("(?s)<form\\b[^>]*>.*?</form>");
    private static final Pattern COMMENT = Pattern.compile("(?s)<!--.*?-->");
    private static final Pattern EXTERNAL = Pattern.compile(
            "<(?:script|link|img|iframe|embed|object|source|video|audio|form)\\b[^>]*\\b(?:src|href|action|data)=\"(?:https?:)?//[^\"]*\"");
    private static final Pattern HANDLER = Pattern.compile("<[a-z][^<>]*\\s(?:on[a-z]+|style)=\"");
    private static final Pattern PASSWORD = Pattern.compile("<input\\b[^>]*type=\"password\"[^>]*>");
    private static final Pattern INSIDE = Pattern.compile(
            "(?m)^\\s+at [a-z]+\\.[\\w.$]+\\(|org\\.springframework|org\\.apache|java\\.lang\\.|PSQLException|SQLSTATE|"
                    + "Whitelabel Error|Apache Tomcat|Traceback \\(most|ORA-\\d{5}");
    /** Templates that were not filled in, and programs; scripts that people gave to jobs stand in {@code pre}. */
    private static final Pattern SOURCE = Pattern.compile(
            "@(?:template\\.|param |if\\(|for\\(|endif|endfor)|\\$\\{|\\$unsafe\\{|!\\{var |<\\?(?:php|xml-)|<%[@=]|"
                    + "\\bpublic (?:final )?class |\\bpackage org\\.|\\bSELECT [\\w., ]+ FROM |\\bINSERT INTO ");

    private static final Pattern PREFORMATTED = Pattern.compile("(?s)<(pre|textarea|code)\\b.*?</\\1>");
    private static final Pattern PRIVATE_ADDRESS =
            Pattern.compile("\\b(?:10\\.\\d{1,3}|192\\.168|172\\.(?:1[6-9]|2\\d|3[01]))\\.\\d{1,3}\\.\\d{1,3}\\b");
    private static final Pattern OWN_PATH =
            Pattern.compile("(?:/work/|/home/|/root/|/tmp/|/target/test-data)[\\w./-]+");
    private static final Pattern SECRET_IN_URL =
            Pattern.compile("(?i)[?&](?:token|password|secret|session|email|jsessionid)=|;jsessionid=");

    private record Met(Someone who, Request request, Reply reply, boolean https) {}

    @Test
    void nothingThatAReaderMeetsIsUnsafe() throws Exception {
        World world = world();
        List<String> problems = new ArrayList<>();
        int met = 0;
        for (boolean https : new boolean[] {false, true}) {
            for (Someone who : world.people().values()) {
                // What differs by HTTPS does so for everybody.
                boolean looks = !who.role().startsWith(OUTSIDER + "-")
                        && (!who.cookie().isEmpty() || who.role().equals(STRANGER))
                        && (!https || Set.of(STRANGER, "owner", "administrator").contains(who.role()));
                if (looks) {
                    for (Met one : crawl(world, who, https)) {
                        met++;
                        for (String problem : problems(one)) {
                            problems.add("%s %s as %s%s: %s"
                                    .formatted(
                                            one.request().method(),
                                            one.request().target(),
                                            who.role(),
                                            https ? " by HTTPS" : "",
                                            problem));
                        }
                    }
                }
            }
        }
        System.out.println("looked at " + met + " answers");
        // One of each kind is enough to read.
        Set<String> kinds = new TreeSet<>();
        List<String> shown = problems.stream()
                .filter(p -> kinds.add(p.replaceFirst("^[^:]*: ", "").replaceAll("\".*", "")))
                .toList();
        assertThat(shown).as(problems.size() + " in all").isEmpty();
        assertThat(met).isGreaterThan(300);
    }

    private List<Met> crawl(World world, Someone who, boolean https) throws java.io.IOException {
        Set<String> targets = new LinkedHashSet<>();
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.reads()) {
                targets.add(meant(endpoint, world, world.own(), 1).target());
            }
        }
        targets.addAll(List.of(
                "/nothing-here",
                "/api/v1/nothing-here",
                "/css/nothing.css",
                "/api/v1/jobs?limit=x",
                "/jobs?cursor=x",
                "/%",
                "/organisations/%00",
                "/favicon.ico",
                "/robots.txt",
                "/v3/api-docs",
                "/actuator/health",
                "/.git/config",
                "/WEB-INF/web.xml"));
        List<Met> met = new ArrayList<>();
        List<String> next = new ArrayList<>(targets);
        for (int i = 0; i < next.size() && i < MOST_PAGES; i++) {
            String target = next.get(i);
            boolean api = target.startsWith("/api/");
            Request request =
                    who.asks(Request.of("GET", target).with("Accept", api ? "*/*" : "text/html,*/*;q=0.8"), api);
            if (https) {
                request = request.with("X-Forwarded-Proto", "https").with("X-Forwarded-For", "203.0.113.7");
            }
            Reply reply = wire().send(request);
            met.add(new Met(who, request, reply, https));
            if (reply.type().equals("text/html")) {
                LINK.matcher(reply.body())
                        .results()
                        .map(found -> found.group(1).replace("&amp;", "&").replaceFirst("#.*", ""))
                        .filter(link -> link.startsWith("/") && !link.startsWith("//"))
                        .filter(link -> isOfJobsOf(world, link))
                        .filter(targets::add)
                        .forEach(next::add);
            }
        }
        // What a form answers, and a refusal on either side.
        for (String target : List.of("/sign-in", "/language", "/api/v1/sign-in", "/api/v1/organisations")) {
            Request request = who.asks(Request.of("POST", target), target.startsWith("/api/"))
                    .withBody(
                            target.startsWith("/api/") ? "application/json" : "application/x-www-form-urlencoded",
                            (target.startsWith("/api/") ? "{}" : "language=es&email=a&password=b").getBytes());
            met.add(new Met(
                    who,
                    https ? request.with("X-Forwarded-Proto", "https") : request,
                    wire().send(https ? request.with("X-Forwarded-Proto", "https") : request),
                    https));
        }
        return met;
    }

    /** False where it names a job that another test left: who ran it is gone, and its log says whatever that test wished. */
    private static boolean isOfJobsOf(World world, String link) {
        Matcher job = JOB.matcher(link);
        return !job.find() || Set.of(world.own().job(), world.foreign().job()).contains(job.group(1));
    }

    private static List<String> problems(Met met) {
        Reply reply = met.reply();
        String body = reply.body();
        List<String> problems = new ArrayList<>();
        boolean html = reply.type().equals("text/html");
        boolean asset = met.request().target().matches("/(?:css|js|vendor|images)/.*") && reply.status() == 200;
        // One of the tests' sign-in providers is away on purpose, and the page says so.
        boolean away = reply.status() == 503
                && met.request().target().matches("/(?:sign-in/with|sign-in/step-up|account/link)/away.*");
        if ((reply.status() >= 500 && !away) || reply.status() == 0) {
            problems.add("90022 answers " + reply.status());
        }
        headers(met, html, asset, problems);
        cookies(met, problems);
        if (INSIDE.matcher(body).find() && !met.request().target().startsWith("/v3/")) {
            problems.add("10023/90022 shows what is inside: " + around(INSIDE, body));
        }
        if (!asset && PRIVATE_ADDRESS.matcher(body).find()) {
            problems.add("2 shows a private address: " + around(PRIVATE_ADDRESS, body));
        }
        // Operators are told the commands for their own folders.
        boolean operators = met.request().target().matches("(?:/api/v1)?/operations.*");
        if (!asset && !operators && OWN_PATH.matcher(body).find()) {
            problems.add("2 shows a path of the server: " + around(OWN_PATH, body));
        }
        if (body.contains("rO0AB") || body.contains("<title>Index of") || body.contains("-----BEGIN ")) {
            problems.add("90002/10033 shows an object, a folder or a key");
        }
        if (html && SOURCE.matcher(PREFORMATTED.matcher(body).replaceAll("")).find()) {
            problems.add("10099 shows source: "
                    + around(SOURCE, PREFORMATTED.matcher(body).replaceAll("")));
        }
        if (html) {
            page(met, problems);
        }
        return problems;
    }

    private static void headers(Met met, boolean html, boolean asset, List<String> problems) {
        Reply reply = met.reply();
        boolean hasBody = !reply.body().isEmpty();
        String csp = reply.header("Content-Security-Policy");
        need(problems, hasBody && reply.type().isEmpty(), "10019 has no content type");
        need(problems, !reply.header("X-Content-Type-Options").equals("nosniff"), "10021 lacks nosniff");
        need(problems, csp.isEmpty(), "10038 has no Content-Security-Policy");
        need(problems, !csp.contains("frame-ancestors 'none'"), "10020 may be framed");
        need(problems, !csp.contains("default-src 'none'"), "10055 the policy's default is not 'none'");
        need(
                problems,
                Stream.of("unsafe-inline", "unsafe-eval", "*", "http:").anyMatch(csp::contains),
                "10055 the policy is loose");
        need(problems, reply.all("Content-Security-Policy").size() > 1, "10055 has two policies");
        need(problems, html && !csp.contains("form-action 'self'"), "10055 forms may be sent elsewhere");
        need(problems, html && !csp.contains("base-uri 'none'"), "10055 the base may be moved");
        need(problems, html && reply.header("Referrer-Policy").isEmpty(), "10025 has no Referrer-Policy");
        need(problems, html && reply.header("Permissions-Policy").isEmpty(), "10063 has no Permissions-Policy");
        need(
                problems,
                html && !reply.header("Cross-Origin-Opener-Policy").equals("same-origin"),
                "90004 has no Cross-Origin-Opener-Policy");
        need(
                problems,
                html && !reply.header("Cross-Origin-Embedder-Policy").equals("require-corp"),
                "90004 has no Cross-Origin-Embedder-Policy");
        need(
                problems,
                hasBody
                        && reply.status() == 200
                        && !reply.header("Cross-Origin-Resource-Policy").equals("same-origin"),
                "90004 has no Cross-Origin-Resource-Policy");
        need(
                problems,
                // What is no HTTP at all is refused before the proxy's word on HTTPS is read.
                met.https()
                        && !reply.header("X-Request-Id").isEmpty()
                        && !reply.header("Strict-Transport-Security").matches("max-age=\\d{8,}.*"),
                "10035 has no Strict-Transport-Security");
        need(
                problems,
                // Who fetched a file has it on the disk anyway; its cache asks each time whether it is still allowed.
                !asset
                        && hasBody
                        && !reply.header("Cache-Control").contains("no-store")
                        && !(met.request().target().contains("/files/")
                                && reply.header("Cache-Control").equals("private, no-cache")),
                "10015 may be kept in a cache: \"" + reply.header("Cache-Control"));
        for (String name :
                List.of("Server", "X-Powered-By", "X-Backend-Server", "X-AspNet-Version", "Via", "X-Debug-Token")) {
            need(problems, !reply.header(name).isEmpty(), "10036/10037/10039 says " + name);
        }
        need(problems, !reply.header("Access-Control-Allow-Origin").isEmpty(), "10098 lets other sites read");
        need(problems, reply.header("WWW-Authenticate").startsWith("Basic"), "10105 asks for a password by Basic");
        // A style sheet or a script without one is read as the page that loads it is; which one a file of somebody's is
        // written in nobody knows.
        boolean text = reply.type().startsWith("text/")
                && !asset
                && !met.request().target().contains("/files/");
        need(
                problems,
                hasBody
                        && text
                        && !reply.header("Content-Type")
                                .toLowerCase(Locale.ROOT)
                                .contains("charset=utf-8"),
                "90011 says no charset: \"" + reply.header("Content-Type"));
        String location = reply.header("Location");
        need(
                problems,
                !location.isEmpty()
                        && !location.startsWith("/")
                        && !location.matches("https?://127\\.0\\.0\\.1(:\\d+)?/.*"),
                "10028 sends elsewhere: \"" + location);
        need(problems, SECRET_IN_URL.matcher(location).find(), "10024/3 a secret in an address: \"" + location);
        need(
                problems,
                reply.status() >= 300 && reply.status() < 400 && reply.body().length() > 500,
                "10044 big redirect");
        for (Wire.Header header : reply.headers()) {
            need(
                    problems,
                    PRIVATE_ADDRESS.matcher(header.value()).find()
                            || OWN_PATH.matcher(header.value()).find(),
                    "2 the header " + header.name() + " shows an address or a path of the server");
        }
    }

    private static void cookies(Met met, List<String> problems) {
        for (String cookie : met.reply().all("Set-Cookie")) {
            String flags = cookie.replaceFirst("^[^;]*", "").toLowerCase(Locale.ROOT);
            String name = cookie.replaceFirst("=.*", "");
            need(problems, !flags.contains("httponly"), "10010 the cookie lacks HttpOnly: \"" + name);
            need(problems, !flags.matches(".*samesite=(?:lax|strict).*"), "10054 the cookie lacks SameSite: \"" + name);
            need(problems, flags.contains("domain="), "90033 the cookie is for other hosts: \"" + name);
            need(problems, met.https() && !flags.contains("secure"), "10011 the cookie lacks Secure: \"" + name);
            need(problems, met.https() && !name.startsWith("__Host-"), "10011 the cookie lacks __Host-: \"" + name);
        }
    }

    private static void page(Met met, List<String> problems) {
        String body = met.reply().body();
        need(problems, !body.contains("<html lang=\""), "the page has no language");
        COMMENT.matcher(body)
                .results()
                .map(MatchResult::group)
                .forEach(c -> problems.add("10027 has a comment: \"" + c));
        EXTERNAL.matcher(body)
                .results()
                .map(MatchResult::group)
                .forEach(e -> problems.add("10017/10040/90003 loads or sends elsewhere: \"" + e));
        HANDLER.matcher(body)
                .results()
                .map(MatchResult::group)
                .forEach(h -> problems.add("10031/10043 has a handler or style of its own: \"" + h));
        need(problems, body.matches("(?s).*<script(?![^>]*\\bsrc=)[^>]*>.*"), "10043 has a script of its own");
        need(
                problems,
                body.contains("target=\"_blank\"") && !body.contains("noopener"),
                "10108 opens a window that can reach back");
        need(problems, body.toLowerCase(Locale.ROOT).contains("javascript:"), "10043 has a javascript: address");
        for (MatchResult form : FORM.matcher(body).results().toList()) {
            String text = form.group();
            boolean posts = text.matches("(?s)<form[^>]*method=\"post\".*");
            // The language may be changed by anybody, to no harm.
            need(
                    problems,
                    posts && !text.contains("name=\"_csrf\"") && !text.contains("action=\"/language\""),
                    "10202 a form without a token: \"" + text.substring(0, Math.min(120, text.length())));
            need(problems, !posts && text.contains("type=\"password\""), "10024 a password would stand in the address");
        }
        PASSWORD.matcher(body)
                .results()
                .map(MatchResult::group)
                .forEach(field -> need(
                        problems,
                        !field.matches(".*autocomplete=\"(?:current-password|new-password)\".*"),
                        "the password field does not say which password: \"" + field));
        Matcher link = LINK.matcher(body);
        while (link.find()) {
            String address = link.group(1);
            need(problems, SECRET_IN_URL.matcher(address).find(), "10024/3 a secret in an address: \"" + address);
        }
    }

    private static void need(List<String> problems, boolean bad, String problem) {
        if (bad) {
            problems.add(problem);
        }
    }

    private static String around(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find()
                ? '"' + text.substring(Math.max(0, found.start() - 40), Math.min(text.length(), found.end() + 60))
                : "";
    }
}
