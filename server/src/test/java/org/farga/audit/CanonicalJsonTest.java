package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
    private static String json(Object value) {
        return new String(CanonicalJson.of(value), StandardCharsets.UTF_8);
    }

    /** RFC 8785, section 3.2.2. */
    @Test
    void theExampleOfTheStandardHolds() {
        Map<String, Object> example = new LinkedHashMap<>();
        example.put("numbers", List.of(333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001));
        example.put("string", "\u20ac$\u000f\nA'B\"\\\\\"/");
        example.put("literals", Arrays.asList(null, true, false));
        assertThat(json(example))
                .isEqualTo("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    /** RFC 8785, section 3.2.3. */
    @Test
    void namesStandInOrderOfTheirUtf16Units() {
        Map<String, Object> example = new LinkedHashMap<>();
        for (String name : List.of("\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6")) {
            example.put(name, true);
        }
        assertThat(json(example))
                .isEqualTo("{\"\\r\":true,\"1\":true,\"\u0080\":true,\"\u00f6\":true,\"\u20ac\":true,"
                        + "\"\ud83d\ude00\":true,\"\ufb33\":true}");
    }

    /** RFC 8785, appendix B. */
    @Test
    void numbersAreWrittenAsTheStandardDoes() {
        assertThat(json(List.of(
                        0.0,
                        -0.0,
                        Double.longBitsToDouble(1L),
                        Double.MAX_VALUE,
                        9007199254740992L,
                        1e21,
                        1e23,
                        0.000001,
                        333333333.3333332)))
                .isEqualTo("[0,0,5e-324,1.7976931348623157e+308,9007199254740992,1e+21,1e+23,0.000001,"
                        + "333333333.3333332]");
    }

    @Test
    void aNumberThatADoubleWouldChangeIsWrittenAsText() {
        assertThat(json(List.of(9007199254740993L, new BigDecimal("0.12345678901234567890"), new BigDecimal("12.50"))))
                .isEqualTo("[\"9007199254740993\",\"0.12345678901234567890\",12.5]");
    }

    /** RFC 9901, section 4.2.3. */
    @Test
    void aDisclosuresDigestIsThatOfTheStandard() {
        assertThat(Disclosure.digest("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"))
                .isEqualTo("X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    }
}
