package org.farga.mlflow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** How far a client has read a list: the place of the last thing it has seen, in a form that it need not understand. */
final class PageToken {
    private PageToken() {}

    /** The place behind which to go on; empty without a token. */
    static List<String> place(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            return List.of();
        }
        try {
            JsonNode place = Asked.JSON.readTree(Base64.getUrlDecoder().decode(token));
            List<String> texts = new ArrayList<>();
            for (JsonNode one : place) {
                texts.add(one.isString() ? one.asString() : "");
            }
            if (place.isArray() && !texts.isEmpty()) {
                return texts;
            }
        } catch (IllegalArgumentException | JacksonException e) {
            // Told below.
        }
        throw wrong();
    }

    /** Null where there is no more. */
    static @Nullable String of(List<String> place) {
        return place.isEmpty()
                ? null
                : Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Asked.JSON.writeValueAsString(place).getBytes(StandardCharsets.UTF_8));
    }

    /** What to say of a token that leads nowhere. */
    static MlflowException wrong() {
        return MlflowException.invalid(
                "Invalid page token: it belongs to another search, or was changed on its way. Begin without one.");
    }
}
