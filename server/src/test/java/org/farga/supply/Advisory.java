package org.farga.supply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.maven.artifact.versioning.ComparableVersion;
import tools.jackson.databind.JsonNode;

/**
 * One record of a feed in the OSV format (ossf.github.io/osv-schema), and whether a component falls under it by the
 * algorithm that the format's page gives. Versions are ordered as Maven orders them, which for npm's plain numbers is the
 * same.
 */
record Advisory(JsonNode json) {
    record Finding(Component component, String id, String summary, String severity, List<String> fixed) {
        @Override
        public String toString() {
            return "%s: %s (%s) %s; %s"
                    .formatted(
                            component,
                            id,
                            severity,
                            summary,
                            fixed.isEmpty() ? "no fixed version is known" : "fixed in " + String.join(" or ", fixed));
        }
    }

    Optional<Finding> of(Component component) {
        if (json.has("withdrawn")) {
            return Optional.empty();
        }
        List<String> fixed = new ArrayList<>();
        boolean affected = false;
        for (JsonNode one : json.path("affected")) {
            JsonNode of = one.path("package");
            // "Maven:https://…" names another repository than Central, whose packages are others.
            if (of.path("ecosystem").asString("").equals(component.ecosystem())
                    && of.path("name").asString("").equals(component.name())
                    && holds(one, component.version())) {
                affected = true;
                fixed.addAll(fixedAfter(one, component.version()));
            }
        }
        return affected
                ? Optional.of(new Finding(
                        component,
                        id(),
                        json.path("summary").asString(""),
                        severity(),
                        List.copyOf(new TreeSet<>(fixed))))
                : Optional.empty();
    }

    private String id() {
        String id = json.path("id").asString("?");
        return json.path("aliases")
                .valueStream()
                .map(JsonNode::asString)
                .filter(alias -> alias.startsWith("CVE-"))
                .findFirst()
                .map(cve -> id + ", " + cve)
                .orElse(id);
    }

    private String severity() {
        String named = json.path("database_specific").path("severity").asString("");
        return named.isEmpty() ? json.path("severity").path(0).path("score").asString("severity not said") : named;
    }

    private static boolean holds(JsonNode affected, String version) {
        if (affected.path("versions").valueStream().anyMatch(v -> v.asString().equals(version))) {
            return true;
        }
        for (JsonNode range : affected.path("ranges")) {
            if (!range.path("type").asString("").equals("GIT") && inside(range, version)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inside(JsonNode range, String version) {
        List<JsonNode> events =
                new ArrayList<>(range.path("events").valueStream().toList());
        List<JsonNode> limits = events.stream().filter(e -> e.has("limit")).toList();
        if (!limits.isEmpty()
                && limits.stream()
                        .noneMatch(e -> e.path("limit").asString().equals("*")
                                || compare(version, e.path("limit").asString()) < 0)) {
            return false;
        }
        events.removeIf(e -> e.has("limit"));
        events.sort(Comparator.comparing(Advisory::at, Advisory::compare));
        boolean vulnerable = false;
        for (JsonNode event : events) {
            int place = compare(version, at(event));
            if (event.has("introduced") && place >= 0) {
                vulnerable = true;
            } else if (event.has("fixed") && place >= 0) {
                vulnerable = false;
            } else if (event.has("last_affected") && place > 0) {
                vulnerable = false;
            }
        }
        return vulnerable;
    }

    private static List<String> fixedAfter(JsonNode affected, String version) {
        return affected
                .path("ranges")
                .valueStream()
                .filter(range -> !range.path("type").asString("").equals("GIT"))
                .flatMap(range -> range.path("events").valueStream())
                .filter(event -> event.has("fixed"))
                .map(event -> event.path("fixed").asString())
                .filter(fix -> compare(fix, version) > 0)
                .min(Advisory::compare)
                .stream()
                .toList();
    }

    private static String at(JsonNode event) {
        for (String kind : List.of("introduced", "fixed", "last_affected")) {
            if (event.has(kind)) {
                return event.path(kind).asString();
            }
        }
        return "0";
    }

    /** "0" comes before every version. */
    private static int compare(String one, String other) {
        if (one.equals("0") || other.equals("0")) {
            return Boolean.compare(!one.equals("0"), !other.equals("0"));
        }
        return new ComparableVersion(one).compareTo(new ComparableVersion(other));
    }
}
