package org.farga.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The time that the server takes for every list, as a page and in the API, by its own account. */
final class Pages {
    private static final double AIM_MILLISECONDS = 50;
    private static final int WARM_UP = 30;
    private static final int ROUNDS = 100;

    private final Server server;
    private final Centre centre;

    Pages(Server server, Centre centre) {
        this.server = server;
        this.centre = centre;
    }

    private record Request(String who, int person, String path) {}

    boolean measure() throws IOException, SQLException, InterruptedException {
        Map<String, Integer> actors = new LinkedHashMap<>();
        // Startup 0 has the project with the most jobs.
        actors.put("busy", 0);
        // An owner, of an organisation in the midst.
        actors.put("quiet", centre.people() / 8 * 4);
        actors.put("centre", 1);
        Map<String, String> cookies = new HashMap<>();
        for (Map.Entry<String, Integer> actor : actors.entrySet()) {
            cookies.put(actor.getKey(), centre.session(actor.getValue()));
        }
        List<Request> requests = new ArrayList<>();
        for (Map.Entry<String, Integer> actor : actors.entrySet()) {
            for (String path : paths(actor.getKey())) {
                requests.add(new Request(actor.getKey(), actor.getValue(), path));
            }
        }
        Map<Integer, Integer> statuses = new HashMap<>();
        try (Wire wire = new Wire(server.port())) {
            // Round after round rather than list after list, so that no list has the memory to itself.
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                for (int i = 0; i < requests.size(); i++) {
                    Request request = requests.get(i);
                    String by = request.path().startsWith("/api/")
                            ? "Authorization: Bearer " + Centre.token(request.person()) + "\r\n"
                            : "Accept: text/html\r\nCookie: " + cookies.get(request.who()) + "\r\n";
                    int status = wire.send(
                                    "GET", request.path(), by + (round < 0 ? "" : "Farga-Bench: " + i + "\r\n"), null)
                            .status();
                    statuses.merge(i, status, Math::max);
                }
            }
        }
        Thread.sleep(500);
        return table(requests, statuses, times(requests.size()));
    }

    /** Every list, and the ways to narrow them or to go far into them that could be slow. */
    private List<String> paths(String who) throws IOException, SQLException {
        int startup = who.equals("quiet") ? centre.people() / 8 : 0;
        int projects = centre.people() * 2 / 5;
        String project =
                centre.text("SELECT id FROM bench.project WHERE n = " + (who.equals("quiet") ? startup % projects : 0));
        String allocation = centre.text(
                "SELECT id FROM bench.allocation WHERE n = " + (who.equals("quiet") ? startup % projects * 5 : 0));
        String organisation = centre.text("SELECT id FROM bench.organisation WHERE n = " + startup);
        String middle = cursor(Long.toString(centre.jobs() / 2));
        List<String> paths = new ArrayList<>();
        for (String page : List.of(
                "/",
                "/organisations",
                "/calls",
                "/proposals",
                "/projects",
                "/datasets",
                "/jobs",
                "/runs",
                "/models",
                "/notifications",
                "/account")) {
            paths.add(page);
        }
        for (String api : List.of(
                "organisations",
                "calls",
                "proposals",
                "projects",
                "datasets",
                "agreements",
                "clusters",
                "jobs",
                "runs",
                "models",
                "notifications",
                "tokens",
                "me/sessions")) {
            paths.add("/api/v1/" + api);
        }
        for (String list : List.of("/jobs", "/api/v1/jobs")) {
            paths.add(list + "?state=TIMEOUT");
            paths.add(list + "?state=RUNNING");
            paths.add(list + "?project=" + project);
            paths.add(list + "?project=" + project + "&state=CANCELLED");
            paths.add(list + "?project=" + project + "&state=RUNNING");
            paths.add(list + "?cursor=" + middle);
        }
        for (String list : List.of("/runs", "/models", "/api/v1/runs", "/api/v1/models")) {
            paths.add(list + "?project=" + project);
        }
        for (String list : List.of("/datasets", "/api/v1/datasets")) {
            paths.add(list + "?q=digits");
            paths.add(list + "?q=nothing+of+the+kind");
        }
        for (String list : List.of("/proposals", "/api/v1/proposals")) {
            paths.add(list + "?state=WITHDRAWN");
            paths.add(list + "?state=SUBMITTED");
        }
        paths.add("/allocations/" + allocation + "/statement");
        paths.add("/api/v1/allocations/" + allocation + "/statement");
        paths.add("/api/v1/usage?project=" + project);
        paths.add("/api/v1/organisations/" + organisation + "/members");
        if (!who.equals("centre")) {
            paths.add("/api/v1/organisations/" + organisation + "/invitations");
        } else {
            for (String list : List.of("/audit", "/api/v1/audit")) {
                paths.add(list);
                paths.add(list + "?action=job.submitted");
                paths.add(list + "?action=proposal");
                paths.add(list + "?subject=" + centre.jobs() / 3);
                paths.add(list + "?cursor=" + middle);
            }
            paths.add("/centre");
            paths.add("/api/v1/centre/staff");
            paths.add("/api/v1/persons?q=ribas");
        }
        return paths;
    }

    private static String cursor(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The times in milliseconds of each request, by its number. */
    private Map<Integer, List<Double>> times(int requests) throws IOException {
        Map<Integer, List<Double>> times = new HashMap<>();
        for (String line : Files.readAllLines(server.accessLog())) {
            String[] parts = line.split(" ", -1);
            if (parts.length == 3 && parts[2].matches("[0-9]+") && Integer.parseInt(parts[2]) < requests) {
                times.computeIfAbsent(Integer.valueOf(parts[2]), i -> new ArrayList<>())
                        .add(Long.parseLong(parts[0]) / 1000.0);
            }
        }
        return times;
    }

    private static boolean table(
            List<Request> requests, Map<Integer, Integer> statuses, Map<Integer, List<Double>> times) {
        Bench.say("");
        Bench.say(
                "Server time of lists in milliseconds, %d requests each after %d; aim: p95 under %.0f",
                ROUNDS, WARM_UP, AIM_MILLISECONDS);
        Bench.say("%8s %8s %8s  %-4s %-7s %s", "p50", "p95", "most", "", "who", "list");
        int over = 0;
        int wrong = 0;
        for (int i = 0; i < requests.size(); i++) {
            double[] sorted = Bench.sorted(times.getOrDefault(i, List.of()).stream());
            double p95 = Bench.quantile(sorted, 0.95);
            boolean answered = statuses.getOrDefault(i, 0) == 200;
            boolean within = answered && p95 < AIM_MILLISECONDS;
            over += answered && !within ? 1 : 0;
            wrong += answered ? 0 : 1;
            Bench.say(
                    "%8.2f %8.2f %8.2f  %-4s %-7s %s",
                    Bench.quantile(sorted, 0.5),
                    p95,
                    Bench.quantile(sorted, 1),
                    answered ? within ? "ok" : "OVER" : String.valueOf(statuses.get(i)),
                    requests.get(i).who(),
                    requests.get(i).path().replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "…"));
        }
        Bench.say("%d lists, %d over the aim, %d not answered.", requests.size(), over, wrong);
        return over == 0 && wrong == 0;
    }
}
