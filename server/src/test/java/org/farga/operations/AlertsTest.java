package org.farga.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** The alerts and the dashboard ask only for what Farga exports, and each alert says where its runbook stands. */
class AlertsTest extends HttpTest {
    private static final Path RULES = Path.of("../ops/prometheus/farga.rules.yml");
    private static final Path DASHBOARD = Path.of("../ops/grafana/farga.json");
    private static final Path RUNBOOK = Path.of("../docs/operations.md");
    /** Prometheus makes this one itself; the certificate's is there only where the public address is https. */
    private static final Set<String> NOT_SCRAPED_HERE = Set.of("up", "farga_certificate_seconds_left");

    private static final Set<String> WORDS = Set.of("and", "or", "unless");

    @Autowired
    private Watch watch;

    @Test
    void everyAlertAsksForMetricsThatThereAre() throws IOException {
        Set<String> exported = exported();
        for (Map<String, Object> rule : rules()) {
            Set<String> asked = metrics(String.valueOf(rule.get("expr")));
            assertThat(asked).as("metrics of %s", rule.get("alert")).isNotEmpty();
            assertThat(exported).as("%s", rule.get("alert")).containsAll(asked);
        }
    }

    @Test
    void everyAlertHasItsRunbookAndSeverity() throws IOException {
        Set<String> anchors = Files.readAllLines(RUNBOOK).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+\\s*", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .strip()
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
        for (Map<String, Object> rule : rules()) {
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            String runbook = String.valueOf(annotations.get("runbook"));
            assertThat(runbook).as("%s", rule.get("alert")).startsWith("docs/operations.md#");
            assertThat(anchors).as("%s", rule.get("alert")).contains(runbook.substring(runbook.indexOf('#') + 1));
            assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).isIn("critical", "warning");
        }
    }

    @Test
    void everyPanelAsksForMetricsThatThereAre() throws IOException {
        Set<String> exported = exported();
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = JSON.readTree(Files.readString(DASHBOARD));
        for (JsonNode panel : dashboard.path("panels")) {
            panel.path("targets").forEach(t -> queries.add(t.path("expr").asString()));
        }
        assertThat(queries).hasSizeGreaterThan(25);
        for (String query : queries) {
            Set<String> asked = metrics(query);
            assertThat(asked).as(query).isNotEmpty();
            assertThat(exported).as(query).containsAll(asked);
        }
    }

    @Test
    void everyFindingHasItsEntryInTheRunbook() throws IOException {
        String runbook = Files.readString(RUNBOOK);
        for (String bundle : List.of("operations", "compute")) {
            Pattern key = Pattern.compile("^" + bundle + "\\.finding\\.([a-z-]+)=", Pattern.MULTILINE);
            var found = key.matcher(Files.readString(Path.of("src/main/resources/messages/" + bundle + ".properties")));
            while (found.find()) {
                assertThat(runbook).as("runbook").contains(found.group(1));
            }
        }
    }

    /** Prometheus's own checker, from Debian's package "prometheus"; left out where it is not installed. */
    @Test
    void prometheusItselfTakesTheRules() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/promtool")), "promtool is not installed");
        Process promtool = new ProcessBuilder("/usr/bin/promtool", "check", "rules", RULES.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(promtool.exitValue()).as(said).isZero();
    }

    private Set<String> exported() {
        watch.look();
        watch.sample();
        signUp("Ana").get("/api/v1/me").expect(200);
        Set<String> names = new TreeSet<>(NOT_SCRAPED_HERE);
        stranger()
                .get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        return names;
    }

    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(RULES));
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Map<String, Object> group : file.getOrDefault("groups", List.of())) {
            for (Object rule : (List<?>) group.getOrDefault("rules", List.of())) {
                @SuppressWarnings("unchecked")
                Map<String, Object> known = (Map<String, Object>) rule;
                rules.add(known);
            }
        }
        assertThat(rules).hasSizeGreaterThan(20);
        return rules;
    }

    /** The metrics that a PromQL expression names: what stands before a brace, a bracket or an operator, functions aside. */
    private static Set<String> metrics(String expression) {
        String plain = expression
                .replaceAll("\"[^\"]*\"", "")
                .replaceAll("\\b(by|without|on|ignoring)\\s*\\([^)]*\\)", " ")
                .replaceAll("\\{[^}]*\\}", "{")
                .replaceAll("\\[[^\\]]*\\]", "[");
        Set<String> names = new TreeSet<>();
        var found = Pattern.compile("[a-z_][a-z0-9_]*").matcher(plain);
        while (found.find()) {
            String rest = plain.substring(found.end()).stripLeading();
            boolean number = found.start() > 0 && Character.isDigit(plain.charAt(found.start() - 1));
            if (!rest.startsWith("(") && !WORDS.contains(found.group()) && !number) {
                names.add(found.group());
            }
        }
        return names;
    }
}
