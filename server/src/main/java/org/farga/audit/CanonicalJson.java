package org.farga.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON in the one form of RFC 8785, so that the same facts have the same hash everywhere. Its numbers are IEEE doubles: one
 * that a double would change, such as an exact amount of money, is written as a text.
 */
final class CanonicalJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private CanonicalJson() {}

    static byte[] of(Object value) {
        try {
            return new JsonCanonicalizer(JSON.writeValueAsString(exact(value))).getEncodedUTF8();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Object exact(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, part) -> copy.put(String.valueOf(name), exact(part)));
                yield copy;
            }
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>();
                list.forEach(part -> copy.add(exact(part)));
                yield copy;
            }
            case Number number -> exact(new BigDecimal(number.toString()));
            case null, default -> value;
        };
    }

    private static Object exact(BigDecimal number) {
        double nearest = number.doubleValue();
        boolean same = !Double.isInfinite(nearest) && new BigDecimal(Double.toString(nearest)).compareTo(number) == 0;
        return same ? nearest : number.toPlainString();
    }
}
