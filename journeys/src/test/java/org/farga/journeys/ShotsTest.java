package org.farga.journeys;
import com.microsoft.playwright.*;
import com.microsoft.playwright.options.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import java.nio.file.*;
import java.util.*;
class ShotsTest {
    @Test void shots(@TempDir Path data) throws Exception {
        Path out = Path.of("/tmp/shots");
        try (Browser b = Browser.start(); FargaProcess f = FargaProcess.start(data)) {
            Story s = Story.tell(f);
            Map<String, List<String>> todo = new LinkedHashMap<>();
            String model = s.ana.get("/models").done().path("items").path(0).path("id").asString();
            String run = s.ana.get("/runs").done().path("items").path(0).path("id").asString();
            todo.put("stranger", List.of("/", "/calls", "/datasets", "/sign-up", "/datasets/digits"));
            todo.put("ana", List.of("/", "/calls/PLAYGROUND", "/proposals", "/proposals/" + s.proposal, "/projects", "/projects/" + s.project, "/datasets", "/datasets/digits", "/jobs", "/jobs/1", "/jobs/2", "/jobs/3", "/jobs/new?example=digits", "/models", "/models/" + model, "/runs", "/runs/" + run, "/organisations", "/organisations/" + s.organisation, "/organisations/" + s.organisation + "/size-declaration", "/organisations/new", "/allocations/" + s.allocation + "/statement", "/notifications", "/account"));
            todo.put("officer", List.of("/", "/proposals", "/calls/PLAYGROUND", "/calls/PLAYGROUND/rules"));
            todo.put("admin", List.of("/", "/centre?email=jordi.puig@example.org", "/audit"));
            todo.put("erik", List.of("/", "/proposals", "/jobs", "/models", "/projects"));
            for (var e : todo.entrySet()) {
                Page d = b.window(f, 1280, 800), m = b.window(f, 360, 740);
                Story.Person p = switch (e.getKey()) { case "ana" -> Story.ANA; case "officer" -> Story.OFFICER; case "admin" -> Story.ADMINISTRATOR; case "erik" -> Story.ERIK; default -> null; };
                if (p != null) { Story.signIn(d, p); Story.signIn(m, p); }
                List<String> l = new ArrayList<>(e.getValue());
                if (e.getKey().equals("officer")) { l.add("/proposals/" + Api.signIn(f, Story.OFFICER.email(), Story.OFFICER.password()).get("/proposals?state=SUBMITTED").done().path("items").path(0).path("id").asString()); }
                if (e.getKey().equals("erik")) { l.add("/proposals/" + Api.signIn(f, Story.ERIK.email(), Story.ERIK.password()).get("/proposals?state=DRAFT").done().path("items").path(0).path("id").asString()); }
                for (String a : l) {
                    String n = e.getKey() + a.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID").replaceAll("[^A-Za-z0-9]+", "_");
                    for (Page x : List.of(d, m)) {
                        x.navigate(a); x.waitForTimeout(a.startsWith("/jobs/") ? 900 : 150);
                        x.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                        x.screenshot(new Page.ScreenshotOptions().setPath(out.resolve(n + (x == d ? "-d.png" : "-m.png"))).setFullPage(true));
                        x.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
                        if (x == d) x.screenshot(new Page.ScreenshotOptions().setPath(out.resolve(n + "-k.png")).setFullPage(true));
                    }
                }
            }
            System.out.println(b.newMisdeeds());
            s.end();
        }
    }
}
