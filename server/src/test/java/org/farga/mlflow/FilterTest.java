package org.farga.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.farga.models.Search.Comparison;
import org.farga.models.Search.Condition;
import org.farga.models.Search.Order;
import org.farga.models.Search.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static List<Condition> parse(String filter) {
        return Filter.parse(filter, Filter.Of.RUNS);
    }

    private static Condition text(Part part, String key, Comparison comparison, String... texts) {
        return new Condition(part, key, comparison, null, List.of(texts));
    }

    @Test
    void conditionsAreJoinedByAnd() {
        assertThat(parse("metrics.loss < 1e-3 and params.lr='0.01'   AND tags.team LIKE 'vi%'"))
                .containsExactly(
                        new Condition(Part.METRIC, "loss", Comparison.LESS, 0.001, List.of()),
                        text(Part.PARAMETER, "lr", Comparison.EQUAL, "0.01"),
                        text(Part.TAG, "team", Comparison.LIKE, "vi%"));
    }

    @Test
    void everyNameOfAPartIsUnderstood() {
        for (String name : List.of("attribute", "attributes", "attr", "run")) {
            assertThat(parse(name + ".status = 'FINISHED'"))
                    .containsExactly(text(Part.ATTRIBUTE, "status", Comparison.EQUAL, "FINISHED"));
        }
        assertThat(parse("status != 'FAILED'"))
                .containsExactly(text(Part.ATTRIBUTE, "status", Comparison.UNEQUAL, "FAILED"));
        assertThat(parse("created >= 12"))
                .containsExactly(new Condition(Part.ATTRIBUTE, "start_time", Comparison.AT_LEAST, 12.0, List.of()));
        assertThat(parse("dataset.context IN ('train', \"test\")"))
                .containsExactly(text(Part.DATASET, "context", Comparison.IN, "train", "test"));
    }

    @Test
    void keysMayHoldDotsAndInQuotesAnything() {
        assertThat(parse("tags.mlflow.parentRunId = 'x' AND metrics.`val loss > 1` > 2 AND params.\"a = b\" = 'c'"))
                .containsExactly(
                        text(Part.TAG, "mlflow.parentRunId", Comparison.EQUAL, "x"),
                        new Condition(Part.METRIC, "val loss > 1", Comparison.GREATER, 2.0, List.of()),
                        text(Part.PARAMETER, "a = b", Comparison.EQUAL, "c"));
    }

    @Test
    void valuesMayHoldQuotesAndWordsOfTheLanguage() {
        assertThat(parse("tags.a = 'it''s' AND tags.b = \"x AND y\" AND params.c IS NULL AND tags.d IS NOT NULL"))
                .containsExactly(
                        text(Part.TAG, "a", Comparison.EQUAL, "it's"),
                        text(Part.TAG, "b", Comparison.EQUAL, "x AND y"),
                        text(Part.PARAMETER, "c", Comparison.ABSENT),
                        text(Part.TAG, "d", Comparison.PRESENT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics.a",
                "metrics.a >",
                "metrics.a > 'x'",
                "metrics.a LIKE 'x'",
                "params.a > 'x'",
                "params.a = x",
                "params.a = 3",
                "tags.a = 'open",
                "tags.`open = 'x'",
                "tags. = 'x'",
                "nothing.a = 'x'",
                "attributes.nothing = 'x'",
                "start_time = 'x'",
                "dataset.source = 'x'",
                "metrics.a > 1 OR metrics.b > 1",
                "metrics.a > 1 metrics.b > 1",
                "metrics.a > 1 AND",
                "metrics.a IS NULL",
                "tags.a IN ('x')",
                "run_id IN 'x'",
                "run_id IN ('x'",
                "run_id IN ()",
                "run_id NOT LIKE 'x'",
                "(metrics.a > 1)",
                "metrics.a => 1",
                "metrics.a > 1; DROP TABLE run",
                "= = =",
                "'",
                "\"",
                "`"
            })
    void whatIsNoFilterIsRefusedWithItsPlace(String filter) {
        assertThatThrownBy(() -> parse(filter))
                .isInstanceOf(MlflowException.class)
                .hasMessageContaining("character ");
    }

    @Test
    void aFilterHasABound() {
        assertThatThrownBy(() -> parse("metrics.a > 1 AND ".repeat(60) + "metrics.a > 1"))
                .hasMessageContaining("50 conditions");
        assertThatThrownBy(() -> parse("x".repeat(10_001))).hasMessageContaining("10000 characters");
    }

    @Test
    void ordersNameAKeyAndADirection() {
        assertThat(Filter.orders(
                        List.of("metrics.loss DESC", "params.`a b`", "start_time asc", "tags.x ASC"), Filter.Of.RUNS))
                .containsExactly(
                        new Order(Part.METRIC, "loss", false),
                        new Order(Part.PARAMETER, "a b", true),
                        new Order(Part.ATTRIBUTE, "start_time", true),
                        new Order(Part.TAG, "x", true));
        assertThatThrownBy(() -> Filter.orders(List.of("metrics.a SIDEWAYS"), Filter.Of.RUNS))
                .isInstanceOf(MlflowException.class);
        assertThatThrownBy(() -> Filter.orders(List.of("metrics.a; DROP"), Filter.Of.RUNS))
                .isInstanceOf(MlflowException.class);
        assertThatThrownBy(() -> Filter.orders(List.of("dataset.name"), Filter.Of.RUNS))
                .isInstanceOf(MlflowException.class);
    }
}
