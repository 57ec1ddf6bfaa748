package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {
    private static List<String> problems(String text) {
        return switch (ModelCard.check(text)) {
            case Outcome.Done<String> done -> List.of();
            case Outcome.Refused<String>(Refusal refusal) ->
                refusal.fields().stream().map(Refusal.FieldProblem::name).toList();
        };
    }

    private static String card(String frontMatter) {
        return "---\n" + frontMatter + "\n---\n# Digits\n";
    }

    @Test
    void frontMatterSurvivesBeingWrittenAndReadAgain() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("license", "cc-by-4.0");
        values.put("tags", List.of("farga", "yes", "1.0", "a: b", "- x", "ñandú", "---"));
        values.put("model-index", List.of(Map.of("name", "m", "results", List.of())));
        values.put("farga", Map.of("version", 3, "share", 0.25));
        String text = ModelCard.join(values, "# Body\n\n---\n\nmore");
        ModelCard.Parts parts = ModelCard.split(text).orElseThrow();
        assertThat(ModelCard.parse(parts.frontMatter())).isEqualTo(values);
        assertThat(parts.body().strip()).isEqualTo("# Body\n\n---\n\nmore");
        assertThat(problems(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            license: mit\\ndatasets: [a, b]; ''
            license: mit\\nbase_model: x/y; ''
            license: mit\\nlanguage: [es, ca]; ''
            tags: [a]; card-licence-missing
            license: Apache 2.0; card-licence
            license: other; card-licence-name
            license: mit\\ndatasets: a; card-key-list
            license: mit\\ndatasets: [2024-01-01]; card-key-list
            license: mit\\nlibrary_name: 3; card-key-text
            license: mit\\nmodel-index: [{name: m}]; card-model-index
            license: mit\\nlicense: mit; card-yaml
            license: [; card-yaml
            just words; card-yaml
            license: !!javax.script.ScriptEngineManager [x]; card-yaml
            """)
    void faultsOfTheFrontMatterAreNamed(String frontMatter, String problem) {
        assertThat(problems(card(frontMatter.replace("\\n", "\n"))))
                .isEqualTo(problem.isEmpty() ? List.of() : List.of(problem));
    }

    @Test
    void aFaultSaysItsLineInTheFile() {
        Outcome<String> outcome = ModelCard.check(card("license: mit\ntags: [a"));
        assertThat(((Outcome.Refused<String>) outcome)
                        .refusal()
                        .fields()
                        .getFirst()
                        .arguments()
                        .getFirst())
                .isEqualTo(4);
    }

    @Test
    void aCardHasBothParts() {
        assertThat(problems("# Only text")).containsExactly("card-without-front-matter");
        assertThat(problems("---\nlicense: mit\n---\n  \n")).containsExactly("card-without-text");
        assertThat(problems(" ")).containsExactly("missing");
    }

    @Test
    void aBombOfAliasesIsRefused() {
        StringBuilder yaml = new StringBuilder("license: mit\na0: &a0 [x]\n");
        for (int i = 1; i < 30; i++) {
            yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
        }
        assertThat(problems(card(yaml.toString()))).containsExactly("card-yaml");
        assertThat(problems(card("license: mit\nx: " + "[".repeat(5_000)))).containsExactly("card-yaml");
    }

    @Test
    void namesFromJobsStayTextInTheDraft() {
        assertThat(ModelCardDraft.plain("a|b\n[x](javascript:1) <b>")).isEqualTo("a\\|b \\[x\\](javascript:1) \\<b\\>");
    }
}
