package org.farga.platform;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a list starts: the sort key of the last row before it, made opaque. Lists ask for one row more than
 * they show, to know whether there is a next page, and order by a unique key: {@code WHERE (created, id) < (?, ?)}.
 */
public final class Cursor {
    public static final int DEFAULT_SIZE = 50;
    public static final int LARGEST_SIZE = 200;

    private Cursor() {}

    /** The number of rows to show for what a client asked: at least 1, at most {@link #LARGEST_SIZE}. */
    public static int size(@Nullable Integer asked) {
        return asked == null ? DEFAULT_SIZE : Math.clamp(asked, 1, LARGEST_SIZE);
    }

    public static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The key inside a cursor, read by {@code parse}, or null where the client starts at the top. A cursor that was not
     * made here is refused as {@code bad-cursor}.
     */
    public static <K> @Nullable K decode(@Nullable String cursor, Function<String, K> parse) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw new Answer.RefusedException(Refusal.invalid("bad-cursor"));
        }
    }

    /** Makes a page of {@code rows}, which hold one more than {@code size} where there is a next page. */
    public static <T> Page<T> page(List<T> rows, int size, Function<T, String> key) {
        if (rows.size() <= size) {
            return new Page<>(rows, null);
        }
        List<T> shown = rows.subList(0, size);
        return new Page<>(shown, encode(key.apply(shown.getLast())));
    }
}
