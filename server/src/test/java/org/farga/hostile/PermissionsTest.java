package org.farga.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.farga.hostile.Wire.Reply;
import org.farga.hostile.Wire.Request;
import org.junit.jupiter.api.Test;

/**
 * Who may do what: docs/permissions.md says it of every endpoint and every role, and here each cell is tried. An endpoint
 * that is not in the table fails. After a change write the table anew with {@code -Dfarga.write-permissions=true}, and read
 * what changed in it: nobody else will.
 */
class PermissionsTest extends HostileTest {
    private static final Path TABLE = Path.of("../docs/permissions.md");

    /** Doors: each begins or ends a session, and is tried with one of its own. */
    private static final Set<String> LAST = Set.of(
            "/sign-out",
            "/sign-in",
            "/sign-up",
            "/setup",
            "/invitation",
            "/account/sessions/end",
            "/api/v1/me/sessions");

    private static final String HEAD = """
            # Who may do what

            Every address that Farga answers at, and how it answers each kind of person who asks about a startup's things. The test
            `PermissionsTest` tries every cell against the running program, and fails for an address that is not here.

            - **yes**: let in; what the request asks for may still be wrong, too late or too much.
            - **401**: asked to sign in; on pages sent to the page for it.
            - **403**: may know of it but not do it.
            - **404**: not told whether it is there.
            - **own**: the address names no project, so everybody is answered about their own.

            The people: a *stranger* has not signed in. An *outsider* is anybody of another startup: its owner, project lead, project
            member and plain member are each tried, and each is answered as this column says. *Member* and *owner* are of the
            startup's organisation, *project-member* and *lead* of its project (and plain members of the organisation). The centre's people
            each hold that one role; the *assessor* assesses proposals under the call of the startup's. The last four columns are tokens that lack one scope: three of the owner's, one of an administrator's.

            """;

