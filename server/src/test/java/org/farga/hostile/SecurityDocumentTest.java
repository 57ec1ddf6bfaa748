package org.farga.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md answers each requirement of ASVS 5.0.0, levels 1 and 2, and names no test that is not there. */
class SecurityDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/security.md");
    private static final Pattern ROW =
            Pattern.compile("\\| (\\d+\\.\\d+\\.\\d+) \\| ([12]) \\| \\*{0,2}([a-z/]+)\\*{0,2} \\| .+ \\| .+ \\|");

    /** The sections, with how many requirements of levels 1 and 2 each has: they come before those of level 3. */
    private static final String REQUIREMENTS = """
            1.1 2; 1.2 9; 1.3 11; 1.4 3; 1.5 2; 2.1 3; 2.2 3; 2.3 4; 2.4 1; 3.2 2; 3.3 4; 3.4 6; 3.5 5; 3.7 2; 4.1 3; 4.2 1;
            4.3 2; 4.4 4; 5.1 1; 5.2 3; 5.3 2; 5.4 3; 6.1 3; 6.2 12; 6.3 4; 6.4 4; 6.5 5; 6.6 3; 6.8 4; 7.1 3; 7.2 4; 7.3 2;
            7.4 5; 7.5 2; 7.6 2; 8.1 2; 8.2 3; 8.3 1; 8.4 1; 9.1 3; 9.2 4; 10.1 2; 10.2 2; 10.3 4; 10.4 11; 10.5 5; 10.6 2;
            10.7 3; 11.1 2; 11.2 3; 11.3 3; 11.4 4; 11.5 1; 11.6 1; 12.1 3; 12.2 2; 12.3 4; 13.1 1; 13.2 5; 13.3 2; 13.4 5;
            14.1 2; 14.2 4; 14.3 3; 15.1 3; 15.2 3; 15.3 7; 16.1 1; 16.2 5; 16.3 4; 16.4 3; 16.5 3; 17.1 1; 17.2 4; 17.3 2""";

    @Test
    void eachRequirementIsAnsweredOnce() throws IOException {
        List<String> wanted = new ArrayList<>();
        for (String section : REQUIREMENTS.split(";")) {
            String[] parts = section.strip().split(" ");
            for (int i = 1; i <= Integer.parseInt(parts[1]); i++) {
                wanted.add(parts[0] + "." + i);
            }
        }
        Map<String, String> answered = new LinkedHashMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(answered.put(row.group(1), row.group(3))).as(line).isNull();
                assertThat(row.group(3)).as(line).isIn("met", "partly", "gap", "operator", "n/a");
            }
        }
        assertThat(answered.keySet()).containsExactlyElementsOf(wanted);
    }

    @Test
    void theTestsThatItNamesAreThere() throws IOException {
        Set<String> named = Pattern.compile("`([A-Z][A-Za-z]+Test)`")
                .matcher(Files.readString(DOCUMENT))
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> files = Stream.of(
                        Path.of("src/test/java"), Path.of("../journeys/src/test/java"), Path.of("../cli/src/test/java"))
                .flatMap(SecurityDocumentTest::walk)) {
            named.removeAll(files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet()));
        }
        assertThat(named).isEmpty();
    }

    private static Stream<Path> walk(Path folder) {
        try {
            return Files.walk(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
