package org.farga.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.farga.hostile.Wire.Reply;
import org.farga.hostile.Wire.Request;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Whatever is sent, the program answers, in time, and not with an error of its own. Requests that mean well are made
 * from the program's own OpenAPI document and its forms, and then spoiled by chance: {@code -Dfarga.fuzz.seed=N} repeats a
 * run, {@code -Dfarga.fuzz.rounds=N} makes a longer one.
 */
class FuzzTest extends HostileTest {
    private static final long SEED = Long.getLong("farga.fuzz.seed", 20_261_123L);
    private static final int ROUNDS = Integer.getInteger("farga.fuzz.rounds", 25);
    private static final int MOST_FAILURES = 40;

    @Test
    void noRequestMakesTheProgramFail() throws Exception {
        System.out.printf("fuzzing with farga.fuzz.seed=%d, %d rounds an endpoint%n", SEED, ROUNDS);
        World world = build();
        Tenant tenant = world.own();
        String token = token(tenant.owner(), "READ", "WRITE", "COMPUTE", "CENTRE");
        Someone owner = withToken(world.person("owner"), token);
        Client all = staff(CentreRole.values());
        Someone staff = new Someone("staff", all.token(), "", "");
        Someone administrator = world.person("administrator");
        Someone stranger = world.person(STRANGER);
        List<String> failures = new ArrayList<>();
        TreeMap<Integer, Integer> statuses = new TreeMap<>();
        int sent = 0;
        for (Endpoint endpoint : extended()) {
            JsonNode described = described(endpoint);
            Hostility hostility = new Hostility(SEED ^ endpoint.toString().hashCode());
            for (int round = 0; round < ROUNDS && failures.size() < MOST_FAILURES; round++) {
                Request meant = meant(endpoint, world, tenant, round);
                Someone who = hostility.chance(10)
                        ? stranger
                        : hostility.chance(40) ? (endpoint.isApi() ? staff : administrator) : owner;
                Request asked = who.asks(meant, endpoint.isApi());
                Request request = round == 0 ? asked : hostility.spoil(asked, parameters(endpoint));
                Reply reply;
                try {
                    reply = wire().send(request);
                } catch (SocketTimeoutException e) {
                    failures.add(endpoint + " round " + round + " gave no answer in time:\n  " + request.readable());
                    continue;
                }
                sent++;
                statuses.merge(reply.status(), 1, Integer::sum);
                for (String what : wrong(endpoint, described, request, reply)) {
                    failures.add("%s round %d as %s: %s%n  %s%n  answered: %.400s"
                            .formatted(endpoint, round, who.role(), what, request.readable(), reply.body()));
                }
            }
        }
        System.out.println(sent + " requests, answered " + statuses);
        assertThat(failures).as("repeat with -Dfarga.fuzz.seed=" + SEED).isEmpty();
        assertThat(statuses.keySet()).as("requests that mean well succeed, too").contains(200, 201, 204);
        all.get("/api/v1/me").expect(200);
    }

    private static Someone withToken(Someone who, String token) {
        return new Someone(who.role(), token, who.cookie(), who.csrf());
    }

    /** What is not an endpoint of ours, but can be asked for. */
    private List<Endpoint> extended() {
        List<Endpoint> all = new ArrayList<>(endpoints());
        for (String path : List.of(
                "/actuator/health",
                "/actuator/prometheus",
                "/actuator/info",
                "/v3/api-docs",
                "/css/farga.css",
                "/js/nothing.js",
                "/nothing",
                "/api/v1/nothing")) {
            all.add(new Endpoint("GET", path, Set.of(), Map.of()));
        }
        return all;
    }

    // ------------------------------------------------------------------ answers

    private static List<String> wrong(Endpoint endpoint, JsonNode described, Request request, Reply reply) {
        List<String> wrong = new ArrayList<>();
        // What RFC 9112, 6.1 asks for where a client names a transfer coding that there is not, and for CONNECT.
        boolean unknownToHttp = reply.status() == 501
                && (request.method().equals("CONNECT")
                        || request.headers().stream().anyMatch(h -> h.name().equals("Transfer-Encoding")));
        if (reply.status() >= 500 && !unknownToHttp) {
            wrong.add("answers " + reply.status());
        }
        if (reply.body().contains("\tat org.") || reply.body().contains("Exception:")) {
            wrong.add("shows what is inside");
        }
        if (reply.status() == 0) {
            wrong.add("hangs up without an answer");
        }
        // What speaks another protocol has that protocol's errors.
        boolean api = request.target().startsWith("/api/v1/") && endpoint.path().startsWith("/api/v1/");
        boolean reachesUs = !reply.header("X-Request-Id").isEmpty();
        if (api && reachesUs && reply.status() >= 400 && !request.method().equals("HEAD")) {
            if (!reply.type().equals("application/problem+json")) {
                wrong.add("answers " + reply.status() + " with " + reply.type());
            } else {
                try {
                    JsonNode problem = JSON.readTree(reply.body());
                    if (!problem.path("type").asString("").startsWith("/problems/")
                            || problem.path("status").asInt() != reply.status()
                            || problem.path("title").asString("").isBlank()
                            || problem.path("detail").asString("").isBlank()) {
                        wrong.add("answers with half a problem");
                    }
                } catch (tools.jackson.core.JacksonException e) {
                    wrong.add("answers with what is no JSON");
                }
            }
        }
        // Any answer with a version may say that it is still the one that was asked about.
        if (api
                && reply.status() < 400
                && reply.status() != 304
                && request.method().equals(endpoint.method())
                && !described.isMissingNode()
                && request.target().split("/").length == endpoint.path().split("/").length
                && !described.path("responses").has(String.valueOf(reply.status()))) {
            wrong.add("answers " + reply.status() + ", which is not described");
        }
        return wrong;
    }
}