    @Test
    void everyoneIsLetInExactlyWhereTheTableSaysSo() throws Exception {
        World world = world();
        List<String> roles = world.people().keySet().stream()
                .filter(role -> !role.startsWith(OUTSIDER + "-"))
                .toList();
        Map<String, Map<String, String>> table = Boolean.getBoolean("farga.write-permissions") ? Map.of() : read(roles);
        Map<String, Map<String, String>> found = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Endpoint endpoint : ordered()) {
            Map<String, String> row = new LinkedHashMap<>();
            for (Someone who : denialsFirst(world, table.getOrDefault(endpoint.toString(), Map.of()))) {
                boolean door = !endpoint.reads() && LAST.contains(endpoint.path());
                Request request =
                        (door ? again(world, who) : who).asks(meant(endpoint, world, world.own(), 0), endpoint.isApi());
                Reply reply = wire().send(request);
                String word = word(reply);
                // These name no project: each person is answered about their own, where they have just one.
                if (endpoint.path().startsWith("/api/2.0/") && (word.equals("yes") || word.equals("404"))) {
                    word = "own";
                }
                String column = who.role().startsWith(OUTSIDER) ? OUTSIDER : who.role();
                String before = row.putIfAbsent(column, word);
                if (before != null && !before.equals(word)) {
                    wrong.add(endpoint + ": " + who.role() + " is answered " + reply.status() + ", other outsiders "
                            + before);
                }
                boolean foreign = who.role().equals(STRANGER) || who.role().startsWith(OUTSIDER);
                wrong.addAll(leaks(endpoint, who, request, reply, foreign ? List.of(world.own()) : List.of(), world));
                String expected =
                        table.getOrDefault(endpoint.toString(), Map.of()).get(column);
                if (!word.equals(expected)) {
                    wrong.add("%s: %s is answered %d (%s), but the table says %s; %.300s"
                            .formatted(endpoint, who.role(), reply.status(), word, expected, reply.body()));
                }
            }
            found.put(endpoint.toString(), row);
        }
        Set<String> gone = new TreeSet<>(table.keySet());
        gone.removeAll(found.keySet());
        gone.forEach(endpoint -> wrong.add(endpoint + " is in the table, but there is no such endpoint"));
        if (Boolean.getBoolean("farga.write-permissions")) {
            Files.writeString(TABLE, written(roles, found));
            wrong.removeIf(w -> w.contains("the table says") || w.contains("is in the table"));
        }
        assertThat(wrong).isEmpty();
    }

    /** Otherwise an endpoint would be tried only with what names nothing, and would seem to hide everything. */
    @Test
    void everyVariableOfAPathStandsForSomethingOfATenant() {
        Set<String> unknown = new TreeSet<>();
        for (Endpoint endpoint : endpoints()) {
            endpoint.variables().stream()
                    .filter(variable -> !variables.containsKey(variable))
                    .forEach(variable -> unknown.add(variable + " in " + endpoint));
        }
        assertThat(unknown)
                .as("give each a line in HostileTest.variables: what it is, of a tenant")
                .isEmpty();
    }

    /** Lists, searches and counts, too: what people of one startup are shown of their own holds nothing of another. */
    @Test
    void nothingThatOnesOwnPagesAndListsShowIsAnothers() throws Exception {
        World world = world();
        List<String> leaks = new ArrayList<>();
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.reads()) {
                for (Someone who : world.people().values()) {
                    if (who.role().startsWith(OUTSIDER)) {
                        for (int round = 0; round < 2; round++) {
                            Request request =
                                    who.asks(meant(endpoint, world, world.foreign(), round), endpoint.isApi());
                            Reply reply = wire().send(request);
                            leaks.addAll(leaks(endpoint, who, request, reply, List.of(world.own()), world));
                        }
                    }
                }
            }
        }
        // Searches for the very words of the other startup, by path parameters that are not ids, and by query.
        for (String target : List.of(
                "/api/v1/datasets?q=" + world.own().marker(),
                "/datasets?q=" + world.own().marker(),
                "/api/v1/persons?email=" + world.own().owner().email(),
                "/api/v1/projects/" + world.own().projectSlug(),
                "/projects/" + world.own().projectSlug(),
                "/api/v1/jobs?project=" + world.own().project(),
                "/jobs?project=" + world.own().projectSlug(),
                "/api/v1/runs?job=" + world.own().job(),
                "/runs/compare?run=" + world.own().run() + "&run="
                        + world.foreign().run(),
                "/api/v1/audit?subject=" + world.own().project(),
                "/jobs/new?from=" + world.own().job())) {
            Someone who = world.person(OUTSIDER);
            Request request = who.asks(Request.of("GET", target).with("Accept", "*/*"), target.startsWith("/api/"));
            leaks.addAll(leaks(null, who, request, wire().send(request), List.of(world.own()), world));
        }
        assertThat(leaks).isEmpty();
    }

    /** What is not published is the centre's alone, at every address under it. */
    @Test
    void aDraftOfADatasetIsHidden() throws Exception {
        World world = world();
        List<String> shown = new ArrayList<>();
        for (Endpoint endpoint : endpoints()) {
            if (endpoint.path().contains("/datasets/{slug}/versions/{number}")) {
                for (String role : List.of(STRANGER, OUTSIDER, "owner", "lead")) {
                    Someone who = world.person(role);
                    Request meant = meant(endpoint, world, world.own(), 1);
                    Request request = who.asks(
                            meant.withTarget(meant.target().replace("/versions/1", "/versions/2")), endpoint.isApi());
                    Reply reply = wire().send(request);
                    if (!Set.of("401", "403", "404").contains(word(reply))) {
                        shown.add(role + " gets " + reply.status() + " at " + endpoint);
                    }
                    shown.addAll(leaks(endpoint, who, request, reply, List.of(world.own()), world).stream()
                            .filter(leak -> leak.contains("secret-"))
                            .toList());
                }
            }
        }
        assertThat(shown).isEmpty();
    }

    /** Reads before changes, so that what is changed is there to be read; and what is let in last. */
    private List<Endpoint> ordered() {
        return endpoints().stream()
                .sorted(Comparator.comparing((Endpoint e) -> LAST.contains(e.path()))
                        .thenComparing(e -> !e.reads())
                        .thenComparing(Endpoint::path)
                        .thenComparing(Endpoint::method))
                .toList();
    }

    private static List<Someone> denialsFirst(World world, Map<String, String> row) {
        return world.people().values().stream()
                .sorted(Comparator.comparing(who -> "yes".equals(row.get(who.role()))))
                .toList();
    }

    private static String word(Reply reply) {
        return switch (reply.status()) {
            case 401 -> "401";
            case 403 -> "403";
            case 404 -> "404";
            case 302, 303 -> reply.header("Location").contains("/sign-in?next=") ? "401" : "yes";
            case 200, 201, 202, 204, 206, 304, 400, 409, 412, 413, 415, 416, 422, 428, 429, 507 -> "yes";
            default -> "?" + reply.status();
        };
    }

    private List<String> leaks(
            @org.jspecify.annotations.Nullable Endpoint endpoint,
            Someone who,
            Request request,
            Reply reply,
            List<Tenant> hidden,
            World world) {
        String answer =
                reply.body() + reply.headers().stream().map(Object::toString).collect(Collectors.joining("\n"));
        String asked = request.target() + new String(request.body(), java.nio.charset.StandardCharsets.UTF_8);
        List<String> leaks = new ArrayList<>();
        for (Tenant tenant : hidden) {
            List<String> words = new ArrayList<>(tenant.ids());
            words.add(tenant.marker());
            for (String word : words) {
                // What one wrote oneself may come back.
                if (!asked.contains(word) && answer.contains(word)) {
                    int at = answer.indexOf(word);
                    leaks.add("%s %s shows %s: …%s…"
                            .formatted(
                                    request.method() + " " + request.target(),
                                    "to " + who.role(),
                                    word,
                                    answer.substring(Math.max(0, at - 80), Math.min(answer.length(), at + 60))));
                    break;
                }
            }
        }
        for (Tenant tenant : List.of(world.own(), world.foreign())) {
            for (String secret : tenant.secrets()) {
                if (answer.contains(secret)) {
                    leaks.add(request.method() + " " + request.target() + " shows a secret to " + who.role());
                }
            }
        }
        if (answer.contains("$argon2")) {
            leaks.add(request.method() + " " + request.target() + " shows a password's hash to " + who.role());
        }
        return leaks;
    }

    private static Map<String, Map<String, String>> read(List<String> roles) throws IOException {
        Map<String, Map<String, String>> table = new TreeMap<>();
        List<String> columns = new ArrayList<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (!line.startsWith("|") || line.startsWith("|-")) {
                continue;
            }
            List<String> cells = new ArrayList<>(List.of(line.substring(1).split("\\|")));
            cells.replaceAll(String::strip);
            if (cells.getFirst().equals("address")) {
                columns = cells;
                assertThat(columns.subList(1, columns.size()))
                        .as("the table's roles")
                        .isEqualTo(roles);
            } else {
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 1; i < cells.size(); i++) {
                    row.put(columns.get(i), cells.get(i));
                }
                table.put(cells.getFirst().replace("`", ""), row);
            }
        }
        return table;
    }

    private String written(List<String> roles, Map<String, Map<String, String>> found) {
        StringBuilder text = new StringBuilder(HEAD);
        for (boolean api : new boolean[] {true, false}) {
            text.append(api ? "## The API\n\n" : "\n## The pages\n\n");
            text.append("| address | ").append(String.join(" | ", roles)).append(" |\n|---|");
            roles.forEach(role -> text.append("---|"));
            text.append('\n');
            endpoints().stream()
                    .filter(e -> e.isApi() == api)
                    .forEach(endpoint -> text.append("| `")
                            .append(endpoint)
                            .append("` | ")
                            .append(roles.stream()
                                    .map(role -> found.get(endpoint.toString()).get(role))
                                    .collect(Collectors.joining(" | ")))
                            .append(" |\n"));
        }
        return text.toString();
    }
}
