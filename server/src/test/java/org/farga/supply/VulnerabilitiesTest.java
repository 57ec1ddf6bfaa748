package org.farga.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Whether a library that Farga comes with is known to be vulnerable, by a feed in the OSV format. */
class VulnerabilitiesTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static Advisory advisory(String ranges) {
        return new Advisory(JSON.readTree("""
                {"id": "GHSA-xxxx", "aliases": ["CVE-2026-0001"], "summary": "Bad.",
                 "database_specific": {"severity": "HIGH"},
                 "affected": [{"package": {"ecosystem": "Maven", "name": "org.example:lib"}, %s}]}""".formatted(ranges)));
    }

    private static boolean affects(String ranges, String version) {
        return advisory(ranges)
                .of(new Component("Maven", "org.example:lib", version))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, true",
        "1.1.9, true",
        "1.2-alpha1, true",
        "1.2-rc1, true",
        "1.2-SNAPSHOT, true",
        "1.2, false",
        "1.2.0, false",
        "1.2.Final, false",
        "1.9.9, false",
        "2.0, true",
        "2.0.0, true",
        "2.0-M1, false",
        "2.3, true",
        "2.3.1, false",
        "3.0, false",
        "0.9, true",
        "0, true"
    })
    void aRangeHoldsWhatMavenOrdersIntoIt(String version, boolean affected) {
        assertThat(affects("""
                        "ranges": [{"type": "ECOSYSTEM", "events": [
                          {"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2.0"}, {"last_affected": "2.3"}]}]""", version)).isEqualTo(affected);
    }

    @Test
    void eventsMayStandInAnyOrder() {
        String ranges = """
                "ranges": [{"type": "ECOSYSTEM", "events": [
                  {"fixed": "2.1"}, {"introduced": "2.0"}, {"fixed": "1.2"}, {"introduced": "1.0"}]}]""";
        assertThat(affects(ranges, "1.5")).isFalse();
        assertThat(affects(ranges, "1.1")).isTrue();
        assertThat(affects(ranges, "2.0.5")).isTrue();
        assertThat(affects(ranges, "0.5")).isFalse();
    }

    @Test
    void aLimitEndsARange() {
        String ranges = """
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"limit": "3.0"}]}]""";
        assertThat(affects(ranges, "2.9")).isTrue();
        assertThat(affects(ranges, "3.0")).isFalse();
    }

    @Test
    void aVersionMayBeNamedAndCommitsSayNothing() {
        assertThat(affects("\"versions\": [\"1.0.RELEASE\"]", "1.0.RELEASE")).isTrue();
        assertThat(affects("\"versions\": [\"1.0.RELEASE\"]", "1.0.1")).isFalse();
        assertThat(affects("\"ranges\": [{\"type\": \"GIT\", \"events\": [{\"introduced\": \"0\"}]}]", "1.0"))
                .isFalse();
    }

    @Test
    void whatWasWithdrawnOrIsAnotherPackageIsNoFinding() {
        Advisory withdrawn = new Advisory(JSON.readTree("""
                {"id": "X", "withdrawn": "2026-01-01T00:00:00Z", "affected": [{"package":
                 {"ecosystem": "Maven", "name": "org.example:lib"}, "versions": ["1.0"]}]}"""));
        assertThat(withdrawn.of(new Component("Maven", "org.example:lib", "1.0")))
                .isEmpty();
        Advisory other = advisory("\"versions\": [\"1.0\"]");
        assertThat(other.of(new Component("Maven", "org.example:lib-core", "1.0")))
                .isEmpty();
        assertThat(other.of(new Component("npm", "org.example:lib", "1.0"))).isEmpty();
    }

    @Test
    void aFindingSaysWhereItIsFixed() {
        Advisory advisory = advisory("""
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]},
                           {"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"fixed": "2.10"}]}]""");
        assertThat(advisory.of(new Component("Maven", "org.example:lib", "2.9")).orElseThrow())
                .hasToString("org.example:lib 2.9: GHSA-xxxx, CVE-2026-0001 (HIGH) Bad.; fixed in 2.10");
    }

    @Test
    void packageUrlsAndScriptsAreRead() {
        assertThat(Component.ofPurl("pkg:maven/org.postgresql/postgresql@42.7.9?type=jar"))
                .contains(new Component("Maven", "org.postgresql:postgresql", "42.7.9"));
        assertThat(Component.ofPurl("pkg:npm/%40scope/name@1.0.0"))
                .contains(new Component("npm", "@scope/name", "1.0.0"));
        assertThat(Component.ofPurl("pkg:docker/x@1")).isEmpty();
        assertThat(Component.ofScript("htmx-2.0.11.min.js")).contains(new Component("npm", "htmx.org", "2.0.11"));
        assertThat(Component.ofScript("uPlot-1.6.32.iife.min.js")).contains(new Component("npm", "uPlot", "1.6.32"));
    }

    @Test
    void aFolderAndAZipOfRecordsAreFeedsAndNothingIsNone(@TempDir Path folder) throws IOException {
        String record = advisory("\"versions\": [\"1.0\"]").json().toString();
        List<Component> components = List.of(new Component("Maven", "org.example:lib", "1.0"));
        assertThatThrownBy(() -> Feed.findings(folder, components)).hasMessageContaining("no OSV record");
        Files.writeString(Files.createDirectories(folder.resolve("Maven")).resolve("GHSA-xxxx.json"), record);
        assertThat(Feed.findings(folder, components)).hasSize(1);
        Path zip = folder.resolve("all.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("GHSA-xxxx.json"));
            out.write(record.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        assertThat(Feed.findings(zip, components)).hasSize(1);
    }

    /** {@code ./farga test vulnerabilities --feed FEED} runs this; by itself it has nothing to ask. */
    @Test
    void noLibraryThatFargaComesWithIsKnownToBeVulnerable() throws IOException {
        String feed = System.getProperty("farga.osv.feed", System.getenv().getOrDefault("FARGA_OSV_FEED", ""));
        Assumptions.assumeFalse(feed.isEmpty(), "not checked: there is no feed of known vulnerabilities");
        List<Component> components = new ArrayList<>();
        for (String module : List.of("server", "cli")) {
            Path bom = Path.of("..", module, "target", "bom.json");
            assertThat(bom)
                    .as("the bill of materials: ./farga test vulnerabilities makes it")
                    .exists();
            JSON.readTree(bom)
                    .path("components")
                    .forEach(c -> Component.ofPurl(c.path("purl").asString("")).ifPresent(components::add));
        }
        assertThat(components).hasSizeGreaterThan(50);
        try (Stream<Path> scripts = Files.walk(Path.of("src/main/resources/static/vendor"))) {
            scripts.forEach(
                    file -> Component.ofScript(file.getFileName().toString()).ifPresent(components::add));
        }
        List<Advisory.Finding> findings =
                Feed.findings(Path.of(feed), components.stream().distinct().toList());
        Files.writeString(
                Path.of("target", "vulnerabilities.txt"),
                String.join("", findings.stream().map(f -> f + "\n").toList()));
        assertThat(findings).isEmpty();
    }
}
